"""The stream below TLS, where faults of the network sit: slow, silent, cut off, reset.

A plain trio stream, so nothing private of any library is touched. Without a fault it passes bytes on uncopied. Whoever
serves the connection closes it.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import trio

LINGER_S = 2.0
"""How long we read on after our last words: closing on unread bytes is a reset, which can overtake them."""


@runtime_checkable
class Abortable(Protocol):
    """A stream that can end at once by itself, such as one in memory."""

    def abort(self) -> None:
        """End both directions now."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly bytes leave."""

    chunk: int
    """Bytes in one piece."""
    rate: float
    """Bytes a second."""


class NetStream(trio.abc.HalfCloseableStream):
    """Ciphertext: peeks at the first bytes, trickles, stops reading, falls silent, breaks off, resets, lingers."""

    def __init__(self, inner: trio.abc.HalfCloseableStream) -> None:
        self.inner = inner
        self.silent = False
        self.lingers = False  # our last words are on their way: let them arrive before the end
        self.seen = ""
        """How the peer ended the TCP connection, as far as we saw it: ``TCP end`` or ``TCP reset``."""
        self.pace: Pace | None = None
        self.may_read = trio.Event()
        self.may_read.set()
        self._pace_changed = trio.Event()
        self._breaks_off = False
        self._peeked = b""

    @property
    def local_address(self) -> str:
        """The address at which the peer reached us; empty in memory or when it has gone."""
        sock = getattr(self.inner, "socket", None)
        try:
            return str(sock.getsockname()[0]) if sock is not None else ""
        except OSError:
            return ""

    async def peek(self) -> bytes:
        """Wait for the first bytes and leave them to be read; empty if the peer left without any."""
        if not self._peeked:
            self._peeked = bytes(await self._receive())
        return self._peeked

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.silent:
            await trio.lowlevel.checkpoint()
        elif self._breaks_off:
            await self._send_half(data)
        elif self.pace is not None:
            await self._trickle(memoryview(data))
        else:
            await self.inner.send_all(data)

    def set_pace(self, pace: Pace | None) -> None:
        """Have bytes leave slowly from now on, or as fast as they can."""
        self.pace = pace
        self._pace_changed.set()
        self._pace_changed = trio.Event()

    async def _trickle(self, data: memoryview) -> None:
        while data and self.pace is not None and not self.silent:
            piece, data = data[: self.pace.chunk], data[self.pace.chunk :]
            pause_s = len(piece) / self.pace.rate
            await self.inner.send_all(piece)
            with trio.move_on_after(pause_s):
                await self._pace_changed.wait()
        if data and not self.silent:
            await self.inner.send_all(data)

    def break_off(self) -> None:
        """End the connection in the middle of whatever is sent next: a TLS record that never becomes whole."""
        self._breaks_off = True

    async def _send_half(self, data: bytes | bytearray | memoryview) -> None:
        self.silent = True
        await self.inner.send_all(data[: len(data) // 2])
        await self.inner.send_eof()

    def pause_reading(self) -> None:
        """Leave what the peer sends unread until ``may_read`` is set; its end is not noticed meanwhile either."""
        self.may_read = trio.Event()

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if self._peeked:
            peeked, self._peeked = self._peeked, b""
            return peeked
        data = await self._receive(max_bytes)
        if not self.may_read.is_set():
            await self.may_read.wait()
        # While silent what comes is read away, so that the peer's end of the connection is still noticed.
        while self.silent and data:
            data = await self._receive(max_bytes)
        return data

    async def _receive(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            data = await self.inner.receive_some(max_bytes)
        except trio.BrokenResourceError:
            self.seen = self.seen or "TCP reset"
            raise
        if not data:
            self.seen = self.seen or "TCP end"
        return data

    async def send_eof(self) -> None:
        await self.inner.send_eof()

    async def aclose(self) -> None:
        self.may_read.set()
        try:
            if self.lingers:
                await self._linger()
        finally:
            await self.inner.aclose()

    async def _linger(self) -> None:
        self.lingers = False
        with trio.move_on_after(LINGER_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await self.inner.send_eof()
            while await self.inner.receive_some():
                pass

    def reset(self) -> None:
        """End with a TCP reset: no Close frame, no TLS close_notify. A stream without a socket may bring ``abort``."""
        self.may_read.set()
        if isinstance(self.inner, Abortable):
            self.inner.abort()
            return
        sock = getattr(self.inner, "socket", None)
        if sock is not None and sock.fileno() != -1:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
