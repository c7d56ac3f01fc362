"""The stream between TLS and WebSocket, where evidence sits: somebody reads along, and we have the last word.

A plain trio stream, so nothing private of any library is touched. Bytes pass on uncopied.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

import trio

from mockpilot.cms.frames import PONG
from mockpilot.cms.net_stream import LINGER_S, NetStream

FAREWELL_S = 1.0
"""How long our last words may take to leave."""


class Watcher(Protocol):
    """Reads along on an open link."""

    def read_along_in(self, data: bytes | bytearray) -> None:
        """Take what comes in, before anybody acts on it."""

    def read_along_out(self, data: bytes | bytearray | memoryview) -> None:
        """Take the frames that the library sends by itself."""

    def before_close(self) -> None:
        """Set last words, if there should be any; nobody did so before."""


class WireStream(trio.abc.Stream):
    """Plain bytes above TLS: lets a watcher read along, sends whole frames of our own, has the last word.

    Args:
        inner: the TLS stream.
        net: the stream below it.
    """

    def __init__(self, inner: trio.abc.Stream, net: NetStream) -> None:
        self.inner = inner
        self.received = 0
        self.muted = False  # nothing of the library's any more: we said our last word, or are about to
        self.withholds_pongs = False
        self._net = net
        self._watcher: Watcher | None = None
        self._head, self._behind_head, self._farewell = b"", b"", b""
        self._replaying = self._lingers = False
        self._opened = trio.Event()
        self._sending, self._closing = trio.StrictFIFOLock(), trio.Lock()

    def replay(self, head: bytes, behind: bytes) -> None:
        """Have a head read next; what was read behind it already, and all that follows, waits for the link to open."""
        self._head, self._behind_head, self._replaying = head, behind, True

    def open(self, watcher: Watcher) -> None:
        """Let frames through, and somebody read along."""
        self._watcher, self._replaying = watcher, False
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
            return  # no pause: the library waits for a lock of its own before each frame
        if self._watcher is not None:
            self._watcher.read_along_out(data)
        await self.inject(data)

    async def inject(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes whole with respect to the library's own frames, muted or not."""
        try:
            self._sending.acquire_nowait()  # sending is pause enough for the loop; mostly nobody else does
        except trio.WouldBlock:
            await self._sending.acquire()
        try:
            await self.inner.send_all(data)
        finally:
            self._sending.release()

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
        if self._watcher is not None and data:
            self._watcher.read_along_in(data)
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
                if self._watcher is not None and not self.muted:
                    self._watcher.before_close()
                await self._say_farewell()
                await self.inner.aclose()
