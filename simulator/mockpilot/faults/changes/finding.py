"""Charging points where they stand in a push, and the one that a change is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.faults.changes.setting import Payload, Setting
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.vocabulary import Dialect


@dataclass(frozen=True, slots=True)
class Place:
    """A charging point where it stands."""

    station: Payload
    point: Payload
    is_default: bool
    """Whether its station stands for the depot as a whole."""

    @property
    def id(self) -> str:
        """Its id as it stands on the wire."""
        return str(self.point["chargingPointId"])

    @property
    def is_used(self) -> bool:
        """Whether a vehicle is there, or expected."""
        return any(key in self.point for key in ("vehicleInfo", "chargingProcessInfo", "scheduledChargingProcessList"))


def places(payload: Payload, dialect: Dialect) -> Iterator[Place]:
    """All points of a push, in order."""
    for depot in payload["depotInfoList"]:
        default = dialect.spelling.back(depot["depotId"]) + "/0"
        for station in depot["chargingStationInfoList"]:
            is_default = dialect.spelling.back(station["chargingStationId"]) == default
            for point in station["chargingPointInfoList"]:
                yield Place(station, point, is_default)


def told_points(payload: Payload, dialect: Dialect) -> Iterator[str]:
    """Ids of all points that a payload names, in our own spelling."""
    return (dialect.spelling.back(place.id) for place in places(payload, dialect))


def place_for(fault: Fault, payload: Payload, setting: Setting) -> Place | None:
    """The point that a change is about: the one that was named or found earlier, else one that nobody uses.

    None if the push doesn't name it, or has no point at all.
    """
    found = list(places(payload, setting.dialect))
    named = fault.point or setting.chosen
    if named:
        back = setting.dialect.spelling.back
        return next((place for place in found if named in (place.id, back(place.id))), None)
    real = [place for place in found if not place.is_default]
    free = [place for place in real if not place.is_used]
    return next(iter([*reversed(free), *reversed(real)]), None)


def point_for(fault: Fault, payload: Payload, setting: Setting) -> str:
    """The id of that point; empty without one."""
    place = place_for(fault, payload, setting)
    return place.id if place is not None else ""
