"""What was handed to a link and waits to be written, in order. Records only what could not be written.

Handing never waits, so a peer that does not read blocks nobody; whoever hands looks at ``len`` and gives up in time.
"""

from __future__ import annotations

import math
from collections import deque

import trio

from mockpilot.cms.streams import WireStream
from mockpilot.cms.transport import LinkOver, Socket
from mockpilot.history.events import CloseSent, MessageSent, PingSent, SendFailed
from mockpilot.history.recorder import Recorder

Handed = MessageSent | PingSent | CloseSent


class Outbox:
    """The frames of one link on their way out.

    Args:
        recorder: told of frames that never left, and of a Close when it leaves.
        number: of the link.
    """

    def __init__(self, recorder: Recorder, number: int) -> None:
        self._recorder, self._number = recorder, number
        self._hand, self._to_write = trio.open_memory_channel[Handed](math.inf)
        self._unwritten: deque[Handed] = deque()
        self._wrote = trio.lowlevel.ParkingLot()

    def __len__(self) -> int:
        return len(self._unwritten)

    def hand(self, event: Handed) -> None:
        """Take a recorded frame to be written after those before it; a Close is recorded when it is written."""
        self._unwritten.append(event)
        self._hand.send_nowait(event)

    async def wait_shorter(self, than: int) -> None:
        """Wait until fewer frames than that are unwritten."""
        while len(self._unwritten) >= than:
            await self._wrote.park()

    async def write(self, socket: Socket, wire: WireStream) -> None:
        """Write what is handed, for ever."""
        async for event in self._to_write:
            try:
                await self._write_one(socket, wire, event)
            except LinkOver:
                self._note_failed(event)
            self._unwritten.popleft()
            self._wrote.unpark_all()

    async def _write_one(self, socket: Socket, wire: WireStream, event: Handed) -> None:
        match event:
            case MessageSent():
                await socket.send(event.text or "")
            case PingSent():
                await socket.send_ping(bytes.fromhex(event.payload))
            case CloseSent() if not wire.muted:
                self._recorder.record(event)
                await socket.send_close(event.code, event.reason)

    def give_up(self) -> None:
        """Record what will never be written."""
        while self._unwritten:
            self._note_failed(self._unwritten.popleft())

    def _note_failed(self, event: Handed) -> None:
        if not isinstance(event, CloseSent):
            self._recorder.record(SendFailed(link=self._number, of=event.index, reason="the link was over"))
