"""What a plan means for one process: when the targets are reached, and how full the vehicle will be when it leaves.

Read off the very curve that the simulation then follows, so a forecast comes true unless something changes.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from mockpilot.depot.curve import Curve
from mockpilot.depot.present import Forecast
from mockpilot.depot.sharing import HORIZON_S, ROUNDING

PROGRESS_S = 1800.0
"""Progress is told for every half hour since plugging in."""


def forecast(
    curve: Curve, targets: tuple[float, float], plugs_s: float, departs_s: float, now_s: float, start: datetime,
    departs: datetime | None, before: Forecast | None = None,
) -> Forecast:  # fmt: skip
    """Read a forecast off a curve.

    Args:
        curve: the plan for this process.
        targets: minimum and maximum target in percent.
        plugs_s: when it was or will be plugged in.
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
        _progress(curve, plugs_s, min(reached, departs_s), now_s, start), there,
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
    curve: Curve, plugs_s: float, until: float, now_s: float, start: datetime
) -> tuple[tuple[datetime, float], ...]:
    """The half hours to come, and the end of charging or of the stay; nothing where nothing will be charged."""
    until = until if math.isfinite(until) else curve.at[-1]
    if math.isinf(plugs_s) or until <= now_s or until > now_s + 2 * HORIZON_S or curve.soc_at(now_s) >= curve.soc[-1]:
        return ()
    first = max(math.floor((now_s - plugs_s) / PROGRESS_S) + 1, 1)
    count = max(math.ceil((until - plugs_s) / PROGRESS_S) - first, 0)
    times = [plugs_s + (first + number) * PROGRESS_S for number in range(count)]
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
