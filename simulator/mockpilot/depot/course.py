"""Where the simulation stands: its present, its stays and places, and the agenda of what happens next.

Shared by the modules that make up the simulation; whoever changes something visible says so here. Knows no rules.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum
from heapq import heappop, heappush

from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station
from mockpilot.depot.present import Fault, PointNow, Present, StationNow
from mockpilot.depot.stays import Phase, Place, Stay
from mockpilot.errors import MockpilotError


class DepotError(MockpilotError, ValueError):
    """Something was asked of the depot by hand that cannot be done."""


class Turn(IntEnum):
    """What goes first when several things happen at one moment."""

    MENDED = 0   # before whatever could use it
    LEAVES = 1   # before an arrival that needs the point
    BREAKS = 2
    SILENT = 3
    ARRIVES = 4
    LATE = 5     # after an arrival that was just in time
    PLANNED = 6


class Course:
    """The state of one simulation."""

    def __init__(self, depot: Depot, start: datetime) -> None:
        self.depot, self.start, self.at = depot, start, 0.0
        self.present = Present(depot, start, tuple(_station(station, start) for station in depot.all_stations))
        self.row = _places(self.present, depot.grid_limit_kw)
        """All real points, as in the depot's file."""
        self.places = {place.now.point.id: place for place in self.row}
        self.unbooked_from = 0
        """Before this one all places have somebody, or somebody coming."""
        self.stays: dict[int, Stay] = {}
        """All that are not gone, by number."""
        self._by_vehicle: dict[str, list[Stay]] = {}
        self.here: dict[str, Stay] = {}
        """Who is in the yard or plugged in, by vehicle id."""
        self.plugged: dict[int, Stay] = {}
        """Stays that are plugged in, by their number."""
        self.revision = 0
        self.unlisted: set[str] = set()
        """Points whose scheduled processes have to be told anew."""
        self.unsummed: set[int] = set()
        """Stations whose power has changed, by number."""
        self.unplanned: dict[int, Stay] = {}
        """Stays that have to be planned, by number."""
        self.unsettled: dict[int, Place] = {}
        """Places whose queue moves, by number."""
        self.freed = self.missed = False
        """Power was given back; somebody gets less than needed. Either may call for a plan of everything."""
        self._agenda: list[tuple[float, int, int, Callable[[], None]]] = []
        self._made = 0

    # -- time

    def seconds(self, instant: datetime) -> float:
        """An instant on the scale of the simulation."""
        return (instant - self.start).total_seconds()

    def instant(self, at: float) -> datetime | None:
        """The reverse; None beyond the calendar."""
        try:
            return self.start + timedelta(seconds=at) if math.isfinite(at) else None
        except OverflowError:
            return None

    def later(self, at: float, turn: Turn, action: Callable[[], None]) -> None:
        """Put something on the agenda."""
        if math.isfinite(at):
            self._made += 1
            heappush(self._agenda, (max(at, self.at), turn, self._made, action))

    def next_at(self) -> float:
        """When something happens next."""
        return self._agenda[0][0] if self._agenda else math.inf

    def do_next(self) -> None:
        """Take the next thing off the agenda and do it."""
        heappop(self._agenda)[3]()

    def departure(self, stay: Stay) -> datetime | None:
        """When a stay is to end, as whoever said so said it."""
        if math.isinf(stay.departs_s):
            return None
        demand = stay.demand
        return demand.departs if demand is not None and demand.departs is not None else self.instant(stay.departs_s)

    # -- stays and places

    def number(self) -> int:
        """A number for a new stay."""
        self._made += 1
        return self._made

    def add(self, stay: Stay) -> None:
        """Know of a stay."""
        self.stays[stay.number] = stay
        self._by_vehicle.setdefault(stay.vehicle.id, []).append(stay)

    def drop(self, stay: Stay) -> None:
        """Forget a stay."""
        stay.phase = Phase.GONE
        self.stays.pop(stay.number, None)
        if stay in (known := self._by_vehicle.get(stay.vehicle.id, [])):
            known.remove(stay)

    def stays_of(self, vehicle_id: str) -> tuple[Stay, ...]:
        """All stays of a vehicle that are not gone, as they became known."""
        return tuple(self._by_vehicle.get(vehicle_id, ()))

    def enqueue(self, stay: Stay, place: Place | None) -> None:
        """Expect a stay at a place, nowhere else."""
        self.dequeue(stay)
        stay.place = place
        if place is None:
            stay.plugs_s = math.inf
        elif stay.phase in (Phase.COMING, Phase.WAITING):
            insort(place.queue, stay, key=_order)
            place.free_s = max(place.free_s, min(stay.leaves_s, stay.departs_s))
            self.unsettled[place.number] = place

    def dequeue(self, stay: Stay) -> None:
        """No longer expect it anywhere."""
        if stay.place is not None and stay in stay.place.queue:
            stay.place.queue.remove(stay)
            self.move_up(stay.place)

    def move_up(self, place: Place) -> None:
        """Somebody is gone from a place or its queue."""
        self.unsettled[place.number] = place
        place.look_ahead()
        self.unbooked_from = min(self.unbooked_from, place.number)

    def relist(self, stay: Stay) -> None:
        """Have the demands of a stay told anew."""
        for demand in stay.asked:
            self.unlisted.add(demand.point_id if demand.point_id in self.places else self.depot.default_point_id)


def _order(stay: Stay) -> tuple[float, int]:
    return stay.planned_s, stay.number


def _station(station: Station, start: datetime) -> StationNow:
    points = tuple(PointNow(point, point.state, _fault(point.error, start)) for point in station.points)
    return StationNow(station, points, _fault(station.error, start))


def _fault(error: OcppError, start: datetime) -> Fault | None:
    return None if error is OcppError.NO_ERROR else Fault(error, start)


def _places(present: Present, grid_kw: float) -> list[Place]:
    made: list[Place] = []
    for number, station in enumerate(present.stations[1:]):
        for point in station.points:
            limit = min(point.point.max_kw, station.station.limit_kw, grid_kw)
            usable = _is_usable(point.point)
            made.append(Place(point, station, len(made), number, limit, usable))
    return made


def _is_usable(point: Point) -> bool:
    return point.state is PointState.AVAILABLE
