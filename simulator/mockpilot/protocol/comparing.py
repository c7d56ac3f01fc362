"""What differs between two dialects: field by field, worked out from their schemas, and switch by switch.

Pure, and without a word of its own about any version: a struct or a switch that changes shows here by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from mockpilot.protocol.schema import schemas
from mockpilot.protocol.vocabulary.dialect import Dialect
from mockpilot.protocol.vocabulary.spelling import Spelling

_NO_SWITCHES = ("name", "title", "payloads", "quirks", "notes", "vocabulary")
_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}
_FORMATS = {"uri": "a URI", "date-time": "a date-time"}
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two dialects have otherwise."""

    place: str
    """``Object.key``, the object alone, or the switch."""
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class _Field:
    """What a schema says of one key."""

    need: str
    facts: tuple[str, ...]
    """Type, format, range and number of entries, each in words."""
    values: frozenset[str]
    """All that may stand there, of an enumeration."""


def differences(here: Dialect, there: Dialect) -> list[Difference]:
    """How the messages of one dialect differ from those of another, in the order of the messages."""
    ours, theirs = _objects(here), _objects(there)
    return [
        found for name in dict.fromkeys([*ours, *theirs])
        for found in _object(name, ours.get(name, {}), theirs.get(name, {}))
    ]  # fmt: skip


def switches(here: Dialect, there: Dialect) -> list[Difference]:
    """How two dialects differ beside their messages: the fields of their records."""
    names = [field.name for field in fields(Dialect) if field.name not in _NO_SWITCHES]
    return [
        Difference(name, _told(getattr(here, name)), _told(getattr(there, name)))
        for name in names if getattr(here, name) != getattr(there, name)
    ]  # fmt: skip


def _told(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Spelling():
            return value.name
        case None:
            return "none"
        case tuple():
            return ", ".join(map(str, value)) or "any"
        case _:
            return str(value)


def _objects(dialect: Dialect) -> dict[str, Mapping[str, Any]]:
    """All objects of a dialect's messages by their names, with what their references mean beside them."""
    found: dict[str, Mapping[str, Any]] = {}
    for title, schema in schemas(dialect).items():
        known = schema["$defs"]
        for name, part in {title: schema, **known}.items():
            if part.get("type") == "object":
                found[name] = {**part, "$defs": known}
    return found


def _object(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    mine, others = _fields(ours), _fields(theirs)
    if ours and theirs and _closed(ours) != _closed(theirs):
        yield Difference(name, *("closed" if _closed(one) else "further keys allowed" for one in (ours, theirs)))
    for key in dict.fromkeys([*mine, *others]):
        yield from _key(f"{name}.{key}", mine.get(key), others.get(key))


def _key(place: str, ours: _Field | None, theirs: _Field | None) -> Iterator[Difference]:
    if ours is None or theirs is None:
        yield Difference(place, *(one.need if one else _UNKNOWN for one in (ours, theirs)))
        return
    for mine, other in zip((ours.need, *ours.facts), (theirs.need, *theirs.facts), strict=True):
        if mine != other:
            yield Difference(place, mine, other)
    if more := ours.values - theirs.values:
        yield Difference(place, f"also {', '.join(sorted(more))}", "not")
    if less := theirs.values - ours.values:
        yield Difference(place, f"not {', '.join(sorted(less))}", "allowed")


def _closed(schema: Mapping[str, Any]) -> bool:
    return schema.get("additionalProperties") is False


def _fields(schema: Mapping[str, Any]) -> dict[str, _Field]:
    either = {name for way in schema.get("oneOf", ()) for name in way["required"]}
    required = schema.get("required", ())
    return {
        key: _field("required" if key in required else "one of several" if key in either else "optional",
                    _resolved(part, schema["$defs"]), schema["$defs"])
        for key, part in schema.get("properties", {}).items()
    }  # fmt: skip


def _field(need: str, part: Mapping[str, Any], known: Mapping[str, Any]) -> _Field:
    kind = part.get("type", "string" if "enum" in part else "")
    bounds = (part["minimum"], part["maximum"]) if "minimum" in part else ()
    of = _resolved(part["items"], known) if kind == "array" else {}
    facts = (
        f"list of {of['title']}" if of else _TYPES.get(kind, kind),
        _FORMATS.get(part.get("format", ""), "any text"),
        "{}…{}".format(*bounds) if bounds else "unbounded",
        f"at least {part['minItems']} entry" if part.get("minItems") else "may be empty",
    )
    return _Field(need, facts, frozenset(part.get("enum", ())))


def _resolved(part: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = known[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
    return found
