"""What passes by on a link: every frame is recorded from its bytes, in its order on the wire, before anybody acts.

Faults that a message sets off are found here, because only who reads it first can leave it unread. What is to be acted
on waits in the inbox; what it means is not looked at.
"""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass
from typing import Any

from mockpilot.cms import parting
from mockpilot.cms.frames import CLOSE, PING, PONG, Broken, Control, FrameWatch, Message, read_close
from mockpilot.cms.link import Link
from mockpilot.cms.transport import Socket
from mockpilot.faults.injector import Armed
from mockpilot.history.events import MessageReceived, PingReceived, PongReceived, PongSent
from mockpilot.protocol import envelope as envelopes
from mockpilot.protocol.envelope import Envelope

_LIBRARY_FAULTS = {1002: "protocol error", 1007: "bad UTF-8", 1009: "message too big"}


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message of the presystem that was recorded and waits to be acted on."""

    envelope: Envelope | None
    slots: tuple[Any, ...]
    index: int
    """Of the event."""
    dropped_by: Armed | None
    """The fault that ends the link for it."""


class Reading:
    """Reads along on one link, in both directions."""

    def __init__(self, link: Link) -> None:
        self.inbox: deque[Inbound] = deque()
        self.socket: Socket | None = None
        """Of the library, once it is open."""
        self._link = link
        self._in, self._out = FrameWatch(masked=True), FrameWatch(masked=False)

    def read_along_in(self, data: bytes | bytearray) -> None:
        """Record what the peer sends."""
        for item in self._in.feed(data):
            match item:
                case Message():
                    self._note_message(item)
                case Control():
                    self._note_control(item)
                case Broken():
                    parting.end_broken(self._link, item)

    def read_along_out(self, data: bytes | bytearray | memoryview) -> None:
        """Record the pongs that the library sends by itself."""
        for item in self._out.feed(data):
            if isinstance(item, Control) and item.opcode == PONG:
                self._link.world.recorder.record(PongSent(link=self._link.number, payload=item.payload.hex()))

    def before_close(self) -> None:
        """Name what the library ends the link for, when nobody did so far; it judges bytes as they trickle in."""
        code = self.socket.close_code if self.socket is not None else None
        if self._link.ending is None and code in _LIBRARY_FAULTS:
            parting.end_broken(self._link, Broken(_LIBRARY_FAULTS[code], code))

    def _note_message(self, message: Message) -> None:
        text = _text_of(message)
        reading = envelopes.read(message.payload if text is None else text)
        dropped_by, unread_by = self._struck_by(reading.envelope)
        unread = unread_by is not None or (dropped_by is not None and dropped_by.fault.when == "before-read")
        event = self._record(message, text, unread=unread)
        if unread_by is not None:
            self._link.fired(unread_by, event.index)
        elif unread and dropped_by is not None:
            parting.drop_for(self._link, dropped_by, event.index)
        elif not event.ending:
            self.inbox.append(Inbound(reading.envelope, reading.slots, event.index, dropped_by))
        if reading.envelope is not None:
            self._link.world.injector.passed(self._link.occasion.with_message(reading.envelope, "in"))

    def _record(self, message: Message, text: str | None, *, unread: bool) -> MessageReceived:
        told = self._link.world.without_passwords(text) if text is not None else None
        raw = base64.b64encode(message.payload).decode() if text is None else None
        return self._link.world.recorder.record(
            MessageReceived(
                link=self._link.number, text=told, base64=raw, binary=message.binary, unread=unread,
                password_in=told != text, ending=self._link.ending is not None,
            )
        )  # fmt: skip

    def _struck_by(self, envelope: Envelope | None) -> tuple[Armed | None, Armed | None]:
        """The drop that a message sets off, and the fault that keeps it from being read."""
        if envelope is None or self._link.ending is not None:
            return None, None
        injector, here = self._link.world.injector, self._link.occasion
        unread_by = injector.unread_by(envelope, here)
        return (None, unread_by) if unread_by is not None else (injector.drop_for(envelope, here), None)

    def _note_control(self, control: Control) -> None:
        record, payload = self._link.world.recorder.record, control.payload.hex()
        if control.opcode == CLOSE:
            parting.answer_close(self._link, *read_close(control.payload))
        elif control.opcode == PING:
            record(PingReceived(link=self._link.number, payload=payload))
        else:
            record(PongReceived(link=self._link.number, payload=payload))


def _text_of(message: Message) -> str | None:
    """None for what is no text, whatever its frame says."""
    try:
        return None if message.binary else message.payload.decode()
    except UnicodeDecodeError:
        return None
