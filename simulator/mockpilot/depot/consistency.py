"""What the tables of a depot file must have in common: every id once, visits and troubles of what there is.

Knows parts and the keys under which they stand; how they are written is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import Generic, TypeVar

from mockpilot.depot.model import Depot, Station, Trouble, Vehicle, Visit
from mockpilot.durations import format_duration
from mockpilot.toml_tables import Problems, nearest

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Placed(Generic[_Part]):
    """One part of a depot and where it stands in the file."""

    key: str
    part: _Part
    sound: bool = True
    """Nothing was wrong with its table; of a part that is not sound, its values are not compared with others."""


@dataclass(slots=True)
class Parts:
    """All parts of a depot in the order of the file."""

    stations: list[Placed[Station]]
    vehicles: list[Placed[Vehicle]] = field(default_factory=list)
    visits: list[Placed[Visit]] = field(default_factory=list)
    troubles: list[Placed[Trouble]] = field(default_factory=list)
    vehicles_known: bool = True
    """False: a mistake hides the ids of some."""

    def ids(self, kind: str) -> Collection[str]:
        """Ids of all stations, points or vehicles."""
        if kind == "point":
            return {point.id: None for station in self.stations for point in station.part.points}
        return dict.fromkeys(one.part.id for one in (self.stations if kind == "station" else self.vehicles))

    def depot(self, bare: Depot) -> Depot:
        """Put the parts into a depot that has none yet."""
        return replace(
            bare, stations=tuple(one.part for one in self.stations), vehicles=tuple(one.part for one in self.vehicles),
            visits=tuple(one.part for one in self.visits), troubles=tuple(one.part for one in self.troubles),
        )  # fmt: skip


def check(bare: Depot, parts: Parts, problems: Problems) -> None:
    """Note whatever does not fit together; a key that stands for a whole fleet is named once."""
    told: set[str] = set()
    checks = (_twice(bare, parts), _unknown_visits(parts), _early_departures(bare, parts), _overlaps(bare, parts),
              _unknown_targets(parts))  # fmt: skip
    for key, problem in chain.from_iterable(checks):
        if key not in told:
            problems.note(key, problem)
        told.add(key)


def _twice(bare: Depot, parts: Parts) -> Iterator[tuple[str, str]]:
    # One namespace for all: troubles and people name stations, points and vehicles by the id alone.
    places: dict[str, str] = {}
    for place, id_ in _ids(bare, parts):
        if id_ and id_ in places:
            yield place, f"every id is expected once, found {id_!r} at {places[id_]} too"
        places.setdefault(id_, place)


def _ids(bare: Depot, parts: Parts) -> Iterator[tuple[str, str]]:
    yield "depot.id", bare.id
    yield "the default station", bare.default_station.id
    yield "the default point", bare.default_point_id
    for station in parts.stations:
        yield f"{station.key}.id", station.part.id
        for number, point in enumerate(station.part.points, 1):
            yield f"{station.key}.point[{number}].id", point.id
    for vehicle in parts.vehicles:
        yield vehicle.key, vehicle.part.id


def _unknown_visits(parts: Parts) -> Iterator[tuple[str, str]]:
    vehicles, points = parts.ids("vehicle"), parts.ids("point")
    for visit in parts.visits:
        vehicle_id, point_id = visit.part.vehicle_id, visit.part.point_id
        if parts.vehicles_known and vehicle_id and vehicle_id not in vehicles:
            yield f"{visit.key}.vehicle", _unknown("vehicle", vehicle_id, vehicles)
        if point_id and point_id not in points:
            yield f"{visit.key}.point", _unknown("point", point_id, points)


def _early_departures(bare: Depot, parts: Parts) -> Iterator[tuple[str, str]]:
    jitter = f" (by more than the jitter of {format_duration(bare.jitter_s)})" if bare.jitter_s else ""
    for visit in parts.visits:
        one = visit.part
        if visit.sound and one.departs_s <= one.arrives_s + bare.jitter_s:
            stay = f"from {format_duration(one.arrives_s)} to {format_duration(one.departs_s)}"
            problem = f"a departure after the arrival{jitter} is expected, {one.vehicle_id!r} is there {stay}"
            yield f"{visit.key}.departs", problem


def _overlaps(bare: Depot, parts: Parts) -> Iterator[tuple[str, str]]:
    jitter = f", up to {format_duration(bare.jitter_s)} early" if bare.jitter_s else ""
    for earlier, later in _successive(parts.visits):
        if later.part.arrives_s - bare.jitter_s < earlier.part.departs_s:
            again, until = format_duration(later.part.arrives_s), format_duration(earlier.part.departs_s)
            yield f"{later.key}.arrives", (
                f"{later.part.vehicle_id!r} is expected to have left before it comes again at {again}{jitter}; it "
                f"stays until {until} ({earlier.key})"
            )


def _successive(visits: Iterable[Placed[Visit]]) -> Iterator[tuple[Placed[Visit], Placed[Visit]]]:
    stays: dict[str, list[Placed[Visit]]] = {}
    for visit in sorted((one for one in visits if one.sound), key=lambda one: one.part.arrives_s):
        stays.setdefault(visit.part.vehicle_id, []).append(visit)
    for of_vehicle in stays.values():
        yield from pairwise(of_vehicle)


def _unknown_targets(parts: Parts) -> Iterator[tuple[str, str]]:
    for trouble in parts.troubles:
        kind, target_id = trouble.key.rpartition(".")[2], trouble.part.target_id
        hidden = kind == "vehicle" and not parts.vehicles_known
        if target_id and target_id not in parts.ids(kind) and not hidden:
            yield trouble.key, _unknown(kind, target_id, parts.ids(kind))


def _unknown(kind: str, found: str, known: Collection[str]) -> str:
    return f"the id of a {kind} in this file is expected, found {found!r}{nearest(found, known) if known else ''}"
