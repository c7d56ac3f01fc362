"""What is said beside the picture of a night: when it was, how much power flowed, who had what was asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.report.night import Night
from mockpilot.report.stays import Stay
from mockpilot.report.time_axis import clock, day
from mockpilot.report.wording import visible

LONGEST_LABEL = 80
_SHORT_S = 3600.0
"""Below that seconds are told."""
_FATES = {
    "✓": ("passed", "with the minimum reached"),
    "…": ("quiet", "not yet at the minimum in the end"),
    "?": ("quiet", "left between two pushes, about to reach the minimum"),
    "✗": ("failed", "ended below the minimum"),
    "": ("quiet", "without a minimum that was told"),
}


def headline(night: Night) -> str:
    """Which depots, from when to when."""
    end = night.began + timedelta(seconds=night.lasted_s)
    until = _moment(night, end)[-1] if end.date() == night.began.date() else " ".join(_moment(night, end))
    names = ", ".join(cut(name) for name in night.depots)
    time = f"{' '.join(_moment(night, night.began))} to {until} UTC, as pushes told it"
    return " · ".join(filter(None, (names, time)))


def said(night: Night) -> Iterator[str]:
    """What the picture shows, in sentences."""
    peak = night.peak
    yield f"Peak {kw(peak.drawn_kw)} at {time_of(night, peak.at_s)}{_against_limit(night)}."
    yield f"{number(night.energy_kwh)} kWh from the grid."
    yield ", ".join([counted(len(night.buses), "vehicle"), *_fates(night)]) + "."
    if night.left_out:
        yield f"{counted(night.left_out, 'more vehicle')} left out."
    if night.forgotten:
        yield "What came before is forgotten."


def fate(stay: Stay) -> tuple[str, str]:
    """A mark and how the report colours it; no mark where no minimum or no state of charge was told."""
    if stay.min_percent is None or stay.soc_percent is None:
        return "", _FATES[""][0]
    mark = "✓" if stay.min_reached_s is not None else "…" if stay.left_s is None else "?" if stay.left_untold else "✗"
    return mark, _FATES[mark][0]


def time_of(night: Night, at_s: float) -> str:
    """Time of day, as exact as the night is long."""
    return clock(night.began + timedelta(seconds=at_s), seconds=night.lasted_s < _SHORT_S)


def kw(value: float) -> str:
    """Such as ``796 kW``."""
    return f"{number(value)} kW"


def limit_kw(value: float) -> str:
    """Exact, whatever its size."""
    return f"{value:,.3f}".rstrip("0").removesuffix(".") + " kW"


def number(value: float) -> str:
    """Three digits at least, but no zero after the point: a sum of rounded numbers is no better."""
    return f"{value:,.{0 if abs(value) >= 100 else 1}f}".removesuffix(".0")


def percent(value: float) -> str:
    """Rounded down, so that nothing that was missed looks reached."""
    return f"{math.floor(round(value * 10, 6)) / 10:.1f}".removesuffix(".0")


def cut(text: str) -> str:
    """A label of somebody else's, made visible and not too long."""
    seen = visible(text)
    return seen if len(seen) <= LONGEST_LABEL else seen[: LONGEST_LABEL - 1] + "…"


def _moment(night: Night, at: datetime) -> tuple[str, str]:
    return f"{day(at)} {at.year}", clock(at, seconds=night.lasted_s < _SHORT_S)


def _against_limit(night: Night) -> str:
    if night.grid_limit_kw is None:
        return ""
    limit = f"the grid limit of {limit_kw(night.grid_limit_kw)}"
    if night.over_limit_s:
        return f", above {limit} for {format_duration(night.over_limit_s)}"
    return f", never above {limit}"


def _fates(night: Night) -> Iterator[str]:
    marks = [fate(stay)[0] for bus in night.buses for stay in bus.stays]
    for mark, (_, words) in _FATES.items():
        if marks.count(mark):
            yield f"{mark} {counted(marks.count(mark), 'stay')} {words}".lstrip()
