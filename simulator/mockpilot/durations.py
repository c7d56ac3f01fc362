"""Durations as people write them: ``500 ms``, ``15 s``, ``5 min``, ``2 h``; in the code always seconds."""

from __future__ import annotations

import re

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_FORM = re.compile(r"\s*(\d{1,12}(?:\.\d+)?)\s*(ms|s|min|h)\s*", re.ASCII)


def parse_duration(text: str) -> float:
    """Read a duration and return seconds.

    Raises:
        ValueError: a sentence that says what was expected and what was found.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"a duration such as '500 ms', '15 s', '5 min' or '2 h' is expected, found {text!r}")
    return float(match[1]) * _SECONDS[match[2]]


def format_duration(seconds: float) -> str:
    """Write seconds the way a person would read them aloud.

    >>> format_duration(77), format_duration(0.4), format_duration(15)
    ('1 min 17 s', '400 ms', '15 s')
    """
    if round(seconds * 1000) < 1000:
        return f"{round(seconds * 1000)} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
