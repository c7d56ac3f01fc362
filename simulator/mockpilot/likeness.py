"""What somebody may have meant by a word that nobody knows. Knows no words itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

LEAST = 3
"""So many letters have to be right to be the beginning of what was meant."""
_ROW = re.compile(r"([A-Za-z])-?([0-9]{1,2})([abc]?)")
"""The id of a requirement as people write it; ``L-3`` is nearer to ``L-03`` than to ``L-13``."""


def alike(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Those of the known words that may have been meant, the likeliest first; none if the word is like none of them."""
    names = list(known)
    if (row := _ROW.fullmatch(word)) and (meant := f"{row[1].upper()}-{int(row[2]):02}{row[3]}") in names:
        return [meant]
    if close := difflib.get_close_matches(word, names, n=most):
        return close
    begun = [name for name in names if len(word) >= LEAST and name.lower().startswith(word.lower())]
    return begun[:most]


def guess(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: which one may have been meant; empty if it is like none of them."""
    near = alike(word, known)
    return f" — did you mean {near[0]!r}?" if near else ""
