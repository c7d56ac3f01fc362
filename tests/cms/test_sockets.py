"""What only real sockets can show; everything else is tested in memory."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import trio
import trio.testing

from cms.raw_client import BINARY, CLOSE, CONTINUATION, RawClient, frame
from cms.stand import Stand, client_context, stand
from mockpilot.cms.frames import MESSAGE_LIMIT
from mockpilot.errors import UsageError
from mockpilot.faults import refuse
from mockpilot.history.events import (
    FirstBytes,
    LinkEnded,
    ListenerDown,
    ListenerUp,
    ProtocolBroken,
    TlsFailed,
    UpgradeRequested,
)


@asynccontextmanager
async def listening() -> AsyncIterator[Stand]:
    """A CMS on a port that the kernel chose."""
    async with stand() as cms, trio.open_nursery() as nursery:
        await nursery.start(cms.server.serve)
        with trio.fail_after(30):
            yield cms
        await cms.server.end_links()
        nursery.cancel_scope.cancel()


async def dial(port: int) -> RawClient:
    """A connection with TLS over TCP."""
    return await RawClient.over_tls(await trio.open_tcp_stream("127.0.0.1", port), client_context())


async def test_started_means_accepting() -> None:
    """The first connection right after the start is not refused."""
    async with listening() as cms:
        with socket.create_connection(("127.0.0.1", cms.server.port)):
            await trio.lowlevel.checkpoint()
        assert [event.port for event in cms.history.of(ListenerUp)] == [cms.server.port]


async def test_port_in_use_is_told_in_one_sentence() -> None:
    """With the port and the next step."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with stand() as cms:
            cms.server.tcp.number = port
            with pytest.raises(UsageError, match=rf"listen: port {port} of 127\.0\.0\.1 is in use") as raised:
                await cms.server.serve()
            assert "\n" not in str(raised.value)


async def test_second_cms_does_not_share_the_port() -> None:
    """Though both could by the options of their sockets."""
    async with listening() as cms, stand() as other:
        other.server.tcp.number = cms.server.port
        with pytest.raises(UsageError, match="in use"):
            await other.server.serve()


async def test_address_of_another_machine_is_told() -> None:
    """Documentation addresses are nobody's."""
    async with stand() as cms:
        cms.server.tcp.host = "192.0.2.1"
        with pytest.raises(UsageError, match=r"an address of this machine is expected, found '192\.0\.2\.1:0'"):
            await cms.server.serve()


async def test_refused_tcp_keeps_the_port_and_the_open_links() -> None:
    """Connections are refused, a link that is open lives on, and afterwards the same port accepts."""
    async with listening() as cms:
        client, port = await dial(cms.server.port), cms.server.port
        assert (await client.upgrade()).status == 101
        for _ in range(3):
            armed = cms.control.arm(refuse("tcp"))
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(OSError, match="all attempts to connect"):
                await trio.open_tcp_stream("127.0.0.1", port)
            assert (await client.boot())[6] == {"status": "Accepted"}
            cms.control.disarm(armed)
            await trio.testing.wait_all_tasks_blocked()
            await (await trio.open_tcp_stream("127.0.0.1", port)).aclose()
        await client.leave()
        assert len(cms.history.of(ListenerDown)) == 3
        assert {event.port for event in cms.history.of(ListenerUp)} == {port}


async def test_closing_and_opening_at_once_ends_listening_or_not_as_said_last() -> None:
    """However quickly one follows the other."""
    async with listening() as cms:
        for _ in range(5):
            cms.server.close_port()
            cms.server.open_port()
        await trio.testing.wait_all_tasks_blocked()
        await (await trio.open_tcp_stream("127.0.0.1", cms.server.port)).aclose()
        cms.server.close_port()
        cms.server.open_port()
        await trio.lowlevel.checkpoint()
        cms.server.close_port()
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(OSError, match="all attempts to connect"):
            await trio.open_tcp_stream("127.0.0.1", cms.server.port)


async def test_reset_is_a_reset() -> None:
    """No orderly end: the peer's system reports ECONNRESET."""
    async with listening() as cms:
        client = await dial(cms.server.port)
        assert (await client.upgrade()).status == 101
        cms.control.drop("reset")
        assert isinstance(client.under, trio.SocketStream)
        with pytest.raises(OSError, match="reset") as raised:
            await client.under.socket.recv(1)
        assert raised.value.errno == errno.ECONNRESET
        await client.leave()


@pytest.mark.parametrize(("resets", "reason"), [(False, "TCP end"), (True, "TCP reset")])
async def test_peer_that_leaves_within_tls_is_recorded_with_how(resets: bool, reason: str) -> None:
    """An end and a reset say different things about it."""
    async with listening() as cms:
        stream = await trio.open_tcp_stream("127.0.0.1", cms.server.port)
        await stream.send_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        await cms.control.wait_event(lambda event: isinstance(event, FirstBytes))
        if resets:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await stream.aclose()
        await cms.control.wait_event(lambda event: isinstance(event, LinkEnded))
        (failed,) = cms.history.of(TlsFailed)
        assert (failed.ended_by, failed.reason, failed.hello_seen) == ("product", reason, True)


async def test_dropped_connection_is_a_reset() -> None:
    """Accepted by the kernel and by us, and gone before a byte came."""
    async with listening() as cms:
        cms.control.arm(refuse("accept-and-drop", attempts=1))
        stream = await trio.open_tcp_stream("127.0.0.1", cms.server.port)
        with pytest.raises(OSError, match="reset") as raised:
            await stream.socket.recv(1)
        assert raised.value.errno == errno.ECONNRESET
        await stream.aclose()
        client = await dial(cms.server.port)
        assert (await client.upgrade()).status == 101
        await client.leave()


async def test_redirect_leads_to_a_second_port_under_another_name() -> None:
    """With a good certificate for that name; who comes there is turned away."""
    async with listening() as cms:
        cms.control.arm(refuse("redirect"))
        client = await dial(cms.server.port)
        location = urlsplit((await client.upgrade()).headers["location"])
        await client.leave()
        assert (location.scheme, location.hostname, location.port) == ("https", "127.0.0.1", cms.server.elsewhere_port)
        assert location.port != cms.server.port
        under = await trio.open_tcp_stream("127.0.0.1", location.port or 0)
        stream = trio.SSLStream(under, client_context(), server_hostname=location.hostname, https_compatible=True)
        follower = RawClient(stream, under)
        assert (await follower.upgrade()).status == 404
        await follower.leave()
        assert [event.elsewhere for event in cms.history.of(UpgradeRequested)] == [False, True]


@pytest.mark.parametrize("pieces", [1, 40])
async def test_message_beyond_the_limit_is_told_while_it_still_comes(pieces: int) -> None:
    """Close 1009 arrives although the peer is sending; no reset overtakes it."""
    async with listening() as cms:
        client = await dial(cms.server.port)
        assert (await client.upgrade()).status == 101
        size = (MESSAGE_LIMIT + 500_000) // pieces + 1
        data = b"".join(
            frame(bytes(size), CONTINUATION if n else BINARY, fin=n == pieces - 1) for n in range(pieces)
        )
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.send, data)
            assert [(one.opcode, one.code) for one in await client.frames_to_end()] == [(CLOSE, 1009)]
            nursery.cancel_scope.cancel()
        await client.leave()
        assert [event.what for event in cms.history.of(ProtocolBroken)] == ["message too big"]


async def test_refusal_arrives_though_more_was_sent() -> None:
    """Unread bytes in the kernel do not turn our answer into a reset."""
    async with listening() as cms:
        client = await dial(cms.server.port)
        await client.send(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n" + b"x" * 300_000)
        assert (await client.read_response()).status == 431
        await client.leave()
