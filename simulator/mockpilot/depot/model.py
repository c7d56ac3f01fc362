"""What a depot consists of: stations and their points, as plain immutable values.

Beside the real stations every depot has a default station with one default point, where charging requests wait that
name no point. Knows neither requests nor messages; the statuses are VDV 463's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.protocol.vocabulary.common import ChargingPointStatus, ChargingStationStatus


@dataclass(frozen=True, slots=True)
class Point:
    """One charging point."""

    id: str
    name: str = ""
    """For people; VDV 463 has no name of a point."""
    status: ChargingPointStatus = ChargingPointStatus.AVAILABLE


@dataclass(frozen=True, slots=True)
class Station:
    """One charging station with its points."""

    id: str
    points: tuple[Point, ...]
    name: str = ""
    """For people; VDV 463 has no name of a station."""
    status: ChargingStationStatus = ChargingStationStatus.AVAILABLE


@dataclass(frozen=True, slots=True)
class Depot:
    """One depot; ``stations`` are the real ones."""

    id: str
    stations: tuple[Station, ...]
    name: str = ""
    """Told to presystems, unless it is empty."""

    @property
    def default_station(self) -> Station:
        """The synthetic station that ChargePilot puts into every depot; it is never available."""
        point = Point(self.default_point_id, "default point", ChargingPointStatus.UNAVAILABLE)
        return Station(f"{self.id}/0", (point,), "default station", ChargingStationStatus.UNAVAILABLE)

    @property
    def default_point_id(self) -> str:
        """Where charging requests wait that name no point."""
        return f"{self.id}/0/0"

    @property
    def all_stations(self) -> tuple[Station, ...]:
        """The default station, then the real ones."""
        return (self.default_station, *self.stations)

    def point_ids(self) -> tuple[str, ...]:
        """Ids of all points, the default point first."""
        return tuple(_point_ids(self.all_stations))

    def real_point_ids(self) -> tuple[str, ...]:
        """Ids of the points at which vehicles can charge."""
        return tuple(_point_ids(self.stations))


def _point_ids(stations: tuple[Station, ...]) -> Iterator[str]:
    return (point.id for station in stations for point in station.points)
