"""What an altered message of ours looks like: another answer, a damaged text, frames of an unusual form. Pure.

Decides neither which message nor when. An answer that says something else is an envelope; damage is a form in which
an envelope is written: the text or bytes that leave, and the frames if they are not simply one.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import Action, Envelope, MessageType, write

PIECES = 3
"""Frames of a fragmented message."""
PING_BETWEEN = b"between"


@dataclass(frozen=True, slots=True)
class Part:
    """One frame of ours."""

    kind: Literal["text", "binary", "continuation", "ping"]
    payload: bytes
    last: bool = True
    """Of its message."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a message leaves."""

    text: str | None
    """As one reads it; None if it is no UTF-8 text."""
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, text: str) -> Form:
        """One text message."""
        return cls(text, (Part("text", text.encode()),))

    @property
    def whole(self) -> bytes:
        """Its bytes without frames."""
        return b"".join(part.payload for part in self.parts if part.kind != "ping")


# -- answers -----------------------------------------------------------------------------------------------------------


def other_answer(fault: Fault, envelope: Envelope, error_key: str) -> Envelope:
    """The answer that is given in place of the right one."""
    match fault.kind:
        case "rejected":
            return replace(envelope, payload={"status": "Rejected"})
        case "wrong-id":
            return replace(envelope, message_id=_other_uuid(envelope.message_id))
        case "wrong-action":
            return replace(envelope, action=next(other for other in Action if other is not envelope.action))
        case "wrong-presystem":
            return replace(envelope, presystem_id=envelope.presystem_id + "-other")
    return replace(envelope, message_type=MessageType.ERROR, payload=_error(fault, error_key))


def _error(fault: Fault, key: str) -> dict[str, Any]:
    text = fault.text or "The request was refused."
    match fault.kind:
        case "error-empty":
            return {}
        case "error-other-key":
            return {"errorMessage" if key == "message" else "message": text}
        case "error-extra-key":
            return {key: text, "errorCode": 4711}
    return {key: text}


def _other_uuid(message_id: str) -> str:
    last = message_id[-1:]
    return message_id[:-1] + ("0" if last != "0" else "1")


# -- damage ------------------------------------------------------------------------------------------------------------

HARMLESS = ("fragments", "split-utf8", "ping-between", "huge")
"""A message of ours all the same; a presystem has to cope with it."""


def is_still_said(fault: Fault, envelope: Envelope) -> bool:
    """Whether a damaged message still says what it said, so that the session takes note of it."""
    if fault.how == "unknown-value":
        return envelope.message_type is MessageType.REQUEST
    return fault.how in (*HARMLESS, "extra-field")


def damaged(fault: Fault, envelope: Envelope) -> Form:
    """The form in which a message leaves that a fault damages."""
    if fault.how in _PAYLOADS:
        payload = _PAYLOADS[fault.how](payload_of(envelope))
        return Form.of(write(replace(envelope, payload=payload)))
    if fault.how == "huge":
        return Form.of(_blown_up(envelope, fault.size))
    return _FORMS[fault.how](write(envelope), envelope)


def payload_of(envelope: Envelope) -> Any:
    """A copy of a message's payload, decoded."""
    payload = envelope.payload
    return json.loads(payload) if isinstance(payload, str) else copy.deepcopy(payload)


def _slots(slots: list[Any] | dict[str, Any]) -> Form:
    return Form.of(json.dumps(slots, ensure_ascii=False, separators=(",", ":")))


_SLOT_NAMES = ("messageType", "source", "presystemId", "timestamp", "messageId", "action", "payload")


def _six_slots(text: str, _meant: Envelope) -> Form:
    return _slots(json.loads(text)[:-1])


def _eight_slots(text: str, _meant: Envelope) -> Form:
    return _slots([*json.loads(text), {}])


def _object(text: str, _meant: Envelope) -> Form:
    return _slots(dict(zip(_SLOT_NAMES, json.loads(text), strict=True)))


def _type_as_text(text: str, _meant: Envelope) -> Form:
    slots = json.loads(text)
    return _slots([str(slots[0]), *slots[1:]])


def _not_json(_text_: str, meant: Envelope) -> Form:
    return Form.of(f"{meant.action}: this is no JSON.")


def _cut(text: str, _meant: Envelope) -> Form:
    return Form.of(text[: len(text) // 2])


def _binary(text: str, _meant: Envelope) -> Form:
    return Form(None, (Part("binary", text.encode()),))


def _bad_utf8(text: str, _meant: Envelope) -> Form:
    data, middle = text.encode(), len(text.encode()) // 2
    return Form(None, (Part("text", data[:middle] + b"\xc3\x28" + data[middle:]),))


def _fragments(text: str, _meant: Envelope) -> Form:
    data = text.encode()
    size = max(1, math.ceil(len(data) / PIECES))
    return Form(text, tuple(_in_pieces(data, [*range(size, len(data), size)])))


def _split_utf8(text: str, meant: Envelope) -> Form:
    text = text if not text.isascii() else write(replace(meant, payload=_with_umlaut(payload_of(meant))))
    if text.isascii():  # a push without depots holds no character that could be parted
        return _fragments(text, meant)
    before = next(place for place, letter in enumerate(text) if not letter.isascii())
    return Form(text, tuple(_in_pieces(text.encode(), [len(text[:before].encode()) + 1])))


def _with_umlaut(payload: Any) -> Any:
    for depot in payload.get("depotInfoList", []):
        depot["name"] = f"{depot.get('name', 'Depot')} (Süd)"
    return payload


def _ping_between(text: str, _meant: Envelope) -> Form:
    data = text.encode()
    first, second = _in_pieces(data, [len(data) // 2])
    return Form(text, (first, Part("ping", PING_BETWEEN), second))


def _in_pieces(data: bytes, places: list[int]) -> Iterator[Part]:
    for number, (begin, end) in enumerate(zip([0, *places], [*places, len(data)], strict=True)):
        yield Part("continuation" if number else "text", data[begin:end], end == len(data))


_FORMS: dict[str, Callable[[str, Envelope], Form]] = {
    "not-json": _not_json, "object": _object, "six-slots": _six_slots, "eight-slots": _eight_slots,
    "type": _type_as_text, "cut": _cut, "binary": _binary, "bad-utf8": _bad_utf8, "fragments": _fragments,
    "split-utf8": _split_utf8, "ping-between": _ping_between,
}  # fmt: skip


# -- payloads ----------------------------------------------------------------------------------------------------------


def _first_point(payload: Any) -> dict[str, Any] | None:
    points = (
        point for depot in payload.get("depotInfoList", []) for station in depot["chargingStationInfoList"]
        for point in station["chargingPointInfoList"]
    )  # fmt: skip
    return next(points, None)


def _with_extra_field(payload: Any) -> Any:
    (_first_point(payload) or payload)["bayNumber"] = 7
    return payload


def _with_unknown_value(payload: Any) -> Any:
    point = _first_point(payload)
    if point is not None:
        point["chargingPointStatus"] = "Derated"
    else:
        payload["status"] = "Postponed"
    return payload


def _absurd(payload: Any) -> Any:
    key = next(iter(payload), "depotInfoList")
    return {key: {"": [None, -1.5e300, [{}]]}}


_PAYLOADS: dict[str, Callable[[Any], Any]] = {
    "extra-field": _with_extra_field, "unknown-value": _with_unknown_value, "absurd": _absurd,
}  # fmt: skip


def _blown_up(envelope: Envelope, size: int) -> str:
    payload = payload_of(envelope)
    text = write(replace(envelope, payload=payload))
    depots = payload.get("depotInfoList", [])
    stations = depots[-1]["chargingStationInfoList"] if depots else []
    if stations:
        each = len(json.dumps(_bare(stations[-1], 10**6), ensure_ascii=False, separators=(",", ":")).encode()) - 12
        stations += [_bare(stations[-1], number) for number in range(max(0, size - len(text.encode())) // each + 1)]
        text = write(replace(envelope, payload=payload))
    elif depots:
        depots[-1]["name"] = "Depot " + "x" * max(0, size - len(text.encode()))
        text = write(replace(envelope, payload=payload))
    return text


def _bare(station: dict[str, Any], number: int) -> dict[str, Any]:
    """A station like another one, with ids of its own and nobody there."""
    kept = ("chargingPointId", "chargingPointStatus")
    points = [
        {key: f"{point[key]}-{number}" if key == "chargingPointId" else point[key] for key in kept}
        for point in station["chargingPointInfoList"]
    ]
    bare = {key: value for key, value in station.items() if key in ("chargingStationId", "chargingStationStatus")}
    return bare | {"chargingStationId": f"{station['chargingStationId']}-{number}", "chargingPointInfoList": points}
