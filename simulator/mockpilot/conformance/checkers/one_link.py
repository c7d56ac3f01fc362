"""Whether the product uses one link at a time.

A next link may be open while the old one is still in its close handshake, and answers may come on either; requests on
both, long after the second booted, show two at work. A BMS and an ITCS of one product each have a link of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.observation import Observation, held
from mockpilot.durations import format_duration
from mockpilot.history.events import CloseReceived, ReadingPaused
from mockpilot.protocol.envelope import Action, MessageType

ONE_AT_A_TIME = "link.one-at-a-time"


def check(case: Case) -> Iterator[Observation]:
    """Every pair of links: one opened while the other was up, or while it was not read."""
    accepted = [link for link in case.clean_links if link.accepted is not None]
    for old, new in itertools.combinations(accepted, 2):
        if _overlap(old, new) and old.instance == new.instance and old.kind == new.kind:
            yield from _judge(case, old, new)
    yield from _left_unread(case)


def _left_unread(case: Case) -> Iterator[Observation]:
    """Whoever ends a link that we don't read, and opens the next one only then, has one at a time, too."""
    accepted = [link for link in case.clean_links if link.accepted is not None]
    for old, new in itertools.pairwise(accepted):
        paused = next((event for event in case.of(ReadingPaused) if event.link == old.number), None)
        if paused is None or old.instance != new.instance or old.kind != new.kind or _overlap(old, new):
            continue
        if _left(old) and old.ending is not None and old.ending.index > paused.index:
            yield held(ONE_AT_A_TIME, old.ending.index, new.boots[0].index, link=new.number)


def _overlap(old: Link, new: Link) -> bool:
    """Whether the old link was up, and not about to end, when the new one came."""
    return old.ending is None or old.ending.index > new.begun.index


def _judge(case: Case, old: Link, new: Link) -> Iterator[Observation]:
    boot = new.boots[0]
    due = max(case.waiting.deadline(boot.at, case.limits["overlap_within"]), case.delivery.caught_up_at(old))
    on_old, on_new = (_requests_after(link, due) for link in (old, new))
    if on_old and on_new:
        yield Observation(
            ONE_AT_A_TIME, False, (boot.index, on_new[0].index, *(frame.index for frame in on_old)),
            f"requests on one link alone, {format_duration(case.limits['overlap_within'])} after the second booted",
            f"requests on links {old.number} and {new.number}", link=new.number,
        )  # fmt: skip
    elif not on_old and (_left(old) or on_new):
        yield held(ONE_AT_A_TIME, boot.index, link=new.number)


def _left(link: Link) -> bool:
    """Whether the product ended it."""
    return isinstance(link.ending, CloseReceived) or (link.ended is not None and link.ended.by == "product")


def _requests_after(link: Link, at: float) -> list[Frame]:
    kinds = (Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS)
    return [
        frame for frame in link.in_order()
        if frame.at > at and any(frame.is_a(MessageType.REQUEST, kind) for kind in kinds)
    ]  # fmt: skip
