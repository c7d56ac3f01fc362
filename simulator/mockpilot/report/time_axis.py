"""Where a time axis has its ticks, and what they say. Times are UTC, as in everything that is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH = 1000
"""Units from the beginning to the end; drawings are stretched to the room that there is."""
_MOST, _FEWEST = 12, 4
"""Ticks on a wide page, and labels on the narrowest."""
_MIN, _H, _DAY = 60, 3600, 86_400
_STEPS = (
    1, 2, 5, 10, 15, 30, _MIN, 2 * _MIN, 5 * _MIN, 10 * _MIN, 15 * _MIN, 30 * _MIN, _H, 2 * _H, 3 * _H, 6 * _H,
    12 * _H, _DAY, 2 * _DAY, 4 * _DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick."""

    x: float
    """0 to ``WIDTH``."""
    label: str
    fine: bool
    """Its label is left out where there is little room."""

    @property
    def anchor(self) -> str:
        """So that the label doesn't stick out."""
        return "start" if self.x < WIDTH * 0.04 else "end" if self.x > WIDTH * 0.96 else "middle"


def ticks(began: datetime, lasted_s: float) -> list[Tick]:
    """Ticks at round times, none of them outside."""
    step = _step(lasted_s / _MOST)
    if step < _MIN:  # their labels are longer
        step = _step(lasted_s / _MOST * 2)
    coarse = next((one for one in _STEPS if one >= lasted_s / _FEWEST and one % step == 0), _STEPS[-1])
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
    first = -(-(began - midnight).total_seconds() // step) * step
    after = [first - (began - midnight).total_seconds() + step * number for number in range(_MOST + 1)]
    return [
        _tick(began + timedelta(seconds=one), one, step, coarse, lasted_s) for one in after if 0 <= one <= lasted_s
    ]


def _step(least_s: float) -> int:
    return next((one for one in _STEPS if one >= least_s), _STEPS[-1])


def _tick(at: datetime, after_s: float, step: int, coarse: int, lasted_s: float) -> Tick:
    x = round(after_s / lasted_s * WIDTH, 1) if lasted_s else 0.0
    of_day = round((at - at.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds())
    return Tick(x, _label(at, step), of_day % coarse != 0)


def _label(at: datetime, step: int) -> str:
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return day(at)
    return clock(at, seconds=step < _MIN)


def day(at: datetime) -> str:
    """Such as ``15 Jan``."""
    return f"{at.day} {_MONTHS[at.month - 1]}"


def clock(at: datetime, *, seconds: bool) -> str:
    """Such as ``23:10``."""
    return f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
