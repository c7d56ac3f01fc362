"""Sockets that listen on TCP: one that only holds an address, one that accepts, and what accepting may report.

They know nothing of links or episodes.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

import trio

from mockpilot.errors import UsageError

BACKLOG = 512
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED, errno.EPROTO, errno.EPERM)
"""What accept may report of one connection or of the moment; none of it is the listener's end."""

Serve = Callable[[trio.SocketStream, str], Awaitable[None]]
"""Serves one connection, whose peer has that address."""


def hold(host: str, port: int) -> socket.socket:
    """Hold an address without listening: it refuses connections, and nobody else gets it until it is closed.

    Args:
        port: 0 lets the kernel choose.

    Raises:
        UsageError: the address cannot be listened on.
    """
    guard = socket.socket(_family_of(host), socket.SOCK_STREAM)
    try:
        if port:
            _refuse_if_taken(host, port)
        _share(guard)
        guard.bind((host, port))
    except OSError as error:
        guard.close()
        raise UsageError(_cannot_listen(host, port, error)) from error
    return guard


@asynccontextmanager
async def listen(host: str, port: int) -> AsyncIterator[trio.socket.SocketType]:
    """Accept connections at an address that is held, within a block."""
    with trio.socket.socket(_family_of(host), socket.SOCK_STREAM) as listener:
        _share(listener)
        await listener.bind((host, port))
        listener.listen(BACKLOG)
        yield listener


def listen_anywhere(host: str) -> trio.socket.SocketType:
    """Accept connections at a port that the kernel chooses; whoever asks for it closes it."""
    listener = socket.create_server((host, 0), family=_family_of(host), backlog=BACKLOG)
    listener.setblocking(False)
    return trio.socket.from_stdlib_socket(listener)


async def accept_all(listener: trio.socket.SocketType, nursery: trio.Nursery, serve: Serve) -> NoReturn:
    """Accept until cancelled, each connection in a task of its own."""
    while True:
        try:
            connection, address = await listener.accept()
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            await trio.sleep(0.1)  # out of descriptors: let some connections end first
            continue
        with suppress(OSError):  # some systems refuse options once the peer has gone
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        nursery.start_soon(serve, trio.SocketStream(connection), f"{address[0]}")


def _family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _share(listener: socket.socket | trio.socket.SocketType) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def _refuse_if_taken(host: str, port: int) -> None:
    with socket.socket(_family_of(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"listen: port {port} of {host} is in use; end what holds it or choose another port (0: any free one)"
    return f"listen: an address of this machine is expected, found {where!r}: {error.strerror}"
