"""A depot from its TOML text; every mistake is noted by file and key, and the reading goes on to the next.

Reads text that the caller brings; where depots are kept is not known here. All but ids is optional. Times are durations
after the depot's start, and every number has its unit in its key. The form::

    [depot]           id  name  grid_limit_kw  jitter
    [[station]]       id  name  error  limit_kw
    [[station.point]] id  name  state  error  max_kw
    [[vehicle]]       id  battery_kwh  soh_percent  max_kw  evcc_id  mileage
    [[visit]]         vehicle  arrives  departs  soc_percent  min_target_percent  max_target_percent  point  priority
    [[fleet]]         many vehicles alike, see ``fleet``
    [[trouble]]       station or point or vehicle  at  lasts  error  offline  text
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from mockpilot.depot.consistency import Parts, Placed, check
from mockpilot.depot.fleet import FLEET_KEYS, VEHICLE_KEYS, fleet, targets, vehicle_like
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Trouble, Visit
from mockpilot.toml_tables import Problems, Table, read_document

TABLES = ("depot", "station", "vehicle", "visit", "fleet", "trouble")
"""What a depot file consists of."""

_VISIT_KEYS = ("vehicle", "arrives", "departs", "soc_percent", "min_target_percent", "max_target_percent", "point",
               "priority")  # fmt: skip
_TARGETS = ("station", "point", "vehicle")
_TROUBLE_KEYS = ("at", "lasts", *_TARGETS, "error", "offline", "text")


def load(text: str, file: str) -> Depot:
    """Read a depot.

    Args:
        text: the TOML text.
        file: its name, as the user knows it.

    Raises:
        ProfileError: the first mistake: names file and key, what was expected and what was found.
    """
    problems = Problems(file)
    depot = read_depot(text, problems)
    problems.raise_first()
    return depot


def read_depot(text: str, problems: Problems) -> Depot:
    """Read a depot and note all mistakes; only without any the depot is one to work with."""
    document = read_document(text, problems, TABLES)
    if not document.readable:
        return Depot("", ())
    head = document.table("depot", ("id", "name", "grid_limit_kw", "jitter"))
    bare = Depot(
        head.required("id"), (), head.text("name"), head.number("grid_limit_kw", math.inf), head.seconds("jitter", 0.0)
    )  # fmt: skip
    parts = _parts(document)
    check(bare, parts, problems)
    return parts.depot(bare)


def _parts(document: Table) -> Parts:
    parts = Parts([Placed(table.place, _station(table)) for table in _stations(document)])
    for table in document.tables("vehicle", ("id", *VEHICLE_KEYS)):
        parts.vehicles.append(Placed(table.key("id"), vehicle_like(table, table.required("id"))))
    for table in document.tables("visit", _VISIT_KEYS):
        parts.visits.append(Placed(table.place, _visit(table), table.sound))
    for table in document.tables("fleet", FLEET_KEYS):
        vehicles, visits = fleet(table)
        parts.vehicles += [Placed(table.key("vehicle"), one) for one in vehicles]
        parts.visits += [Placed(table.place, one, table.sound) for one in visits]
        parts.vehicles_known &= table.sound
    parts.troubles.extend(_troubles(document))
    return parts


def _stations(document: Table) -> list[Table]:
    tables = document.tables("station", ("id", "name", "error", "limit_kw", "point"))
    if not document.wrong and not any("point" not in table or table.values["point"] for table in tables):
        document.note("station", "at least one [[station]] with a [[station.point]] is expected")
    return tables


def _station(table: Table) -> Station:
    points = tuple(_point(one) for one in table.tables("point", ("id", "name", "state", "error", "max_kw")))
    if table.readable and "point" not in table:
        table.note("point", "at least one [[station.point]] is expected below it; point = [] is a station without any")
    error = table.word("error", OcppError.NO_ERROR)
    return Station(table.required("id"), points, table.text("name"), error, table.number("limit_kw", math.inf))


def _point(table: Table) -> Point:
    state, error = table.word("state", PointState.AVAILABLE), table.word("error", OcppError.NO_ERROR)
    return Point(table.required("id"), table.text("name"), state, error, table.number("max_kw", Point("").max_kw))


def _visit(table: Table) -> Visit:
    for name in ("arrives", "departs"):
        table.needs(name)
    lowest, highest = targets(table)
    return Visit(
        table.required("vehicle"), table.seconds("arrives", 0.0), table.seconds("departs", 0.0),
        table.number("soc_percent", Visit("", 0, 0).soc_percent, most=100.0), lowest, highest, table.text("point"),
        table.whole("priority", 1, least=1) if "priority" in table else None,
    )  # fmt: skip


def _troubles(document: Table) -> Iterator[Placed[Trouble]]:
    for table in document.tables("trouble", _TROUBLE_KEYS):
        table.needs("at")
        kinds = [name for name in _TARGETS if name in table]
        if len(kinds) == 1:
            yield Placed(table.key(kinds[0]), _trouble(table, kinds[0]))
        elif table.readable:
            found = " and ".join(kinds) or "none"
            table.note("", f"exactly one of {', '.join(_TARGETS)} is expected, found {found}")


def _trouble(table: Table, kind: str) -> Trouble:
    offline, lasts = table.flag("offline", default=False), table.seconds("lasts", math.inf)
    if not lasts:
        table.note("lasts", "a duration longer than nothing is expected")
    if offline and (kind != "station" or "error" in table):
        table.note("offline", "only a station as a whole can be offline, and it then tells no error")
    error = _error_of_trouble(table, kind)
    return Trouble(table.text(kind), table.seconds("at", 0.0), lasts, error, offline, table.text("text"))


def _error_of_trouble(table: Table, kind: str) -> OcppError:
    error = table.word("error", OcppError.OTHER_ERROR)
    if error is OcppError.NO_ERROR:
        table.note("error", "what is wrong is expected, found 'NoError'; leave the trouble out")
    if "error" in table and kind == "vehicle":
        table.note("error", "there are no codes for vehicles; say in text what is wrong")
    return error
