"""The depot as values."""

from __future__ import annotations

from mockpilot.depot.model import Depot, Point, PointState, Station, Vehicle

DEPOT = Depot("d", (Station("s1", (Point("p1"), Point("p2"))), Station("s2", (Point("p3"),))), "North")


def test_default_point_is_never_available() -> None:
    """The synthetic station has one point without power, under ids derived from the depot's."""
    station = DEPOT.default_station
    (point,) = station.points
    assert (station.id, station.limit_kw) == ("d/0", 0.0)
    assert (point.id, point.state, point.max_kw) == ("d/0/0", PointState.UNAVAILABLE, 0.0)
    assert DEPOT.default_point_id == "d/0/0"


def test_point_ids_begin_with_the_default_point() -> None:
    """All points are advertised, the real ones are known apart."""
    assert DEPOT.point_ids() == ("d/0/0", "p1", "p2", "p3")
    assert DEPOT.real_point_ids() == ("p1", "p2", "p3")
    assert [station.id for station in DEPOT.all_stations] == ["d/0", "s1", "s2"]


def test_an_old_battery_holds_less() -> None:
    """By its state of health."""
    assert Vehicle("bus", battery_kwh=400.0, soh_percent=80.0).usable_kwh == 320.0
