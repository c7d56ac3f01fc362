"""Depots from TOML, and every mistake by file and key."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from mockpilot.depot.loader import load
from mockpilot.depot.model import Depot, Point, Station
from mockpilot.errors import ProfileError
from mockpilot.protocol.vocabulary.common import ChargingPointStatus, ChargingStationStatus

SMALL = Path(__file__).parents[2] / "scenarios" / "depots" / "small.toml"
HEAD = '[depot]\nid = "d"\n'
STATION = '[[station]]\nid = "s"\n'
POINT = '[[station.point]]\nid = "p"\n'


def test_load_reads_everything() -> None:
    """Names and statuses are taken as they are written."""
    text = (
        '[depot]\nid = "d"\nname = "Süd"\n'
        '[[station]]\nid = "s"\nname = "Halle"\nstatus = "Faulted"\n'
        '[[station.point]]\nid = "p"\nname = "Halle 1"\nstatus = "Reserved"\n'
    )
    point = Point("p", "Halle 1", ChargingPointStatus.RESERVED)
    assert Depot("d", (Station("s", (point,), "Halle", ChargingStationStatus.FAULTED),), "Süd") == load(text, "x.toml")


def test_load_needs_ids_alone() -> None:
    """Names are empty and statuses Available unless something else is said."""
    assert Depot("d", (Station("s", (Point("p"),)),)) == load(HEAD + STATION + POINT, "x.toml")


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("[depot", "", "TOML is expected"),
        ("", "depot", "a table"),
        ("depot = 3", "depot", "a table"),
        ("[depot]\n" + STATION + POINT, "depot.id", "an id is expected, found none"),
        ('[depot]\nid = " "\n' + STATION + POINT, "depot.id", "found an empty text"),
        ("[depot]\nid = 7\n" + STATION + POINT, "depot.id", "a text is expected, found 7"),
        (HEAD + 'nmae = "x"\n' + STATION + POINT, "depot.nmae", "known are id, name"),
        (HEAD + "[[stations]]\n", "stations", "known are depot, station"),
        (HEAD, "station", "at least one"),
        (HEAD + "[station]\n", "station", "tables [[station]] are expected"),
        (HEAD + STATION, "station[0].point", "a real charging point"),
        (HEAD + "[[station]]\n" + POINT, "station[0].id", "an id is expected, found none"),
        (HEAD + STATION + 'point = ["p"]\n', "station[0].point", "tables [[station.point]] are expected"),
        (HEAD + STATION + 'kind = "dc"\n' + POINT, "station[0].kind", "known are id, name, status, point"),
        (HEAD + STATION + 'status = "Reserved"\n' + POINT, "station[0].status", "one of Available, Unavailable"),
        (HEAD + STATION + POINT + "status = 1\n", "station[0].point[0].status", "one of Available, Occupied"),
        (HEAD + STATION + POINT + "status = []\n", "station[0].point[0].status", "one of Available, Occupied"),
        (HEAD + STATION + POINT + "power = 150\n", "station[0].point[0].power", "known are id, name, status"),
        (HEAD + STATION + POINT + POINT, "station[0].point[1].id", "found 'p' at station[0].point[0].id too"),
        (HEAD + STATION + POINT + STATION + POINT, "station[1].id", "found 's' at station[0].id too"),
        (HEAD + STATION + '[[station.point]]\nid = "d/0/0"\n', "station[0].point[0].id", "the default point too"),
        (HEAD + '[[station]]\nid = "d/0"\n' + POINT, "station[0].id", "the default station too"),
    ],
)
def test_mistakes_are_named_by_file_and_key(text: str, key: str, problem: str) -> None:
    """Whatever is wrong with a depot is one sentence that leads to the place."""
    with pytest.raises(ProfileError) as raised:
        load(text, "depots/x.toml")
    assert (raised.value.file, raised.value.key) == ("depots/x.toml", key)
    assert problem in raised.value.problem


def test_the_small_depot_is_as_chargepilot_has_them() -> None:
    """The default depot has two stations, a few real points, and UUIDs for ids."""
    depot = load(SMALL.read_text(encoding="utf-8"), "small")
    ids = [depot.id, *(station.id for station in depot.stations), *depot.real_point_ids()]
    assert [str(uuid.UUID(id_)) for id_ in ids] == ids
    assert (len(depot.stations), len(depot.real_point_ids())) == (2, 4)
    assert depot.name
