"""The console's listener: whatever comes in ends its own connection at most, and the end of the bench ends them all."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import trio

from console.lab import lab
from mockpilot.console.listener import PatientStream, listen
from mockpilot.errors import UsageError
from mockpilot.history.events import Mark

HOSTILE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
    "tls": bytes.fromhex("16030100c8010000c40303") + b"\x00" * 200,
    "zeroes": b"\x00" * 70_000,
    "no-line-end": b"G" * 70_000,
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "two-hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bad-version": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "bad-target": b"GET \xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute-target": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "trace": b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "smuggling": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET",
    "negative-length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    "endless-length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "bad-chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64,
    "http2-upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                     b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "websocket": b"GET /feed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    "odd-headers": b"GET / HTTP/1.1\r\nHost: a\r\nX-\xff: \xff\r\nCookie: \x80\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_comes_in_disturbs_nobody(name: str, tmp_path: Path) -> None:
    """The next request is answered, and nothing broke that is ours."""
    async with lab(tmp_path) as bench:
        async with await bench.dial() as stream:
            with contextlib.suppress(trio.BrokenResourceError), trio.move_on_after(0.3):
                await stream.send_all(HOSTILE[name])
                while await stream.receive_some():
                    pass
        assert await bench.get("/links") == []
        assert bench.cms.history.of(Mark) == []


async def test_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """In one sentence."""
    async with lab(tmp_path) as bench:
        with pytest.raises(BaseExceptionGroup) as raised:
            async with trio.open_nursery() as nursery:
                await nursery.start(listen, _nobody, "127.0.0.1", bench.port)
        assert raised.group_contains(UsageError, match="a free port is expected")


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    """An application that says nothing."""


async def test_write_that_takes_too_long_ends_its_connection(autojump_clock: object) -> None:
    """After twenty seconds in which nothing was read."""
    here, there = trio.socket.socketpair()
    here.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_SNDBUF, 4096)
    with there:
        stream = PatientStream(here)
        with pytest.raises(trio.BrokenResourceError, match="no longer reads"):
            await stream.send_all(b"x" * 5_000_000)
        assert here.fileno() == -1


async def test_bug_of_an_application_ends_no_more_than_its_request() -> None:
    """Whatever an application raises, others are served."""

    async def broken(_scope: object, _receive: object, _send: object) -> None:
        raise RuntimeError("a bug")

    async with trio.open_nursery() as nursery:
        port = await nursery.start(listen, broken, "127.0.0.1", 0)
        for _ in range(2):
            async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
                await stream.send_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = bytes(await stream.receive_some())
                assert answer.startswith(b"HTTP/1.1 500")
        nursery.cancel_scope.cancel()
