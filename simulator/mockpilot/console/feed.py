"""The recording as it grows, as server-sent events: one write per viewer and 100 ms.

A viewer has no buffer but its place in the recording. Whoever is written to more slowly than the recording grows falls
behind, and beyond a limit is told so by a resync mark and goes on at the present; nobody waits for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Self

import msgspec
import trio

from mockpilot.console.bench import Bench
from mockpilot.console.judging import Judging
from mockpilot.console.lines import line_of
from mockpilot.console.told import (
    State,
)
from mockpilot.console.views import awaited, clock, depot, faults, holds, links, pushes
from mockpilot.history.events import Event

EVERY_S = 0.1
STATE_EVERY_S = 0.5
"""How often the state beside the conversation is told while things happen."""
STATE_AT_REST_S = 2.0
"""And while nothing does; it also shows that the connection lives."""
MOST_IN_WRITE = 1000
"""Lines."""
MOST_BEHIND = 3000
"""Events by which a viewer who has seen the present may fall behind."""
KEPT_LINES = 4096

_encode = msgspec.json.Encoder().encode


class Feed:
    """What all viewers share: each line and each state is made once.

    Args:
        bench: whose recording it is.
        judging: the findings.
    """

    def __init__(self, bench: Bench, judging: Judging) -> None:
        self.bench, self.judging = bench, judging
        self._lines: OrderedDict[int, bytes] = OrderedDict()
        self._state: tuple[float, bytes] = (-1.0, b"")

    def lines(self, events: Sequence[Event]) -> bytes:
        """Lines of these events as JSON."""
        return b"[" + b",".join(map(self._line, events)) + b"]"

    def _line(self, event: Event) -> bytes:
        made = self._lines.get(event.index)
        if made is None:
            made = self._lines[event.index] = _utf8(line_of(event, self.bench.dialect))
            if len(self._lines) > KEPT_LINES:
                self._lines.popitem(last=False)
        return made

    def state(self) -> State:
        """Everything beside the conversation."""
        bench = self.bench
        return State(
            links=links(bench), awaited=awaited(bench), faults=faults(bench), holds=holds(bench), pushes=pushes(bench),
            depot=depot(bench), clock=clock(bench), findings=self.judging.look(),
        )  # fmt: skip

    def encoded_state(self) -> bytes:
        """The same as JSON, made at most once per write."""
        now = trio.current_time()
        if now - self._state[0] >= EVERY_S:
            self._state = now, _utf8(self.state())
        return self._state[1]

    def viewer(self, since: int) -> Viewer:
        """Somebody who looks, from an event on."""
        return Viewer(self, since)


def _utf8(told: msgspec.Struct) -> bytes:
    try:
        return _encode(told)
    except UnicodeEncodeError:  # half a surrogate pair, as a broken presystem may send it
        mended = msgspec.to_builtins(told)
        return _encode(_mended(mended))


def _mended(value: object) -> object:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case list() | tuple():
            return [_mended(one) for one in value]
        case dict():
            return {key: _mended(one) for key, one in value.items()}
    return value


class Viewer:
    """The writes for one viewer, each a few server-sent events; an iterator, so that nothing is left open."""

    def __init__(self, feed: Feed, since: int) -> None:
        self._feed, self._next = feed, since
        self._wrote_at = self._told_at = -STATE_AT_REST_S
        self._told_end = -1
        self._was_present = False
        # At its very beginning nobody can tell who has seen what was before it; clearing a page that is clear is fine.
        begins = feed.bench.recording.begins
        self._begins = begins if since > begins else 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Wait until there is something to write, and until it may be written."""
        while True:
            if self._was_present:
                await trio.sleep_until(self._wrote_at + EVERY_S)
            if written := self._write():
                self._wrote_at = trio.current_time()
                return written
            with trio.move_on_at(self._told_at + STATE_AT_REST_S):
                await self._feed.bench.recording.wait_changed()

    def _write(self) -> bytes:
        return b"".join([*self._resync(), *self._lines(), *self._state()])

    def _resync(self) -> list[bytes]:
        recording = self._feed.bench.recording
        if self._begins != recording.begins:
            self._begins, self._next = recording.begins, recording.first
            return [_event("afresh", _encode({"next": self._next}), self._next)]
        too_slow = self._was_present and recording.end - self._next > MOST_BEHIND
        if self._next > recording.end:  # the index of another recording
            missed, self._next = self._next, recording.first
        elif too_slow:
            missed, self._next = self._next, recording.end
        elif self._next < recording.first:
            missed, self._next = self._next, recording.first
        else:
            return []
        return [_event("resync", _encode({"missed_from": missed, "next": self._next}), self._next)]

    def _lines(self) -> list[bytes]:
        recording = self._feed.bench.recording
        events = recording.since(self._next, MOST_IN_WRITE)
        self._was_present = len(events) < MOST_IN_WRITE
        if not events:
            return []
        self._next = events[-1].index + 1
        return [_event("lines", self._feed.lines(events), self._next)]

    def _state(self) -> list[bytes]:
        now, end = trio.current_time(), self._feed.bench.recording.end
        since = now - self._told_at
        if not self._was_present or since < STATE_EVERY_S or (end == self._told_end and since < STATE_AT_REST_S):
            return []
        self._told_at, self._told_end = now, end
        return [_event("state", self._feed.encoded_state(), self._next)]


def _event(name: str, data: bytes, number: int) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), data)
