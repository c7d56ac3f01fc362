"""WebSocket frames as bytes pass by: what they are and what is wrong with them. Pure; it sends and answers nothing.

trio-websocket hides control frames and drops a link without a word on most violations; a conformance simulator must
record the former and name the latter. The watch reads along and leaves the bytes as they are (RFC 6455 section 5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

MESSAGE_LIMIT = 16 * 2**20
"""Bytes of a message beyond which the CMS closes with 1009; the watch stops collecting there too."""


@dataclass(frozen=True, slots=True)
class Message:
    """A complete text or binary message."""

    binary: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class Control:
    """A close, ping or pong frame."""

    opcode: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """A violation after which the bytes cannot be trusted any more."""

    what: str
    code: int = 1002


def build_frame(opcode: int, *payload: bytes, last: bool = True) -> bytes:
    """One unmasked frame, as a server sends it; the last of its message, and so a whole one, unless said otherwise.

    Args:
        payload: in any number of pieces; they are put together once, with the head, because copies of a large push
            are what its sending costs most.
    """
    return b"".join((_build_head((0x80 if last else 0) | opcode, sum(map(len, payload))), *payload))


def _build_head(first: int, length: int) -> bytes:
    if length < 126:
        return bytes((first, length))
    if length < 65536:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)


def close_payload(code: int | None, reason: str = "") -> bytes:
    """Body of a Close frame; None for a frame without a code."""
    return b"" if code is None else code.to_bytes(2, "big") + reason.encode()


def read_close(payload: bytes) -> tuple[int | None, str]:
    """Code and reason of a Close frame's body."""
    if len(payload) < 2:
        return None, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode(errors="replace")


class FrameWatch:
    """Reads along one direction of an open WebSocket.

    It is at least as strict as the library below: what that one would drop a link for has a name here first.

    Args:
        masked: whether frames of this direction must be masked: the client's must, the server's must not.
    """

    def __init__(self, *, masked: bool) -> None:
        self._masked = masked
        self._buffer = bytearray()
        self._parts: bytearray | None = None
        self._binary = False
        self._ended = False

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[Message | Control | Broken]:
        """Take bytes and yield what they complete; after ``Broken`` or a Close nothing more comes."""
        if self._ended:
            return
        self._buffer += data
        while len(self._buffer) >= 2:
            head = _parse_head(self._buffer)
            broken = self._check_start(self._buffer[0], self._buffer[1])
            if broken is None and head is not None:
                broken = self._check_length(head)
            if broken is not None:
                yield self._end(broken)
                return
            if head is None or len(self._buffer) < head.size + head.length:
                return
            payload = bytes(self._buffer[head.size : head.size + head.length])
            del self._buffer[: head.size + head.length]
            yield from self._take(head, _unmask(payload, head.mask))

    def _end(self, broken: Broken) -> Broken:
        self._ended = True
        self._buffer.clear()
        return broken

    def _check_start(self, first: int, second: int) -> Broken | None:
        # These two bytes are judged as soon as they are there: a peer may never send the rest.
        opcode, fin = first & 0x0F, first & 0x80
        if first & 0x70:
            return Broken("reserved bits")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            return Broken("reserved opcode")
        if opcode >= CLOSE and (second & 0x7F > 125 or not fin):
            return Broken("bad control frame")
        if bool(second & 0x80) is not self._masked:
            return Broken("unmasked frame" if self._masked else "masked frame")
        if opcode < CLOSE and (opcode == CONTINUATION) is (self._parts is None):
            return Broken("bad continuation")
        return None

    def _check_length(self, head: _Head) -> Broken | None:
        if head.length < head.least or head.length >> 63:
            return Broken("bad length")
        if head.opcode < CLOSE and head.length + len(self._parts or b"") > MESSAGE_LIMIT:
            return Broken("message too big", 1009)
        return None

    def _take(self, head: _Head, payload: bytes) -> Iterator[Message | Control | Broken]:
        if head.opcode == CLOSE:
            bad = _check_close(payload)
            self._ended = True
            self._buffer.clear()
            yield bad or Control(CLOSE, payload)
            return
        if head.opcode > CLOSE:
            yield Control(head.opcode, payload)
            return
        if head.opcode != CONTINUATION:
            self._parts, self._binary = bytearray(), head.opcode == BINARY
        assert self._parts is not None
        self._parts += payload
        if head.fin:
            whole, self._parts = bytes(self._parts), None
            yield Message(self._binary, whole)
            if not self._binary and not _is_utf8(whole):
                yield self._end(Broken("bad UTF-8", 1007))


@dataclass(frozen=True, slots=True)
class _Head:
    fin: bool
    opcode: int
    mask: bytes
    length: int
    least: int
    """The smallest length that may be written in as many bytes (RFC 6455 section 5.2)."""
    size: int


def _parse_head(data: bytearray) -> _Head | None:
    length, size = data[1] & 0x7F, 2
    extra, least = {126: (2, 126), 127: (8, 65536)}.get(length, (0, 0))
    masked = bool(data[1] & 0x80)
    whole = size + extra + (4 if masked else 0)
    if len(data) < whole:
        return None
    if extra:
        length, size = int.from_bytes(data[2 : 2 + extra], "big"), size + extra
    mask = bytes(data[size : size + 4]) if masked else b""
    return _Head(bool(data[0] & 0x80), data[0] & 0x0F, mask, length, least, whole)


def _check_close(payload: bytes) -> Broken | None:
    """What is wrong with the body of a Close frame (RFC 6455 sections 5.5.1 and 7.4)."""
    code, _ = read_close(payload)
    if len(payload) == 1 or (code is not None and not is_close_code(code)):
        return Broken("bad Close frame")
    return None if _is_utf8(payload[2:]) else Broken("bad Close frame", 1007)


def is_close_code(code: int) -> bool:
    """Whether a Close frame may hold this code; those that nobody has defined yet are left to the future."""
    return 1000 <= code <= 4999 and code not in (1004, 1005, 1006, 1015)


def _unmask(payload: bytes, mask: bytes) -> bytes:
    if not mask or not payload:
        return payload
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
