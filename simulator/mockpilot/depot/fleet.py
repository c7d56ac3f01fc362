"""Vehicles from their tables: one by one, or a fleet of vehicles alike that come and go one after the other.

The form of a fleet; whatever else a vehicle or a visit has goes for each of them::

    [[fleet]]
    vehicle = "BUS-{n}"        # {n} stands for the number
    count = 40
    first = 101                # optional: 1
    arrives = "1 h 30 min"     # of the first one; without arrives and departs they only exist
    arrives_every = "3 min"    # optional: all at once
    departs = "11 h"
    departs_every = "2 min"    # optional: all at once
    soc_percent = [35, 48, 41] # one number for all, or several that are taken in turn
"""

from __future__ import annotations

from itertools import count, cycle

from mockpilot.depot.model import Vehicle, Visit
from mockpilot.toml_tables import Table, is_number, show

VEHICLE_KEYS = ("battery_kwh", "soh_percent", "max_kw", "evcc_id", "mileage")
_VISIT_KEYS = ("arrives", "arrives_every", "departs", "departs_every", "soc_percent", "min_target_percent",
               "max_target_percent", "priority")  # fmt: skip
FLEET_KEYS = ("vehicle", "count", "first", "battery_kwh", "soh_percent", "max_kw", *_VISIT_KEYS)
"""No address or mileage: they differ from one vehicle to the next."""

_MOST = 10_000


def vehicle_like(table: Table, id: str) -> Vehicle:  # noqa: A002 - the field's own word
    """Read what a vehicle is like."""
    usual = Vehicle("")
    return Vehicle(
        id,
        table.number("battery_kwh", usual.battery_kwh, above=True),
        table.number("soh_percent", usual.soh_percent, above=True, most=100.0),
        table.number("max_kw", usual.max_kw),
        table.text("evcc_id"),
        table.whole("mileage", 0, least=0) if "mileage" in table else None,
    )


def targets(table: Table) -> tuple[float, float]:
    """Read what a visit is to reach at least and at most, in percent."""
    usual = Visit("", 0.0, 0.0)
    lowest = table.number("min_target_percent", usual.min_target_percent, most=100.0)
    highest = table.number("max_target_percent", usual.max_target_percent, most=100.0)
    if lowest > highest and not table.wrong & {"min_target_percent", "max_target_percent"}:
        name = "min_target_percent" if "min_target_percent" in table else "max_target_percent"
        table.note(name, f"a minimum of at most the maximum is expected, found {lowest:g} and {highest:g}")
    return lowest, highest


def fleet(table: Table) -> tuple[list[Vehicle], list[Visit]]:
    """Read all vehicles of a fleet, and the visit of each."""
    ids = _ids(table)
    vehicles = [vehicle_like(table, id_) for id_ in ids[:1]]
    vehicles += [_again(vehicles[0], id_) for id_ in ids[1:]]
    return vehicles, _visits(table, ids) if any(name in table for name in _VISIT_KEYS) else []


def _ids(table: Table) -> list[str]:
    table.needs("vehicle")
    table.needs("count")
    pattern = table.text("vehicle", "{n}")
    if "{n}" not in pattern:
        table.note("vehicle", f"a name with {{n}} for the number is expected, such as 'BUS-{{n}}', found {pattern!r}")
    first, number = table.whole("first", 1, least=0), table.whole("count", 1, least=1, most=_MOST)
    names = [pattern.replace("{n}", str(n)) for n in range(first, first + number)]
    return names if "{n}" in pattern else names[:1]


def _again(vehicle: Vehicle, id: str) -> Vehicle:  # noqa: A002 - the field's own word
    return Vehicle(id, vehicle.battery_kwh, vehicle.soh_percent, vehicle.max_kw)


def _visits(table: Table, ids: list[str]) -> list[Visit]:
    table.needs("arrives")
    table.needs("departs")
    arrivals = count(table.seconds("arrives", 0.0), table.seconds("arrives_every", 0.0))
    departures = count(table.seconds("departs", 0.0), table.seconds("departs_every", 0.0))
    lowest, highest = targets(table)
    priority = table.whole("priority", 1, least=1) if "priority" in table else None
    return [
        Visit(id_, arrives, departs, soc, lowest, highest, priority=priority)
        for id_, arrives, departs, soc in zip(ids, arrivals, departures, cycle(_socs(table)), strict=False)
    ]


def _socs(table: Table) -> list[float]:
    usual = Visit("", 0.0, 0.0).soc_percent
    values = table.values.get("soc_percent")
    if not isinstance(values, list):
        return [table.number("soc_percent", usual, most=100.0)]
    if values and all(is_number(value, 0.0, 100.0) for value in values):
        return [float(value) for value in values]
    found = next((show(value) for value in values if not is_number(value, 0.0, 100.0)), "an empty list")
    table.note("soc_percent", f"numbers from 0 to 100 are expected, found {found}")
    return [usual]
