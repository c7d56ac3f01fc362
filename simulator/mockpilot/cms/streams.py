"""The two streams under a WebSocket where faults and evidence sit: below TLS, and between TLS and WebSocket.

Both are plain trio streams, so nothing private of any library is touched. Without a fault they pass bytes on
uncopied. Whoever made the TCP stream closes the lowest of them.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import trio

from mockpilot.cms.frames import PONG


@runtime_checkable
class Abortable(Protocol):
    """A stream that can end at once by itself, such as one in memory."""

    def abort(self) -> None:
        """End both directions now."""


LINGER_S = 2.0
"""How long we read on after our last words: closing on unread bytes is a reset, which can overtake them."""
FAREWELL_S = 1.0
"""How long our last words may take to leave."""


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


class WireStream(trio.abc.Stream):
    """Plain bytes above TLS: lets a watcher read along, sends whole frames of our own, has the last word.

    Args:
        inner: the TLS stream.
        net: the stream below it.
        on_in: called with what comes in once the link is open, before anybody acts on it.
        on_out: called with the frames that the library sends by itself.
        before_close: called before the stream is closed while no last words are set; it may set them.
    """

    def __init__(
        self,
        inner: trio.abc.Stream,
        net: NetStream,
        on_in: Callable[[bytes | bytearray], None],
        on_out: Callable[[bytes | bytearray | memoryview], None],
        before_close: Callable[[], None],
    ) -> None:
        self.inner = inner
        self.received = 0
        self.muted = False  # nothing of the library's any more: we said our last word, or are about to
        self.withholds_pongs = False
        self._net, self._on_in, self._on_out, self._before_close = net, on_in, on_out, before_close
        self._head, self._behind_head, self._farewell = b"", b"", b""
        self._replaying = self._lingers = False
        self._opened = trio.Event()
        self._sending, self._closing = trio.StrictFIFOLock(), trio.Lock()

    def replay(self, head: bytes, behind: bytes) -> None:
        """Have a head read next; what was read behind it already, and all that follows, waits for the link to open."""
        self._head, self._behind_head, self._replaying = head, behind, True

    def open(self) -> None:
        """Let frames through, and the watchers read along."""
        self._opened.set()

    def say_last(self, frame: bytes, *, lingers: bool) -> None:
        """Set our last words; the library is silent from now on, and whoever closes the stream sends them first.

        Args:
            frame: our Close.
            lingers: the peer may still be sending.
        """
        self._farewell, self.muted, self._lingers = frame, True, lingers

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.muted or (self.withholds_pongs and bytes(data[:1])[0] & 0x0F == PONG):
            await trio.lowlevel.checkpoint()
            return
        if self._opened.is_set():
            self._on_out(data)
        await self.inject(data)

    async def inject(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes whole with respect to the library's own frames, muted or not."""
        async with self._sending:
            await self.inner.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if self._head:
            head, self._head = self._head, b""
            return head
        if self._replaying:
            # Frames that come before our 101 is out would be lost in the library.
            await self._opened.wait()
        data: bytes | bytearray
        if self._behind_head:
            data, self._behind_head = self._behind_head, b""
        else:
            data = await self.inner.receive_some(max_bytes)
            self.received += len(data)
        if self._opened.is_set() and data:
            self._on_in(data)
        return data

    async def say_farewell(self) -> None:
        """Send our last words, if there are any and they are not on their way; whoever ends the link waits for that."""
        with trio.move_on_after(FAREWELL_S, shield=True):
            async with self._closing:
                await self._say_farewell()

    async def _say_farewell(self) -> None:
        if self._farewell:
            last, self._farewell = self._farewell, b""
            self._net.lingers = self._lingers
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self.inject(last)

    async def aclose(self) -> None:
        # Not to be cancelled: the library's reader, which often closes, is cancelled once the link is over.
        with trio.move_on_after(FAREWELL_S + LINGER_S, shield=True):
            async with self._closing:
                if not self.muted:
                    self._before_close()
                await self._say_farewell()
                await self.inner.aclose()
