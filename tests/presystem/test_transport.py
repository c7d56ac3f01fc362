"""The door to the network, over real TLS on the loopback address."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import trio
import trustme
from trio_websocket import WebSocketRequest, wrap_server_stream

from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import CONFORMING, Conduct, EndKind, LinkEnd
from mockpilot.presystem.offences import conduct_for
from mockpilot.presystem.settings import Settings
from mockpilot.presystem.transport import Dialler, Link, LinkLost, tls_context
from presystem.fake_cms import QUICK

Serve = Callable[[trio.SSLStream[trio.SocketStream]], Awaitable[None]]


@dataclass
class Door:
    """A TLS listener, and what it saw."""

    settings: Settings
    stranger: Path
    requests: list[WebSocketRequest] = field(default_factory=list)
    heard: list[str | bytes] = field(default_factory=list)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A CA for the whole session."""
    return trustme.CA()


@asynccontextmanager
async def _door(
    authority: trustme.CA, folder: Path, *, serve: Serve | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Door]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    ca_file, stranger = folder / "ca.pem", folder / "stranger.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    trustme.CA().cert_pem.write_to_path(str(stranger))
    listener = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    port = listener.socket.getsockname()[1]
    door = Door(replace(QUICK, url=f"wss://127.0.0.1:{port}/vdv463/a%2Fb", ca_file=ca_file, password="pä:ss"), stranger)

    async def echo(stream: trio.SSLStream[trio.SocketStream]) -> None:
        async with trio.open_nursery() as nursery:
            request = await wrap_server_stream(nursery, stream)
            door.requests.append(request)
            socket = await request.accept(subprotocol=(*request.proposed_subprotocols, None)[0])
            door.heard.append(await socket.get_message())
            await socket.send_message("there")
            await socket.aclose(1012, "restart")

    async def handle(tcp: trio.SocketStream) -> None:
        stream = trio.SSLStream(tcp, context, server_side=True, https_compatible=True)
        try:
            await (serve or echo)(stream)
        except* (trio.BrokenResourceError, OSError):
            pass
        finally:
            await trio.aclose_forcefully(stream)

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, handle, [listener])
            yield door
            nursery.cancel_scope.cancel()


async def _talk(link: Link) -> str:
    await link.send("here")
    try:
        while True:
            assert await link.receive() == "there"
    except LinkLost as lost:
        return str(lost)


async def _dial(settings: Settings, conduct: Conduct = CONFORMING) -> LinkEnd:
    return await Dialler(settings, conduct, tls_context(settings, conduct))(_talk)


async def test_link_carries_messages_and_says_how_it_ended(authority: trustme.CA, tmp_path: Path) -> None:
    """Path, credentials and subprotocol are as handed over; the Close is reported."""
    async with _door(authority, tmp_path) as door:
        end = await _dial(door.settings)
    assert end == LinkEnd(EndKind.LOST, "Close 1012 (restart)")
    request = door.requests[0]
    assert (request.path, request.proposed_subprotocols) == ("/vdv463/a%2Fb", ("v1.463.vdv.de",))
    assert dict(request.headers)[b"authorization"] == b"Basic " + base64.b64encode("u:pä:ss".encode())
    assert door.heard == ["here"]


async def test_stranger_is_not_trusted(authority: trustme.CA, tmp_path: Path) -> None:
    """Without our CA, or under another name, no byte of an upgrade is sent."""
    async with _door(authority, tmp_path) as door:
        end = await _dial(replace(door.settings, ca_file=door.stranger))
        assert end.kind is EndKind.TLS_FAILED
    async with _door(authority, tmp_path, host="elsewhere.test") as door:
        assert (await _dial(door.settings)).kind is EndKind.TLS_FAILED
    assert door.requests == []


async def test_nobody_there_is_unreachable() -> None:
    """A refused TCP connection is an end like any other."""
    listener = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    port = listener.socket.getsockname()[1]
    await listener.aclose()
    assert (await _dial(replace(QUICK, url=f"wss://127.0.0.1:{port}/"))).kind is EndKind.UNREACHABLE


@pytest.mark.parametrize(("answer", "status"), [
    (b"HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n", 401),
    (b"HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nno!", 401),
    (b"HTTP/1.1 503 No\r\n\r\nuntil the end", 503),
    (b"HTTP/1.1 302 Go\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n", 302),
    (b"HTTP/1.1 307 Go\r\nLocation: https://localhost/\r\nContent-Length: 0\r\n\r\n", 307),
    (b"not HTTP at all\r\n\r\n", None),
    (b"", None),
])  # fmt: skip
async def test_refusal_names_its_status(
    authority: trustme.CA, tmp_path: Path, answer: bytes, status: int | None
) -> None:
    """Whatever comes instead of an upgrade ends the attempt, with its status if it has one."""
    async def refuse(stream: trio.SSLStream[trio.SocketStream]) -> None:
        await stream.receive_some()
        if answer:
            await stream.send_all(answer)

    async with _door(authority, tmp_path, serve=refuse) as door:
        end = await _dial(door.settings)
    assert (end.kind, end.status) == (EndKind.REFUSED, status)


async def test_alien_subprotocol_is_refused(authority: trustme.CA, tmp_path: Path) -> None:
    """A subprotocol that wasn't offered ends the attempt before anything is said."""
    async def alien(stream: trio.SSLStream[trio.SocketStream]) -> None:
        request = bytes(await stream.receive_some())
        key = request.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
        await stream.send_all(_accepting(key) + b"Sec-WebSocket-Protocol: alien\r\n\r\n")
        assert not await stream.receive_some()

    async with _door(authority, tmp_path, serve=alien) as door:
        assert (await _dial(door.settings)).kind is EndKind.REFUSED


async def test_broken_link_is_lost(authority: trustme.CA, tmp_path: Path) -> None:
    """An end without Close, and a frame that breaks RFC 6455, end the link and nothing else."""
    for last in (b"", b"\xff\xff\xff", b"\x81\x02\xff\xff"):
        async def broken(stream: trio.SSLStream[trio.SocketStream], last: bytes = last) -> None:
            request = bytes(await stream.receive_some())
            key = request.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
            await stream.send_all(_accepting(key) + b"\r\n")
            await stream.receive_some()
            if last:
                await stream.send_all(last)
                while await stream.receive_some():
                    pass

        async with _door(authority, tmp_path, serve=broken) as door:
            assert (await _dial(door.settings)).kind is EndKind.LOST


def _accepting(key: bytes) -> bytes:
    import hashlib

    token = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (b"HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + token + b"\r\n")


async def test_connecting_offenders(authority: trustme.CA, tmp_path: Path) -> None:
    """No credentials, no subprotocol, another path, any certificate."""
    async with _door(authority, tmp_path) as door:
        await _dial(door.settings, conduct_for("handshake.sends-credentials"))
        await _dial(door.settings, conduct_for("handshake.offers-subprotocol"))
        await _dial(door.settings, conduct_for("handshake.uses-the-path"))
        await _dial(replace(door.settings, ca_file=door.stranger), conduct_for("handshake.verifies-certificate"))
    bare, plain, elsewhere, blind = door.requests
    assert b"authorization" not in dict(bare.headers)
    assert plain.proposed_subprotocols == ()
    assert elsewhere.path == "/another/path"
    assert blind.path == "/vdv463/a%2Fb"


async def test_wire_offenders(authority: trustme.CA, tmp_path: Path) -> None:
    """Version 12, a frame without mask, and clear text, as they arrive."""
    heard: list[bytes] = []

    async def listen(stream: trio.SSLStream[trio.SocketStream]) -> None:
        request = bytes(await stream.receive_some())
        heard.append(request)
        key = request.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
        await stream.send_all(_accepting(key) + b"\r\n")
        heard.append(bytes(await stream.receive_some()))

    async with _door(authority, tmp_path, serve=listen) as door:
        await _dial(door.settings, conduct_for("handshake.valid-upgrade"))
        await _dial(door.settings, conduct_for("frames.valid"))
        end = await _dial(door.settings, conduct_for("handshake.uses-tls"))
    assert b"Sec-WebSocket-Version: 12\r\n" in heard[0]
    assert b"Sec-WebSocket-Version: 13\r\n" in heard[2]
    assert heard[3] == b"\x81\x04here"
    assert end.kind is EndKind.REFUSED


def test_ca_file_without_certificate_is_one_sentence(tmp_path: Path) -> None:
    """A CA file that holds none is named."""
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    with pytest.raises(UsageError, match=r"ca\.pem: PEM certificates"):
        tls_context(replace(QUICK, ca_file=file), CONFORMING)
