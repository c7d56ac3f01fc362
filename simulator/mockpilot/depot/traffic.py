"""Vehicles come, are plugged in, and leave; points fail them and recover.

What happens at one moment, in which order, and whom it concerns; the plan of power follows in ``settle``, once for
everything that happened at that moment.
"""

from __future__ import annotations

import math
import uuid
from functools import partial

from mockpilot.depot import motion
from mockpilot.depot.asks import SLOT_S
from mockpilot.depot.course import Course, Turn
from mockpilot.depot.matching import Ledger
from mockpilot.depot.power_plan import PowerPlan
from mockpilot.depot.present import Process, VehicleFault
from mockpilot.depot.stays import Phase, Place, Stay
from mockpilot.depot.summary import Departure, departure
from mockpilot.depot.yard import Yard

_PROCESS_IDS = uuid.UUID("3d5f4c0a-8a52-5d8e-8f7b-0f6f2f3f1b7d")  # made once; any fixed namespace would do
_MANY = 32
"""So many stays are planned together rather than one after the other."""


class Traffic:
    """Moves stays through their phases."""

    def __init__(self, course: Course, ledger: Ledger) -> None:
        self._course, self._ledger = course, ledger
        self._yard, self._plan = Yard(course), PowerPlan(course, self._ends)
        self.departures: list[Departure] = []
        self.vehicle_faults: dict[str, VehicleFault] = {}
        self._held: dict[str, list[Stay]] = {}
        """Stays that begin as soon as their vehicle is back from another, by vehicle id."""

    # -- coming

    def expect(self, stay: Stay) -> None:
        """Know of a stay to come, or of a new time for it."""
        course = self._course
        if stay.number not in course.stays:
            course.add(stay)
            course.later(stay.comes_s, Turn.ARRIVES, partial(self._arrives, stay))
        course.later(stay.departs_s, Turn.LEAVES, partial(self._ends, stay))
        if stay.comes_s > stay.planned_s:
            course.later(stay.planned_s, Turn.LATE, partial(self._late, stay))
        self._yard.expect(stay)
        self.replan(stay)

    def forget(self, stay: Stay) -> None:
        """A stay will not come after all."""
        course = self._course
        course.relist(stay)
        course.dequeue(stay)
        self._plan.give_back(stay)
        course.drop(stay)
        course.freed = course.freed or min(stay.leaves_s, stay.departs_s) > course.at
        course.revision += 1

    def _late(self, stay: Stay) -> None:
        """Whoever has not come by now is expected at the next slot, again and again."""
        if stay.phase is Phase.COMING and stay.planned_s <= self._course.at:
            stay.planned_s = (math.floor(self._course.at / SLOT_S) + 1) * SLOT_S
            self._course.enqueue(stay, stay.place)
            self._course.later(stay.planned_s, Turn.LATE, partial(self._late, stay))

    def _arrives(self, stay: Stay) -> None:
        course = self._course
        if stay.phase is not Phase.COMING or stay.comes_s > course.at:
            return
        if stay.departs_s <= course.at:
            self.forget(stay)
        elif stay.vehicle.id in course.here:
            self._held.setdefault(stay.vehicle.id, []).append(stay)
        else:
            self._take_in(stay)

    def _take_in(self, stay: Stay) -> None:
        course = self._course
        as_planned = self._comes_as_planned(stay)
        stay.phase, stay.arrived_s, stay.planned_s = Phase.WAITING, course.at, course.at
        course.here[stay.vehicle.id] = stay
        course.relist(stay)
        place = self._yard.place_for(stay)
        if place is not None:
            self.plug_in(stay, place)
        elif not as_planned:
            self._yard.expect(stay)
            self.replan(stay)

    def _comes_as_planned(self, stay: Stay) -> bool:
        ask = stay.ask
        if ask is None or stay.place is None or stay.number in self._course.unplanned:
            return False
        return stay.planned_s == self._course.at and ask.soc_percent == stay.soc_percent

    # -- at a point

    def plug_in(self, stay: Stay, place: Place, ago_s: float = 0.0) -> None:
        """Begin the process, or have it begun some seconds ago."""
        course = self._course
        as_planned = ago_s == 0.0 and self._is_as_planned(stay, place)
        if not as_planned:
            self._plan.give_back(stay)
        course.dequeue(stay)
        stay.phase, stay.place, stay.plugs_s = Phase.PLUGGED, place, course.at - ago_s
        stay.meter_wh, place.stay = place.now.meter_wh, stay
        stay.process = self._process(stay)
        course.plugged[stay.number] = stay
        stay.told.clear()
        course.unsettled[place.number] = place
        course.relist(stay)
        course.revision += 1
        self._note_health(stay)
        if as_planned:
            motion.restart(course, stay, course.at)
        else:
            self._plan.one(stay)

    def plug_in_by_hand(self, stay: Stay, place: Place, ago_s: float = 0.0) -> None:
        """Let a vehicle be here, now or since some seconds, whether it was to come or not."""
        course = self._course
        if stay.number not in course.stays:
            course.add(stay)
        if stay.phase is Phase.COMING:
            stay.arrived_s = stay.comes_s = stay.planned_s = course.at - ago_s
            course.here[stay.vehicle.id] = stay
        self.plug_in(stay, place, ago_s)

    def bring(self, stay: Stay) -> None:
        """Have a stay stand where it is at this moment."""
        motion.bring(self._course, stay, self._course.at)

    def unplug(self, stay: Stay) -> None:
        """End a stay now."""
        course, place = self._course, stay.place
        motion.bring(course, stay, course.at)
        self._close_span(stay)
        self.departures.append(departure(course, stay))
        self._plan.give_back(stay)
        course.freed = course.freed or stay.leaves_s > course.at
        course.relist(stay)
        self._ledger.done(stay.asked)
        course.here.pop(stay.vehicle.id, None)
        course.plugged.pop(stay.number, None)
        course.dequeue(stay)
        course.drop(stay)
        course.revision += 1
        if place is not None and place.stay is stay:
            place.stay = None
            course.move_up(place)
            motion.show(course, place)
            self.serve(place)
        self._let_in(stay)

    def serve(self, place: Place) -> None:
        """Plug in whoever waits for a place, if it is free."""
        if (stay := self._yard.next_for(place)) is not None:
            self.plug_in(stay, place)

    def rebook(self, stay: Stay) -> None:
        """Find a place for a stay that is not plugged in, and take it if it waits and the place is free."""
        self._yard.expect(stay)
        if stay.phase is Phase.WAITING and (place := self._yard.place_for(stay)) is not None:
            self.plug_in(stay, place)
        else:
            self.replan(stay)

    def replan(self, stay: Stay) -> None:
        """Have a stay planned in ``settle``."""
        self._course.unplanned[stay.number] = stay

    def _ends(self, stay: Stay) -> None:
        course = self._course
        ends_s = stay.leaves_s if stay.phase is Phase.PLUGGED else stay.departs_s
        if stay.phase is Phase.GONE or min(ends_s, stay.departs_s) > course.at:
            return
        if stay.phase is Phase.COMING:
            self.forget(stay)
        else:
            self.unplug(stay)

    def _let_in(self, stay: Stay) -> None:
        for held in self._held.pop(stay.vehicle.id, ()):
            self._course.later(self._course.at, Turn.ARRIVES, partial(self._arrives, held))

    def _is_as_planned(self, stay: Stay, place: Place) -> bool:
        ask = stay.ask
        return (
            ask is not None and stay.number not in self._course.unplanned and not ask.blocked and stay.place is place
            and stay.plugs_s == self._course.at == ask.begins and ask.soc_percent == stay.soc_percent
            and stay.vehicle.id not in self.vehicle_faults
        )  # fmt: skip

    def _process(self, stay: Stay) -> Process:
        course, demand = self._course, stay.demand
        began = course.instant(course.at) or course.start
        name = f"{course.depot.id} {stay.vehicle.id} {began.isoformat()}"
        id_ = demand.process_id if demand is not None else str(uuid.uuid5(_PROCESS_IDS, name))
        fault = self.vehicle_faults.get(stay.vehicle.id)
        stay.rejected = fault is not None
        return Process(id_, demand, stay.vehicle, began, stay.soc_percent, fault=fault)

    # -- health

    def look_after(self, place: Place) -> None:
        """Something may have changed about whether a place works."""
        course = self._course
        course.revision += 1
        course.unbooked_from = 0
        self._yard.look_after(place)
        if place.stay is not None:
            motion.bring(course, place.stay, course.at)
            self.look_after_stay(place.stay)
        motion.show(course, place)
        for stay in list(place.queue):
            self.rebook(stay)
        if place.works:
            self._call_back()
            self.serve(place)
        course.freed = True

    def look_after_stay(self, stay: Stay) -> None:
        """Something may have changed about whether a stay can be charged."""
        self._note_health(stay)
        self._plan.one(stay)

    def _call_back(self) -> None:
        """Whoever was left at a place that fails looks again."""
        for stay in list(self._course.stays.values()):
            if stay.phase in (Phase.COMING, Phase.WAITING) and (stay.place is None or not stay.place.works):
                self.rebook(stay)

    def _note_health(self, stay: Stay) -> None:
        place, process = stay.place, stay.process
        healthy = place is not None and place.works and process is not None and process.fault is None
        if healthy and stay.healthy_since is None:
            stay.healthy_since = self._course.at
        elif not healthy:
            self._close_span(stay)
            stay.trouble = _trouble(stay)

    def _close_span(self, stay: Stay) -> None:
        if stay.healthy_since is not None:
            stay.healthy_s.append((stay.healthy_since, self._course.at))
            stay.healthy_since = None

    # -- afterwards

    def settle(self) -> None:
        """Bring queues and plan in line with what has happened at this moment."""
        course, planned = self._course, False
        rebooked: set[Stay] = set()
        while course.unsettled or course.unplanned or (not planned and self._plan.is_wanted()):
            stays = self._unplanned(rebooked)
            if planned or (len(stays) <= _MANY and not self._plan.is_wanted()):
                for stay in stays:
                    self._plan.one(stay)
            else:
                self._plan.everything()
                planned = True
        course.missed = course.freed = False

    def _unplanned(self, rebooked: set[Stay]) -> list[Stay]:
        """Who has to be planned; whoever is displaced looks for another place, but only once."""
        course = self._course
        while course.unsettled:
            moved = self._yard.settle(course.unsettled.popitem()[1])
            displaced = [stay for stay in self._yard.displaced(moved) if stay not in rebooked]
            rebooked.update(displaced)
            for stay in (*moved, *displaced):
                course.unplanned[stay.number] = stay
            for stay in displaced:
                self._yard.expect(stay)
        stays = sorted((stay for stay in course.unplanned.values() if stay.phase is not Phase.GONE), key=_rank)
        course.unplanned.clear()
        return stays


def _rank(stay: Stay) -> tuple[float, float, int]:
    return stay.rank


def _trouble(stay: Stay) -> str:
    place = stay.place
    if place is None or place.works:
        return f"vehicle {stay.vehicle.id}"
    if place.broken:
        return f"point {place.now.point.id}"
    return f"station {place.station.station.id}"
