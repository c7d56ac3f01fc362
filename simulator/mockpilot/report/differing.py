"""Which part of what was observed differs from what was expected: two texts as pieces, for a reader's eye.

Values are compared from both ends, word by word; sentences that have little in common are left unmarked, since a mark
under everything says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"\s+|[\w.+-]+|[^\w\s]")
_LEAST_ALIKE = 0.3
"""Of all words: below it two sentences are two sentences, not one with a difference."""
_VALUE = 3
"""So many words, and not more, are a value."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text."""

    text: str
    differs: bool


def pieces(expected: str, observed: str) -> tuple[list[Piece], list[Piece]]:
    """Cut both texts at their differences."""
    left, right = _WORD.findall(expected), _WORD.findall(observed)
    if left == right:
        return [Piece(expected, False)], [Piece(observed, False)]
    head = _alike(left, right)
    tail = _alike(left[head:][::-1], right[head:][::-1])
    same = head + tail
    is_value = _words(left) <= _VALUE and _words(right) <= _VALUE
    if not is_value and same < _LEAST_ALIKE * max(len(left), len(right)):
        return [Piece(expected, False)], [Piece(observed, False)]
    return list(_cut(left, head, tail)), list(_cut(right, head, tail))


def _words(parts: list[str]) -> int:
    return sum(not part.isspace() for part in parts)


def _alike(left: list[str], right: list[str]) -> int:
    for number, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return number
    return min(len(left), len(right))


def _cut(parts: list[str], head: int, tail: int) -> Iterator[Piece]:
    end = len(parts) - tail
    for text, differs in ((parts[:head], False), (parts[head:end], True), (parts[end:], False)):
        if text:
            yield Piece("".join(text), differs)
