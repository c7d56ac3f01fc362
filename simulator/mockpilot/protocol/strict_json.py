"""JSON as RFC 8259 has it and not as lenient parsers do, with what can be read past told beside the value.

Knows no envelope.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

DEEPEST = 128
"""Levels of nesting that are read; RFC 8259 section 9 leaves that to the reader, and our stack must not decide it."""

_HALF_ESCAPED = re.compile("\\\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):  # noqa: N818 - said of the text, in a sentence
    """The text is no JSON, and why."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, and what took good will to read it."""

    value: Any
    duplicate_keys: tuple[str, ...] = ()
    """Keys that stood twice in one object; the last one counts."""
    halves_replaced: bool = False
    """Whether U+FFFD stands where the text had half a surrogate pair."""


class _DuplicateKeys(list[str]):
    """Collects keys that stood twice while the parser runs."""

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                self.append(key)
            seen[key] = value
        return seen


def parse(text: str) -> Parsed:
    """Read a JSON text.

    Raises:
        NotJson: it is none, or nested too deep to be read.
    """
    duplicates = _DuplicateKeys()
    try:
        value = json.loads(
            text, object_pairs_hook=duplicates.object, parse_constant=_no_constant, parse_float=_finite,
            parse_int=_whole,
        )  # fmt: skip
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise NotJson(str(error)) from None
    if isinstance(value, list | dict) and text.count("[") + text.count("{") > DEEPEST and _is_too_deep(value):
        raise _too_deep()
    keys = tuple(_mended(key) for key in dict.fromkeys(duplicates))
    mended = _mended(value) if _HALF_ESCAPED.search(text) else value
    return Parsed(mended, keys, halves_replaced=mended != value)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{shortened(text)} is too large for a number")
    return number


def _whole(text: str) -> int:
    # What no double can hold is refused alike, with a fraction or without; it also keeps clear of Python's own limit.
    _finite(text)
    return int(text)


def _too_deep() -> NotJson:
    return NotJson(f"nested more than {DEEPEST} levels deep")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        children = (child for item in level for child in (item.values() if isinstance(item, dict) else item))
        level = [child for child in children if isinstance(child, list | dict)]
    return bool(level)


def _mended(value: Any) -> Any:
    """Put U+FFFD where half a surrogate pair stands: no file and no answer of ours in UTF-8 could hold it."""
    match value:
        case str():
            return _HALF.sub("\ufffd", value)
        case list():
            return [_mended(item) for item in value]
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def shortened(text: str) -> str:
    """A text as it can be shown in a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"
