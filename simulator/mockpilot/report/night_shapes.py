"""Where things stand in the picture of a night: the panel of power, and a row for each vehicle, as paths of SVG.

Across, everything is stretched from 0 to ``WIDTH`` over the night; upright, units are pixels. Values are steps: each
holds until the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mockpilot.report.night import Bus, Night
from mockpilot.report.night_words import cut, fate, limit_kw, percent, time_of
from mockpilot.report.stays import Stay
from mockpilot.report.time_axis import WIDTH

POWER_HEIGHT = 220
FLOW_HEIGHT = 3
"""Of the bar that says when a vehicle charges."""
_FAR_LIMIT, _FAR_GRANTED = 3.0, 1.5
"""Times what else is in the picture; a value above that would press the curve to the ground."""
_NOTEWORTHY = 0.01
"""Of the peak: by what granted power has to differ from what is drawn, to be a line of its own."""
_LEAST_KW = 1.0
"""That the scale is made for."""
_HEADROOM = 1.14
"""For the limit's label."""
_COLUMNS = 2 * WIDTH
"""As many values stand beside each other at most; nobody's screen has more."""
_COARSE_PERCENT = 1.0
"""What a row shows; its numbers are exact."""

Steps = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Level:
    """A height with its name."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class PowerPanel:
    """Power over time."""

    height: int
    levels: list[Level]
    drawn: str
    granted: str
    limit: Level | None
    limit_is_above: bool
    """Of the picture: it is too far away to be drawn."""


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle."""

    name: str
    began: str
    """State of charge at the first arrival; empty: not told."""
    ended: str
    mark: str
    minimum: str
    kind: str
    """``passed``, ``failed`` or ``quiet``, as the report colours its words."""
    level: str
    """Area below the state of charge."""
    soc: str
    asked: str
    reached: str
    flows: str


def power_panel(night: Night) -> PowerPanel:
    """Place power and its limits."""
    top, limit = _top(night), night.grid_limit_kw

    def y(value: float) -> float:
        return round(POWER_HEIGHT * (1.0 - value / top), 2)

    drawn = _outline([(one.at_s, one.drawn_kw) for one in night.power], night.lasted_s, night, y)
    return PowerPanel(
        height=POWER_HEIGHT,
        levels=[Level(y(value), f"{value:,g}") for value in _levels(top)],
        drawn=f"{drawn}V{POWER_HEIGHT}H0Z",
        granted=_outline(_granted(night), night.lasted_s, night, y),
        limit=None if limit is None else Level(max(0.0, y(limit)), f"grid limit {limit_kw(limit)}"),
        limit_is_above=limit is not None and limit > top,
    )


def _top(night: Night) -> float:
    top = max(night.peak.drawn_kw, _LEAST_KW)
    if night.grid_limit_kw is not None and night.grid_limit_kw <= top * _FAR_LIMIT:
        top = max(top, night.grid_limit_kw)
    granted = max((value for _, value in _granted(night)), default=0.0)
    if granted <= top * _FAR_GRANTED:
        top = max(top, granted)
    return top * _HEADROOM


def _granted(night: Night) -> Steps:
    """Nothing where it says no more than what is drawn."""
    known = [(one, one.granted_kw) for one in night.power if one.granted_kw is not None]
    least = night.peak.drawn_kw * _NOTEWORTHY
    if all(abs(granted - one.drawn_kw) <= least for one, granted in known):
        return []
    return [(one.at_s, granted) for one, granted in known]


def _levels(top: float) -> list[float]:
    rough = top / 4
    scale = float(10.0 ** math.floor(math.log10(rough)))
    step = next(one * scale for one in (1, 2, 2.5, 5, 10) if one * scale >= rough)
    return [step * count for count in range(5) if step * count <= top * 0.95]


def row(bus: Bus, night: Night, height: int) -> Row:
    """Place one vehicle's stays in a row of some pixels."""
    told = [soc for stay in bus.stays for _, soc in stay.socs]
    judged = _judged(bus)
    mark, kind = fate(judged)
    return Row(
        name=cut(bus.vehicle_id),
        began=percent(told[0]) if told else "",
        ended=f"{percent(told[-1])} %" if told else "",
        mark=mark, kind=kind, minimum=_minimum(judged, night),
        level="".join(_level(stay, night, height) for stay in bus.stays),
        soc="".join(_soc(stay, night, height) for stay in bus.stays),
        asked="".join(_asked(stay, night, height) for stay in bus.stays),
        reached="".join(_reached(stay, night, height) for stay in bus.stays),
        flows="".join(_flows(stay, night, height) for stay in bus.stays),
    )  # fmt: skip


def _judged(bus: Bus) -> Stay:
    """The stay whose minimum is told in words: the first that missed it, else the last."""
    return next((stay for stay in bus.stays if fate(stay)[0] == "✗"), bus.stays[-1])


def _minimum(stay: Stay, night: Night) -> str:
    if stay.min_percent is None:
        return ""
    at = stay.min_reached_s
    if at is None or at == stay.socs[0][0]:  # it was there before anything was told
        return f"{stay.min_percent:g} %"
    return f"{stay.min_percent:g} % at {time_of(night, at)}"


def _level(stay: Stay, night: Night, height: int) -> str:
    line = _soc(stay, night, height)
    return line and f"{line}V{height}H{_x(stay.socs[0][0], night):g}Z"


def _soc(stay: Stay, night: Night, height: int) -> str:
    return _outline(_coarse(stay.socs), _end(stay, night), night, lambda soc: _height_of(soc, height))


def _coarse(socs: Steps) -> Steps:
    kept: list[tuple[float, float]] = []
    for at, soc in socs:
        if not kept or abs(soc - kept[-1][1]) >= _COARSE_PERCENT:
            kept.append((at, soc))
    return [*kept, socs[-1]] if kept and kept[-1] != socs[-1] else kept


def _asked(stay: Stay, night: Night, height: int) -> str:
    if stay.min_percent is None:
        return ""
    y, begin, end = _height_of(stay.min_percent, height), _x(stay.arrived_s, night), _x(_end(stay, night), night)
    return f"M{begin:g} {y:g}H{end:g}"


def _reached(stay: Stay, night: Night, height: int) -> str:
    at = stay.min_reached_s
    if at is None or stay.min_percent is None:
        return ""
    return f"M{_x(at, night):g} {_height_of(stay.min_percent, height):g}h0"  # a round cap makes a dot of it


def _flows(stay: Stay, night: Night, height: int) -> str:
    bars = ((_x(on, night), _x(off, night)) for on, off in stay.charging)
    return "".join(f"M{on:g} {height}H{off:g}v-{FLOW_HEIGHT}H{on:g}Z" for on, off in bars)


def _end(stay: Stay, night: Night) -> float:
    return night.lasted_s if stay.left_s is None else stay.left_s


def _height_of(soc: float, height: int) -> float:
    full = height - FLOW_HEIGHT - 2
    return round(1 + full * (1.0 - min(max(soc, 0.0), 100.0) / 100.0), 1)


def _outline(steps: Steps, until_s: float, night: Night, y: Callable[[float], float]) -> str:
    """A line of steps from the first value to some time; empty where there is no value."""
    if not steps:
        return ""
    columns = groupby(steps, key=lambda one: _x(one[0], night))
    drawn = "".join(f"H{x:g}{''.join(_heights([y(value) for _, value in values]))}" for x, values in columns)
    start = f"M{_x(steps[0][0], night):g} {y(steps[0][1]):g}"
    return f"{start}{drawn}H{_x(until_s, night):g}"


def _heights(ys: Sequence[float]) -> Iterator[str]:
    """All heights of one column: as far as they went up and down, then the last."""
    extremes = (min(ys), max(ys)) if len(ys) > 1 else ()
    return (f"V{one:g}" for one in (*extremes, ys[-1]))


def _x(at_s: float, night: Night) -> float:
    return round(at_s / night.lasted_s * _COLUMNS) * WIDTH / _COLUMNS if night.lasted_s else 0.0
