"""The tolerant reading: a payload as it was probably meant, for the session, the depot and the checkers of content.

Unknown keys are passed over, an optional value that makes no sense counts as missing, ranges and formats are not
looked at. What is required and makes no sense leaves the payload unreadable. Nothing here says what was wrong with a
payload that could be read; that is the strict reading's task (``protocol.schema``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A payload out of which no message can be made."""

    reason: str
    """Place, expectation and find."""


class _NoSense(Exception):  # noqa: N818 - never leaves this module
    pass


_Reader: TypeAlias = Callable[[object, str], Any]
"""Takes a JSON value and its path, gives what a struct field wants, or raises _NoSense."""


def read_payload(dialect: Dialect, action: Action, message_type: MessageType, payload: object) -> Any:
    """Read a payload, past whatever can be read past.

    Returns:
        The struct that the dialect names for this message; ``Unreadable``; or, where the dialect says nothing about
        the message, the payload as it is.
    """
    wanted = dialect.payloads.get((action, message_type))
    if wanted is None:
        return payload
    try:
        return _reader(wanted)(payload, "$")
    except _NoSense as trouble:
        return Unreadable(str(trouble))


@functools.cache
def _reader(wanted: Any) -> _Reader:
    return _compile(inspect.type_info(wanted))


def _compile(kind: inspect.Type) -> _Reader:
    match kind:
        case inspect.Metadata():
            return _compile(kind.type)
        case inspect.StructType():
            return _struct(kind)
        case inspect.VarTupleType():
            return _array(_compile(kind.item_type))
        case inspect.EnumType():
            return _leaf(f"one of {', '.join(kind.cls)}", kind.cls)
        case inspect.StrType():
            return _leaf("a string", _text)
        case inspect.BoolType():
            return _leaf("a boolean", _truth)
        case inspect.IntType():
            return _leaf("an integer", _whole)
        case inspect.FloatType():
            return _leaf("a number", _number)
    raise TypeError(f"no payload holds {kind}")


def _struct(kind: inspect.StructType) -> _Reader:
    fields = [(field.name, field.encode_name, field.required, _compile(field.type)) for field in kind.fields]

    def read(value: object, path: str) -> msgspec.Struct:
        if not isinstance(value, dict):
            raise _NoSense(f"{path}: an object is expected")
        found: dict[str, Any] = {}
        for name, key, required, reader in fields:
            if key in value:
                try:
                    found[name] = reader(value[key], f"{path}.{key}")
                except _NoSense:
                    if required:
                        raise
            elif required:
                raise _NoSense(f"{path}.{key}: is missing")
        try:
            return kind.cls(**found)
        except ValueError as error:
            raise _NoSense(f"{path}: {error}") from error

    return read


def _array(item: _Reader) -> _Reader:
    def read(value: object, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _NoSense(f"{path}: an array is expected")
        return tuple(item(entry, f"{path}[{number}]") for number, entry in enumerate(value))

    return read


def _leaf(expected: str, convert: Callable[[Any], Any]) -> _Reader:
    def read(value: object, path: str) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise _NoSense(f"{path}: {expected} is expected") from error

    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _whole(value: object) -> int:
    number = value if isinstance(value, int) else _number(value)
    if isinstance(value, bool) or number != int(number):
        raise ValueError
    return int(number)
