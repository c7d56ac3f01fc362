"""Durations as people write them: ``500 ms``, ``15 s``, ``5 min``, ``1 h 30 min``; in the code always seconds."""

from __future__ import annotations

import re

_SECONDS = {"h": 3600.0, "min": 60.0, "s": 1.0, "ms": 0.001}
_FORM = re.compile("".join(rf"(?:\s*(\d{{1,12}}(?:\.\d+)?)\s*{unit})?" for unit in _SECONDS) + r"\s*", re.ASCII)


def parse_duration(text: str) -> float:
    """Read a duration and return seconds; of several units the larger one comes first.

    Raises:
        ValueError: a sentence that says what was expected and what was found.
    """
    match = _FORM.fullmatch(text)
    if match is None or match.lastindex is None:
        raise ValueError(f"a duration such as '500 ms', '15 s', '5 min' or '2 h' is expected, found {text!r}")
    return sum(float(number) * seconds for number, seconds in zip(match.groups(), _SECONDS.values(), strict=True)
               if number)  # fmt: skip


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
