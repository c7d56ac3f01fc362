"""The depots that come with mockpilot are what their comments promise."""

from __future__ import annotations

import random
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from depot.made import faults_of, request
from mockpilot.depot.loader import load
from mockpilot.depot.model import Depot, OcppError, PointState
from mockpilot.depot.simulation import Simulation
from mockpilot.depot.site import Site
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.protocol.vocabulary import DIALECTS, ChargingRequest, Dialect

FOLDER = Path(__file__).parents[2] / "scenarios" / "depots"
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
NAMES = sorted(file.stem for file in FOLDER.glob("*.toml"))
START = datetime(2031, 3, 4, 17, tzinfo=UTC)
EACH_DEPOT = pytest.mark.parametrize("name", NAMES)
EACH_DIALECT = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))


def shipped(name: str) -> Depot:
    """A depot by the name of its file."""
    return load((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name)


def ids_of(depot: Depot) -> list[str]:
    """Ids of the depot, its real stations and their points."""
    return [depot.id, *(station.id for station in depot.stations), *depot.real_point_ids()]


@EACH_DEPOT
@EACH_DIALECT
def test_pushes_of_every_depot_are_valid_at_any_time(name: str, dialect: Dialect) -> None:
    """From the start to the end of the last visit, whatever happens there; by the official schemas, too."""
    site = Site(shipped(name), START)
    for minutes in (0, 1.5, 12, 150, 380, 600, 1500):
        assert faults_of(site.information(dialect, START + timedelta(minutes=minutes)), dialect) == []


def test_the_small_depot_is_as_chargepilot_has_them() -> None:
    """The default depot has two stations, a few real points, and UUIDs for ids."""
    depot = shipped("small")
    assert [str(uuid.UUID(id_)) for id_ in ids_of(depot)] == ids_of(depot)
    assert (len(depot.stations), len(depot.real_point_ids())) == (2, 4)
    assert depot.name


def test_the_small_depot_is_quiet() -> None:
    """Nothing changes by itself, so pushes stay as they are until somebody asks for something."""
    simulation = Simulation(shipped("small"), START, lambda: 0.5)
    before = simulation.revision
    simulation.advance(START + timedelta(days=3))
    assert simulation.revision == before
    assert simulation.departures == []


def test_edge_cases_have_every_state_and_every_error() -> None:
    """Of points, and every error of stations; whoever adds one to the model adds it there."""
    depot = shipped("edge_cases")
    points = [point for station in depot.stations for point in station.points]
    assert {point.state for point in points} == set(PointState)
    assert {point.error for point in points} == set(OcppError)
    assert {station.error for station in depot.stations} == set(OcppError)


def test_edge_cases_have_the_oddities_that_they_promise() -> None:
    """Ids beyond ASCII and beyond a hundred characters, a station without points, one that goes silent."""
    depot = shipped("edge_cases")
    assert any(not station.points for station in depot.stations)
    assert max(map(len, ids_of(depot))) > 250
    assert any(not id_.isascii() for id_ in ids_of(depot))
    assert any(trouble.offline for trouble in depot.troubles)
    assert any(trouble.target_id in {vehicle.id for vehicle in depot.vehicles} for trouble in depot.troubles)


def test_edge_cases_live_through_a_day() -> None:
    """Tiny and huge batteries, and no power to speak of: every vehicle leaves when it was to leave."""
    depot = shipped("edge_cases")
    simulation = Simulation(depot, START, lambda: 0.5)
    simulation.advance(START + timedelta(hours=25))
    assert {one.vehicle_id: one.left for one in simulation.departures} == {
        visit.vehicle_id: START + timedelta(seconds=visit.departs_s) for visit in depot.visits
    }


def test_night_shift_has_twice_as_many_buses_as_points() -> None:
    """120 buses, each with one visit, at 60 points with UUIDs."""
    depot = shipped("night_shift")
    assert len(depot.real_point_ids()) == 60
    assert sorted(vehicle.id for vehicle in depot.vehicles) == sorted(visit.vehicle_id for visit in depot.visits)
    assert len(depot.vehicles) == 120
    assert [str(uuid.UUID(id_)) for id_ in ids_of(depot)] == ids_of(depot)


@pytest.mark.parametrize("seed", [None, 1, 463])
def test_night_shift_gets_everybody_ready_who_can_be(seed: int | None) -> None:
    """Whenever they come within the jitter: all leave, and only the three that stay for minutes are not ready."""
    chance = random.Random(seed).random if seed is not None else lambda: 0.5
    simulation = Simulation(shipped("night_shift"), START, chance)
    simulation.advance(START + timedelta(hours=13))
    assert len(simulation.departures) == 120
    late = {one.vehicle_id: one.could_be_ready for one in simulation.departures if not one.ready}
    assert late == {"BUS-901": False, "BUS-902": False, "BUS-903": False}


@pytest.mark.parametrize("seed", [0, 2, 4])
@pytest.mark.parametrize("minutes", [0, 300, 500])
def test_night_shift_has_power_left_for_a_presystems_own_buses(minutes: int, seed: int) -> None:
    """Whenever two more of them come, nobody misses a minimum that could be reached."""
    site = Site(shipped("night_shift"), START, chance=random.Random(seed).random)
    now = START + timedelta(minutes=minutes)
    site.advance(now)
    points = [point for station in site.simulation.present.stations[1:] for point in station.points]
    free = [point.point.id for point in points if point.state is PointState.AVAILABLE]
    site.apply("P", [_own(number, now, point) for number, point in enumerate(free[:2])])
    site.advance(START + timedelta(hours=20))
    assert len(site.simulation.departures) == 122
    assert {one.vehicle_id for one in site.simulation.departures if not one.ready} == {"BUS-901", "BUS-902", "BUS-903"}


def _own(number: int, now: datetime, point_id: str) -> ChargingRequest:
    """A bus that comes in two minutes and stays for six hours."""
    times = {"expectedArrivalTimeAtChargingPoint": 2, "requestedTimeForDeparture": 360 + 10 * number}
    data = {key: format_timestamp(now + timedelta(minutes=minutes)) for key, minutes in times.items()}
    targets = {"minTargetSoc": 60, "maxTargetSoc": 90, "expectedSocAtArrival": 35}
    return request(f"own {number}", chargingPointId=point_id, chargingRequestData=data | targets)


def test_night_shift_shares_the_grid_for_hours() -> None:
    """The limit is reached for at least six hours and never exceeded; a few points stay free for others."""
    depot = shipped("night_shift")
    simulation = Simulation(depot, START, lambda: 0.5)
    powers, taken = [], []
    for minutes in range(0, 13 * 60, 5):
        simulation.advance(START + timedelta(minutes=minutes))
        stations = simulation.present.stations
        powers.append(sum(station.total_kw for station in stations))
        taken.append(sum(point.process is not None for station in stations for point in station.points))
    assert max(powers) <= depot.grid_limit_kw + 1e-6
    assert sum(power > 0.97 * depot.grid_limit_kw for power in powers) * 5 >= 6 * 60
    assert 55 <= max(taken) <= 58


def test_the_catalogue_tells_every_depot() -> None:
    """Each has its row."""
    assert sorted(re.findall(r"^\| \[`\w+`\]\(depots/(\w+)\.toml\)", README, re.MULTILINE)) == NAMES


def test_the_depot_of_the_catalogue_can_be_read() -> None:
    """What stands there can be copied into a file; it shows every table."""
    (text,) = re.findall(r"^```toml\n(\[depot\].*?)^```", README, re.MULTILINE | re.DOTALL)
    depot = load(text, "README.md")
    assert (len(depot.vehicles), len(depot.visits), len(depot.troubles)) == (13, 13, 1)
