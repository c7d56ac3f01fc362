"""What stays need of the power there is, and what is left of it: the two sides that ``sharing`` brings together.

Records over slots of five minutes, in numbers alone; knows nothing of vehicles, demands or faults.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from mockpilot.depot.curve import Curve

SLOT_S = 300.0
HORIZON_S = 48 * 3600.0
"""What lies further away is planned as if it were alone, until it comes nearer."""
LEAST_KW = 1.0
"""Less than that is not worth handing out."""
ROUNDING = 1e-9
"""Percent by which a target may be missed."""


@dataclass(frozen=True, slots=True)
class Warming:
    """One span of preconditioning that is asked for."""

    begins: float
    ends: float
    hvac_kw: float
    systems_kw: float


NOWHERE = Curve(0.0, 0.0)
"""The curve of what has not been planned yet; nobody changes it."""


@dataclass(slots=True, eq=False)
class Ask:
    """What one stay needs, and, once planned, what it gets."""

    begins: float
    """When its curve begins: plugged in, or now."""
    released: float
    """From when on there may be power."""
    ends: float
    """Departure; infinity: unknown."""
    soc_percent: float
    min_percent: float
    max_percent: float
    usable_kwh: float
    vehicle_kw: float
    """What the battery takes when it is low."""
    point_kw: float
    """What it may draw at all: of its point, and of any limit above."""
    station: int
    """Number of the station whose limit counts."""
    rank: tuple[float, float, int]
    """Departure, priority, order of coming: smaller goes first."""
    warming: tuple[Warming, ...] = ()
    blocked: bool = False
    """No power at all, for the time being."""
    curve: Curve = NOWHERE
    held_back: bool = False
    """Charging got less than point and battery allow."""
    chilled: bool = False
    """Preconditioning got less than was asked for."""
    first_slot: int = 0
    taken_kw: list[float] = field(default_factory=list)
    """What charging takes of the limits, slot by slot."""
    warm_kw: dict[int, float] = field(default_factory=dict)
    """What preconditioning takes of the limits, by slot."""
    warm_spans: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def planned_until(self) -> float:
        """Where its planning ends at the latest."""
        return min(self.ends, self.released + HORIZON_S)

    def falls_short(self) -> bool:
        """Whether it gets less than its minimum target."""
        return self.curve.soc[-1] < min(self.min_percent, self.max_percent) - ROUNDING


class Room:
    """The power that is left under the limits, slot by slot since the depot's start."""

    def __init__(self, grid_kw: float, stations_kw: Sequence[float]) -> None:
        self._limits = [grid_kw, *stations_kw]
        self._left: list[list[float] | None] = [None if math.isinf(kw) else [] for kw in self._limits]

    @property
    def is_unlimited(self) -> bool:
        """Whether nobody can take anything from anybody."""
        return all(left is None for left in self._left)

    def grid(self) -> list[float] | None:
        """What the grid has left; None: as much as anybody wants."""
        return self._left[0]

    def station(self, number: int) -> list[float] | None:
        """What a station has left; None: as much as anybody wants."""
        return self._left[number + 1]

    def reach(self, until: float) -> None:
        """Have slots up to a time."""
        slots = int(until // SLOT_S) + 2
        for left, limit in zip(self._left, self._limits, strict=True):
            if left is not None and len(left) < slots:
                left.extend([limit] * (slots - len(left)))

    def clear(self, slot: int) -> None:
        """Forget everything from a slot on."""
        for left, limit in zip(self._left, self._limits, strict=True):
            if left is not None:
                left[slot:] = [limit] * (len(left) - slot)

    def give_back(self, ask: Ask, slot: int) -> None:
        """Take back what an ask holds from a slot on."""
        for left in (self.grid(), self.station(ask.station)):
            if left is not None:
                for number in range(max(slot - ask.first_slot, 0), len(ask.taken_kw)):
                    left[ask.first_slot + number] += ask.taken_kw[number]
                for held, kw in ask.warm_kw.items():
                    if held >= slot:
                        left[held] += kw
        ask.taken_kw, ask.warm_kw, ask.warm_spans = [], {}, []
