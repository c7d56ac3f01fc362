"""Charging processes in a push: another presystem's, those to come with or without their time, rejected requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from mockpilot.faults.changes.finding import Place, places
from mockpilot.faults.changes.setting import Payload, Setting
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import format_timestamp, parse_timestamp

FOREIGN_PRESYSTEM = "Presystem-of-others"
_FOREIGN_REQUEST = "request-of-others"
_COMES_IN = timedelta(hours=1)
_STAYS = timedelta(hours=4)


def add_foreign(place: Place, _fault: Fault, _payload: Payload, setting: Setting) -> str:
    """Schedule a process of another presystem."""
    _schedule(place, setting.dialect.spelling.out(_FOREIGN_REQUEST), setting)
    return f"a process of presystem {FOREIGN_PRESYSTEM} is scheduled at point {place.id}"


def add_foreign_twin(place: Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    """Schedule a process of another presystem that has a request id of this one."""
    mine = next(iter(_own_requests(payload, setting)), None)
    if mine is None:
        return None
    _schedule(place, mine, setting)
    return f"a process of presystem {FOREIGN_PRESYSTEM} with request id {mine} is scheduled at point {place.id}"


def tell_predicted_time(place: Place, _fault: Fault, payload: Payload, setting: Setting) -> str:
    """Tell of each scheduled process, of one at least, when it will have reached its least charge."""
    _make_sure_of_one(place, payload, setting)
    for process in _scheduled(payload, setting):
        least = process["chargingPredictionData"].get(_least_key(setting))
        if least is not None:
            least.setdefault("predictedTime", process.get("startTime", setting.stamp))
    return "scheduled processes tell their predicted time"


def hide_predicted_time(place: Place, _fault: Fault, payload: Payload, setting: Setting) -> str:
    """Tell of no scheduled process, though of one at least, when it will have reached its least charge."""
    _make_sure_of_one(place, payload, setting)
    for process in _scheduled(payload, setting):
        process["chargingPredictionData"].get(_least_key(setting), {}).pop("predictedTime", None)
    return "scheduled processes tell no predicted time"


def reject_requests(payload: Payload, setting: Setting) -> str | None:
    """Put the presystem's requests among the rejected ones."""
    mine = sorted(set(_own_requests(payload, setting)))
    if not mine:
        return None
    payload.setdefault("rejectedChargingRequestInfoList", []).extend(
        {"presystemId": setting.presystem_id, "chargingRequestId": one, "reason": "No power is left."} for one in mine
    )
    return f"request {', '.join(mine)} is among the rejected ones"


def _own_requests(payload: Payload, setting: Setting) -> Iterator[str]:
    for place in places(payload, setting.dialect):
        running = [place.point[key] for key in ("chargingProcessInfo",) if key in place.point]
        for process in (*running, *_scheduled_at(place)):
            if process.get("presystemId") == setting.presystem_id and "chargingRequestId" in process:
                yield process["chargingRequestId"]


def _scheduled(payload: Payload, setting: Setting) -> Iterator[Payload]:
    for place in places(payload, setting.dialect):
        yield from _scheduled_at(place)


def _scheduled_at(place: Place) -> list[Payload]:
    found: list[Payload] = place.point.get("scheduledChargingProcessList", [])
    return found


def _make_sure_of_one(place: Place, payload: Payload, setting: Setting) -> None:
    if not any(True for _ in _scheduled(payload, setting)):
        _schedule(place, setting.dialect.spelling.out(_FOREIGN_REQUEST), setting)


def _schedule(place: Place, request_id: str, setting: Setting) -> None:
    place.point.setdefault("scheduledChargingProcessList", []).append(_scheduled_process(request_id, setting))


def _scheduled_process(request_id: str, setting: Setting) -> Payload:
    """A charging process of another presystem, as the dialect writes one."""
    words: Any = setting.dialect.vocabulary
    now = parse_timestamp(setting.stamp)
    assert now is not None
    begins, ready = format_timestamp(now + _COMES_IN), format_timestamp(now + _STAYS)
    prediction = words.scheduled_prediction(
        min_soc=80.0, min_time=ready, max_soc=95.0, max_time=ready, departure=ready, departure_soc=95.0, horizon=ready
    )
    process = words.ScheduledChargingProcess(
        presystem_id=setting.dialect.spelling.out(FOREIGN_PRESYSTEM), charging_request_id=request_id,
        vehicle_id="BUS-OF-OTHERS", start_time=begins, charging_prediction_data=prediction,
    )  # fmt: skip
    plain: Payload = msgspec.to_builtins(process)
    return plain


def _least_key(setting: Setting) -> str:
    words: Any = setting.dialect.vocabulary
    names: tuple[str, ...] = words.ChargingPredictionData.__struct_encode_fields__
    return next(name for name in names if "Min" in name)
