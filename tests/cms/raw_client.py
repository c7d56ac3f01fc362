"""A presystem made of bytes: TLS, HTTP heads and WebSocket frames by hand, sharing no code with the server."""

from __future__ import annotations

import base64
import itertools
import json
import ssl
import struct
from dataclasses import dataclass
from typing import Any

import trio

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
STAMP = "2031-03-04T17:20:00.000Z"
GOOD_HEAD = (
    b"GET /vdv463/Presystem1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Authorization: Basic " + base64.b64encode(b"depot:a password for tests") + b"\r\n"
)
"""Without the empty line, so that more can be added."""


def frame(
    payload: bytes = b"", opcode: int = TEXT, *, fin: bool = True, reserved: int = 0, masked: bool = True,
    length: int | None = None, size: int | None = None,
) -> bytes:  # fmt: skip
    """One frame, right or wrong as asked; ``length`` lies about the payload, ``size`` chooses how it is written."""
    count = len(payload) if length is None else length
    form = size if size is not None else 0 if count < 126 else 2 if count < 65536 else 8
    short = {0: count, 2: 126, 8: 127}[form]
    head = bytes((fin << 7 | reserved << 4 | opcode, masked << 7 | short))
    head += {0: b"", 2: struct.pack("!H", count & 0xFFFF), 8: struct.pack("!Q", count)}[form]
    if not masked:
        return head + payload
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(byte ^ key[n % 4] for n, byte in enumerate(payload))


def close_frame(code: int | None = 1000, reason: bytes = b"") -> bytes:
    """A Close frame as a client sends it."""
    return frame(b"" if code is None else code.to_bytes(2, "big") + reason, CLOSE)


@dataclass(frozen=True)
class Frame:
    """A frame of the server."""

    opcode: int
    payload: bytes
    fin: bool = True

    @property
    def code(self) -> int | None:
        """Of a Close frame."""
        return int.from_bytes(self.payload[:2], "big") if self.payload else None


@dataclass(frozen=True)
class Response:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class RawClient:
    """One connection of a presystem.

    Args:
        stream: TLS or clear text; ``under`` is what lies below TLS.
    """

    def __init__(self, stream: trio.abc.Stream, under: trio.abc.HalfCloseableStream) -> None:
        self.stream, self.under = stream, under
        self._buffer = b""
        self._ids = itertools.count(1)

    @classmethod
    async def over_tls(cls, under: trio.abc.HalfCloseableStream, context: ssl.SSLContext) -> RawClient:
        """Shake hands."""
        stream = trio.SSLStream(under, context, server_hostname="localhost", https_compatible=True)
        await stream.do_handshake()
        return cls(stream, under)

    # -- bytes -----------------------------------------------------------------------------------------------------

    async def send(self, data: bytes) -> None:
        """Write bytes as they are; a server that has gone is no error of ours."""
        try:
            await self.stream.send_all(data)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return

    async def _more(self) -> bool:
        try:
            data = await self.stream.receive_some(65536)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return False
        self._buffer += data
        return bool(data)

    async def read_to_end(self) -> bytes:
        """Everything until the server ends the connection."""
        while await self._more():
            pass
        rest, self._buffer = self._buffer, b""
        return rest

    async def leave(self) -> None:
        """End the TCP connection without another word."""
        await trio.aclose_forcefully(self.under)

    # -- HTTP ------------------------------------------------------------------------------------------------------

    async def read_response(self) -> Response:
        """The server's answer to a head, its body included."""
        while b"\r\n\r\n" not in self._buffer:
            assert await self._more(), f"the connection ended within an HTTP head: {self._buffer!r}"
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._buffer) < length:
            assert await self._more(), "the connection ended within a body"
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Response(int(first.split(" ")[1]), headers, body)

    async def upgrade(self, head: bytes = GOOD_HEAD + b"\r\n") -> Response:
        """Ask for a WebSocket."""
        await self.send(head)
        return await self.read_response()

    # -- frames ----------------------------------------------------------------------------------------------------

    async def next_frame(self) -> Frame | None:
        """The next frame; None at the end of the connection."""
        while (found := _split(self._buffer)) is None:
            if not await self._more():
                return None
        taken, self._buffer = found
        return taken

    async def frames_to_end(self) -> list[Frame]:
        """All frames until the server ends the connection."""
        found = []
        while (one := await self.next_frame()) is not None:
            found.append(one)
        return found

    async def next_message(self) -> list[Any]:
        """The next text frame as JSON; control frames are passed over, pings unanswered."""
        while True:
            one = await self.next_frame()
            assert one is not None, "the connection ended"
            if one.opcode == TEXT:
                assert one.fin
                message = json.loads(one.payload)
                assert len(message) == 7
                return list(message)

    async def next_of(self, message_type: int, action: str) -> list[Any]:
        """The next message of a kind; others are passed over."""
        while True:
            message = await self.next_message()
            if (message[0], message[5]) == (message_type, action):
                return message

    async def say(self, *slots: Any) -> None:
        """Send JSON as a text message."""
        await self.send(frame(json.dumps(list(slots)).encode()))

    # -- the conversation ------------------------------------------------------------------------------------------

    async def request(self, action: str, payload: Any, presystem_id: str = "Presystem1") -> str:
        """Send a request message; answers its id."""
        message_id = f"00000000-0000-4000-8000-{next(self._ids):012d}"
        await self.say(1, "BMS", presystem_id, STAMP, message_id, action, payload)
        return message_id

    async def boot(self, presystem_id: str = "Presystem1") -> list[Any]:
        """Send a boot notification; answers what the server says to it."""
        message_id = await self.request("BootNotification", {"presystem": "BMS"}, presystem_id)
        while (message := await self.next_message())[4] != message_id:
            pass
        return message

    async def ask(self, *entries: dict[str, Any], presystem_id: str = "Presystem1") -> list[Any]:
        """Send a charging request list; answers what the server says to it."""
        payload = {"chargingRequestList": list(entries)}
        message_id = await self.request("ProvideChargingRequests", payload, presystem_id)
        while (message := await self.next_message())[4] != message_id:
            pass
        return message

    async def confirm(self, push: list[Any]) -> None:
        """Answer a push."""
        await self.say(2, "BMS", push[2], STAMP, push[4], push[5], {})


def entry(number: int, **changed: Any) -> dict[str, Any]:
    """A charging request."""
    data = {"minTargetSoc": 80, "maxTargetSoc": 95} | changed
    return {"vehicleId": f"bus-{number}", "chargingRequestId": f"request-{number}", "chargingRequestData": data}


def _split(data: bytes) -> tuple[Frame, bytes] | None:
    if len(data) < 2:
        return None
    assert data[0] & 0x70 == 0, "the server sets no reserved bits"
    assert not data[1] & 0x80, "the server does not mask"
    length, begin = data[1], 2
    if length == 126:
        length, begin = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, begin = int.from_bytes(data[2:10], "big"), 10
    if len(data) < begin + length:
        return None
    return Frame(data[0] & 0x0F, data[begin : begin + length], bool(data[0] & 0x80)), data[begin + length :]
