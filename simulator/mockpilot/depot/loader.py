"""A depot from its TOML text; every mistake is named by file and key.

Reads text that the caller brings; where depots are kept is not known here. The form::

    [depot]
    id = "…"
    name = "…"             # optional
    [[station]]
    id = "…"
    name = "…"             # optional, for people
    status = "Available"   # optional: Available, Unavailable, Faulted
    [[station.point]]
    id = "…"
    name = "…"             # optional, for people
    status = "Available"   # optional: Available, Occupied, Reserved, Unavailable, Faulted
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from mockpilot.depot.model import Depot, Point, Station
from mockpilot.errors import ProfileError
from mockpilot.protocol.vocabulary.common import ChargingPointStatus, ChargingStationStatus

_Status = TypeVar("_Status", bound=enum.StrEnum)


def load(text: str, file: str) -> Depot:
    """Read a depot.

    Args:
        text: the TOML text.
        file: its name, as the user knows it.

    Raises:
        ProfileError: names file and key, what was expected and what was found.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(file, "", f"TOML is expected: {error}") from error
    depot = _depot(_Table(document, file, ""))
    _check_ids(depot, file)
    return depot


@dataclass(frozen=True, slots=True)
class _Table:
    """One TOML table that knows where it stands."""

    values: dict[str, Any]
    file: str
    place: str

    def key(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def wrong(self, name: str, problem: str) -> ProfileError:
        return ProfileError(self.file, self.key(name), problem)

    def only(self, *known: str) -> None:
        for name in self.values:
            if name not in known:
                raise self.wrong(name, f"is not known here; known are {', '.join(known)}")

    def id(self) -> str:
        if "id" not in self.values:
            raise self.wrong("id", "an id is expected, found none")
        text = self.text("id")
        if not text.strip():
            raise self.wrong("id", "an id is expected, found an empty text")
        return text

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(name, f"a text is expected, found {value!r}")
        return value

    def status(self, kinds: type[_Status], default: _Status) -> _Status:
        value = self.values.get("status", default)
        if value not in list(kinds):
            raise self.wrong("status", f"one of {', '.join(kinds)} is expected, found {value!r}")
        return kinds(value)

    def table(self, name: str) -> _Table:
        value = self.values.get(name)
        if not isinstance(value, dict):
            found = "none" if value is None else repr(value)
            raise self.wrong(name, f"a table [{self.key(name)}] is expected, found {found}")
        return _Table(value, self.file, self.key(name))

    def tables(self, name: str, header: str) -> list[_Table]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(name, f"tables [[{header}]] are expected, found {value!r}")
        if not value:
            raise self.wrong(name, f"at least one table [[{header}]] is expected: a depot needs a real charging point")
        return [_Table(entry, self.file, f"{self.key(name)}[{number}]") for number, entry in enumerate(value)]


def _depot(document: _Table) -> Depot:
    document.only("depot", "station")
    head = document.table("depot")
    head.only("id", "name")
    stations = tuple(_station(table) for table in document.tables("station", "station"))
    return Depot(head.id(), stations, head.text("name"))


def _station(table: _Table) -> Station:
    table.only("id", "name", "status", "point")
    points = tuple(_point(point) for point in table.tables("point", "station.point"))
    status = table.status(ChargingStationStatus, ChargingStationStatus.AVAILABLE)
    return Station(table.id(), points, table.text("name"), status)


def _point(table: _Table) -> Point:
    table.only("id", "name", "status")
    status = table.status(ChargingPointStatus, ChargingPointStatus.AVAILABLE)
    return Point(table.id(), table.text("name"), status)


def _check_ids(depot: Depot, file: str) -> None:
    places: dict[str, str] = {}
    for place, id_ in _ids(depot):
        if id_ in places:
            raise ProfileError(file, place, f"every id is expected once, found {id_!r} at {places[id_]} too")
        places[id_] = place


def _ids(depot: Depot) -> Iterable[tuple[str, str]]:
    yield "depot.id", depot.id
    yield "the default station", depot.default_station.id
    yield "the default point", depot.default_point_id
    for number, station in enumerate(depot.stations):
        yield from _station_ids(station, f"station[{number}]")


def _station_ids(station: Station, place: str) -> Iterator[tuple[str, str]]:
    yield f"{place}.id", station.id
    for number, point in enumerate(station.points):
        yield f"{place}.point[{number}].id", point.id
