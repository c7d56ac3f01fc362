"""The product's clock, as its time stamps show it beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType, parse_timestamp

CLOCK = "envelope.clock"

MIN_STAMPS = 3
QUARTER_S = 900
LOCAL_TIME_S = 1800
"""Clocks off by whole quarter hours of at least that much show local time."""

Stamped = tuple[Frame, datetime, datetime]
"""A frame, its own stamp, and our time when it was read."""


def check(case: Case) -> Iterator[Observation]:
    """All first stamps together: their median shows the clock, whatever single frames took to come.

    Then each kind of message by itself: requests and answers may be stamped in different places.
    """
    if case.faults.moved_clock:
        return
    stamped = list(_first_stamps(case))
    kinds: dict[object, list[Stamped]] = {}
    for one in stamped:
        if one[0].envelope is not None:
            kinds.setdefault((one[0].envelope.message_type, one[0].envelope.action), []).append(one)
    seen = [found for group in (stamped, *kinds.values()) for found in _clock_of(case, group)]
    wrong = next((found for found in seen if not found.held), None)
    yield from [wrong] if wrong is not None else seen[:1]


def _clock_of(case: Case, stamped: Sequence[Stamped]) -> Iterator[Observation]:
    if len(stamped) < MIN_STAMPS:
        return
    off = median((stamp - wall).total_seconds() for _, stamp, wall in stamped)
    skew = case.limits["clock_skew"]
    shown = tuple(frame.index for frame, _, _ in stamped)
    if abs(off) <= skew:
        yield held(CLOCK, *shown)
        return
    local = _is_local_time(off, skew) and case.presystem.launched and case.presystem.same_host
    direction = "ahead of" if off > 0 else "behind"
    yield Observation(
        CLOCK, False, shown, f"time stamps within {format_duration(skew)} of our clock",
        f"{format_duration(abs(off))} {direction} our clock" + (": local time labelled as UTC?" if local else ""),
        Level.MUST if local else None, Basis.GUIDELINE if local else None,
    )  # fmt: skip


def _is_local_time(off_s: float, skew_s: float) -> bool:
    from_quarter = abs(off_s - QUARTER_S * round(off_s / QUARTER_S))
    return abs(off_s) > LOCAL_TIME_S - QUARTER_S / 2 and from_quarter <= min(skew_s, 60)


def _first_stamps(case: Case) -> Iterator[Stamped]:
    """Stamps of frames that are no resends: those keep their old stamp rightly; none while time is simulated."""
    seen: set[tuple[object, ...]] = set()
    for link in case.clean_links:
        for frame in link.received:
            if frame.envelope is None or frame.event.simulated or case.delivery.was_read_late(link, frame):
                continue
            keys: set[tuple[object, ...]] = {(int(frame.envelope.message_type), frame.envelope.message_id.lower())}
            if frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS):
                # Under a new id, too: the old stamp with the old content is the old message.
                keys.add((frame.envelope.timestamp, repr(frame.envelope.payload)))
            stamp, wall = parse_timestamp(frame.envelope.timestamp), parse_timestamp(frame.event.wall)
            if not keys & seen and stamp is not None and wall is not None:
                yield frame, stamp, wall
            seen |= keys
