"""What a push says of the depot when a fault changes it: the payload in, another valid payload out. Pure.

Works on JSON as it stands on the wire, whoever made it. A change that a dialect has no legal form for is refused when
it is armed; one for which a push gives no occasion (no request of the presystem to be rejected) leaves it as it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from mockpilot.errors import ScenarioError
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import format_timestamp, parse_timestamp
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import (
    ChargingPointFaultCode,
    ChargingPointStatus,
    ChargingStationFaultCode,
    ChargingStationStatus,
)

FOREIGN_PRESYSTEM = "Presystem-of-others"
ODD_ID = "Säule 7 / Hof Süd (hinten), " + "lang" * 30
_COMES_IN = timedelta(hours=1)
_STAYS = timedelta(hours=4)

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a change has to know beside the payload."""

    dialect: Dialect
    presystem_id: str
    """Whose link it is, as it stands on the wire."""
    stamp: str
    """Of the push."""
    step: int = 0
    """How often the fault has changed something so far."""
    chosen: str = ""
    """The point that was found for the fault earlier."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A payload that says something else."""

    payload: Payload
    detail: str
    """For people."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A charging point where it stands."""

    station: Payload
    point: Payload
    is_default: bool

    @property
    def id(self) -> str:
        return str(self.point["chargingPointId"])


def refusal(fault: Fault, dialect: Dialect) -> str | None:
    """Why a dialect cannot say what the fault wants it to, as a sentence; None if it can."""
    reason = _unknown(fault, dialect)
    if reason:
        return f"change: {fault.how!r} cannot be said in dialect {dialect.name}: {reason}; choose another change"
    words = {"status": statuses(dialect), "fault": tuple(ChargingPointFaultCode)}.get(fault.how)
    if words and fault.to and fault.to not in words:
        return f"change: to is one of {', '.join(words)} with {fault.how!r}, found {fault.to!r}"
    return None


def _unknown(fault: Fault, dialect: Dialect) -> str:
    match fault.how:
        case "empty-depots" | "empty-stations" if not _takes_empty(dialect):
            return "its lists may not be empty"
        case "no-predicted-time" if dialect.information_needs_prediction_time:
            return "predictedTime is required"
        case "odd-ids" if dialect.ids_are_uris:
            return "ids are URIs"
        case "rejected-list" if not dialect.rejects_in_push:
            return "a push has no place for rejected requests"
        case "no-default-station" if not dialect.default_station:
            return "there is none"
    return ""


def _takes_empty(dialect: Dialect) -> bool:
    words: Any = dialect.vocabulary
    try:
        msgspec.convert({"depotInfoList": []}, words.ProvideChargingInformationRequest)
    except msgspec.ValidationError:
        return False
    return True


def statuses(dialect: Dialect) -> tuple[ChargingPointStatus, ...]:
    """Every status of a point that a dialect may send."""
    return tuple(
        status for status in ChargingPointStatus if dialect.sends_reserved or status != ChargingPointStatus.RESERVED
    )


def change(fault: Fault, payload: Payload, setting: Setting) -> Changed | None:
    """Change a payload in place and say what was changed; None if there is no occasion for it.

    Raises:
        ScenarioError: the dialect has no legal form for it.
    """
    sentence = refusal(fault, setting.dialect)
    if sentence:
        raise ScenarioError(sentence)
    if fault.how in _WHOLE:
        return _WHOLE[fault.how](payload, setting)
    place = _place(fault, payload, setting)
    if place is None:
        return None
    detail = _AT_A_POINT[fault.how](place, fault, payload, setting)
    return None if detail is None else Changed(payload, detail)


# -- finding a point ---------------------------------------------------------------------------------------------------


def _places(payload: Payload, dialect: Dialect) -> Iterator[_Place]:
    for depot in payload["depotInfoList"]:
        default = dialect.spelling.back(depot["depotId"]) + "/0"
        for station in depot["chargingStationInfoList"]:
            is_default = dialect.spelling.back(station["chargingStationId"]) == default
            for point in station["chargingPointInfoList"]:
                yield _Place(station, point, is_default)


def told_points(payload: Payload, dialect: Dialect) -> Iterator[str]:
    """Ids of all points that a payload names, in our own spelling."""
    return (dialect.spelling.back(place.id) for place in _places(payload, dialect))


def point_for(fault: Fault, payload: Payload, setting: Setting) -> str:
    """The point that a change is about: the one that was named or found earlier, else one that nobody uses."""
    places = list(_places(payload, setting.dialect))
    named = fault.point or setting.chosen
    if named:
        back = setting.dialect.spelling.back
        return next((place.id for place in places if named in (place.id, back(place.id))), "")
    real = [place for place in places if not place.is_default]
    free = [place for place in real if not _is_used(place.point)]
    return next((place.id for place in [*reversed(free), *reversed(real)]), "")


def _place(fault: Fault, payload: Payload, setting: Setting) -> _Place | None:
    wanted = point_for(fault, payload, setting)
    return next((place for place in _places(payload, setting.dialect) if place.id == wanted), None)


def _is_used(point: Payload) -> bool:
    return any(key in point for key in ("vehicleInfo", "chargingProcessInfo", "scheduledChargingProcessList"))


# -- changes at one point ----------------------------------------------------------------------------------------------


def _vanish(place: _Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    place.station["chargingPointInfoList"].remove(place.point)
    if not place.station["chargingPointInfoList"] and not _takes_empty(setting.dialect):
        for depot in payload["depotInfoList"]:
            depot["chargingStationInfoList"] = [
                station for station in depot["chargingStationInfoList"] if station is not place.station
            ]
            if not depot["chargingStationInfoList"]:
                return None
    return f"point {place.id} is gone"


def _rename(place: _Place, fault: Fault, _payload: Payload, setting: Setting) -> str:
    before, new = place.id, setting.dialect.spelling.out(fault.to) if fault.to else f"{place.id}-renamed"
    place.point["chargingPointId"] = new
    return f"point {before} is called {new}"


def _status(place: _Place, fault: Fault, _payload: Payload, _setting: Setting) -> str:
    was = place.point["chargingPointStatus"]
    other = ChargingPointStatus.UNAVAILABLE
    status = fault.to or str(other if was != other else ChargingPointStatus.AVAILABLE)
    place.point["chargingPointStatus"] = status
    return f"point {place.id} is {status}"


def _fault(place: _Place, fault: Fault, _payload: Payload, setting: Setting) -> str:
    code = fault.to or str(ChargingPointFaultCode.OTHER)
    place.point["chargingPointStatus"] = str(ChargingPointStatus.FAULTED)
    place.point["chargingPointFaultInfo"] = _fault_info("chargingPointFaultCode", code, setting)
    return f"point {place.id} has the fault {code}"


def _fault_info(key: str, code: str, setting: Setting) -> Payload:
    return {key: code, "faultText": "Störung zur Probe", "faultTimeStamp": setting.stamp}


def _odd_ids(place: _Place, _fault: Fault, _payload: Payload, _setting: Setting) -> str:
    kept = {"chargingPointId": ODD_ID, "chargingPointStatus": place.point["chargingPointStatus"]}
    place.station["chargingPointInfoList"].append(kept)
    return f"a point with the id {ODD_ID!r} is there"


def _foreign(place: _Place, _fault: Fault, _payload: Payload, setting: Setting) -> str:
    request_id = setting.dialect.spelling.out("request-of-others")
    _schedule(place, request_id, setting)
    return f"a process of presystem {FOREIGN_PRESYSTEM} is scheduled at point {place.id}"


def _foreign_twin(place: _Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    mine = next(iter(_own_requests(payload, setting)), None)
    if mine is None:
        return None
    _schedule(place, mine, setting)
    return f"a process of presystem {FOREIGN_PRESYSTEM} with request id {mine} is scheduled at point {place.id}"


def _schedule(place: _Place, request_id: str, setting: Setting) -> None:
    process = scheduled_process(request_id, setting)
    place.point.setdefault("scheduledChargingProcessList", []).append(process)


def scheduled_process(request_id: str, setting: Setting, *, presystem_id: str = FOREIGN_PRESYSTEM) -> Payload:
    """A charging process to come, as the dialect writes one."""
    words: Any = setting.dialect.vocabulary
    now = parse_timestamp(setting.stamp)
    assert now is not None
    begins, ready = format_timestamp(now + _COMES_IN), format_timestamp(now + _STAYS)
    prediction = words.scheduled_prediction(
        min_soc=80.0, min_time=ready, max_soc=95.0, max_time=ready, departure=ready, departure_soc=95.0, horizon=ready
    )
    process = words.ScheduledChargingProcess(
        presystem_id=setting.dialect.spelling.out(presystem_id), charging_request_id=request_id,
        vehicle_id="BUS-OF-OTHERS", start_time=begins, charging_prediction_data=prediction,
    )  # fmt: skip
    plain: Payload = msgspec.to_builtins(process)
    return plain


def _own_requests(payload: Payload, setting: Setting) -> Iterator[str]:
    for process in _processes(payload):
        if process.get("presystemId") == setting.presystem_id and "chargingRequestId" in process:
            yield process["chargingRequestId"]


def _processes(payload: Payload) -> Iterator[Payload]:
    for depot in payload["depotInfoList"]:
        for station in depot["chargingStationInfoList"]:
            for point in station["chargingPointInfoList"]:
                yield from [point[key] for key in ("chargingProcessInfo",) if key in point]
                yield from point.get("scheduledChargingProcessList", ())


def _predicted_time(place: _Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    _make_sure_of_one(place, payload, setting)
    for process in _scheduled(payload):
        least = process["chargingPredictionData"].get(_least_key(setting))
        if least is not None:
            least.setdefault("predictedTime", process.get("startTime", setting.stamp))
    return "scheduled processes tell their predicted time"


def _no_predicted_time(place: _Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    _make_sure_of_one(place, payload, setting)
    for process in _scheduled(payload):
        process["chargingPredictionData"].get(_least_key(setting), {}).pop("predictedTime", None)
    return "scheduled processes tell no predicted time"


def _least_key(setting: Setting) -> str:
    names = [name for name in setting.dialect.vocabulary.ChargingPredictionData.__struct_encode_fields__
             if "Min" in name] if setting.dialect.vocabulary is not None else []  # fmt: skip
    return str(names[0])


def _make_sure_of_one(place: _Place, payload: Payload, setting: Setting) -> None:
    if not any(True for _ in _scheduled(payload)):
        _schedule(place, setting.dialect.spelling.out("request-of-others"), setting)


def _scheduled(payload: Payload) -> Iterator[Payload]:
    for depot in payload["depotInfoList"]:
        for station in depot["chargingStationInfoList"]:
            for point in station["chargingPointInfoList"]:
                yield from point.get("scheduledChargingProcessList", ())


_AT_A_POINT: dict[str, Callable[[_Place, Fault, Payload, Setting], str | None]] = {
    "vanish": _vanish, "rename": _rename, "status": _status, "fault": _fault, "odd-ids": _odd_ids,
    "foreign-process": _foreign, "foreign-twin": _foreign_twin, "predicted-time": _predicted_time,
    "no-predicted-time": _no_predicted_time,
}  # fmt: skip


# -- changes of the whole ----------------------------------------------------------------------------------------------


def _statuses(payload: Payload, setting: Setting) -> Changed:
    places = [place for place in _places(payload, setting.dialect) if not place.is_default]
    pairs = list(itertools.product(statuses(setting.dialect), (None, *ChargingPointFaultCode)))
    for number, place in enumerate(places, setting.step * len(places)):
        status, code = pairs[number % len(pairs)]
        place.point["chargingPointStatus"] = str(status)
        _set_fault(place.point, "chargingPointFaultInfo", "chargingPointFaultCode", code, setting)
    _statuses_of_stations([place.station for place in places], setting)
    return Changed(payload, f"every legal status and fault code in turn, {len(pairs)} at {len(places)} points")


def _statuses_of_stations(found: list[Payload], setting: Setting) -> None:
    stations = list({id(station): station for station in found}.values())
    pairs = list(itertools.product(ChargingStationStatus, (None, *ChargingStationFaultCode)))
    for number, station in enumerate(stations, setting.step * len(stations)):
        status, code = pairs[number % len(pairs)]
        if "chargingStationStatus" in station:
            station["chargingStationStatus"] = str(status)
        _set_fault(station, "chargingStationFaultInfo", "chargingStationFaultCode", code, setting)


def _set_fault(holder: Payload, key: str, code_key: str, code: str | None, setting: Setting) -> None:
    holder.pop(key, None)
    if code is not None:
        holder[key] = _fault_info(code_key, str(code), setting)


def _empty_depots(payload: Payload, _setting: Setting) -> Changed:
    payload["depotInfoList"] = []
    return Changed(payload, "there is no depot")


def _empty_stations(payload: Payload, _setting: Setting) -> Changed:
    for depot in payload["depotInfoList"]:
        depot["chargingStationInfoList"] = []
    return Changed(payload, "depots have no stations")


def _no_default_station(payload: Payload, setting: Setting) -> Changed | None:
    defaults = [place.station for place in _places(payload, setting.dialect) if place.is_default]
    for depot in payload["depotInfoList"]:
        stations = depot["chargingStationInfoList"]
        depot["chargingStationInfoList"] = [one for one in stations if not any(one is other for other in defaults)]
        if not depot["chargingStationInfoList"] and not _takes_empty(setting.dialect):
            return None
    return Changed(payload, "the default station is missing") if defaults else None


def _rejected_list(payload: Payload, setting: Setting) -> Changed | None:
    mine = sorted(set(_own_requests(payload, setting)))
    if not mine:
        return None
    payload.setdefault("rejectedChargingRequestInfoList", []).extend(
        {"presystemId": setting.presystem_id, "chargingRequestId": one, "reason": "No power is left."} for one in mine
    )
    return Changed(payload, f"request {', '.join(mine)} is among the rejected ones")


_WHOLE: dict[str, Callable[[Payload, Setting], Changed | None]] = {
    "statuses": _statuses, "empty-depots": _empty_depots, "empty-stations": _empty_stations,
    "no-default-station": _no_default_station, "rejected-list": _rejected_list,
}  # fmt: skip
