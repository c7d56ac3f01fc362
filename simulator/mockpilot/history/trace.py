"""A history as JSON lines, and back.

Unknown fields of newer traces are ignored; an unknown event or a broken line is a mistake of the file, named by its
line. A last line that was cut off by a crash is left out.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mockpilot.errors import MockpilotError
from mockpilot.history.events import TRACE_SCHEMA, AnyEvent, Event, ScenarioStarted
from mockpilot.history.recorder import History

_encoder = msgspec.json.Encoder()
_HALF = re.compile("[\ud800-\udfff]")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def to_line(event: Event) -> bytes:
    """Encode one event as a line of a trace; index, at, wall, link and event always stand there, simulated if it is.

    Half a surrogate pair, which no UTF-8 holds, is written as U+FFFD: a recording must not fail on what it records.
    """
    head: dict[str, Any] = {"index": event.index, "at": event.at, "wall": event.wall}
    if event.simulated:
        head["simulated"] = event.simulated
    head["link"] = event.link
    rest = {key: value for key, value in msgspec.to_builtins(event).items() if key not in head}
    if isinstance(event, ScenarioStarted):
        rest["schema"] = TRACE_SCHEMA
    try:
        return _encoder.encode(head | rest) + b"\n"
    except UnicodeEncodeError:
        return _encoder.encode(_mended(head | rest)) + b"\n"


def _mended(value: Any) -> Any:
    match value:
        case str():
            return _HALF.sub("\ufffd", value)
        case list() | tuple():
            return [_mended(item) for item in value]
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def from_lines(data: bytes, source: str = "trace") -> History:
    """Read a trace.

    Raises:
        MockpilotError: names the source and the line that cannot be read.
    """
    lines = data.split(b"\n")
    if lines[-1]:
        lines.pop()  # no line end: the writer died in the middle of it
    events = [_event(line, number, source) for number, line in enumerate(lines, 1) if line]
    if not events or not isinstance(events[0], ScenarioStarted):
        raise MockpilotError(f"{source}: line 1: a trace begins with event 'scenario_started' (schema {TRACE_SCHEMA})")
    return History(events)


def _event(line: bytes, number: int, source: str) -> Event:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MockpilotError(f"{source}: line {number}: an event of {TRACE_SCHEMA} is expected: {error}") from error
