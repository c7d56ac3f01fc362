"""trio_websocket behind one door: open a link from a head that was read already, receive, send, close.

The library does the upgrade's answer, pings and the closing handshake. Our own frames go round it in one piece, so a
push is framed once and a Ping that crosses our Close cannot break its reader. Its exceptions end here: a link that is
over raises ``LinkOver``.
"""

from __future__ import annotations

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_server_stream

from mockpilot.cms.frames import CLOSE, MESSAGE_LIMIT, PING, TEXT, build_frame, close_payload
from mockpilot.cms.wire_stream import Watcher, WireStream

RECEIVE_BYTES = 65536
"""One read of the library; its default of 4 KiB makes large messages twice as dear."""


class LinkOver(Exception):  # noqa: N818 - an end, not an error
    """The link has ended, whoever ended it."""


class Socket:
    """An open WebSocket."""

    def __init__(self, connection: WebSocketConnection, wire: WireStream) -> None:
        self._connection, self._wire = connection, wire

    @property
    def close_code(self) -> int | None:
        """The code with which the library ended the link, if it did."""
        closed = self._connection.closed
        return closed.code if closed is not None else None

    async def wait_message(self) -> None:
        """Wait until the library has taken one more message; its content was read along the way.

        Raises:
            LinkOver: no more will come.
        """
        try:
            await self._connection.get_message()
        except ConnectionClosed as over:
            raise LinkOver from over

    async def send(self, *pieces: bytes) -> None:
        """Write a text message.

        Args:
            pieces: of its text in UTF-8.

        Raises:
            LinkOver: the peer is gone.
        """
        await self._inject(build_frame(TEXT, *pieces))

    async def send_frames(self, frames: bytes) -> None:
        """Write frames that somebody else built, in one piece.

        Raises:
            LinkOver: the peer is gone.
        """
        await self._inject(frames)

    async def send_ping(self, payload: bytes) -> None:
        """Write a ping; the pong is seen by whoever reads along.

        Raises:
            LinkOver: the peer is gone.
        """
        await self._inject(build_frame(PING, payload))

    async def send_close(self, code: int | None, reason: str = "") -> None:
        """Write a Close frame and nothing after it; the peer's answer ends the link.

        Raises:
            LinkOver: the peer is gone.
        """
        if self._wire.muted:
            raise LinkOver
        self._wire.muted = True
        await self._write(build_frame(CLOSE, close_payload(code, reason)))

    async def _inject(self, frame: bytes) -> None:
        if self._wire.muted:
            raise LinkOver
        await self._write(frame)

    async def _write(self, frame: bytes) -> None:
        try:
            await self._wire.inject(frame)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as over:
            raise LinkOver from over


async def open_socket(
    nursery: trio.Nursery, wire: WireStream, watcher: Watcher, key: str, behind: bytes, subprotocol: str | None
) -> Socket:
    """Answer an upgrade request with 101.

    The library is handed a head of our making, so nothing that a peer writes into a header can upset it.

    Args:
        nursery: the library's reader runs there.
        wire: the stream from which the head came.
        watcher: reads along on it once the answer is out.
        key: the request's ``Sec-WebSocket-Key``.
        behind: whatever was read after the head.
        subprotocol: what we select of those that were offered.
    """
    wire.replay(_head(key, subprotocol), behind)
    request = await wrap_server_stream(
        nursery, wire, max_message_size=MESSAGE_LIMIT, message_queue_size=64, receive_buffer_size=RECEIVE_BYTES
    )
    connection = await request.accept(subprotocol=subprotocol)
    wire.open(watcher)
    return Socket(connection, wire)


def _head(key: str, subprotocol: str | None) -> bytes:
    lines = ["GET / HTTP/1.1", "Host: mockpilot", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]  # fmt: skip
    if subprotocol is not None:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")
