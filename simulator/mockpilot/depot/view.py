"""What the CMS says about its depot: the payload of ProvideChargingInformation in a dialect.

Stations, points and their statuses, and every stored charging request as a scheduled charging process at its point.
Decides nothing, stores nothing; time comes in as an argument.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mockpilot.depot.model import Depot, Point, Station
from mockpilot.protocol.envelope import format_timestamp, parse_timestamp
from mockpilot.protocol.vocabulary import ChargingRequest, Dialect

Stored = Mapping[str, Mapping[str, ChargingRequest]]
"""Charging requests by presystem id, then by charging request id."""

_PROCESS_IDS = uuid.UUID("6f4e4a3c-3f0b-5b0e-9a3e-0d5a7c1e9b46")  # made once; any fixed namespace would do
_PERCENT_PER_HOUR = 30.0   # a depot charger of 100 kW on a battery of 330 kWh
_ASSUMED_SOC_PERCENT = 20.0  # on arrival, where the presystem expects nothing

_encoder = msgspec.json.Encoder()


def information(depot: Depot, stored: Stored, dialect: Dialect, now: datetime) -> msgspec.Struct:
    """Make the payload: the struct that the dialect names for a push."""
    words: Any = dialect.vocabulary
    scheduled = _by_point(depot, stored, dialect, now)
    stations = tuple(_station(words, station, scheduled) for station in depot.all_stations)
    info = words.DepotInfo(depot_id=depot.id, name=depot.name or UNSET, charging_station_info_list=stations)
    payload: msgspec.Struct = words.ProvideChargingInformationRequest(depot_info_list=(info,))
    return payload


def encode(payload: msgspec.Struct) -> bytes:
    """Encode a payload as JSON."""
    return _encoder.encode(payload)


def charging_process_id(presystem_id: str, charging_request_id: str) -> str:
    """The CMS's own id of the process for a request: the same whenever it is asked."""
    return str(uuid.uuid5(_PROCESS_IDS, f"{len(presystem_id)} {presystem_id} {charging_request_id}"))


def _station(words: Any, station: Station, scheduled: Mapping[str, list[Any]]) -> Any:
    points = tuple(_point(words, point, scheduled) for point in station.points)
    return words.charging_station_info(station.id, station.status, points)


def _point(words: Any, point: Point, scheduled: Mapping[str, list[Any]]) -> Any:
    processes = scheduled.get(point.id)
    return words.ChargingPointInfo(
        charging_point_id=point.id,
        charging_point_status=point.status,
        scheduled_charging_process_list=tuple(processes) if processes else UNSET,
    )


def _by_point(depot: Depot, stored: Stored, dialect: Dialect, now: datetime) -> Mapping[str, list[Any]]:
    known = frozenset(depot.point_ids())
    scheduled: dict[str, list[Any]] = defaultdict(list)
    for presystem_id, requests in stored.items():
        for request in requests.values():
            point = request.charging_point_id
            place = point if isinstance(point, str) and point in known else depot.default_point_id
            scheduled[place].append(_scheduled(presystem_id, request, dialect, now))
    return scheduled


def _scheduled(presystem_id: str, request: ChargingRequest, dialect: Dialect, now: datetime) -> Any:
    words: Any = dialect.vocabulary
    data = request.charging_request_data
    start = max(_instant(data.expected_arrival_time_at_charging_point) or now, now)
    predicted: str | UnsetType = UNSET
    if dialect.information_needs_prediction_time:
        predicted = format_timestamp(_reached(request, start))
    return words.ScheduledChargingProcess(
        presystem_id=presystem_id,
        charging_request_id=request.charging_request_id,
        charging_process_id=charging_process_id(presystem_id, request.charging_request_id),
        vehicle_id=request.vehicle_id,
        start_time=format_timestamp(start),
        charging_prediction_data=words.scheduled_prediction(data.min_target_soc, predicted),
    )


def _reached(request: ChargingRequest, start: datetime) -> datetime:
    """When the least state of charge will be reached at a steady rate; not after a departure that can be met."""
    data = request.charging_request_data
    soc = data.expected_soc_at_arrival
    missing = data.min_target_soc - (_ASSUMED_SOC_PERCENT if isinstance(soc, UnsetType) else soc)
    reached = _later(start, max(missing, 0.0) / _PERCENT_PER_HOUR)
    departure = _instant(data.requested_time_for_departure)
    return min(reached, departure) if departure is not None and departure > start else reached


def _later(start: datetime, hours: float) -> datetime:
    try:
        return start + timedelta(hours=hours)
    except OverflowError:  # a presystem may plan for the last day of the year 9999
        return start


def _instant(text: str | UnsetType) -> datetime | None:
    instant = parse_timestamp(text) if isinstance(text, str) else None
    if instant is None:
        return None
    try:
        return datetime.fromisoformat(format_timestamp(instant))
    except OverflowError:  # its offset leads out of the calendar
        return None
