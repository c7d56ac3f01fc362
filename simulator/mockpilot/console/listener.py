"""Where the console listens: TCP, TLS where it is asked for, hypercorn for HTTP.

The accept loop is ours, like that of the CMS: a viewer that no longer reads is given up after a while instead of
holding a task for ever, and at the end every connection is closed at once.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast

import trio
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.utils import wrap_app

from mockpilot.console.guard import App
from mockpilot.errors import UsageError

BACKLOG = 256
MOST_CONNECTIONS = 2000
WRITE_WITHIN_S = 20.0
"""How long one write may take before the viewer counts as stuck."""
IDLE_S = 15
HANDSHAKE_S = 10
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED, errno.EPROTO, errno.EPERM)


class PatientStream(trio.abc.HalfCloseableStream):
    """A TCP connection that is given up when a write takes too long.

    Args:
        connection: the socket; closed with the stream.
    """

    def __init__(self, connection: trio.socket.SocketType) -> None:
        self._stream, self.socket = trio.SocketStream(connection), connection

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Write, or fail in time."""
        with trio.move_on_after(WRITE_WITHIN_S) as bound:
            await self._stream.send_all(data)
        if bound.cancelled_caught:
            await trio.aclose_forcefully(self._stream)
            raise trio.BrokenResourceError("the viewer no longer reads")

    async def wait_send_all_might_not_block(self) -> None:
        """Wait until writing may not take long."""
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Read what is there."""
        return await self._stream.receive_some(max_bytes)

    async def send_eof(self) -> None:
        """End our direction."""
        await self._stream.send_eof()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()


async def listen(
    app: App, host: str, port: int, tls: ssl.SSLContext | None = None, note: Callable[[str], None] = lambda _: None,
    task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
) -> None:  # fmt: skip
    """Serve an ASGI application until cancelled; reports the port once connections are accepted.

    Args:
        app: the application.
        host, port: where to listen; port 0 lets the kernel choose.
        tls: None for plain HTTP.
        note: told in words when a connection broke for a reason that is not its peer's.

    Raises:
        UsageError: the address cannot be listened on.
    """
    try:
        listeners = await trio.open_tcp_listeners(port, host=host, backlog=BACKLOG)
    except OSError as error:
        where = f"{host}:{port}"
        raise UsageError(f"--console-listen: an address of this machine with a free port is expected, found {where!r}: "
                         f"{error.strerror or error}") from error  # fmt: skip
    streams: set[PatientStream] = set()
    serve = partial(_serve, _wrapped(app), _config(), WorkerContext(None), tls, streams, note)
    try:
        async with trio.open_nursery() as nursery:
            for listener in listeners:
                nursery.start_soon(_accept, listener, nursery, serve, streams)
            try:
                task_status.started(listeners[0].socket.getsockname()[1])
                await trio.sleep_forever()
            finally:
                # hypercorn shields its writes: a closed stream ends them all the same.
                for stream in list(streams):
                    stream.socket.close()
    finally:
        for listener in listeners:
            listener.socket.close()


def _config() -> Config:
    config = Config()
    config.keep_alive_timeout, config.ssl_handshake_timeout = IDLE_S, HANDSHAKE_S
    config.include_server_header, config.graceful_timeout = False, 0.5
    config.alpn_protocols = ["http/1.1"]
    return config


def _wrapped(app: App) -> Any:
    return wrap_app(cast("Any", app), 0, "asgi")


async def _accept(listener: trio.SocketListener, nursery: trio.Nursery, serve: Any, streams: set[Any]) -> None:
    while True:
        try:
            connection, _ = await listener.socket.accept()
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            await trio.sleep(0.1)
            continue
        if len(streams) >= MOST_CONNECTIONS:
            connection.close()
            continue
        stream = PatientStream(connection)
        streams.add(stream)
        nursery.start_soon(serve, stream)


async def _serve(
    app: Any, config: Config, context: WorkerContext, tls: ssl.SSLContext | None, streams: set[Any],
    note: Callable[[str], None], stream: PatientStream,
) -> None:  # fmt: skip
    carried: Any = stream
    if tls is not None:
        carried = trio.SSLStream(stream, tls, server_side=True, https_compatible=True)
    try:
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError, OSError, ssl.SSLError):
            await TCPServer(app, config, context, {}, carried).run()
    except* (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
        pass  # whoever was connected has gone
    except* Exception as group:  # a bug there ends that connection alone
        note(f"a connection to the console broke: {group.exceptions[0]!r}"[:300])
    finally:
        streams.discard(stream)
        stream.socket.close()
