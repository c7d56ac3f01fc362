"""What stands in the payloads: every field of an action's request and confirmation, and an example frame.

Names, types, ranges and what is required are read off the dialect's schemas, so they cannot drift; only the phrases of
meaning are written by hand, in ``meanings``. The example push is what the depot says once it has the example list.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockpilot.cli.meanings import MEANINGS
from mockpilot.depot.model import Depot, Point, Station
from mockpilot.depot.site import Site
from mockpilot.protocol.envelope import Action, Envelope, MessageType, format_timestamp
from mockpilot.protocol.schema import schemas
from mockpilot.protocol.vocabulary import Dialect

ACTIONS: Mapping[str, str] = {
    Action.BOOT_NOTIFICATION: "the presystem asks, the CMS answers: which kind of presystem has connected",
    Action.PROVIDE_CHARGING_INFORMATION: "the CMS asks, the presystem answers: the whole depot (a push)",
    Action.PROVIDE_CHARGING_REQUESTS: "the presystem asks, the CMS answers: all its charging requests (a list)",
}
"""Who sends which request, and what it says."""

_PARTS = {MessageType.REQUEST: "request", MessageType.CONFIRMATION: "confirmation"}
_TITLES = {MessageType.REQUEST: "Request", MessageType.CONFIRMATION: "Response"}
_NOW = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
_MESSAGE_ID = "5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c11"
_DEPOT = "7c1f0e52-9a44-4a6f-8d59-2f6f0b7a1c00"
_POINT = "b7d2c1aa-3f55-4f53-9d0e-6a1f1c0b2e01"
_REQUESTS = (
    {"chargingPointId": _POINT, "vehicleId": "WTEST00000000A001", "chargingRequestId": "request-4711",
     "chargingRequestData": {
         "expectedArrivalTimeAtChargingPoint": "2031-03-04T18:05:00Z", "expectedSocAtArrival": 31, "minTargetSoc": 80,
         "maxTargetSoc": 95, "requestedTimeForDeparture": "2031-03-05T04:40:00Z"}},
    {"vehicleId": "WTEST00000000A002", "chargingRequestId": "request-4712",
     "chargingRequestData": {"expectedArrivalTimeAtChargingPoint": "2031-03-04T19:30:00Z", "minTargetSoc": 70,
                             "maxTargetSoc": 90}},
)  # fmt: skip
_WIDTH = 120
_CLOSING = """\
date-time: RFC 3339 with an offset, such as 2031-03-04T17:20:00Z. either: exactly one of them. Other keys are not
allowed unless it says so, and nothing is ever null: what is not known is left out."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a payload, as its schema has it."""

    name: str
    depth: int
    owner: str
    """Name of the object that it stands in."""
    need: str
    """``required``, ``optional``, or ``either`` where exactly one of several has to be there."""
    kind: str
    """Type, range and allowed values, for people."""

    @property
    def meaning(self) -> str:
        """One phrase, with the unit."""
        return MEANINGS.get(f"{self.owner}.{self.name}") or MEANINGS[self.name]


def tell(name: str, dialect: Dialect) -> str:
    """Tell an action in full; empty if there is none of that name."""
    if name not in ACTIONS:
        return ""
    action = Action(name)
    parts = [f"action {action} · dialect {dialect.name}", f"direction    {ACTIONS[action]}",
             f"a request, for example:\n\n{_lay_out(example(action, dialect))}"]  # fmt: skip
    parts += [_part(action, message_type, dialect) for message_type in _PARTS]
    return "\n\n".join([*parts, _CLOSING])


def fields(action: Action, message_type: MessageType, dialect: Dialect) -> list[Field]:
    """All fields of a payload, those of an object right below it."""
    schema = schemas(dialect)[action + _TITLES[message_type]]
    return list(_fields(schema, schema["$defs"], 0))


def example(action: Action, dialect: Dialect) -> Envelope:
    """A small valid request."""
    payload: Any = {"presystem": "BMS"}
    if action is Action.PROVIDE_CHARGING_REQUESTS:
        payload = {"chargingRequestList": [_spelled(request, dialect) for request in _REQUESTS]}
    elif action is Action.PROVIDE_CHARGING_INFORMATION:
        payload = _push(dialect)
    source = "CMS" if action is Action.PROVIDE_CHARGING_INFORMATION else "BMS"
    return Envelope(
        MessageType.REQUEST, source, dialect.default_presystem_id, format_timestamp(_NOW), _MESSAGE_ID, action, payload
    )


def _spelled(request: Mapping[str, Any], dialect: Dialect) -> Mapping[str, Any]:
    ids = ("chargingPointId", "chargingRequestId")
    return {key: dialect.spelling.out(value) if key in ids else value for key, value in request.items()}


def _push(dialect: Dialect) -> Any:
    station = Station("a4e6d9b0-52c7-4b1d-9f0c-1d2e3f405162", (Point(_POINT),))
    site = Site(Depot(_DEPOT, (station,), "North depot"), _NOW)
    asked = example(Action.PROVIDE_CHARGING_REQUESTS, dialect)
    site.receive_list(asked.presystem_id, asked.payload, dialect, now=_NOW)
    return json.loads(site.information(dialect, _NOW))


def _lay_out(frame: Envelope) -> str:
    head = [int(frame.message_type), frame.source, frame.presystem_id, frame.timestamp, frame.message_id, frame.action]
    payload = json.dumps(frame.payload, indent=2, ensure_ascii=False)
    return f"{json.dumps(head)[:-1]},\n{payload}]"


def _part(action: Action, message_type: MessageType, dialect: Dialect) -> str:
    found = fields(action, message_type, dialect)
    title = f"fields of the {_PARTS[message_type]}'s payload:"
    if not found:
        return f"{title} none, it is {{}}"
    width = max(2 * field.depth + len(field.name) for field in found)
    return "\n".join([title, "", *(_line(field, width) for field in found)])


def _line(field: Field, width: int) -> str:
    name = " " * 2 * field.depth + field.name
    start = f"  {name:<{width}}  {field.need:<8}  "
    return textwrap.fill(
        f"{field.kind} — {field.meaning}", max(_WIDTH, len(start) + 40), break_on_hyphens=False,
        initial_indent=start, subsequent_indent=" " * len(start),
    )  # fmt: skip


def _fields(schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> Iterator[Field]:
    either = {name for way in schema.get("oneOf", ()) for name in way["required"]}
    for name, raw in schema["properties"].items():
        need = "required" if name in schema["required"] else "either" if name in either else "optional"
        inner = _resolved(raw, known)
        yield Field(name, depth, schema["title"], need, _kind(inner, known))
        items = _resolved(inner.get("items", inner), known)
        if "properties" in items:
            yield from _fields(items, known, depth + 1)


def _resolved(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = known[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return found


def _kind(schema: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if schema["type"] == "array":
        least = f", at least {schema['minItems']}" if schema.get("minItems") else ""
        return f"list of {_kind(_resolved(schema['items'], known), known)}s{least}"
    if schema["type"] == "object":
        return "object" if schema.get("additionalProperties") is False else "object, further keys allowed"
    limits = f" {schema['minimum']}…{schema['maximum']}" if "minimum" in schema else ""
    text = {"uri": "URI"}.get(schema.get("format", ""), schema.get("format", "text"))
    word = {"string": text, "integer": "whole number", "boolean": "true or false"}
    return f"{word.get(schema['type'], schema['type'])}{limits}"
