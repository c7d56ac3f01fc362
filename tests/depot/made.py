"""Depots, charging requests and pushes for the tests of this folder."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs

from mockpilot.depot.demand import Demand
from mockpilot.depot.model import Depot, Point, PointState, Station, Vehicle
from mockpilot.depot.present import Forecast, PointNow, Present, Process, Scheduled, StationNow
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import ChargingRequest, Dialect, dialect, read_payload
from mockpilot.protocol.vocabulary.common import ProcessStatus

DEPOT = Depot("d", (Station("s", (Point("p1"), Point("p2"))),), "North")
NOW = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
PUSH = (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST)
OFFICIAL = Path(__file__).parents[2].parent / "shared" / "vdv463" / "schemas"
_FOLDERS = {"vdv-1.0": "1.0.0", "vdv-1.1": "1.1.0", "vdv-2.0-rc1": "2.0.0-rc1"}


def after(minutes: float) -> datetime:
    """An instant, in minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


# -- requests ------------------------------------------------------------------------------------------------------


def entry(id_: str = "cr-1", **changes: Any) -> dict[str, Any]:
    """One entry of a list as it stands on the wire."""
    data = {"minTargetSoc": 80, "maxTargetSoc": 95}
    return {"chargingRequestId": id_, "vehicleId": f"bus of {id_}", "chargingRequestData": data} | changes


def a_list(*entries: dict[str, Any]) -> dict[str, Any]:
    """The payload with these entries."""
    return {"chargingRequestList": list(entries)}


def request(id_: str = "cr-1", **changes: Any) -> ChargingRequest:
    """One typed charging request."""
    message = read_payload(
        dialect("chargepilot"), Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST, a_list(entry(id_, **changes))
    )
    made = message.charging_request_list[0]
    assert isinstance(made, ChargingRequest)
    return made


# -- what is present -----------------------------------------------------------------------------------------------


def present(depot: Depot = DEPOT, now: datetime = NOW) -> Present:
    """A depot at rest."""
    stations = tuple(StationNow(station, tuple(map(_at_rest, station.points))) for station in depot.all_stations)
    return Present(depot, now, stations)


def _at_rest(point: Point) -> PointNow:
    return PointNow(point, point.state, limit_kw=point.max_kw, meter_wh=1000.0)


def forecast(**changes: Any) -> Forecast:
    """80 % in an hour, 95 % in two, departure in ten."""
    said: dict[str, Any] = {
        "min_soc_percent": 80.0, "min_reached": after(60), "max_soc_percent": 95.0, "max_reached": after(120),
        "departs": after(600), "soc_at_departure_percent": 95.0,
        "progress": ((after(60), 80.0), (after(120), 95.0)),
    }  # fmt: skip
    return Forecast(**(said | changes))


def demand(id_: str = "cr-1", presystem_id: str = "P") -> Demand:
    """What a request asks for."""
    return Demand(presystem_id, id_, f"process of {id_}", f"bus of {id_}", 80.0, 95.0)


def scheduled(id_: str = "cr-1", presystem_id: str = "P") -> Scheduled:
    """A process to come, in half an hour."""
    return Scheduled(demand(id_, presystem_id), after(30), forecast())


def process(**changes: Any) -> Process:
    """A bus that charges with 74.26 kW for half an hour already."""
    said: dict[str, Any] = {
        "id": "process of cr-1", "demand": demand(), "vehicle": Vehicle("bus of cr-1"), "began": after(-30),
        "soc_percent": 44.04, "status": ProcessStatus.CHARGING, "charging_kw": 74.26, "delivered_wh": 700.4,
        "forecast": forecast(),
    }  # fmt: skip
    return Process(**(said | changes))


def busy(**changes: Any) -> Present:
    """The depot with that process at its first point."""
    made = present()
    point = made.stations[1].points[0]
    point.state, point.process, point.limit_kw, point.meter_wh = PointState.CHARGING, process(**changes), 80.0, 1700.4
    made.stations[1].total_kw = point.process.power_kw
    return made


def crowded(points: int) -> Present:
    """A depot with two points at each station, all of them busy."""
    made = present(Depot("d", tuple(
        Station(f"s{number}", (Point(f"p{number}a"), Point(f"p{number}b"))) for number in range(points // 2)
    )))  # fmt: skip
    for point in (point for station in made.stations[1:] for point in station.points):
        id_ = point.point.id
        point.state, point.process = PointState.CHARGING, process(id=f"process at {id_}", demand=demand(f"cr at {id_}"))
    return made


def let_flow(now: Present) -> None:
    """Let every running process get on a little."""
    for station in now.stations:
        for point in station.points:
            if point.process is not None:
                point.meter_wh += 309.4
                point.process.delivered_wh += 309.4
                point.process.soc_percent = min(point.process.soc_percent + 0.01, 100.0)


# -- pushes --------------------------------------------------------------------------------------------------------


def stations_of(payload: Any) -> dict[str, Any]:
    """The stations of a push by their ids."""
    return {one["chargingStationId"]: one for one in payload["depotInfoList"][0]["chargingStationInfoList"]}


def points_of(payload: Any) -> dict[str, Any]:
    """The points of a push by their ids."""
    return {
        point["chargingPointId"]: point
        for station in stations_of(payload).values() for point in station["chargingPointInfoList"]
    }  # fmt: skip


def requests_shown(payload: Any) -> list[tuple[str, str, str]]:
    """Point, presystem and request of every process that is told, running ones first at each point."""
    return [
        (id_, told["presystemId"], told["chargingRequestId"])
        for id_, point in points_of(payload).items()
        for told in (point.get("chargingProcessInfo"), *point.get("scheduledChargingProcessList", ()))
        if told is not None and "chargingRequestId" in told
    ]


def faults_of(encoded: bytes, spoken: Dialect) -> list[object]:
    """What is wrong with a push by our own schema, and by the official one where it is at hand."""
    payload = json.loads(encoded)
    found: list[object] = list(violations(payload, spoken, *PUSH))
    if spoken.name in _FOLDERS and OFFICIAL.is_dir():
        found += [error.message for error in _official(spoken.name).iter_errors(payload)]
    return found


@functools.cache
def _official(version: str) -> jsonschema_rs.Validator:
    file = OFFICIAL / _FOLDERS[version] / "ProvideChargingInformationRequest.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    draft = {"draft-04": jsonschema_rs.Draft4Validator, "draft-07": jsonschema_rs.Draft7Validator}
    return draft[schema["$schema"].split("/")[-2]](schema, validate_formats=True)
