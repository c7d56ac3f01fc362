"""Connections, certificates and time that exist in memory alone.

What only a kernel could show (ports, resets seen at socket level, processes) is not shown here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import trio
import trio.testing

from mockpilot.clock import RunClock
from mockpilot.cms import tls
from mockpilot.cms.server import Server
from mockpilot.presystem.transport import OpenTcp

EPOCH = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
Stapled = trio.StapledStream[trio.testing.MemorySendStream, trio.testing.MemoryReceiveStream]


@cache
def certificates() -> tls.Certificates:
    """One authority for all plays of a process."""
    return tls.mint(["127.0.0.1", "localhost"])


class MemoryStream(trio.abc.HalfCloseableStream):
    """One end of a connection in memory that can be reset."""

    def __init__(self, inner: Stapled) -> None:
        self.inner = inner
        self.other: MemoryStream = self
        self.was_reset = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        try:
            await self.inner.send_all(data)
        except trio.ClosedResourceError:
            raise self._end() from None

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            return await self.inner.receive_some(max_bytes)
        except trio.ClosedResourceError:
            raise self._end() from None

    def _end(self) -> Exception:
        return trio.BrokenResourceError("TCP reset") if self.was_reset else trio.ClosedResourceError()

    async def send_eof(self) -> None:
        await self.inner.send_eof()

    async def aclose(self) -> None:
        await self.inner.aclose()

    def abort(self) -> None:
        """End both directions at both ends, as a reset does; the other end sees that it was one."""
        self.other.was_reset = True
        for end in (self.inner, self.other.inner):
            end.send_stream.close()
            end.receive_stream.close()


def connection() -> tuple[MemoryStream, MemoryStream]:
    """Two connected ends."""
    here, there = (MemoryStream(inner) for inner in trio.testing.memory_stream_pair())
    here.other, there.other = there, here
    return here, there


class VirtualClock(RunClock):
    """A run clock whose wall clock is its own: nothing here knows the real time."""

    def wall(self) -> str:
        return self.stamp()


def opener(server: Server, nursery: trio.Nursery) -> OpenTcp:
    """What opens connections to a CMS, or where it redirects to: each is served by a task in the nursery."""
    async def open_tcp(_host: str, port: int) -> trio.abc.HalfCloseableStream:
        await trio.lowlevel.checkpoint()
        is_elsewhere = port == server.elsewhere_port
        if not server.is_listening and not is_elsewhere:
            raise ConnectionRefusedError("the port is closed")
        here, there = connection()
        nursery.start_soon(server.serve_stream, there, "memory", is_elsewhere)
        return here

    return open_tcp
