"""The table of times on the report page: bands with their words, and where their marks stand on one common scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockpilot.durations import format_duration
from mockpilot.report.timing import Band
from mockpilot.report.wording import short_duration

_FASTEST_S = 0.001
"""Where the scale of times begins."""
_TICKS_S = (0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Timed:
    """A band, and where its marks stand on the common scale, in hundredths of the width."""

    band: Band
    words: dict[str, str]
    places: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the scale."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimingTable:
    """What the page draws of times."""

    rows: list[Timed]
    ticks: list[Tick]


def timing_table(found: Sequence[Band]) -> TimingTable:
    """Place all bands on one logarithmic scale, as wide as the slowest or the longest limit asks for."""
    top = max((max(one.times_s[-1], one.limit_s) for one in found), default=1.0) * 1.2

    def place(seconds: float) -> float:
        return round(100 * math.log(max(seconds, _FASTEST_S) / _FASTEST_S) / math.log(top / _FASTEST_S), 1)

    ticks = [Tick(place(one), format_duration(one)) for one in _TICKS_S if one < top]
    return TimingTable([_timed(one, place) for one in found], ticks)


def _timed(band: Band, place: Callable[[float], float]) -> Timed:
    times = {"fastest": band.times_s[0], "median": band.median_s, "most": band.at(0.95), "slowest": band.times_s[-1]}
    marks = times | {"limit": band.limit_s} | ({"floor": band.floor_s} if band.floor else {})
    return Timed(
        band, {name: short_duration(one) for name, one in marks.items()},
        {name: place(one) for name, one in marks.items()},
    )  # fmt: skip
