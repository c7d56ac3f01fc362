"""Stays of vehicles at points: one is written push by push, and then read as numbers.

Knows neither the other vehicles nor the depot's power.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mockpilot.report.pushes import Plugged

MOST_VALUES = 1_000
"""States of charge of one stay that are kept, and so of times in which it charged."""
FINEST_PERCENT = 0.1
"""What differs by less can't be seen; the last value is exact all the same."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One vehicle at one point, as far as pushes told; times are seconds after the night's beginning."""

    point_id: str
    arrived_s: float
    left_s: float | None
    """None: still there at the end."""
    socs: tuple[tuple[float, float], ...]
    """When, and percent: a step function; empty if it was never told."""
    charging: tuple[tuple[float, float], ...]
    """From when to when power flowed into the battery."""
    min_percent: float | None
    """Asked for at least, as last told."""
    departs_s: float | None
    """As last told."""

    @property
    def soc_percent(self) -> float | None:
        """As last told."""
        return self.socs[-1][1] if self.socs else None

    @property
    def min_reached_s(self) -> float | None:
        """When the minimum was first told to be there; None: it wasn't in the end, or there was none."""
        if self.min_percent is None or not self.socs or self.socs[-1][1] < self.min_percent:
            return None
        return next(at for at, soc in self.socs if soc >= self.min_percent)

    @property
    def left_untold(self) -> bool:
        """Whether it charged to the end and could, at its last pace, reach the minimum before the push without it."""
        if self.min_percent is None or self.left_s is None or len(self.socs) < 2:
            return False
        if self.min_reached_s is not None or not self.charging or self.charging[-1][1] < self.left_s:
            return False
        (before_s, before), (last_s, last) = self.socs[-2:]
        return last + (last - before) / (last_s - before_s) * (self.left_s - last_s) >= self.min_percent


@dataclass(slots=True)
class Noted:
    """A stay that is being written."""

    point_id: str
    process_id: str
    arrived: datetime
    left: datetime | None = None
    socs: list[tuple[datetime, float]] = field(default_factory=list)
    charging: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    min_percent: float | None = None
    departs: datetime | None = None

    def goes_on(self, one: Plugged) -> bool:
        """Whether it is this stay that a push tells; a station that was silent brings back the same process."""
        same = (self.point_id, self.process_id) == (one.point_id, one.process_id)
        return same and (self.left is None or self.process_id != "")

    def note(self, at: datetime, one: Plugged) -> None:
        """Write down what a push told of it."""
        self.left = None
        if one.soc_percent is not None:
            self._note_soc(at, one.soc_percent)
        if (one.kw > 0.0) != self._charges:
            self._switch(at)
        self.min_percent = self.min_percent if one.min_percent is None else one.min_percent
        self.departs = one.departs or self.departs

    def leave(self, at: datetime) -> None:
        """The first push without it."""
        self.left = at
        if self._charges:
            self._switch(at)

    def stay(self, seconds: Callable[[datetime], float], end: datetime) -> Stay:
        """What was written, up to the night's end.

        Args:
            seconds: after the night's beginning, never negative.
            end: of the night.
        """
        return Stay(
            self.point_id, seconds(self.arrived), None if self.left is None else seconds(self.left),
            socs=tuple((seconds(at), percent) for at, percent in self.socs),
            charging=tuple((seconds(on), seconds(off or end)) for on, off in self.charging),
            min_percent=self.min_percent, departs_s=None if self.departs is None else seconds(self.departs),
        )  # fmt: skip

    @property
    def _charges(self) -> bool:
        return bool(self.charging) and self.charging[-1][1] is None

    def _switch(self, at: datetime) -> None:
        if self._charges:
            self.charging[-1] = (self.charging[-1][0], at)
        else:
            self.charging.append((at, None))
        del self.charging[:-MOST_VALUES]

    def _note_soc(self, at: datetime, percent: float) -> None:
        socs = self.socs
        if socs and (percent == socs[-1][1] or at == socs[-1][0]):
            socs[-1] = (socs[-1][0], percent)
        elif len(socs) > 1 and abs(percent - socs[-2][1]) < FINEST_PERCENT:
            socs[-1] = (at, percent)
        else:
            socs.append((at, percent))
        del socs[1:-MOST_VALUES]
