"""What demands do to stays: whom they make come, what they change, and where those to come are told as scheduled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mockpilot.depot.course import Course
from mockpilot.depot.demand import Demand
from mockpilot.depot.forecast import forecast
from mockpilot.depot.matching import Asked, Key, Ledger, key_of, stay_for
from mockpilot.depot.model import Vehicle
from mockpilot.depot.present import Forecast, Scheduled
from mockpilot.depot.stays import ASSUMED_SOC_PERCENT, Phase, Stay, targets_of
from mockpilot.depot.traffic import Traffic


class Wishes:
    """Carries out the complete set of demands, and tells what is still to come of it."""

    def __init__(self, course: Course, ledger: Ledger, traffic: Traffic) -> None:
        self._course, self._ledger, self._traffic = course, ledger, traffic
        self._stay_of: dict[Key, Stay] = {}
        self._at_point: dict[str, list[Demand]] = {}
        """All demands by the point at which they are scheduled, or would be."""
        self._points = {one.point.id: one for station in course.present.stations for one in station.points}
        self._vehicles = {vehicle.id: vehicle for vehicle in course.depot.vehicles}

    def take(self, demands: Sequence[Demand]) -> None:
        """Carry out the complete set."""
        before = self._ledger.current
        vehicles = self._ledger.take(demands, self._course.at)
        if vehicles or list(before) != list(self._ledger.current):
            self._list(demands)
        self._course.revision += bool(vehicles)
        for vehicle_id in vehicles:
            self.match(vehicle_id)

    def _list(self, demands: Sequence[Demand]) -> None:
        self._course.unlisted.update(self._at_point)
        self._at_point = {}
        for demand in demands:
            self._at_point.setdefault(self._listed_at(demand), []).append(demand)
        self._course.unlisted.update(self._at_point)

    def match(self, vehicle_id: str) -> None:
        """Work out anew which demands of a vehicle are about which of its stays."""
        open_ = self._ledger.open_of(vehicle_id, self._course.seconds)
        there = {key_of(asked.demand): asked.demand for asked in open_}
        for stay in self._course.stays_of(vehicle_id):
            if _is_born_of(stay) and (stay.demand is None or there.get(key_of(stay.demand)) != stay.demand):
                self._traffic.forget(stay)
        about = self._about(vehicle_id, open_)
        for stay, demands in about.items():
            self._ask(stay, demands)

    def vehicle(self, vehicle_id: str) -> Vehicle:
        """A vehicle of the depot's file, or an ordinary one of that id."""
        return self._vehicles.setdefault(vehicle_id, Vehicle(vehicle_id))

    def knows(self, vehicle_id: str) -> bool:
        """Whether a vehicle is of the depot's file, or somebody asked for it."""
        return vehicle_id in self._vehicles

    def _about(self, vehicle_id: str, open_: Sequence[Asked]) -> dict[Stay, list[Demand]]:
        about: dict[Stay, list[Demand]] = {stay: [] for stay in self._course.stays_of(vehicle_id)}
        for asked in open_:
            stay = stay_for(asked, about)
            if stay is None and asked.ends_s > self._course.at:
                stay = self._born(asked)
            if stay is not None:
                about.setdefault(stay, []).append(asked.demand)
                self._stay_of[key_of(asked.demand)] = stay
            else:
                self._stay_of.pop(key_of(asked.demand), None)
        return about

    def _born(self, asked: Asked) -> Stay:
        demand, comes_s = asked.demand, max(asked.begins_s, self._course.at)
        soc = demand.soc_at_arrival_percent
        return Stay(
            self.vehicle(demand.vehicle_id), self._course.number(), comes_s, comes_s, asked.ends_s,
            ASSUMED_SOC_PERCENT if soc is None else soc, asked=[demand], expected_s=comes_s,
        )  # fmt: skip

    def _ask(self, stay: Stay, demands: list[Demand]) -> None:
        before, known = stay.demand, stay.number in self._course.stays
        if known and demands == stay.asked:
            return
        self._course.relist(stay)
        stay.asked = demands
        stay.told.clear()
        self._course.relist(stay)
        if not known:
            self._traffic.expect(stay)
        elif not demands and _is_born_of(stay):
            self._traffic.forget(stay)
        elif stay.demand != before:
            self._follow(stay, before)

    def _follow(self, stay: Stay, before: Demand | None) -> None:
        """Another demand counts, or the one that counts says something else."""
        if stay.phase is Phase.COMING:
            self._expect_again(stay)
            return
        self._course.freed = True
        stay.last_demand = stay.demand or before
        if stay.demand is None:
            self._stop(stay)
            return
        stay.stopped_s = math.inf
        stay.departs_s = self._departs_s(stay)
        if stay.process is not None:
            stay.process.demand = stay.demand
            self._traffic.replan(stay)
        else:
            self._traffic.rebook(stay)

    def _expect_again(self, stay: Stay) -> None:
        demand, visit = stay.demand, stay.visit
        if visit is not None:
            arrives = demand.arrives if demand is not None else None
            stay.expected_s = visit.arrives_s if arrives is None else self._course.seconds(arrives)
            stay.planned_s = max(stay.expected_s, self._course.at)
        stay.departs_s = self._departs_s(stay)
        self._traffic.expect(stay)

    def _departs_s(self, stay: Stay) -> float:
        demand = stay.demand
        if demand is not None and demand.departs is not None:
            return self._course.seconds(demand.departs)
        return stay.visit.departs_s if stay.visit is not None else math.inf

    def _stop(self, stay: Stay) -> None:
        stay.stopped_s = self._course.at
        if stay.process is not None:
            stay.process.demand = None
            self._traffic.replan(stay)
        elif stay.visit is not None:
            stay.stopped_s = math.inf
            self._traffic.rebook(stay)
        else:
            self._traffic.unplug(stay)

    # -- telling

    def tell(self) -> None:
        """Renew the scheduled processes of the points where something has changed."""
        unlisted = self._course.unlisted
        if not unlisted:
            return
        for point_id in unlisted:
            demands = self._at_point.get(point_id, ())
            told = (self._scheduled(key_of(demand), demand) for demand in demands)
            self._points[point_id].scheduled = tuple(one for one in told if one is not None)
        unlisted.clear()

    def _listed_at(self, demand: Demand) -> str:
        return demand.point_id if demand.point_id in self._course.places else self._course.depot.default_point_id

    def _scheduled(self, key: Key, demand: Demand) -> Scheduled | None:
        stay = self._stay_of.get(key)
        if self._ledger.is_done(demand):
            return None
        if stay is None or stay.phase is Phase.GONE or stay.ask is None:
            return self._never(demand)
        if stay.phase is Phase.PLUGGED and stay.demand == demand:
            return None
        if key not in stay.told:
            stay.told[key] = self._to_come(stay, demand)
        return stay.told[key]

    def _to_come(self, stay: Stay, demand: Demand) -> Scheduled:
        course = self._course
        assert stay.ask is not None
        starts = course.instant(stay.plugs_s) or demand.arrives or course.instant(stay.expected_s) or course.start
        # As of the moment before it begins: when somebody asks must make no difference.
        told = forecast(
            stay.ask.curve, targets_of(demand), stay.half_hours_s, stay.departs_s, stay.ask.begins - 1.0, course.start,
            demand.departs,
        )
        # Nobody tells the progress of a running process anew for those who only wait to take it over.
        return Scheduled(demand, starts, replace(told, progress=()) if stay.phase is Phase.PLUGGED else told)

    def _never(self, demand: Demand) -> Scheduled:
        """A demand that came too late: its vehicle will not come."""
        least, most = targets_of(demand)
        soc = ASSUMED_SOC_PERCENT if demand.soc_at_arrival_percent is None else demand.soc_at_arrival_percent
        starts = demand.arrives or self._course.instant(self._ledger.came_s(demand)) or self._course.start
        return Scheduled(demand, starts, Forecast(least, None, most, None, demand.departs, soc))


def _is_born_of(stay: Stay) -> bool:
    return stay.phase is Phase.COMING and stay.visit is None and not stay.by_hand
