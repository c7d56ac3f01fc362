"""The product's clock, as its time stamps show it beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from statistics import median

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import parse_timestamp

CLOCK = "envelope.clock"

MIN_STAMPS = 3
QUARTER_S = 900
LOCAL_TIME_S = 1800
"""Clocks off by whole quarter hours of at least that much show local time."""


def check(case: Case) -> Iterator[Observation]:
    """All first stamps together: their median shows the clock, whatever single frames took to come."""
    if case.faults.moved_clock:
        return
    stamped = list(_first_stamps(case))
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


def _first_stamps(case: Case) -> Iterator[tuple[Frame, datetime, datetime]]:
    """Stamps of frames that are no resends: those keep their old stamp rightly; none while time is simulated."""
    seen: set[tuple[int, str]] = set()
    for link in case.clean_links:
        for frame in link.received:
            if frame.envelope is None or frame.event.simulated or case.delivery.was_read_late(link, frame):
                continue
            key = int(frame.envelope.message_type), frame.envelope.message_id.lower()
            stamp, wall = parse_timestamp(frame.envelope.timestamp), parse_timestamp(frame.event.wall)
            if key not in seen and stamp is not None and wall is not None:
                yield frame, stamp, wall
            seen.add(key)
