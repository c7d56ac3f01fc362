"""Steps that somebody provokes: one JSON object a line on standard input.

A line that cannot be read becomes a sentence for the log, never an error: the presystem goes on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

STEPS = ("create-request", "change-request", "cancel-request", "cancel-all-requests")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the charging requests."""

    step: str
    charging_point_id: str = ""
    """An advertised point for a new request; empty: any."""
    charging_request_id: str = ""
    """Which request to change or cancel; empty: the first."""


def read_step(line: str) -> Step | str:
    """Read one line; a string says why it is no step."""
    try:
        found = json.loads(line)
    except ValueError:
        return f"standard input: a JSON object a line is expected, found {line[:60]!r}"
    step = found.get("step") if isinstance(found, dict) else None
    if step not in STEPS:
        return f"standard input: a step of {', '.join(STEPS)} is expected, found {line[:60]!r}"
    return Step(step, _text(found.get("charging_point_id")), _text(found.get("charging_request_id")))


class Lines:
    """Cuts a stream of bytes into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Lines that are complete now, blank ones left out; an empty ``data`` ends the last one."""
        *whole, self._rest = (self._rest + (data or b"\n")).split(b"\n")
        return [text for text in (line.decode(errors="replace").strip() for line in whole) if text]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
