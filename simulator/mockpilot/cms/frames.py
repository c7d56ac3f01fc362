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


def build_frame(opcode: int, payload: bytes) -> bytes:
    """One whole, unmasked frame, as a server sends it."""
    length = len(payload)
    if length < 126:
        return bytes((0x80 | opcode, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, length) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, length) + payload


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
        self._buffer += data
        while not self._ended and (head := _parse_head(self._buffer)) is not None:
            broken = self._check(head)
            if broken is not None:
                self._ended = True
                yield broken
                return
            if len(self._buffer) < head.size + head.length:
                return
            payload = bytes(self._buffer[head.size : head.size + head.length])
            del self._buffer[: head.size + head.length]
            yield from self._take(head, _unmask(payload, head.mask))

    def _check(self, head: _Head) -> Broken | None:
        control = head.opcode >= CLOSE
        if head.reserved:
            return Broken("reserved bits")
        if head.opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            return Broken("reserved opcode")
        if control and (head.length > 125 or not head.fin):
            return Broken("bad control frame")
        if bool(head.mask) is not self._masked:
            return Broken("unmasked frame" if self._masked else "masked frame")
        if not control and (head.opcode == CONTINUATION) is (self._parts is None):
            return Broken("bad continuation")
        if head.length + len(self._parts or b"") > MESSAGE_LIMIT:
            return Broken("message too big", 1009)
        return None

    def _take(self, head: _Head, payload: bytes) -> Iterator[Message | Control | Broken]:
        if head.opcode >= CLOSE:
            self._ended = head.opcode == CLOSE
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
                self._ended = True
                yield Broken("bad UTF-8", 1007)


@dataclass(frozen=True, slots=True)
class _Head:
    fin: bool
    reserved: int
    opcode: int
    mask: bytes
    length: int
    size: int


def _parse_head(data: bytearray) -> _Head | None:
    if len(data) < 2:
        return None
    length, size = data[1] & 0x7F, 2
    extra = {126: 2, 127: 8}.get(length, 0)
    masked = bool(data[1] & 0x80)
    whole = size + extra + (4 if masked else 0)
    if len(data) < whole:
        return None
    if extra:
        length, size = int.from_bytes(data[2 : 2 + extra], "big"), size + extra
    mask = bytes(data[size : size + 4]) if masked else b""
    return _Head(bool(data[0] & 0x80), (data[0] >> 4) & 7, data[0] & 0x0F, mask, length, whole)


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
