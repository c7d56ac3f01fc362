"""Depots from TOML, and every mistake by file and key."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.depot.loader import TABLES, load, read_depot
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Trouble, Vehicle, Visit
from mockpilot.errors import ProfileError
from mockpilot.toml_tables import Problems

HEAD = '[depot]\nid = "d"\n'
STATION = '[[station]]\nid = "s"\n'
POINT = '[[station.point]]\nid = "p"\n'
SMALLEST = HEAD + STATION + POINT
BUS = '[[vehicle]]\nid = "b"\n'
STAY = '[[visit]]\nvehicle = "b"\narrives = "1 h"\ndeparts = "2 h"\n'
FLEET = '[[fleet]]\nvehicle = "bus {n}"\ncount = 3\n'
TROUBLE = '[[trouble]]\nat = "1 h"\n'

FULL = """
[depot]
id = "d"
name = "Süd"
grid_limit_kw = 900
jitter = "5 min"

[[station]]
id = "s"
name = "Halle"
error = "WeakSignal"
limit_kw = 300.5
point = [{ id = "p", name = "Halle 1", state = "reserved", error = "OtherError", max_kw = 75 }]

[[vehicle]]
id = "b"
battery_kwh = 480
soh_percent = 91.5
max_kw = 120
evcc_id = "02:00:00:00:00:01"
mileage = 184_300

[[visit]]
vehicle = "b"
arrives = "1 h 5 min"
departs = "9 h"
soc_percent = 33
min_target_percent = 75
max_target_percent = 90
point = "p"
priority = 2

[[trouble]]
point = "p"
at = "2 h"
lasts = "30 min"
error = "GroundFailure"
text = "wet"

[[trouble]]
station = "s"
at = "3 h"
offline = true

[[trouble]]
vehicle = "b"
at = "4 h"
lasts = "90 s"
text = "door"
"""

FULL_DEPOT = Depot(
    "d",
    (Station("s", (Point("p", "Halle 1", PointState.RESERVED, OcppError.OTHER_ERROR, 75.0),), "Halle",
             OcppError.WEAK_SIGNAL, 300.5),),
    "Süd", 900.0, 300.0,
    (Vehicle("b", 480.0, 91.5, 120.0, "02:00:00:00:00:01", 184_300),),
    (Visit("b", 3900.0, 32400.0, 33.0, 75.0, 90.0, "p", 2),),
    (
        Trouble("p", 7200.0, 1800.0, OcppError.GROUND_FAILURE, text="wet"),
        Trouble("s", 10800.0, offline=True),
        Trouble("b", 14400.0, 90.0, text="door"),
    ),
)  # fmt: skip


def problems_of(text: str) -> list[tuple[str, str]]:
    """Key and problem of everything that is wrong with a depot."""
    problems = Problems("x.toml")
    read_depot(text, problems)
    return [(one.key, one.problem) for one in problems.found]


def test_load_reads_everything() -> None:
    """All that a depot file can say arrives, times in seconds."""
    assert load(FULL, "x.toml") == FULL_DEPOT


def test_load_needs_ids_alone() -> None:
    """Everything else has the model's defaults: an available point, no limit, nobody there."""
    assert Depot("d", (Station("s", (Point("p"),)),)) == load(SMALLEST, "x.toml")


def test_vehicle_and_visit_default_to_the_model() -> None:
    """Who comes and when is enough to say."""
    depot = load(SMALLEST + BUS + STAY, "x.toml")
    assert depot.vehicles == (Vehicle("b"),)
    assert depot.visits == (Visit("b", 3600.0, 7200.0),)


def test_a_station_may_say_that_it_has_no_points() -> None:
    """As long as there is a real point elsewhere."""
    depot = load(SMALLEST + '[[station]]\nid = "bare"\npoint = []\n', "x.toml")
    assert depot.stations[1] == Station("bare", ())


def test_fleet_is_many_vehicles_that_come_one_after_the_other() -> None:
    """Numbers go into names, times go on by their steps, states of charge are taken in turn."""
    text = (
        SMALLEST + FLEET + 'first = 9\nbattery_kwh = 480\narrives = "1 h"\narrives_every = "3 min"\ndeparts = "5 h"\n'
        'departs_every = "90 s"\nsoc_percent = [30, 40]\nmin_target_percent = 60\npriority = 1\n'
    )
    depot = load(text, "x.toml")
    assert depot.vehicles == tuple(Vehicle(f"bus {n}", 480.0) for n in (9, 10, 11))
    assert depot.visits == (
        Visit("bus 9", 3600.0, 18000.0, 30.0, 60.0, priority=1),
        Visit("bus 10", 3780.0, 18090.0, 40.0, 60.0, priority=1),
        Visit("bus 11", 3960.0, 18180.0, 30.0, 60.0, priority=1),
    )


def test_fleet_without_times_only_exists() -> None:
    """Its vehicles come when they are asked for, or by a visit of their own."""
    text = SMALLEST + FLEET + STAY.replace('"b"', '"bus 2"')
    depot = load(text, "x.toml")
    assert [vehicle.id for vehicle in depot.vehicles] == ["bus 1", "bus 2", "bus 3"]
    assert [visit.vehicle_id for visit in depot.visits] == ["bus 2"]


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("[depot", "", "is no TOML: "),
        ("x = " + "[" * 9000, "", "is no TOML: "),
        ("x = " + "9" * 9000, "", "is no TOML: "),
        ("depot = 3\n" + STATION + POINT, "depot", "a table is expected, found 3"),
        (STATION + POINT, "depot.id", "is missing"),
        ('[depot]\nid = " "\n' + STATION + POINT, "depot.id", "found an empty one"),
        ("[depot]\nid = 7\n" + STATION + POINT, "depot.id", "text in quotes is expected, found 7"),
        (HEAD + 'nmae = "x"\n' + STATION + POINT, "depot.nmae", "unknown key; did you mean name?"),
        (HEAD + "grid_limit_kw = -1\n" + STATION + POINT, "depot.grid_limit_kw", "of at least 0 is expected, found -1"),
        (HEAD + "grid_limit_kw = inf\n" + STATION + POINT, "depot.grid_limit_kw", "0 is expected, found inf"),
        (HEAD + "grid_limit_kw = nan\n" + STATION + POINT, "depot.grid_limit_kw", "found nan"),
        (HEAD + f"grid_limit_kw = 0x{'f' * 5000}\n" + STATION + POINT, "depot.grid_limit_kw", "too many digits"),
        (HEAD + 'grid_limit_kw = "900"\n' + STATION + POINT, "depot.grid_limit_kw", "a number of at least 0"),
        (HEAD + "jitter = 5\n" + STATION + POINT, "depot.jitter", "a duration in quotes such as"),
        (HEAD + 'jitter = "-5 s"\n' + STATION + POINT, "depot.jitter", "a duration such as"),
        (SMALLEST + "[stations]\n", "stations", "did you mean station?"),
        (HEAD, "station", "at least one [[station]]"),
        ("station = []\n" + HEAD, "station", "at least one [[station]]"),
        (HEAD + "[station]\n", "station", "[[station]] with two brackets"),
        ('station = ["s"]\n' + HEAD, "station[1]", "a table is expected, found 's'"),
        (HEAD + STATION, "station[1].point", "at least one [[station.point]] is expected"),
        (HEAD + STATION + "point = []\n", "station", "at least one [[station]] with a [[station.point]]"),
        (HEAD + STATION + "point = 3\n", "station[1].point", "[[station.point]] with two brackets"),
        (HEAD + STATION + 'point = ["p"]\n', "station[1].point[1]", "a table is expected, found 'p'"),
        (HEAD + "[[station]]\n" + POINT, "station[1].id", "is missing"),
        (HEAD + STATION + 'volts = 750\n' + POINT, "station[1].volts", "known here: id, name, error, limit_kw, point"),
        (HEAD + STATION + 'error = "Weak"\n' + POINT, "station[1].error", "one of NoError, EVCommunicationError"),
        (SMALLEST + 'state = "availble"\n', "station[1].point[1].state", "found 'availble'; did you mean available?"),
        (SMALLEST + "state = 1\n", "station[1].point[1].state", "one of available, preparing"),
        (SMALLEST + "state = []\n", "station[1].point[1].state", "found a list"),
        (SMALLEST + "max_kw = -0.5\n", "station[1].point[1].max_kw", "of at least 0 is expected, found -0.5"),
        (SMALLEST + "max_kw = true\n", "station[1].point[1].max_kw", "found true"),
        (SMALLEST + POINT, "station[1].point[2].id", "found 'p' at station[1].point[1].id too"),
        (SMALLEST + STATION + "point = []\n", "station[2].id", "found 's' at station[1].id too"),
        (SMALLEST + '[[station.point]]\nid = "d/0/0"\n', "station[1].point[2].id", "the default point too"),
        (HEAD + '[[station]]\nid = "d/0"\n' + POINT, "station[1].id", "the default station too"),
        (SMALLEST + BUS + BUS, "vehicle[2].id", "found 'b' at vehicle[1].id too"),
        (SMALLEST + '[[vehicle]]\nid = "p"\n', "vehicle[1].id", "found 'p' at station[1].point[1].id too"),
        (SMALLEST + BUS + "battery_kwh = 0\n", "vehicle[1].battery_kwh", "a number above 0 is expected, found 0"),
        (SMALLEST + BUS + "soh_percent = 101\n", "vehicle[1].soh_percent", "above 0, at most 100 is expected"),
        (SMALLEST + BUS + "soh_percent = 0\n", "vehicle[1].soh_percent", "above 0, at most 100 is expected, found 0"),
        (SMALLEST + BUS + "max_kw = -1\n", "vehicle[1].max_kw", "of at least 0 is expected"),
        (SMALLEST + BUS + "mileage = 1.5\n", "vehicle[1].mileage", "a whole number of at least 0"),
        (SMALLEST + BUS + STAY + "soc_percent = 101\n", "visit[1].soc_percent", "from 0 to 100 is expected, found 101"),
        (SMALLEST + BUS + STAY + "min_target_percent = -1\n", "visit[1].min_target_percent", "from 0 to 100"),
        (SMALLEST + BUS + STAY + "min_target_percent = 90\nmax_target_percent = 85\n", "visit[1].min_target_percent",
         "found 90 and 85"),
        (SMALLEST + BUS + STAY + "max_target_percent = 70\n", "visit[1].max_target_percent", "found 80 and 70"),
        (SMALLEST + BUS + STAY + "priority = 0\n", "visit[1].priority", "a whole number of at least 1"),
        (SMALLEST + BUS + STAY.replace('"2 h"', '"1 h"'), "visit[1].departs", "'b' is there from 1 h to 1 h"),
        (SMALLEST.replace('"d"', '"d"\njitter = "1 h"') + BUS + STAY, "visit[1].departs", "the jitter of 1 h"),
        (SMALLEST + BUS + '[[visit]]\nvehicle = "b"\ndeparts = "2 h"\n', "visit[1].arrives", "is missing"),
        (SMALLEST + STAY, "visit[1].vehicle", "the id of a vehicle in this file is expected, found 'b'"),
        (SMALLEST + BUS + STAY + 'point = "q"\n', "visit[1].point", "the id of a point in this file"),
        (SMALLEST + BUS + STAY + 'point = "d/0/0"\n', "visit[1].point", "the id of a point in this file"),
        (SMALLEST + BUS + STAY + STAY.replace('"1 h"', '"90 min"').replace('"2 h"', '"3 h"'), "visit[2].arrives",
         "it stays until 2 h (visit[1])"),
        (SMALLEST.replace('"d"', '"d"\njitter = "1 min"') + BUS + STAY
         + STAY.replace('"2 h"', '"3 h"').replace('"1 h"', '"2 h"'), "visit[2].arrives", "up to 1 min early"),
        (SMALLEST + FLEET.replace("{n}", "1"), "fleet[1].vehicle", "a name with {n} for the number"),
        (SMALLEST + FLEET.replace("3", "0"), "fleet[1].count", "a whole number from 1 to 10000 is expected, found 0"),
        (SMALLEST + '[[fleet]]\nvehicle = "bus {n}"\n', "fleet[1].count", "is missing"),
        (SMALLEST + FLEET + FLEET, "fleet[2].vehicle", "found 'bus 1' at fleet[1].vehicle too"),
        (SMALLEST + FLEET + "soc_percent = 40\narrives = \"1 h\"\n", "fleet[1].departs", "is missing"),
        (SMALLEST + FLEET + 'arrives = "1 h"\ndeparts = "2 h"\nsoc_percent = []\n', "fleet[1].soc_percent",
         "found an empty list"),
        (SMALLEST + FLEET + 'arrives = "1 h"\ndeparts = "2 h"\nsoc_percent = [40, "x"]\n', "fleet[1].soc_percent",
         "found 'x'"),
        (SMALLEST + FLEET + 'arrives = "1 h"\narrives_every = "1 h"\ndeparts = "2 h"\n', "fleet[1].departs",
         "'bus 2' is there from 2 h to 2 h"),
        (SMALLEST + FLEET + 'mileage = 3\n', "fleet[1].mileage", "unknown key"),
        (SMALLEST + TROUBLE, "trouble[1]", "exactly one of station, point, vehicle is expected, found none"),
        (SMALLEST + TROUBLE + 'station = "s"\npoint = "p"\n', "trouble[1]", "found station and point"),
        (SMALLEST + TROUBLE + 'point = "s"\n', "trouble[1].point", "the id of a point in this file is expected"),
        (SMALLEST + '[[trouble]]\npoint = "p"\n', "trouble[1].at", "is missing"),
        (SMALLEST + TROUBLE + 'point = "p"\nlasts = "0 s"\n', "trouble[1].lasts", "longer than nothing"),
        (SMALLEST + TROUBLE + 'point = "p"\nerror = "NoError"\n', "trouble[1].error", "leave the trouble out"),
        (SMALLEST + BUS + TROUBLE + 'vehicle = "b"\nerror = "OtherError"\n', "trouble[1].error", "say in text"),
        (SMALLEST + TROUBLE + 'point = "p"\noffline = true\n', "trouble[1].offline", "only a station as a whole"),
        (SMALLEST + TROUBLE + 'station = "s"\noffline = "yes"\n', "trouble[1].offline", "true or false is expected"),
        (SMALLEST + TROUBLE + 'station = "s"\noffline = true\nerror = "OtherError"\n', "trouble[1].offline", "no err"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_once_by_its_key(text: str, key: str, problem: str) -> None:
    """Whatever is wrong with a depot is one sentence that leads to the place, and breeds no others."""
    ((found_key, found_problem),) = problems_of(text)
    assert key == found_key
    assert problem in found_problem


def test_load_raises_the_first_mistake() -> None:
    """File, key and problem in one error."""
    with pytest.raises(ProfileError) as raised:
        load(HEAD + "grid_limit_kw = -1\njitter = 3\n" + STATION + POINT, "depots/x.toml")
    assert (raised.value.file, raised.value.key) == ("depots/x.toml", "depot.grid_limit_kw")


def test_all_mistakes_are_found_at_once() -> None:
    """One does not hide the other, and what hangs on a wrong value is not told as wrong too."""
    text = (
        SMALLEST + "max_kw = -1\n" + BUS + "battery_kwh = 0\n" + STAY.replace('"2 h"', '"two"') + 'point = "q"\n'
        + FLEET.replace("3", "0") + STAY.replace('"b"', '"bus 2"') + TROUBLE + 'vehicle = "bus 2"\n'
    )  # fmt: skip
    assert [key for key, _ in problems_of(text)] == [
        "station[1].point[1].max_kw", "vehicle[1].battery_kwh", "visit[1].departs", "fleet[1].count", "visit[1].point",
    ]  # fmt: skip


def test_unlimited_is_what_is_not_said() -> None:
    """No limit is no key."""
    depot = load(SMALLEST, "x.toml")
    assert (depot.grid_limit_kw, depot.stations[0].limit_kw) == (math.inf, math.inf)


VALUES = st.sampled_from([
    "3", "-1", "101", "inf", "true", '"x"', '""', '"1 h"', "[]", "[1]", "{}", '[{}]', "1979-05-27", '{ id = "d" }',
    '"p"',
])  # fmt: skip
SAID = sorted({line.split(" =")[0] for line in FULL.splitlines() if " = " in line})
KEYS = st.sampled_from(["count", "first", *SAID])


@given(st.lists(st.tuples(st.sampled_from(TABLES), st.dictionaries(KEYS, VALUES, max_size=5)), max_size=5))
def test_no_text_raises_while_reading(tables: list[tuple[str, dict[str, str]]]) -> None:
    """Whatever stands in the tables, it is noted or read."""
    text = HEAD + "".join(
        f"[[{name}]]\n" + "".join(f"{key} = {value}\n" for key, value in pairs.items())
        for name, pairs in tables if name != "depot"
    )  # fmt: skip
    problems = Problems("x.toml")
    depot = read_depot(text, problems)
    assert depot.id == "d"
    assert all(one.problem and one.file == "x.toml" for one in problems.found)
