"""Faults of points, stations and vehicles, and stations that go silent: planned ones and those by hand.

A fault stops charging until it is cleared; a station that has said nothing for a minute counts as offline, and then
its points give no power either: nobody could know of it. A vehicle whose fault is there before it has had any power,
or is one of those that forbid charging, is rejected; any other fault pauses it.
"""

from __future__ import annotations

import math
from datetime import datetime
from functools import partial

from mockpilot.depot.course import Course, DepotError, Turn
from mockpilot.depot.model import OcppError, PointState, Trouble
from mockpilot.depot.present import Fault, StationNow, VehicleFault
from mockpilot.depot.stays import Place
from mockpilot.depot.traffic import Traffic
from mockpilot.depot.wishes import Wishes

SILENT_S = 60.0
"""A station that has said nothing for so long counts as offline."""

_FORBIDDING = frozenset({
    OcppError.CONNECTOR_LOCK_FAILURE, OcppError.GROUND_FAILURE, OcppError.OVER_CURRENT_FAILURE,
    OcppError.OVER_VOLTAGE, OcppError.UNDER_VOLTAGE, OcppError.INTERNAL_ERROR,
})  # fmt: skip
_MENDABLE = (PointState.ERROR, PointState.UNKNOWN)
"""States at the start that end when somebody clears the fault."""
_NAMED = 8  # ids that a message names


class Troubles:
    """Makes and mends them."""

    def __init__(self, course: Course, traffic: Traffic, wishes: Wishes) -> None:
        self._course, self._traffic, self._wishes = course, traffic, wishes
        self._stations = {station.station.id: station for station in course.present.stations[1:]}

    def plan(self, trouble: Trouble) -> None:
        """Let one of the depot's file happen in its time."""
        self._find(trouble.target_id)
        self._course.later(trouble.at_s, Turn.BREAKS, partial(self._happen, trouble))

    def set(self, target_id: str, error: OcppError, text: str) -> Fault | VehicleFault:
        """Break something."""
        target = self._find(target_id)
        if isinstance(target, str):
            return self._set_vehicle(target, error, text)
        fault = Fault(error, self._now(), text)
        if isinstance(target, Place):
            target.broken, target.now.fault = True, fault
            self._traffic.look_after(target)
        else:
            target.fault = fault
            self._look_after(target)
        return fault

    def clear(self, target_id: str) -> None:
        """Mend something; nothing happens when nothing is wrong."""
        target = self._find(target_id)
        if isinstance(target, str):
            if self._traffic.vehicle_faults.pop(target, None) is not None:
                self._tell_vehicle(target, None)
        elif isinstance(target, Place):
            target.broken, target.now.fault = False, None
            target.usable = target.usable or target.now.point.state in _MENDABLE
            self._traffic.look_after(target)
        else:
            target.fault = None
            self._look_after(target)

    def silence(self, station_id: str) -> datetime:
        """Let a station say nothing any more; answers since when."""
        station = self._station(station_id)
        if station.silent_since is None:
            since = station.silent_since = self._now()
            self._course.revision += 1
            self._course.later(self._course.at + SILENT_S, Turn.SILENT, partial(self._goes_offline, station, since))
        return station.silent_since

    def hear(self, station_id: str) -> None:
        """Let a station speak again."""
        station = self._station(station_id)
        if station.silent_since is not None:
            station.silent_since = None
            self._set_offline(station, offline=False)

    # -- one by one

    def _happen(self, trouble: Trouble) -> None:
        ends_s = trouble.at_s + trouble.lasts_s
        if trouble.offline:
            since = self.silence(trouble.target_id)
            self._later(ends_s, partial(self._hear_if, trouble.target_id, since))
        else:
            fault = self.set(trouble.target_id, trouble.error, trouble.text)
            self._later(ends_s, partial(self._clear_if, trouble.target_id, fault))

    def _later(self, ends_s: float, action: partial[None]) -> None:
        if math.isfinite(ends_s):
            self._course.later(ends_s, Turn.MENDED, action)

    def _hear_if(self, station_id: str, since: datetime) -> None:
        if self._station(station_id).silent_since is since:
            self.hear(station_id)

    def _clear_if(self, target_id: str, fault: Fault | VehicleFault) -> None:
        """The end of one fault doesn't clear another that has taken its place."""
        target = self._find(target_id)
        if isinstance(target, str):
            current: object = self._traffic.vehicle_faults.get(target)
        else:
            current = target.now.fault if isinstance(target, Place) else target.fault
        if current is fault:
            self.clear(target_id)

    def _goes_offline(self, station: StationNow, since: datetime) -> None:
        if station.silent_since is since:
            self._set_offline(station, offline=True)

    def _set_offline(self, station: StationNow, *, offline: bool) -> None:
        for place in self._places(station):
            place.offline = offline
        self._look_after(station)

    def _set_vehicle(self, vehicle_id: str, error: OcppError, text: str) -> VehicleFault:
        code = text if text and error is OcppError.OTHER_ERROR else error.value
        fault = self._traffic.vehicle_faults[vehicle_id] = VehicleFault(code, self._now(), text)
        self._tell_vehicle(vehicle_id, fault, forbids=error in _FORBIDDING)
        return fault

    def _tell_vehicle(self, vehicle_id: str, fault: VehicleFault | None, *, forbids: bool = False) -> None:
        stay = self._course.here.get(vehicle_id)
        if stay is not None and stay.process is not None:
            self._traffic.bring(stay)
            stay.process.fault = fault
            stay.rejected = fault is not None and (forbids or not stay.powered)
            self._traffic.look_after_stay(stay)

    # -- looking up

    def _find(self, target_id: str) -> Place | StationNow | str:
        target = self._course.places.get(target_id) or self._stations.get(target_id)
        if target is not None:
            return target
        if self._wishes.knows(target_id):
            return target_id
        known = ", ".join([*self._course.places, *self._stations][:_NAMED]) or "none"
        raise DepotError(
            f"{target_id}: expected the id of a point, a station or a vehicle of depot {self._course.depot.id}; "
            f"its points and stations are {known}."
        )

    def _station(self, station_id: str) -> StationNow:
        if (station := self._stations.get(station_id)) is not None:
            return station
        known = ", ".join(list(self._stations)[:_NAMED]) or "none"
        raise DepotError(
            f"{station_id}: expected the id of a station of depot {self._course.depot.id}; its stations are {known}."
        )

    def _places(self, station: StationNow) -> list[Place]:
        return [place for place in self._course.row if place.station is station]

    def _look_after(self, station: StationNow) -> None:
        for place in self._places(station):
            self._traffic.look_after(place)
        self._course.revision += 1

    def _now(self) -> datetime:
        return self._course.instant(self._course.at) or self._course.start
