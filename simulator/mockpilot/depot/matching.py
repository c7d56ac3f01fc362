"""Which demand is about which stay.

Demands of one vehicle whose windows overlap one stay are about this stay, whoever asks; the one that came first counts,
the others stay scheduled until it is taken back. A demand that no stay fits makes the vehicle come. A demand whose stay
is over is done with, until its times change. Knows what overlaps, not what follows from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mockpilot.depot.demand import Demand
from mockpilot.depot.stays import ASSUMED_STAY_S, Phase, Stay

Key = tuple[str, str]
"""Presystem id and charging request id."""
Window = tuple[datetime | None, datetime | None]
Seconds = Callable[[datetime], float]


def key_of(demand: Demand) -> Key:
    """What makes a demand the same after a change."""
    return demand.presystem_id, demand.request_id


def window_of(demand: Demand) -> Window:
    """When it is about."""
    return demand.arrives, demand.departs


@dataclass(frozen=True, slots=True)
class Asked:
    """A demand with its window in seconds after the depot's start."""

    demand: Demand
    begins_s: float
    """When it came, where it tells no arrival."""
    ends_s: float

    @property
    def told_end_s(self) -> float:
        """Assumed where nobody told one."""
        return self.ends_s if math.isfinite(self.ends_s) else self.begins_s + ASSUMED_STAY_S


class Ledger:
    """Remembers the order in which demands came, and which are done with."""

    def __init__(self) -> None:
        self.current: dict[Key, Demand] = {}
        """The demands that there are, in the order in which they were told."""
        self._of: dict[str, list[Demand]] = {}
        self._came: dict[Key, tuple[int, float]] = {}
        self._done: dict[Key, Window] = {}
        self._count = 0

    def take(self, demands: Sequence[Demand], at: float) -> list[str]:
        """Take the complete set; answers the vehicles for which it says something else, in their order."""
        fresh = {key_of(demand): demand for demand in demands}
        differ = [key for key in (*self.current, *fresh) if self.current.get(key) != fresh.get(key)]
        vehicles = dict.fromkeys(
            demand.vehicle_id for key in differ for demand in (self.current.get(key), fresh.get(key)) if demand
        )
        self._forget(key for key in self.current if key not in fresh)
        for key in fresh:
            if key not in self._came:
                self._count += 1
                self._came[key] = self._count, at
        self.current = fresh
        self._of = {}
        for demand in demands:
            self._of.setdefault(demand.vehicle_id, []).append(demand)
        return list(vehicles)

    def open_of(self, vehicle_id: str, seconds: Seconds) -> list[Asked]:
        """Demands of one vehicle that are not done with, the first that came first."""
        mine = sorted(self._of.get(vehicle_id, ()), key=lambda demand: self._came[key_of(demand)])
        return [self._asked(demand, seconds) for demand in mine if not self.is_done(demand)]

    def is_done(self, demand: Demand) -> bool:
        """Whether its stay is over."""
        return self._done.get(key_of(demand)) == window_of(demand)

    def done(self, demands: Iterable[Demand]) -> None:
        """The stay that these were about is over."""
        self._done.update((key_of(demand), window_of(demand)) for demand in demands)

    def reopen(self, vehicle_id: str) -> None:
        """A vehicle is back, unexpected: what was asked for it may hold again."""
        for demand in self._of.get(vehicle_id, ()):
            self._done.pop(key_of(demand), None)

    def came_s(self, demand: Demand) -> float:
        """When it was first told."""
        return self._came[key_of(demand)][1]

    def _forget(self, keys: Iterable[Key]) -> None:
        for key in list(keys):
            self._came.pop(key, None)
            self._done.pop(key, None)

    def _asked(self, demand: Demand, seconds: Seconds) -> Asked:
        begins = seconds(demand.arrives) if demand.arrives is not None else self.came_s(demand)
        return Asked(demand, begins, seconds(demand.departs) if demand.departs is not None else math.inf)


def stay_for(asked: Asked, stays: Iterable[Stay]) -> Stay | None:
    """The stay of the vehicle that a demand is about: one that overlaps, with the nearest arrival."""
    fitting = [stay for stay in stays if _overlap(asked, stay)]
    return min(fitting, key=lambda stay: (_distance(asked, stay), stay.number), default=None)


def _overlap(asked: Asked, stay: Stay) -> bool:
    begins = min(stay.expected_s, stay.planned_s)
    if asked.demand in stay.asked:
        return True
    ends = stay.departs_s if math.isfinite(stay.departs_s) else max(stay.planned_s, begins) + ASSUMED_STAY_S
    return asked.begins_s < ends and begins < asked.told_end_s


def _distance(asked: Asked, stay: Stay) -> float:
    if asked.demand.arrives is None and stay.phase in (Phase.PLUGGED, Phase.WAITING):
        return 0.0
    return abs(asked.begins_s - stay.expected_s)
