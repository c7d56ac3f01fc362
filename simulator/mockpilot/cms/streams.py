"""The two streams under a WebSocket where faults and evidence sit: below TLS, and between TLS and WebSocket.

Both are plain trio streams, so nothing private of any library is touched. Without a fault they pass bytes on
uncopied. Whoever made the TCP stream closes the lowest of them.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import trio


@runtime_checkable
class Abortable(Protocol):
    """A stream that can end at once by itself, such as one in memory."""

    def abort(self) -> None:
        """End both directions now."""


class NetStream(trio.abc.HalfCloseableStream):
    """Ciphertext: peeks at the first bytes, falls silent, resets."""

    def __init__(self, inner: trio.abc.HalfCloseableStream) -> None:
        self.inner = inner
        self.silent = False
        self._peeked = b""

    async def peek(self) -> bytes:
        """Wait for the first bytes and leave them to be read; empty if the peer left without any."""
        if not self._peeked:
            self._peeked = bytes(await self.inner.receive_some())
        return self._peeked

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.silent:
            await trio.lowlevel.checkpoint()
            return
        await self.inner.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if self._peeked:
            peeked, self._peeked = self._peeked, b""
            return peeked
        data = await self.inner.receive_some(max_bytes)
        # While silent what comes is read away, so that the peer's end of the connection is still noticed.
        while self.silent and data:
            data = await self.inner.receive_some(max_bytes)
        return data

    async def send_eof(self) -> None:
        await self.inner.send_eof()

    async def aclose(self) -> None:
        await self.inner.aclose()

    def reset(self) -> None:
        """End with a TCP reset: no Close frame, no TLS close_notify. A stream without a socket may bring ``abort``."""
        if isinstance(self.inner, Abortable):
            self.inner.abort()
            return
        sock = getattr(self.inner, "socket", None)
        if sock is not None and sock.fileno() != -1:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()


class WireStream(trio.abc.Stream):
    """Plain bytes above TLS: replays the HTTP head, lets a watcher read along, sends whole frames of our own.

    Args:
        inner: the TLS stream.
        on_in, on_out: called with all bytes as they pass, once the link is open.
    """

    def __init__(
        self,
        inner: trio.abc.Stream,
        on_in: Callable[[bytes | bytearray], None],
        on_out: Callable[[bytes | bytearray | memoryview], None],
    ) -> None:
        self.inner = inner
        self.received = 0
        self.muted = False  # nothing after a Close of ours
        self.watching_in = self.watching_out = False
        self.farewell = b""  # last bytes before the library closes, when it would drop the link without a word
        self._replay, self._behind_head = b"", b""
        self._on_in, self._on_out = on_in, on_out
        self._lock = trio.StrictFIFOLock()

    def replay(self, head: bytes, behind: bytes) -> None:
        """Have the request's head read once more, and what was read behind it, which is the link's already."""
        self._replay, self._behind_head = head + behind, behind

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.muted:
            await trio.lowlevel.checkpoint()
            return
        await self.inject(data)

    async def inject(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes whole with respect to the library's own frames, muted or not."""
        async with self._lock:
            if self.watching_out:
                self._on_out(data)
            await self.inner.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if self._replay:
            replayed, self._replay = self._replay, b""
            self._on_in(self._behind_head)
            return replayed
        data = await self.inner.receive_some(max_bytes)
        self.received += len(data)
        if self.watching_in and data:
            self._on_in(data)
        return data

    async def aclose(self) -> None:
        if self.farewell:
            last, self.farewell = self.farewell, b""
            with trio.move_on_after(1, shield=True):
                await self.inject(last)
        await self.inner.aclose()
