"""From a TCP connection to an open link: first bytes, TLS, the HTTP head, the answer to the upgrade.

The head is parsed by h11 and decided on before trio-websocket sees it, so no header can end more than its own
connection, and every refusal is answered in full and closed. Each step has a deadline and is recorded.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

import h11
import trio

from mockpilot.cms.ending import Ending
from mockpilot.cms.link import Link
from mockpilot.cms.menu import server_name_seen
from mockpilot.cms.refusal import ALIEN, REDIRECT, headers_of, location_elsewhere, names_elsewhere, response
from mockpilot.cms.streams import NetStream, WireStream
from mockpilot.cms.tls import GOOD, Certificates
from mockpilot.cms.transport import open_socket
from mockpilot.cms.world import World
from mockpilot.faults.injector import Armed, Occasion
from mockpilot.history.events import FirstBytes, TlsEstablished, TlsFailed, UpgradeAnswered, UpgradeRequested
from mockpilot.protocol.handshake import (
    MASK,
    Decision,
    Headers,
    UpgradeRequest,
    decide,
    mask_headers,
    mask_secret,
    password_stands_in,
)

STEP_WITHIN_S = 10.0
"""How long the first bytes, the TLS handshake and the HTTP head may take, each."""
HEAD_LIMIT = 65536
_CLIENT_HELLO = 1  # RFC 8446 section 4: the handshake type, behind the five bytes of the record's head
WITHOUT_SUBPROTOCOL = 1002
"""How a link ends that lacks the subprotocol which was offered: RFC 6455 knows no better code."""

_SPOILT = {"subprotocol": None, "alien-subprotocol": ALIEN}
"""Ways to refuse that answer 101, and the subprotocol that it names."""
_ALERTS = {"unsupported protocol": 70, "no shared cipher": 40}
"""Our complaints of a ClientHello, and the alerts of RFC 8446 section 6 that tell them."""


FirstBytesKind = Literal["tls", "clear-text upgrade", "clear-text http", "proxy header", "other"]


class NoLink(Exception):  # noqa: N818 - an outcome, not an error
    """The connection ended before it became a link."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.detail)
        self.ending = ending


@dataclass(slots=True)
class Head:
    """A request's head."""

    request: UpgradeRequest
    behind: bytes
    """What was read after it."""


class Reception:
    """Brings one TCP connection as far as it gets.

    Args:
        world: what all links share.
        number: of the TCP connection.
        net: its stream; the caller closes it.
        links: where the link is entered once it is open; the caller takes it out.
        elsewhere: where the other host of ours listens.
        is_elsewhere: it came there.
    """

    def __init__(
        self, world: World, certificates: Certificates, number: int, net: NetStream, links: dict[int, Link],
        elsewhere: int = 0, *, is_elsewhere: bool = False,
    ) -> None:  # fmt: skip
        self._world, self._certificates, self.number, self._net = world, certificates, number, net
        self._links, self._elsewhere, self.is_elsewhere = links, elsewhere, is_elsewhere
        self._hello_seen = False
        self.wire: WireStream | None = None
        self.link: Link | None = None

    async def receive(self, nursery: trio.Nursery, bad_certificate: Armed | None) -> None:
        """Serve the connection until it is over.

        Raises:
            NoLink: it never became a link.
        """
        await self._look_at_first_bytes()
        if not self.is_elsewhere:
            self._world.injector.met_handshake(self.occasion(), bad_certificate)
        if bad_certificate is not None:
            self._world.on_fired(bad_certificate.name, "certificate", None, self.number)
        tls = await self._shake_hands(bad_certificate.fault.kind if bad_certificate else GOOD)
        self.wire = WireStream(tls, self._net, self._read_along_in, self._read_along_out, self._before_close)
        head = await self._read_head(self.wire)
        decision = self._decide(head.request)
        if self.is_elsewhere:
            await self._refuse(self.wire, 404, (), "nobody is expected at this host")
        account = decision.account
        if decision.status != 101 or account is None:
            await self._refuse(self.wire, decision.status, decision.headers, decision.body)
        offers = bool(head.request.tokens("sec-websocket-protocol"))
        fault = self._world.injector.refusal_of_upgrade(self.occasion(account.presystem_id), offers=offers)
        if fault is not None:
            self._world.on_fired(fault.name, "refuse", None, self.number)
            if fault.fault.how not in _SPOILT:
                await self._refuse_by(self.wire, head.request, fault)
            decision = replace(decision, subprotocol=_SPOILT[fault.fault.how])
        self.link = Link(self._world, self.number, account.presystem_id, self._net)
        await self._open(nursery, self.link, self.wire, head, decision, fault)

    def occasion(self, presystem_id: str = "") -> Occasion:
        """This connection at this moment, as faults see it."""
        return Occasion(self._world.clock.now(), self.number, presystem_id)

    async def _refuse_by(self, wire: WireStream, request: UpgradeRequest, armed: Armed) -> NoReturn:
        fault, status = armed.fault, armed.fault.status
        if fault.how == "redirect":
            location = fault.location or location_elsewhere(request, self._net.local_address, self._elsewhere)
            await self._refuse(wire, REDIRECT, (("Location", location),), "", armed.name)
        await self._refuse(wire, status, headers_of(status, self._world.push_interval_s), "", armed.name)

    async def _look_at_first_bytes(self) -> None:
        with trio.move_on_after(STEP_WITHIN_S) as deadline:
            data = await self._net.peek()
        if deadline.cancelled_caught or not data:
            by_us = deadline.cancelled_caught
            raise NoLink(Ending("us" if by_us else "product", "broken off", "no bytes came"))
        kind = _kind_of(data)
        self._world.recorder.record(FirstBytes(link=self.number, looks_like=kind))
        if kind != "tls":
            await self._answer_in_clear_text(kind)
        self._hello_seen = len(data) < 6 or data[5] == _CLIENT_HELLO

    async def _answer_in_clear_text(self, kind: str) -> None:
        if kind in ("clear-text upgrade", "clear-text http"):
            with trio.move_on_after(STEP_WITHIN_S):
                await self._net.send_all(response(400, (), "This port speaks TLS: connect with wss://."))
                self._net.lingers = True
                await self._net.aclose()
        raise NoLink(Ending("us", "cleanly", f"no TLS: {kind}"))

    async def _shake_hands(self, certificate: str) -> trio.SSLStream[NetStream]:
        names: list[str | None] = []
        server_name_seen.set(names)
        tls = trio.SSLStream(self._net, self._context(certificate), server_side=True)
        try:
            with trio.fail_after(STEP_WITHIN_S):
                await tls.do_handshake()
        except (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError) as error:
            by, reason = self._who_ended(error)
            self._world.recorder.record(TlsFailed(
                link=self.number, ended_by=by, reason=reason, hello_seen=self._hello_seen,
                server_name=names[-1] if names else None, certificate=certificate,
            ))  # fmt: skip
            await self._alert(reason)
            raise NoLink(Ending(by, "broken off", f"TLS: {reason}")) from error
        self._world.recorder.record(TlsEstablished(
            link=self.number, version=tls.version() or "", cipher=tls.cipher()[0], resumed=bool(tls.session_reused),
            server_name=names[-1] if names else None, certificate=certificate,
        ))  # fmt: skip
        return tls

    async def _alert(self, reason: str) -> None:
        # The stream keeps OpenSSL's alerts to itself; without one the peer could not know what was wrong.
        if reason in _ALERTS:
            with trio.move_on_after(STEP_WITHIN_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self._net.send_all(bytes((21, 3, 3, 0, 2, 2, _ALERTS[reason])))
                self._net.lingers = True
                await self._net.aclose()

    def _context(self, certificate: str) -> ssl.SSLContext:
        if self.is_elsewhere:
            return self._certificates.elsewhere(names_elsewhere(self._net.local_address))
        return self._certificates.context(certificate)

    def _who_ended(self, error: BaseException) -> tuple[Literal["us", "product"], str]:
        """Who ended TLS, and how: an alert of theirs, an end without a word, or a complaint of our own."""
        if isinstance(error, trio.TooSlowError):
            return "us", "no end of the handshake in time"
        cause = error.__cause__
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            reason = (cause.reason or "").lower().replace("_", " ")
            return ("product" if "alert" in reason else "us"), reason
        return ("us" if isinstance(error, trio.ClosedResourceError) else "product"), self._net.seen or "TCP end"

    async def _read_head(self, wire: WireStream) -> Head:
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        try:
            with trio.fail_after(STEP_WITHIN_S):
                while (event := parser.next_event()) is h11.NEED_DATA:
                    data = await wire.receive_some()
                    if not data:
                        how = self._net.seen or "TLS end"
                        raise NoLink(Ending("product", "broken off", f"{how} before an HTTP request"))
                    parser.receive_data(bytes(data))
        except trio.TooSlowError as error:
            raise NoLink(Ending("us", "cleanly", "no HTTP request in time")) from error
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            by, reason = self._who_ended(error)
            raise NoLink(Ending(by, "broken off", f"TLS: {reason}")) from error
        except h11.RemoteProtocolError as error:
            await self._refuse(wire, error.error_status_hint, (), f"no HTTP request: {error}")
        assert isinstance(event, h11.Request)
        return Head(_as_request(event), parser.trailing_data[0])

    def _decide(self, request: UpgradeRequest) -> Decision:
        world = self._world
        decision = decide(request, world.accounts, world.dialect.subprotocols)
        passwords = [account.password for account in world.accounts.values()]
        users = {account.user for account in world.accounts.values()}
        place = next((found for password in passwords if (found := password_stands_in(request, password))), "")
        user = decision.user
        if user is not None and user not in users:
            user = MASK if user in passwords else _hide(user, passwords)  # people mix up the two
        headers = mask_headers(request.headers)
        world.recorder.record(UpgradeRequested(
            link=self.number, method=_hide(request.method, passwords), target=_hide(request.target, passwords),
            headers=tuple((_hide(name, passwords), _hide(value, passwords)) for name, value in headers),
            credentials=decision.credentials, user=user, password_in=place,
            problems=tuple(_hide(problem, passwords) for problem in decision.problems), elsewhere=self.is_elsewhere,
        ))  # fmt: skip
        return decision

    async def _refuse(
        self, wire: WireStream, status: int, headers: Headers, body: str, fault: str | None = None
    ) -> NoReturn:
        passwords = [account.password for account in self._world.accounts.values()]
        told = tuple((name, _hide(value, passwords)) for name, value in headers)
        self._world.recorder.record(UpgradeAnswered(link=self.number, status=status, headers=told, fault=fault))
        with trio.move_on_after(STEP_WITHIN_S):
            try:
                await wire.inject(response(status, headers, body))
                self._net.lingers = True
                await wire.aclose()
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass  # it left before it heard our answer
        raise NoLink(Ending("us", "cleanly", f"refused with {status}"))

    async def _open(
        self, nursery: trio.Nursery, link: Link, wire: WireStream, head: Head, seen: Decision, fault: Armed | None
    ) -> None:
        link.wire = wire
        self._links[link.number] = link  # before the event, so that whoever waits for it finds the link
        self._world.recorder.record(UpgradeAnswered(
            link=self.number, status=101, subprotocol=seen.subprotocol, presystem_id=link.presystem_id,
            fault=fault.name if fault is not None else None,
        ))  # fmt: skip
        if fault is not None and fault.fault.how == "subprotocol":
            link.close(WITHOUT_SUBPROTOCOL, fault.name)
        key = head.request.values("sec-websocket-key")[0]
        with trio.fail_after(STEP_WITHIN_S):
            socket = await open_socket(nursery, wire, key, head.behind, seen.subprotocol)
        await link.run(socket, wire)

    def _before_close(self) -> None:
        if self.link is not None:
            self.link.before_close()

    def _read_along_in(self, data: bytes | bytearray) -> None:
        if self.link is not None:
            self.link.read_along_in(data)

    def _read_along_out(self, data: bytes | bytearray | memoryview) -> None:
        if self.link is not None:
            self.link.read_along_out(data)


def _kind_of(data: bytes) -> FirstBytesKind:
    if data[:1] == b"\x16":
        return "tls"
    if data.startswith((b"PROXY ", b"\r\n\r\n\x00\r\nQUIT\n")):
        return "proxy header"
    if data.split(b" ", 1)[0] in (b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT"):
        return "clear-text upgrade" if b"upgrade: websocket" in data.lower() else "clear-text http"
    return "other"


def _as_request(event: h11.Request) -> UpgradeRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
    method, target, version = (part.decode("latin-1") for part in (event.method, event.target, event.http_version))
    return UpgradeRequest(method, target, headers, version)


def _hide(text: str, passwords: list[str]) -> str:
    for password in passwords:
        text = mask_secret(text, password)
    return text
