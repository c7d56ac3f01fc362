"""What a recorded push says of power and states of charge, read alike in every version of VDV 463.

A key that one version renamed is read under either name. Knows nothing of what came before or after, and nothing of
how it is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType, field

from mockpilot.history.events import Event, MessageSent
from mockpilot.protocol.envelope import Action, parse_timestamp


@dataclass(frozen=True, slots=True)
class Plugged:
    """A vehicle at a point, as one push told it."""

    vehicle_id: str
    point_id: str
    process_id: str
    """Tells one stay from the next; empty where there is no process."""
    soc_percent: float | None
    min_percent: float | None
    """Asked for at least."""
    departs: datetime | None
    kw: float
    """Into the battery."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one push says."""

    depots: tuple[str, ...]
    """Their names, or their ids."""
    drawn_kw: float
    """Of all stations on the side of the grid; a station that tells no total counts by its points."""
    granted_kw: float | None
    """Limits of the points at which power flows; a free point is granted much that nobody draws. None: not told."""
    plugged: tuple[Plugged, ...]
    parts: int
    """Numbers other than zero that ``drawn_kw`` is the sum of; each was rounded before it was told."""
    to_come: dict[str, float]
    """Least percent asked for in processes to come, by their ids."""


class _Push(msgspec.Struct, array_like=True):
    """The seven slots."""

    message_type: int
    source: str
    presystem_id: str
    timestamp: str
    message_id: str
    action: str
    payload: msgspec.Raw


class _Min(msgspec.Struct):
    soc: float | UnsetType = field(default=UNSET, name="requestedMinSoc")
    target: float | UnsetType = field(default=UNSET, name="requestedMinTargetSoc")


class _Departure(msgspec.Struct):
    predicted: str | UnsetType = field(default=UNSET, name="predictedTime")
    requested: str | UnsetType = field(default=UNSET, name="requestedTimeForDeparture")


class _Prediction(msgspec.Struct):
    soc: _Min | UnsetType = field(default=UNSET, name="chargingPredictionDataMinSoc")
    target: _Min | UnsetType = field(default=UNSET, name="chargingPredictionDataMinTargetSoc")
    departure: _Departure | UnsetType = field(default=UNSET, name="chargingPredictionDataDepartureTime")


class _Electric(msgspec.Struct):
    charging_power: float = field(default=0.0, name="chargingPower")


class _Process(msgspec.Struct):
    id: str = field(default="", name="chargingProcessId")
    prediction: _Prediction = field(default_factory=_Prediction, name="chargingPredictionData")
    electric: _Electric = field(default_factory=_Electric, name="electricData")


class _Scheduled(msgspec.Struct):
    id: str = field(default="", name="chargingProcessId")
    prediction: _Prediction = field(default_factory=_Prediction, name="chargingPredictionData")


class _Battery(msgspec.Struct):
    soc: float | UnsetType = field(default=UNSET, name="stateOfCharge")


class _Vehicle(msgspec.Struct):
    id: str = field(name="vehicleId")
    battery: _Battery = field(default_factory=_Battery, name="tractionBatteryInfo")


class _Point(msgspec.Struct):
    id: str = field(name="chargingPointId")
    power: float | UnsetType = field(default=UNSET, name="presentPower")
    power_limit: float | UnsetType = field(default=UNSET, name="presentPowerLimit")
    vehicle: _Vehicle | UnsetType = field(default=UNSET, name="vehicleInfo")
    process: _Process = field(default_factory=_Process, name="chargingProcessInfo")
    scheduled: list[_Scheduled] = field(default_factory=list, name="scheduledChargingProcessList")


class _Station(msgspec.Struct):
    points: list[_Point] = field(name="chargingPointInfoList")
    total: float | UnsetType = field(default=UNSET, name="totalPower")


class _Depot(msgspec.Struct):
    id: str = field(name="depotId")
    stations: list[_Station] = field(name="chargingStationInfoList")
    name: str = ""


class _Payload(msgspec.Struct):
    depots: list[_Depot] = field(name="depotInfoList")


_envelopes = msgspec.json.Decoder(_Push)
_payloads = msgspec.json.Decoder(_Payload)
_NAMES = (f'"{Action.PROVIDE_CHARGING_INFORMATION}"', '"depotInfoList"')


def push_of(event: Event) -> tuple[datetime, bytes] | None:
    """A push's own time stamp and its payload; None for all else, and for what a fault touched: it tells no truth."""
    if not isinstance(event, MessageSent) or event.fault is not None or event.text is None:
        return None
    if not all(name in event.text for name in _NAMES):
        return None
    try:
        push = _envelopes.decode(event.text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    instant = parse_timestamp(push.timestamp)
    return None if instant is None else (instant, bytes(push.payload))


def told(payload: bytes) -> Told | None:
    """Read a payload; None where it is none that a version knows."""
    try:
        depots = _payloads.decode(payload).depots
    except msgspec.DecodeError:
        return None
    stations = [station for depot in depots for station in depot.stations]
    points = [point for station in stations for point in station.points]
    drawn = [kw for station in stations for kw in _drawn(station) if kw]
    return Told(
        depots=tuple(depot.name or depot.id for depot in depots),
        drawn_kw=math.fsum(drawn),
        granted_kw=_granted(points),
        plugged=tuple(_plugged(point, point.vehicle) for point in points if not isinstance(point.vehicle, UnsetType)),
        parts=len(drawn),
        to_come=dict(_to_come(points)),
    )


def _drawn(station: _Station) -> list[float]:
    if not isinstance(station.total, UnsetType):
        return [station.total]
    return [point.process.electric.charging_power for point in station.points]


def _granted(points: list[_Point]) -> float | None:
    told = [(point, limit) for point in points if (limit := _limit(point)) is not None]
    if not told:
        return None
    return math.fsum(limit for point, limit in told if point.process.electric.charging_power > 0.0)


def _limit(point: _Point) -> float | None:
    return _set(point.power if isinstance(point.power_limit, UnsetType) else point.power_limit)


def _plugged(point: _Point, vehicle: _Vehicle) -> Plugged:
    return Plugged(
        vehicle_id=vehicle.id, point_id=point.id, process_id=point.process.id, soc_percent=_set(vehicle.battery.soc),
        min_percent=_minimum(point.process.prediction), departs=_departure(point.process.prediction.departure),
        kw=point.process.electric.charging_power,
    )  # fmt: skip


def _to_come(points: list[_Point]) -> Iterator[tuple[str, float]]:
    for one in (one for point in points for one in point.scheduled):
        if one.id and (least := _minimum(one.prediction)) is not None:
            yield one.id, least


def _minimum(prediction: _Prediction) -> float | None:
    asked = (prediction.target, prediction.soc)
    found = (_set(value) for one in asked if not isinstance(one, UnsetType) for value in (one.target, one.soc))
    return next((value for value in found if value is not None), None)


def _departure(departure: _Departure | UnsetType) -> datetime | None:
    if isinstance(departure, UnsetType):
        return None
    text = departure.requested if isinstance(departure.predicted, UnsetType) else departure.predicted
    return None if isinstance(text, UnsetType) else _instant(text)


_instant = lru_cache(maxsize=1024)(parse_timestamp)  # a departure is told in every push


def _set(value: float | UnsetType) -> float | None:
    return None if isinstance(value, UnsetType) else value
