"""What a plan means for one process: when the targets are reached, and how full the vehicle will be when it leaves.

Read off the very curve that the simulation then follows, so a forecast comes true unless something changes.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from mockpilot.depot.asks import HORIZON_S, ROUNDING
from mockpilot.depot.curve import Curve
from mockpilot.depot.present import Forecast

PROGRESS_S = 1800.0
"""Progress is told for every half hour."""


def forecast(
    curve: Curve, targets: tuple[float, float], half_hours_s: float, departs_s: float, now_s: float, start: datetime,
    departs: datetime | None, before: Forecast | None = None,
) -> Forecast:  # fmt: skip
    """Read a forecast off a curve.

    Args:
        curve: the plan for this process.
        targets: minimum and maximum target in percent.
        half_hours_s: where the half hours begin for which progress is told; not before plugging in.
        departs_s: when it leaves; infinity: unknown.
        now_s: now.
        start: the instant from which the seconds count.
        departs: ``departs_s`` as it is told.
        before: the forecast before this one; what it said has come true already stays as it was said.
    """
    least, most = targets
    reached = curve.reaches(most - ROUNDING)
    there = now_s >= curve.at[0] and curve.soc_at(now_s) >= most - ROUNDING
    return Forecast(
        least, _kept(before, least, now_s, start) or _instant(start, curve.reaches(least - ROUNDING), departs_s),
        most, _kept_most(before, most, now_s, start) or _instant(start, reached, departs_s),
        departs, curve.soc_at(departs_s) if math.isfinite(departs_s) else curve.last_soc(),
        _progress(curve, half_hours_s, min(reached, departs_s), now_s, start), there,
    )  # fmt: skip


def without_past(before: Forecast, start: datetime, now_s: float) -> Forecast:
    """A forecast some time later, on the same curve."""
    now, passed = start + timedelta(seconds=now_s), 0
    while passed < len(before.progress) and before.progress[passed][0] <= now:
        passed += 1
    return _with(before, before.progress[passed:], finished=before.finished)


def finished(before: Forecast) -> Forecast:
    """A forecast when everything has come true but the departure."""
    return _with(before, (), finished=True)


def _with(before: Forecast, progress: tuple[tuple[datetime, float], ...], *, finished: bool) -> Forecast:
    return Forecast(
        before.min_soc_percent, before.min_reached, before.max_soc_percent, before.max_reached, before.departs,
        before.soc_at_departure_percent, progress, finished,
    )  # fmt: skip


def _kept(before: Forecast | None, least: float, now_s: float, start: datetime) -> datetime | None:
    if before is None or before.min_soc_percent != least or before.min_reached is None:
        return None
    return before.min_reached if (before.min_reached - start).total_seconds() <= now_s else None


def _kept_most(before: Forecast | None, most: float, now_s: float, start: datetime) -> datetime | None:
    if before is None or before.max_soc_percent != most or before.max_reached is None:
        return None
    return before.max_reached if (before.max_reached - start).total_seconds() <= now_s else None


def _progress(
    curve: Curve, half_hours_s: float, until: float, now_s: float, start: datetime
) -> tuple[tuple[datetime, float], ...]:
    """The half hours to come, and the end of charging or of the stay; nothing where nothing will be charged."""
    until = until if math.isfinite(until) else curve.at[-1]
    if math.isinf(half_hours_s) or not now_s < until <= now_s + 2 * HORIZON_S:
        return ()
    if curve.soc_at(now_s) >= curve.last_soc():
        return ()
    first = max(math.floor((now_s - half_hours_s) / PROGRESS_S) + 1, 0)
    count = max(math.ceil((until - half_hours_s) / PROGRESS_S) - first, 0)
    times = [half_hours_s + (first + number) * PROGRESS_S for number in range(count)]
    try:
        return tuple((start + timedelta(seconds=at), curve.soc_at(at)) for at in (*times, until))
    except OverflowError:  # as below
        return ()


def _instant(start: datetime, at: float, departs_s: float) -> datetime | None:
    if math.isinf(at) or at > departs_s:
        return None
    try:
        return start + timedelta(seconds=at)
    except OverflowError:  # a presystem may plan for the last day of the year 9999
        return None
