"""What a night came to, in lines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mockpilot.cli.morning import MOST_TOLD, Morning, sum_up
from mockpilot.depot.model import Depot, Point, PointState, Station, Vehicle, Visit
from mockpilot.depot.present import PointNow, Present, Process, StationNow
from mockpilot.depot.site import Site
from mockpilot.depot.summary import Departure
from mockpilot.history.events import MessageSent
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.protocol.vocabulary import dialect

START = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
VISIT = Visit("bus", 0.0, 3600.0)


def present(*meters_wh: float, plugged: int = 0, **depot: object) -> Present:
    """A depot with a point for each meter; the first ones have a vehicle."""
    points = tuple(Point(f"p{number}") for number, _ in enumerate(meters_wh))
    station = Station("s", points)
    now = tuple(
        PointNow(point, PointState.AVAILABLE, meter_wh=wh, process=_process() if number < plugged else None)
        for number, (point, wh) in enumerate(zip(points, meters_wh, strict=True))
    )
    return Present(Depot("d", (station,), **depot), START, (StationNow(station, now),))  # type: ignore[arg-type]


def _process() -> Process:
    return Process("process", None, Vehicle("bus"), START, 50.0)


def left(vehicle: str, soc: float, least: float = 80.0, why: str = "stay too short") -> Departure:
    """A vehicle that left after six hours."""
    gone = START + timedelta(hours=6)
    return Departure(vehicle, "", START, gone, gone, soc, least, soc >= least, True, "ready" if soc >= least else why)


def test_vehicles_that_were_not_ready_are_told_with_the_reason() -> None:
    """And energy and peak against the limit."""
    told = sum_up(
        [left("A", 80.0), left("B", 79.96), left("C", 12.0, 90.0, "arrived 40 min late")],
        present(1_200_000.0, 300_000.0, plugged=1, grid_limit_kw=1900.0), 1899.6,
    )  # fmt: skip
    assert told == [
        "1 of 3 vehicles left ready, 1 still plugged in",
        "  B  79.9 of 80 %, left 03-04 23:20: stay too short",
        "  C  12 of 90 %, left 03-04 23:20: arrived 40 min late",
        "1,500 kWh delivered, peak 1,900 kW, grid limit 1,900 kW",
    ]


def test_what_nobody_knows_is_left_out() -> None:
    """No limit, no push that told any power."""
    assert sum_up([left("A", 80.0)], present(5_000.0), None) == ["1 of 1 vehicles left ready", "5 kWh delivered"]


def test_depot_in_which_nothing_happens_has_no_summary() -> None:
    """A visit that is planned is something."""
    assert sum_up([], present(0.0), None) == []
    assert sum_up([], present(0.0, visits=(VISIT,)), None) == ["0 of 0 vehicles left ready", "0 kWh delivered"]


def test_very_many_are_counted() -> None:
    """The list ends somewhere."""
    told = sum_up([left(f"B{number}", 1.0) for number in range(MOST_TOLD + 7)], present(0.0), None)
    assert len(told) == MOST_TOLD + 3
    assert told[-2] == "  and 7 more that were not"


def test_morning_comes_when_the_last_visit_is_over() -> None:
    """Not the one that is named last."""
    late = Visit("late", 0.0, 7200.0)
    depot = Depot("d", (Station("s", (Point("p"),)),), vehicles=(Vehicle("late"), Vehicle("bus")))
    site = Site(replace(depot, visits=(late, VISIT)), START)
    assert Morning().comes(site) == START + timedelta(hours=2)
    assert Morning().comes(Site(depot, START)) is None


def test_summary_is_as_of_now_and_has_a_page_once_power_was_told() -> None:
    """The depot lives up to the moment first."""
    depot = Depot("d", (Station("s", (Point("p"),)),), vehicles=(Vehicle("bus"),), visits=(VISIT,))
    site, morning = Site(depot, START), Morning()
    assert morning.page(site, []) == ""
    for minutes in (0, 30):
        at = START + timedelta(minutes=minutes)
        payload = site.information(dialect("chargepilot"), at).decode()
        head = json.dumps([1, "CMS", "P", format_timestamp(at), "id", "ProvideChargingInformation"])
        morning.note(MessageSent(text=f"{head[:-1]},{payload}]"))
    lines = morning.lines(site, START + timedelta(hours=1))
    assert lines[0] == "1 of 1 vehicles left ready"
    assert lines[-1].endswith("kWh delivered, peak 150 kW")
    page = morning.page(site, lines)
    assert all(text in page for text in ("<svg", "bus", *lines))


def test_summary_is_told_once_as_long_as_it_stays_the_same() -> None:
    """At the end of the night, and again when serve ends only if more has happened."""
    morning = Morning()
    assert [morning.news(lines) for lines in (["1 left"], ["1 left"], ["2 left"])] == [["1 left"], [], ["2 left"]]
