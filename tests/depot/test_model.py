"""The depot as values."""

from __future__ import annotations

from mockpilot.depot.model import Depot, Point, Station
from mockpilot.protocol.vocabulary.common import ChargingPointStatus, ChargingStationStatus

DEPOT = Depot("d", (Station("s1", (Point("p1"), Point("p2"))), Station("s2", (Point("p3"),))), "North")


def test_default_station_and_point_are_never_available() -> None:
    """The synthetic station has one point, and both are Unavailable under ids derived from the depot's."""
    station = DEPOT.default_station
    (point,) = station.points
    assert (station.id, station.status) == ("d/0", ChargingStationStatus.UNAVAILABLE)
    assert (point.id, point.status) == ("d/0/0", ChargingPointStatus.UNAVAILABLE)
    assert DEPOT.default_point_id == "d/0/0"


def test_point_ids_begin_with_the_default_point() -> None:
    """All points are advertised, the real ones are known apart."""
    assert DEPOT.point_ids() == ("d/0/0", "p1", "p2", "p3")
    assert DEPOT.real_point_ids() == ("p1", "p2", "p3")
    assert [station.id for station in DEPOT.all_stations] == ["d/0", "s1", "s2"]
