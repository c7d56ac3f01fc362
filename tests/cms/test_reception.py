"""From TCP to an open link: refusals in full, deadlines, hostile heads, and no secret in the recording."""

from __future__ import annotations

import base64
import re
import ssl
from urllib.parse import quote

import msgspec
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock

from cms.handshakes import say_why
from cms.raw_client import CLOSE, GOOD_HEAD, RawClient, frame
from cms.stand import PASSWORD, Stand, client_context, stand
from mockpilot.faults import certificate, refuse
from mockpilot.history.events import (
    CloseSent,
    FaultFired,
    FaultSeen,
    FirstBytes,
    LinkEnded,
    MessageReceived,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
)
from mockpilot.history.trace import to_line
from mockpilot.protocol.handshake import Account
from protocol.strategies import A_FIFTH

AUTHORIZATION = GOOD_HEAD.split(b"\r\n")[-2]
V1 = b"v1.463.vdv.de"


def head(replace: bytes = b"", by: bytes = b"", more: bytes = b"") -> bytes:
    """A good head with one thing replaced and lines added."""
    assert replace in GOOD_HEAD
    return GOOD_HEAD.replace(replace, by) + more + b"\r\n" if replace else GOOD_HEAD + more + b"\r\n"


def basic(text: str) -> bytes:
    """A line with credentials."""
    return b"Authorization: Basic " + base64.b64encode(text.encode())


def short(value: object) -> str | None:
    """How bytes are called in the name of a test."""
    return value[-30:-4].hex() or "nothing" if isinstance(value, bytes) else None


def ends(cms: Stand) -> list[tuple[str, str]]:
    """Who ended each connection, and how."""
    return [(event.by, event.how) for event in cms.history.of(LinkEnded)]


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "status"), [
    (head(AUTHORIZATION + b"\r\n"), 401), (head(AUTHORIZATION, basic("depot:wrong")), 401),
    (head(AUTHORIZATION, b"Authorization: Bearer x"), 401), (head(AUTHORIZATION, b"Authorization: Basic \xff"), 401),
    (head(b"/vdv463/Presystem1", b"/vdv463/Nobody"), 404), (head(b"/vdv463/Presystem1", b"/"), 404),
    (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400), (head(b"GET ", b"POST "), 400),
    (head(b"HTTP/1.1", b"HTTP/1.0"), 400),
    (head(b"Version: 13", b"Version: 8"), 400), (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 400), (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", 431),
], ids=short)  # fmt: skip
async def test_refusal_is_answered_in_full_and_closed(sent: bytes, status: int, autojump_clock: MockClock) -> None:
    """Status, body, end of the connection; it was we who ended it, cleanly."""
    async with stand() as cms:
        client = await cms.connect()
        response = await client.upgrade(sent)
        assert (response.status, response.headers["connection"]) == (status, "close")
        assert ("www-authenticate" in response.headers) is (status == 401)
        assert await client.read_to_end() == b""
        await client.leave()
        await cms.idle()
        assert [event.status for event in cms.history.of(UpgradeAnswered)] == [status]
        assert ends(cms) == [("us", "cleanly")]
        await cms.serves()


async def test_refusal_names_the_realm_and_the_version(autojump_clock: MockClock) -> None:
    """What a client needs to do better."""
    async with stand() as cms:
        first = await (await cms.connect()).upgrade(head(AUTHORIZATION + b"\r\n"))
        assert first.headers["www-authenticate"] == 'Basic realm="mockpilot"'
        second = await (await cms.connect()).upgrade(head(b"Version: 13", b"Version: 8"))
        assert second.headers["sec-websocket-version"] == "13"


async def test_refusal_reaches_a_client_that_goes_on_sending(autojump_clock: MockClock) -> None:
    """What it sends beside the point is read away, so that no reset overtakes our answer."""
    async with stand() as cms:
        client = await cms.connect()
        await client.send(head(b"GET ", b"POST ", b"Content-Length: 100000\r\n") + b"x" * 100_000)
        assert (await client.read_response()).status == 400
        begun = trio.current_time()
        assert await client.read_to_end() == b""
        assert trio.current_time() == begun


@pytest.mark.parametrize(("lines", "selected"), [
    (b"", None), (b"Sec-WebSocket-Protocol: " + V1 + b"\r\n", V1), (b"Sec-WebSocket-Protocol: x, " + V1 + b"\r\n", V1),
    (b"Sec-WebSocket-Protocol: v9\r\nSec-WebSocket-Protocol: " + V1 + b"\r\n", V1),
    (b"Sec-WebSocket-Protocol: v9\r\n", None),
], ids=short)  # fmt: skip
async def test_accepted_upgrade_selects_a_subprotocol(
    lines: bytes, selected: bytes | None, autojump_clock: MockClock
) -> None:
    """One of those that were offered, or none; the key is answered as RFC 6455 asks."""
    async with stand() as cms:
        client = await cms.connect()
        response = await client.upgrade(head(more=lines))
        assert response.status == 101
        assert response.headers.get("sec-websocket-protocol") == (selected.decode() if selected else None)
        assert response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert "sec-websocket-extensions" not in response.headers


@pytest.mark.parametrize("sent", [
    head(b"Host: localhost", b"Host: " + b"a" * 70 + b".de"), head(b"Host: localhost", b"Host: a..b"),
    head(b"Host: localhost", b"Host: "), head(more=b"Sec-WebSocket-Extensions: ;;;=,\"\r\n"),
    head(more=b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n"),
    head(more=b"Content-Length: 0\r\n"), head(b"websocket\r\n", b"h2c, WebSocket\r\n"),
    head(b"Connection: Upgrade", b"connection: keep-alive\r\nCONNECTION: upgrade"), head(more=b"X: \xff\xfe\r\n"),
    GOOD_HEAD.replace(b"\r\n", b"\n") + b"\n", head(b"/vdv463", b"https://[/vdv463"),
    head(b"/vdv463", b"wss://x/vdv463"),
    head(b"Presystem1", b"Presystem1?a=b#c"), head(b"Presystem1", b"%50resystem1"),
    head(more=b"Expect: 100-continue\r\n"),
], ids=short)  # fmt: skip
async def test_odd_head_that_can_be_read_opens_a_link(sent: bytes, autojump_clock: MockClock) -> None:
    """Nothing in a header reaches a library that could stumble over it."""
    async with stand() as cms:
        client = await cms.connect()
        assert (await client.upgrade(sent)).status == 101
        assert (await client.boot())[6] == {"status": "Accepted"}


@pytest.mark.parametrize("sent", [
    head(b"Host: localhost", b"Host: d\xe4pot"), head(more=b"Sec-WebSocket-Protocol: \xff\r\n"),
    head(b"Connection: Upgrade", b"Connection: Upgrade, \xff"),
    head(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
    head(b"dGhlIHNhbXBsZSBub25jZQ==", b"x"), head() + head(), head(more=b"Content-Length: 3\r\n") + b"abc",
    head(more=b"Content-Length: -1\r\n"), head(more=b"Content-Length: 1\r\nContent-Length: 2\r\n"),
    head(more=b"Transfer-Encoding: chunked\r\n") + b"zz\r\n", head(more=b"Transfer-Encoding: gzip\r\n"),
    head(more=b"X: " + b"a" * 70_000 + b"\r\n"), head(more=b"no colon\r\n"), head(more=b" folded\r\n"),
    head(more=b": x\r\n"),
    head(more=b"X: \x00\r\n"), head(b"GET ", b"G\xffT "), head(b"/vdv463", b"/v\xff"), head(b"HTTP/1.1", b"HTTP/9.9"),
    b"\r\n" * 100,
    b"\x00" * 1000, b"\xff" * 100_000, b"GET", b"\n", head()[:-2], head()[:40], b"",
], ids=short)  # fmt: skip
async def test_hostile_head_ends_its_own_connection_alone(sent: bytes, autojump_clock: MockClock) -> None:
    """Whatever is in it: the connection ends within its time, nothing of ours breaks, the next is served."""
    async with stand() as cms:
        client = await cms.connect()
        await client.send(sent)
        with trio.move_on_after(60):
            await client.read_to_end()
        await client.leave()
        await cms.idle()
        await cms.serves()


def _requests() -> st.SearchStrategy[bytes]:
    lines = [line for line in GOOD_HEAD.split(b"\r\n") if line]
    made = [b"Connection: close", b"Host: \xff", b"X: y", b"Upgrade: ", b"\r\n"]
    odd = st.binary(max_size=20) | st.sampled_from(made)
    return st.lists(st.sampled_from(lines) | odd, max_size=12).map(lambda found: b"\r\n".join([*found, b"", b""]))


@A_FIFTH
@given(_requests() | st.binary(max_size=300))
def test_made_up_heads_end_their_own_connection_alone(sent: bytes) -> None:
    """Heads put together from good and bad lines, and any bytes."""

    async def ask() -> None:
        async with stand() as cms:
            client = await cms.connect()
            await client.send(sent)
            with trio.move_on_after(60):
                await client.read_to_end()
            await client.leave()
            await cms.idle()
            await cms.serves()

    trio.run(ask, clock=MockClock(autojump_threshold=0))


# -- before HTTP -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "kind", "is_answered"), [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "clear-text http", True), (GOOD_HEAD + b"\r\n", "clear-text upgrade", True),
    (b"POST / HTTP/1.1\r\n\r\n", "clear-text http", True),
    (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "proxy header", False),
    (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11", "proxy header", False), (b"SSH-2.0-x\r\n", "other", False),
    (b"\x00", "other", False),
    (b"\x80\x2e\x01", "other", False),
], ids=short)  # fmt: skip
async def test_clear_text_is_told_that_this_port_speaks_tls(
    sent: bytes, kind: str, is_answered: bool, autojump_clock: MockClock
) -> None:
    """HTTP gets an answer that says so, anything else the end; both by us; nothing of it is recorded but its kind."""
    async with stand() as cms:
        stream = cms.dial()
        client = RawClient(stream, stream)
        await client.send(sent)
        answered = await client.read_to_end()
        assert (b"400" in answered and b"TLS" in answered) is is_answered
        await client.leave()
        await cms.idle()
        assert [event.looks_like for event in cms.history.of(FirstBytes)] == [kind]
        assert cms.kinds(1) == ["tcp_accepted", "first_bytes", "link_ended"]
        assert ends(cms) == [("us", "cleanly")]
        await cms.serves()


@pytest.mark.parametrize(("sent", "hello_seen"), [
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", True), (b"\x16" * 600, False), (b"\x16\x03\x01\x00\x01\x00", False),
], ids=short)  # fmt: skip
async def test_broken_handshake_fails_alone(sent: bytes, hello_seen: bool, autojump_clock: MockClock) -> None:
    """It ends at once or within its time; a ClientHello is told from bytes that only begin like one."""
    async with stand() as cms:
        stream = cms.dial()
        client = RawClient(stream, stream)
        await client.send(sent)
        begun = trio.current_time()
        await client.read_to_end()
        assert trio.current_time() - begun <= 10
        await client.leave()
        await cms.idle()
        assert [event.hello_seen for event in cms.history.of(TlsFailed)] == [hello_seen]
        await cms.serves()


@given(st.binary(min_size=1, max_size=200), st.booleans())
def test_made_up_first_bytes_end_their_own_connection_alone(sent: bytes, as_tls: bool) -> None:
    """Any bytes, and any bytes in a TLS record."""

    async def ask() -> None:
        async with stand() as cms:
            stream = cms.dial()
            client = RawClient(stream, stream)
            await client.send(b"\x16\x03\x01" + len(sent).to_bytes(2, "big") + sent if as_tls else sent)
            with trio.move_on_after(60):
                await client.read_to_end()
            await client.leave()
            await cms.idle()

    trio.run(ask, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize(("sent", "over_tls", "by"), [(b"", False, "us"), (b"\x16", False, "us"), (b"", True, "us"),
                                                      (GOOD_HEAD, True, "us")], ids=short)  # fmt: skip
async def test_peer_that_stops_halfway_is_let_go_after_its_time(
    sent: bytes, over_tls: bool, by: str, autojump_clock: MockClock
) -> None:
    """No byte, half a handshake, half a head: ten seconds each, and we end it."""
    async with stand() as cms:
        if over_tls:
            client = await cms.connect()
        else:
            stream = cms.dial()
            client = RawClient(stream, stream)
        await client.send(sent)
        begun = trio.current_time()
        await client.read_to_end()
        assert trio.current_time() - begun == 10
        await client.leave()
        await cms.idle()
        assert [event.by for event in cms.history.of(LinkEnded)] == [by]
        await cms.serves()


@pytest.mark.parametrize("sent", [b"", b"\x16", b"GET", b"\x16\x03\x01\x02\x00\x01"])
async def test_peer_that_leaves_halfway_ended_it(sent: bytes, autojump_clock: MockClock) -> None:
    """A port scan, or a client that was killed."""
    async with stand() as cms:
        stream = cms.dial()
        client = RawClient(stream, stream)
        if sent:
            await client.send(sent)
        await trio.sleep(1)
        await client.leave()
        await cms.idle()
        if not sent.startswith(b"GET"):
            assert ends(cms) == [("product", "broken off")]
        await cms.serves()


async def test_connections_open_at_the_end_of_an_episode_are_ended_by_us(autojump_clock: MockClock) -> None:
    """Wherever they stand; nobody is blamed for it."""
    async with stand() as cms:
        cms.dial()
        await cms.connect()
        await cms.open()
        await cms.boot()
        cms.control.drop("silence")
        await cms.server.end_links()
        assert [event.by for event in cms.history.of(LinkEnded)] == ["us"] * 4


# -- faults before the link --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unknown-ca", "wrong-host"])
async def test_bad_certificate_is_shown_to_the_next_handshake_alone(kind: str, autojump_clock: MockClock) -> None:
    """Who verifies refuses it, and its refusal is the proof; the next connection sees the good one."""
    async with stand() as cms:
        cms.control.arm(certificate(kind, handshakes=1))
        with pytest.raises(trio.BrokenResourceError):
            await cms.connect()
        await cms.serves()
        assert [event.certificate for event in cms.history.of(TcpAccepted)] == [kind, "good"]
        assert [event.certificate for event in cms.history.of(TlsFailed)] == [kind]
        assert [(event.link, event.name) for event in cms.history.of(FaultFired)] == [(1, "certificate")]
        seen = cms.history.of(FaultSeen)[0]
        assert seen.proof is not None
        assert cms.history[seen.proof].link == 1


async def test_bad_certificate_that_nobody_looks_at_is_followed_by_an_upgrade(autojump_clock: MockClock) -> None:
    """A client that doesn't verify comes through, and the recording shows what it was shown."""
    async with stand() as cms:
        cms.control.arm(certificate("unknown-ca"))
        client = await cms.connect(verify=False)
        assert (await client.upgrade()).status == 101
        assert [event.certificate for event in cms.history.of(TlsEstablished)] == ["unknown-ca"]


async def test_connection_without_a_byte_meets_no_certificate(autojump_clock: MockClock) -> None:
    """It began no handshake, so the fault has not fired."""
    async with stand() as cms:
        cms.control.arm(certificate("unknown-ca", handshakes=1))
        await cms.dial().aclose()
        await cms.idle()
        assert cms.history.of(FaultFired) == []


async def test_refused_upgrades_are_counted(autojump_clock: MockClock) -> None:
    """Two get the status, the third gets in; each refusal is recorded with its fault."""
    async with stand() as cms:
        cms.control.arm(refuse(503, attempts=2))
        statuses = [(await (await cms.connect()).upgrade()).status for _ in range(3)]
        assert statuses == [503, 503, 101]
        answered = [(event.status, event.fault) for event in cms.history.of(UpgradeAnswered)]
        assert answered == [(503, "refuse"), (503, "refuse"), (101, None)]
        assert [event.link for event in cms.history.of(FaultFired)] == [1, 2]
        proofs = [event.proof or 0 for event in cms.history.of(FaultSeen)]
        assert [cms.history[proof].kind for proof in proofs] == ["upgrade_answered"]


@pytest.mark.parametrize(("status", "header"), [
    (401, ("www-authenticate", 'Basic realm="mockpilot"')), (503, ("retry-after", "15")), (429, ("retry-after", "15")),
    (426, ("upgrade", "websocket")),
])  # fmt: skip
async def test_refusal_brings_the_header_of_its_status(
    status: int, header: tuple[str, str], autojump_clock: MockClock
) -> None:
    """As RFC 9110 wants it, or as a busy server says it: one push interval."""
    async with stand() as cms:
        cms.control.arm(refuse(status))
        response = await (await cms.connect()).upgrade()
        assert response.status == status
        assert header in response.headers.items()


async def test_dropped_connection_is_accepted_and_reset_at_once(autojump_clock: MockClock) -> None:
    """Before a byte is read; whoever comes after that many is served."""
    async with stand() as cms:
        cms.control.arm(refuse("accept-and-drop", attempts=2))
        for _ in range(2):
            with pytest.raises((trio.BrokenResourceError, trio.ClosedResourceError)):
                await cms.connect()
        await cms.serves()
        assert cms.kinds(1) == ["tcp_accepted", "fault_fired", "link_ended", "fault_seen"]
        assert cms.kinds(2) == ["tcp_accepted", "fault_fired", "link_ended"]
        ended = cms.history.of(LinkEnded)[0]
        assert (ended.by, ended.how, ended.detail) == (
            "us", "broken on purpose", "accepted and dropped: TCP reset",
        )  # fmt: skip
        assert cms.kinds(3)[:2] == ["tcp_accepted", "first_bytes"]


async def test_redirect_points_to_another_host_of_ours(autojump_clock: MockClock) -> None:
    """The same resource, over https, at a name that the client did not use."""
    async with stand() as cms:
        cms.control.arm(refuse("redirect", attempts=2))
        response = await (await cms.connect()).upgrade()
        port = cms.server.elsewhere_port
        where = f"https://127.0.0.1:{port}/vdv463/Presystem1"
        assert (response.status, response.headers["location"]) == (307, where)
        other = await (await cms.connect()).upgrade(head(b"Host: localhost", b"Host: 127.0.0.1:8443"))
        assert other.headers["location"] == f"https://localhost:{port}/vdv463/Presystem1"
        assert (await (await cms.connect()).upgrade()).status == 101
        answered = cms.history.of(UpgradeAnswered)
        assert [(event.status, event.fault) for event in answered] == [(307, "refuse"), (307, "refuse"), (101, None)]
        assert answered[0].headers == (("Location", where),)


async def test_who_follows_a_redirect_is_recorded_and_turned_away(autojump_clock: MockClock) -> None:
    """With the verdict on its credentials; the certificate there is good, and no other fault reaches it."""
    async with stand() as cms:
        cms.control.arm(refuse("redirect", attempts=1))
        assert (await (await cms.connect()).upgrade()).status == 307
        cms.control.arm(refuse("accept-and-drop"))
        cms.control.arm(certificate("expired"))
        for sent in (head(), head(AUTHORIZATION + b"\r\n")):
            client = await cms.connect(elsewhere=True)
            response = await client.upgrade(sent)
            assert response.status == 404
            assert await client.read_to_end() == b""
            await client.leave()
        await cms.idle()
        asked = cms.history.of(UpgradeRequested)
        assert [(event.elsewhere, event.credentials) for event in asked] == [
            (False, "right"), (True, "right"), (True, "none"),
        ]  # fmt: skip
        assert [event.elsewhere for event in cms.history.of(TcpAccepted)] == [False, True, True]
        assert PASSWORD not in recorded(cms)


async def test_redirect_goes_where_it_is_told(autojump_clock: MockClock) -> None:
    """Then nobody of ours listens."""
    async with stand() as cms:
        cms.control.arm(refuse("redirect", location="https://elsewhere.example/"))
        response = await (await cms.connect()).upgrade()
        assert response.headers["location"] == "https://elsewhere.example/"
        assert cms.server.elsewhere_port == 0


async def test_missing_subprotocol_is_followed_by_a_close(autojump_clock: MockClock) -> None:
    """Only for who offered one; nothing is answered any more, and a boot before our Close is read."""
    async with stand() as cms:
        cms.control.arm(refuse("subprotocol", attempts=1))
        assert (await (await cms.connect()).upgrade()).status == 101
        client = await cms.connect()
        response = await client.upgrade(head(more=b"Sec-WebSocket-Protocol: " + V1 + b"\r\n"))
        assert (response.status, response.headers.get("sec-websocket-protocol")) == (101, None)
        await client.request("BootNotification", {"presystem": "BMS"})
        assert [(one.opcode, one.code) for one in await client.frames_to_end()] == [(CLOSE, 1002)]
        await client.leave()
        opened = [(event.subprotocol, event.fault) for event in cms.history.of(UpgradeAnswered)]
        assert opened == [(None, None), (None, "refuse")]
        assert [event.fault for event in cms.history.of(CloseSent)] == ["refuse"]
        assert [event.ending for event in cms.history.of(MessageReceived)] == [True]


@pytest.mark.parametrize("lines", [b"", b"Sec-WebSocket-Protocol: " + V1 + b"\r\n"], ids=short)
async def test_alien_subprotocol_stays_open(lines: bytes, autojump_clock: MockClock) -> None:
    """So that whoever goes on with it can be seen doing so."""
    async with stand() as cms:
        cms.control.arm(refuse("alien-subprotocol"))
        client = await cms.connect()
        response = await client.upgrade(head(more=lines))
        assert (response.status, response.headers["sec-websocket-protocol"]) == (101, "alien.mockpilot.example")
        await trio.sleep(60)
        assert (await client.boot())[6] == {"status": "Accepted"}
        (opened,) = cms.history.of(UpgradeAnswered)
        assert (opened.subprotocol, opened.fault) == ("alien.mockpilot.example", "refuse")


@pytest.mark.parametrize("how", ["accept-and-drop", "redirect", "subprotocol", "alien-subprotocol", 503])
async def test_disarmed_refusal_leaves_nothing_behind(how: int | str, autojump_clock: MockClock) -> None:
    """The next connection is as if there had been none."""
    async with stand() as cms:
        cms.control.disarm(cms.control.arm(refuse(how)))
        client = await cms.connect()
        response = await client.upgrade(head(more=b"Sec-WebSocket-Protocol: " + V1 + b"\r\n"))
        assert (response.status, response.headers["sec-websocket-protocol"]) == (101, V1.decode())
        assert cms.history.of(FaultFired) == []


async def test_fault_of_a_link_and_a_number_meets_that_one(autojump_clock: MockClock) -> None:
    """Counted among the connections that are meant."""
    async with stand() as cms:
        cms.control.arm(refuse(503, link="Presystem1", nth=2))
        cms.control.arm(certificate("unknown-ca", link=3))
        statuses = [(await (await cms.connect()).upgrade()).status for _ in range(2)]
        with pytest.raises(trio.BrokenResourceError):
            await cms.connect()
        assert statuses == [101, 503]
        assert (await (await cms.connect()).upgrade()).status == 101


# -- what is recorded below HTTP ---------------------------------------------------------------------------------------


async def test_alert_of_the_peer_is_told_from_our_own_complaint(autojump_clock: MockClock) -> None:
    """Who distrusts us says so; whoever speaks another version is refused by us, and told why."""
    async with stand() as cms:
        cms.control.arm(certificate("unknown-ca", handshakes=1))
        stream = cms.dial()
        assert await say_why(stream, client_context()) == "certificate verify failed"
        await stream.aclose()
        await cms.idle()
        cms.control.arm(certificate("tls-1.2-only", handshakes=1))
        context, stream = client_context(), cms.dial()
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        assert await say_why(stream, context) == "tlsv1 alert protocol version"
        await stream.aclose()
        await cms.idle()
        distrusting, unfit = cms.history.of(TlsFailed)
        assert (distrusting.ended_by, distrusting.reason) == ("product", "tlsv1 alert unknown ca")
        assert (distrusting.hello_seen, distrusting.server_name) == (True, "localhost")
        assert (unfit.ended_by, unfit.reason) == ("us", "unsupported protocol")


async def test_handshake_is_recorded_with_what_was_spoken(autojump_clock: MockClock) -> None:
    """Version, cipher, name and whether the session was resumed."""
    async with stand() as cms:
        cms.control.arm(certificate("tls-1.2-only", handshakes=1))
        assert (await (await cms.connect()).upgrade()).status == 101
        assert (await (await cms.connect()).upgrade()).status == 101
        first, second = cms.history.of(TlsEstablished)
        assert (first.version, first.cipher[:11], first.server_name, first.resumed) == (
            "TLSv1.2", "ECDHE-ECDSA", "localhost", False,
        )  # fmt: skip
        assert (second.version, second.certificate) == ("TLSv1.3", "good")


async def test_link_is_there_for_whoever_waits_for_its_upgrade(autojump_clock: MockClock) -> None:
    """The event finds the link among the live ones, and a drop at that very moment ends it."""
    async with stand() as cms:
        client = await cms.connect()
        await client.send(GOOD_HEAD + b"\r\n")
        await cms.control.wait_event(lambda event: isinstance(event, UpgradeAnswered))
        assert [link.number for link in cms.server.live_links()] == [1]
        cms.control.drop("close", 1012)
        assert (await client.read_response()).status == 101
        closing = await client.next_frame()
        assert closing is not None
        assert closing.code == 1012


# -- secrets -----------------------------------------------------------------------------------------------------------


def recorded(cms: Stand) -> str:
    """The whole recording as it would be written down."""
    return b"".join(map(to_line, cms.history)).decode()


LETTERS = st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_categories=["Cc", "Zs"])
PASSWORDS = st.text(LETTERS, min_size=4, max_size=24).map(lambda text: text + "Zq9~")  # no word of a recording


@A_FIFTH
@given(PASSWORDS, st.integers(0, 9))
def test_no_password_ever_reaches_the_recording(password: str, place: int) -> None:
    """In the right header, in the wrong one, as the user's name, in the target, in a header's name or as the method."""
    encoded, raw = base64.b64encode(f"depot:{password}".encode()), password.encode()
    safe = re.sub(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]", b"x", raw)
    sent = [
        head(AUTHORIZATION, b"Authorization: Basic " + encoded),
        head(AUTHORIZATION, basic(f"{password}:depot")),
        head(AUTHORIZATION, basic(password + ":")),
        head(AUTHORIZATION, b"Authorization: " + raw),
        head(more=b"X-Password: " + raw + b"\r\n"),
        head(more=b"X-Auth: " + encoded + b"\r\n"),
        head(b"Presystem1 ", b"Presystem1?password=" + quote(password).encode() + b" "),
        head(b"Presystem1 ", b"Presystem1?auth=" + quote(encoded).encode() + b" "),
        head(b"Version: 13", b"Version: " + raw),
        head(more=safe + b": x\r\n"),
    ][place]

    async def ask() -> None:
        accounts = {"/vdv463/Presystem1": Account("Presystem1", "depot", password if place < 9 else safe.decode())}
        async with stand(accounts=accounts) as cms:
            client = await cms.connect()
            await client.send(sent)
            with trio.move_on_after(15):
                await client.read_response()
            await client.leave()
            await cms.idle()
            assert cms.history.of(UpgradeAnswered)
            text = recorded(cms)
            shown = [password, quote(password), encoded.decode(), raw.decode("latin-1")]
            shown += [safe.decode()] if place == 9 else []
            for secret in {*shown, *(msgspec.json.encode(one).decode()[1:-1] for one in shown)}:
                assert secret not in text

    trio.run(ask, clock=MockClock(autojump_threshold=0))


async def test_recording_keeps_the_users_name_and_the_verdict(autojump_clock: MockClock) -> None:
    """Of an Authorization header nothing else; whoever mixes up the two fields doesn't give the password away."""
    async with stand() as cms:
        for line in (AUTHORIZATION, basic("depot:wrong"), basic(f"{PASSWORD}:depot"), b"Authorization: Custom s3cret"):
            await (await cms.connect()).upgrade(head(AUTHORIZATION, line))
        asked = cms.history.of(UpgradeRequested)
        assert [(event.credentials, event.user) for event in asked] == [
            ("right", "depot"), ("wrong password", "depot"), ("wrong user", "***"), ("other scheme", None),
        ]  # fmt: skip
        shown = [dict(event.headers)["Authorization"] for event in asked]
        assert shown == ["Basic ***", "Basic ***", "Basic ***", "***"]


async def test_recording_says_where_else_the_password_stood(autojump_clock: MockClock) -> None:
    """The place is evidence, the password is not."""
    async with stand() as cms:
        target = b"Presystem1?token=" + quote(PASSWORD).encode() + b" "
        await (await cms.connect()).upgrade(head(b"Presystem1 ", target))
        await (await cms.connect()).upgrade(head(more=b"X-Token: " + PASSWORD.encode() + b"\r\n"))
        assert [event.password_in for event in cms.history.of(UpgradeRequested)] == ["target", "X-Token"]
        assert PASSWORD not in recorded(cms)
        assert cms.history.of(UpgradeRequested)[0].target == "/vdv463/Presystem1?token=***"


async def test_frame_behind_a_refused_head_is_nobodys(autojump_clock: MockClock) -> None:
    """It is no message: there is no link."""
    async with stand() as cms:
        client = await cms.connect()
        response = await client.upgrade(head(b"Presystem1", b"Nobody") + frame(b"[1]"))
        assert response.status == 404
        await client.leave()
        await cms.idle()
        assert "message_received" not in cms.kinds(1)
