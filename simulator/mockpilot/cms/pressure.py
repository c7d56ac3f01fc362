"""What faults ``slow`` and ``ping`` do to one link, from the moment they fire until they are over.

The streams below do the work; here is written down who asks for it, and only what nobody asks for any more ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import trio

from mockpilot.cms.net_stream import NetStream, Pace
from mockpilot.cms.wire_stream import WireStream
from mockpilot.faults.injector import Armed
from mockpilot.history.events import ReadingPaused, ReadingResumed
from mockpilot.history.recorder import Recorder

Start = Callable[[Callable[[], Awaitable[None]]], None]


class Pressure:
    """Pressure on one link.

    Args:
        recorder: told when reading stops and goes on.
        number: of the link.
        net, wire: its streams below and above TLS.
        start: runs a task as long as the link.
        ping: sends a ping and waits until few frames are unwritten.
    """

    def __init__(
        self, recorder: Recorder, number: int, net: NetStream, wire: WireStream, start: Start,
        ping: Callable[[bytes], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._recorder, self._number, self._net, self._wire = recorder, number, net, wire
        self._start, self._ping = start, ping
        self._begun: dict[str, Armed] = {}

    @property
    def is_slow(self) -> bool:
        """Whether what we send waits for us and not for the peer."""
        return self._net.pace is not None

    def begin(self, armed: Armed) -> None:
        """Put a fault to work on this link."""
        self._begun[armed.name] = armed
        match armed.fault.how:
            case "no-read" if self._net.may_read.is_set():
                self._net.pause_reading()
                self._recorder.record(ReadingPaused(link=self._number, fault=armed.name))
            case "flood":
                self._start(partial(self._flood, armed.name, armed.fault.rate))
        self._apply()

    def end(self, name: str) -> None:
        """Take a fault's work back, if it is at work here."""
        armed = self._begun.pop(name, None)
        if armed is not None and armed.fault.how == "no-read" and not self._all("no-read"):
            self._net.may_read.set()
            self._recorder.record(ReadingResumed(link=self._number, fault=name))
        self._apply()

    def _apply(self) -> None:
        trickles = self._all("trickle")
        self._net.set_pace(Pace(trickles[-1].fault.size, trickles[-1].fault.rate) if trickles else None)
        self._wire.withholds_pongs = bool(self._all("withhold-pong"))

    def _all(self, how: str) -> list[Armed]:
        return [armed for armed in self._begun.values() if armed.fault.how == how]

    async def _flood(self, name: str, rate: float) -> None:
        begun, sent = trio.current_time(), 0
        while name in self._begun:
            sent += 1
            await self._ping(f"flood {sent}".encode())
            await trio.sleep_until(begun + sent / rate)
