"""The strict reading: every violation of a payload under a dialect, as a list; never raises.

The JSON Schemas are derived from the structs of the vocabulary and agree with the official ones, with one freedom:
``3.0`` passes where an integer is due (JSON Schema since draft 6; the official files are draft 4), because that is a
matter of clean JSON and judged as such. Formats are asserted. This is the only importer of the validator.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import msgspec

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.dialect import Dialect

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LONGEST = 200  # characters of a problem: the validator quotes whole objects

_PARTS = {MessageType.REQUEST: "Request", MessageType.CONFIRMATION: "Response"}
"""Second half of an official title; the first is the action."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a payload that its schema does not allow."""

    path: str
    """JSON path from the payload, ``$``; of a missing or superfluous key the path of that key."""
    problem: str
    keyword: str
    """The schema keyword that was violated; ``text``, ``depth`` or ``value`` for what is no checkable JSON at all."""
    format: str = ""
    """Which one, where the keyword is ``format``."""


def violations(payload: object, dialect: Dialect, action: Action, message_type: MessageType) -> list[Violation]:
    """List all violations; empty if there are none or the dialect constrains nothing."""
    validator = _validators(dialect).get((action, message_type))
    if validator is None:
        return []
    try:
        found = [violation for error in validator.iter_errors(payload) for violation in _translate(error)]
    except UnicodeEncodeError:
        return [Violation("$", "holds half a surrogate pair, which is no Unicode text", "text")]
    except (ValueError, RecursionError) as error:
        deep = "ecursion" in str(error)
        return [Violation("$", "is nested too deeply to be a payload" if deep else "is no JSON value",
                          "depth" if deep else "value")]  # fmt: skip
    return _first_causes(found)


def schemas(dialect: Dialect) -> dict[str, dict[str, Any]]:
    """The dialect's JSON Schemas by their official titles, each standing alone."""
    return {
        _title(action, message_type): _standalone(payload, _title(action, message_type))
        for (action, message_type), payload in dialect.payloads.items()
    }


@functools.cache
def _validators(dialect: Dialect) -> dict[tuple[Action, MessageType], jsonschema_rs.Draft202012Validator]:
    known = schemas(dialect)
    return {
        key: jsonschema_rs.Draft202012Validator(known[_title(*key)], validate_formats=True)
        for key in dialect.payloads
    }


def _title(action: Action, message_type: MessageType) -> str:
    return action + _PARTS[message_type] if message_type in _PARTS else "ErrorResponse"


def _standalone(payload: Any, title: str) -> dict[str, Any]:
    derived = msgspec.json.schema(payload)
    definitions = derived.pop("$defs", {})
    root = definitions.pop(derived.pop("$ref").rsplit("/", 1)[-1])
    return {"$schema": _DRAFT, **root, **derived, "title": title, "$defs": definitions}


def _translate(error: jsonschema_rs.ValidationError) -> Iterator[Violation]:
    kind, path = error.kind, _json_path(error.instance_path)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        yield Violation(f"{path}.{kind.property}", "is missing", "required")
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        for key in kind.unexpected:
            yield Violation(f"{path}.{key}", "is not allowed here", "additionalProperties")
    else:
        format_ = kind.format if isinstance(kind, jsonschema_rs.ValidationErrorKind.Format) else ""
        yield Violation(path, _shorten(_wording(error)), kind.name, format_)


def _wording(error: jsonschema_rs.ValidationError) -> str:
    # The structs use oneOf only to say that exactly one key of several has to be there.
    return "exactly one of the alternative keys is expected" if error.kind.name == "oneOf" else error.message


def _json_path(steps: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _first_causes(found: list[Violation]) -> list[Violation]:
    mistyped = {violation.path for violation in found if violation.keyword == "type"}
    return [violation for violation in found if violation.keyword == "type" or violation.path not in mistyped]


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
