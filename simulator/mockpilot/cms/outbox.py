"""What was handed to a link and waits to be written, in order. Records what could not be written, and a Close that is.

Handing never waits, so a peer that does not read blocks nobody; whoever hands looks at ``len`` and gives up in time.
"""

from __future__ import annotations

from collections import deque
from typing import NoReturn

import trio

from mockpilot.cms.frames import BINARY, CONTINUATION, PING, TEXT, build_frame
from mockpilot.cms.transport import LinkOver, Socket
from mockpilot.cms.wire_stream import WireStream
from mockpilot.faults.altering import Form
from mockpilot.history.events import CloseSent, MessageSent, PingSent, SendFailed
from mockpilot.history.recorder import Recorder

Handed = MessageSent | PingSent | CloseSent
Said = Form | tuple[bytes, ...]
"""What is written of a message: its form, or the pieces of one text frame."""
_OPCODES = {"text": TEXT, "binary": BINARY, "continuation": CONTINUATION, "ping": PING}


class Outbox:
    """The frames of one link on their way out.

    Args:
        recorder: told of frames that never left, and of a Close when it leaves.
        number: of the link.
    """

    def __init__(self, recorder: Recorder, number: int) -> None:
        self._recorder, self._number = recorder, number
        self._unwritten: deque[tuple[Handed, Said]] = deque()
        self._handed, self._wrote = trio.lowlevel.ParkingLot(), trio.lowlevel.ParkingLot()

    def __len__(self) -> int:
        return len(self._unwritten)

    def hand(self, event: Handed, said: Said = ()) -> None:
        """Take a recorded frame to be written after those before it; a Close is recorded when it is written.

        Args:
            said: the message, if it is one. The event tells what may be known of it, with secrets masked.
        """
        self._unwritten.append((event, said))
        self._handed.unpark_all()

    async def wait_shorter(self, than: int) -> None:
        """Wait until fewer frames than that are unwritten."""
        while len(self._unwritten) >= than:
            await self._wrote.park()

    async def write(self, socket: Socket, wire: WireStream) -> NoReturn:
        """Write what is handed, for ever."""
        while True:
            while not self._unwritten:
                await self._handed.park()
            event, said = self._unwritten[0]
            try:
                await self._write_one(socket, wire, event, said)
            except LinkOver:
                self._note_failed(event)
            self._unwritten.popleft()
            self._wrote.unpark_all()

    async def _write_one(self, socket: Socket, wire: WireStream, event: Handed, said: Said) -> None:
        match event:
            case MessageSent():
                await (socket.send_frames(_frames_of(said)) if isinstance(said, Form) else socket.send(*said))
            case PingSent():
                await socket.send_ping(bytes.fromhex(event.payload))
            case CloseSent() if not wire.muted:
                self._recorder.record(event)
                await socket.send_close(event.code, event.reason)

    def give_up(self) -> None:
        """Record what will never be written."""
        while self._unwritten:
            event, _ = self._unwritten.popleft()
            self._note_failed(event)

    def _note_failed(self, event: Handed) -> None:
        if not isinstance(event, CloseSent):
            self._recorder.record(SendFailed(link=self._number, of=event.index, reason="the link was over"))


def _frames_of(form: Form) -> bytes:
    return b"".join(build_frame(_OPCODES[one.kind], one.payload, last=one.last) for one in form.parts)
