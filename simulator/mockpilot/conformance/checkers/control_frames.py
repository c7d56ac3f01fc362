"""Control frames: whether pings and our Close are answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.durations import format_duration
from mockpilot.history.events import CloseReceived, CloseSent, LinkEnded, PingSent, PongReceived

ANSWERS_PINGS = "link.answers-pings"
ANSWERS_CLOSE = "link.answers-close"

PINGS = 3
"""Unanswered ones that convict."""
APART_S = 5.0
AT_THE_LIMIT_S = 0.05
"""We end a link ourselves when a Close stays unanswered for as long as the limit says."""


def check(case: Case) -> Iterator[Observation]:
    """Every link that was open."""
    for link in case.clean_links:
        yield from _pings(case, link)
        yield from _close(case, link)


# -- pings ---------------------------------------------------------------------------------------------------------


def _pings(case: Case, link: Link) -> Iterator[Observation]:
    """One pong for many pings is right. The frames read after each prove that the product reads and lives."""
    pings = [ping for ping in link.pings if link.alive_until(ping.at) and _is_fair(case, ping)]
    answered = [(ping, pong) for ping in pings if (pong := _pong_for(link, ping)) is not None]
    seen = {ping.index for ping, _ in answered}
    overdue = _spread([ping for ping in pings if ping.index not in seen and _is_overdue(case, link, ping)])
    if answered and len(overdue) < PINGS:
        ping, pong = answered[0]
        yield held(ANSWERS_PINGS, ping.index, pong.index, link=link.number)
    elif len(overdue) >= PINGS:
        yield Observation(
            ANSWERS_PINGS, False, tuple(ping.index for ping in overdue),
            f"a pong within {format_duration(case.limits['pong_within'])}, for the last ping at least",
            f"no pong for {len(overdue)} pings, while messages kept coming", basis=Basis.STANDARD, link=link.number,
        )  # fmt: skip


def _is_fair(case: Case, ping: PingSent) -> bool:
    """Whether nothing but pings troubled the link."""
    return not case.faults.pressed(ping.index, pinged_too=False)


def _pong_for(link: Link, ping: PingSent) -> PongReceived | None:
    payloads = {later.payload for later in link.pings if later.index >= ping.index}
    pongs = (sign for sign in link.signs if isinstance(sign, PongReceived) and sign.index > ping.index)
    return next((pong for pong in pongs if pong.payload in payloads), None)


def _is_overdue(case: Case, link: Link, ping: PingSent) -> bool:
    due = case.waiting.deadline(ping.at, case.limits["pong_within"])
    read_after = any(frame.at > due for frame in link.in_order())
    return read_after and not case.waiting.clouded(ping.at, due) and link.alive_until(due)


def _spread(pings: Sequence[PingSent]) -> list[PingSent]:
    """Those that are far enough from one another."""
    chosen: list[PingSent] = []
    for ping in pings:
        if not chosen or ping.at - chosen[-1].at >= APART_S:
            chosen.append(ping)
    return chosen


# -- Close ---------------------------------------------------------------------------------------------------------


def _close(case: Case, link: Link) -> Iterator[Observation]:
    """A Close in answer or the end of TCP, whichever comes first; an end when patience is over was ours."""
    ours = next(iter(link.closes_sent), None)
    if ours is None or link.silent is not None or link.broken is not None:
        return
    if case.proxied or case.faults.pressed(ours.index) or _closed_before(link, ours):
        return
    answer = next((sign.index for sign in _closes(link) if sign.index > ours.index), None)
    due = case.waiting.deadline(ours.at, case.limits["close_within"])
    over = link.ended
    ended = over if over is not None and not _is_ours(over) and over.at < due - AT_THE_LIMIT_S else None
    if answer is not None or ended is not None:
        yield held(ANSWERS_CLOSE, ours.index, answer or (ended.index if ended else 0), link=link.number)
    elif case.ends_at < due:
        return
    elif case.waiting.clouded(ours.at, due):
        yield undecided(ANSWERS_CLOSE, ours.index, why="our own stalls hide the answer", link=link.number)
    elif case.ran_until(ours.at, due):
        yield Observation(
            ANSWERS_CLOSE, False, (ours.index,),
            f"a Close frame or the end of the connection within {format_duration(case.limits['close_within'])}",
            "neither", link=link.number,
        )  # fmt: skip


def _is_ours(over: LinkEnded) -> bool:
    """Whether we broke the connection off; who answers our Close by the end of TCP ends it, too."""
    return over.by == "us" and over.how == "broken on purpose"


def _closes(link: Link) -> list[CloseReceived]:
    return [sign for sign in link.signs if isinstance(sign, CloseReceived)]


def _closed_before(link: Link, ours: CloseSent) -> bool:
    """Whether it was the peer that closed first."""
    return any(sign.index < ours.index for sign in _closes(link))
