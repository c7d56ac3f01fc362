"""The shapes of what a product sent: for each kind of message, which keys with which types of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockpilot.history.events import MessageReceived
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import MessageType, read

Shapes = Mapping[str, Mapping[str, frozenset[str]]]
"""Types by path, by kind of message."""


DEEPEST = 20
"""Levels of a payload that are looked at; no message of VDV 463 has as many."""


def shapes(histories: Iterable[History]) -> Shapes:
    """Read the shapes of all readable messages; values are never looked at."""
    found: dict[str, dict[str, set[str]]] = {}
    for history in histories:
        for event in history.of(MessageReceived):
            envelope = read(event.text or "").envelope
            if envelope is not None:
                kind = f"{envelope.action} {MessageType(envelope.message_type).name.lower()}"
                paths = found.setdefault(kind, {})
                for path, type_ in _typed(envelope.payload, ""):
                    paths.setdefault(path, set()).add(type_)
    return {kind: {path: frozenset(types) for path, types in paths.items()} for kind, paths in found.items()}


def _typed(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    yield path or "payload", _type(value)
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _typed(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _typed(inner, f"{path}[]", depth + 1)


def _type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
