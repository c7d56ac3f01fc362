"""The one door to trio_websocket: TCP, TLS, upgrade, messages of one link, and every way in which that can end.

What a peer or network does comes back as a ``LinkEnd``, never as an exception. Knows nothing of VDV 463.
"""

from __future__ import annotations

import base64
import re
import ssl
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_client_stream

from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import Conduct, EndKind, LinkEnd
from mockpilot.presystem.settings import Settings

MAX_MESSAGE_SIZE = 16 * 2**20
"""A full push of some thousand charging points is several MiB."""
RECEIVE_BUFFER_SIZE = 65536
FAREWELL_S = 0.5
"""How long a closing handshake or the end of TLS may take."""
GOING_AWAY = 1001
CHALLENGE = 401
_LINGER_S = 15.0
"""How long an offender keeps a connection that the peer has closed: longer than anybody waits."""


class LinkLost(Exception):  # noqa: N818 - a link's end is news, not an error
    """The link ended while it was used; the text says how."""


class Link(Protocol):
    """An open link."""

    async def send(self, frame: str | bytes) -> None:
        """Send one message. Raises LinkLost."""

    async def receive(self) -> str | bytes:
        """Wait for one message. Raises LinkLost."""

    async def close(self, code: int) -> None:
        """Say Close and wait a moment for the answer; never raises."""


Converse = Callable[[Link], Awaitable[str]]
"""Uses an open link to its end and says how that was."""
Dial = Callable[[Converse], Awaitable[LinkEnd]]
"""Tries once: opens a link, lets somebody use it, and leaves nothing open."""


OpenTcp = Callable[[str, int], Awaitable[trio.abc.HalfCloseableStream]]


@dataclass(frozen=True, slots=True)
class Dialler:
    """Connects as the settings say."""

    settings: Settings
    conduct: Conduct
    tls: ssl.SSLContext
    open_tcp: OpenTcp = trio.open_tcp_stream
    """How a TCP connection comes about; in memory it may be another."""

    async def __call__(self, converse: Converse) -> LinkEnd:
        """One attempt, from TCP to the link's end."""
        if self.conduct.waits_to_be_asked:
            return await self._when_asked(converse)
        opening = trio.CancelScope(deadline=trio.current_time() + self.settings.pace.opening_time_out)
        stream: WireStream | LinkEnd = LinkEnd(EndKind.UNREACHABLE, "no TCP connection in time")
        with opening:
            stream = await self._open_stream()
        if isinstance(stream, LinkEnd):
            return stream
        try:
            end = await self._over(stream, opening.deadline, converse)
            if not self.conduct.answers_close:
                await trio.sleep(_LINGER_S)
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + FAREWELL_S):
                await stream.aclose()
        if stream.location and self.conduct.follows_redirects:
            return await self._redirected(stream.location)(converse)
        return end

    async def _when_asked(self, converse: Converse) -> LinkEnd:
        """Without credentials first, and once more with them if they are asked for."""
        asked = replace(self, conduct=replace(self.conduct, waits_to_be_asked=False))
        bare = replace(asked, conduct=replace(asked.conduct, sends_credentials=False))
        end = await bare(converse)
        if end.status != CHALLENGE:
            return end
        await trio.sleep(self.conduct.challenge_pause_s)
        return await asked(converse)

    def _redirected(self, location: str) -> Dialler:
        """The same presystem on its way to another address, from where it does not let itself be sent further."""
        url = location.replace("https://", "wss://", 1)
        told = self.conduct.sends_credentials and self.conduct.tells_strangers
        conduct = replace(self.conduct, follows_redirects=False, sends_credentials=told)
        return replace(self, settings=replace(self.settings, url=url), conduct=conduct)

    async def _open_stream(self) -> WireStream | LinkEnd:
        settings = self.settings
        try:
            tcp = await self.open_tcp(settings.host, settings.port)
        except OSError as error:
            return LinkEnd(EndKind.UNREACHABLE, f"no TCP connection: {error}")
        if not self.conduct.encrypts:
            return WireStream(tcp, self.conduct)
        stream = trio.SSLStream(tcp, self.tls, server_hostname=self.conduct.server_name(settings.host),
                                https_compatible=True)  # fmt: skip
        try:
            await stream.do_handshake()
        except trio.BrokenResourceError as error:
            await trio.aclose_forcefully(stream)
            return LinkEnd(EndKind.TLS_FAILED, f"no TLS: {error.__cause__ or error}")
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        return WireStream(stream, self.conduct)

    async def _over(self, stream: WireStream, deadline: float, converse: Converse) -> LinkEnd:
        async with trio.open_nursery() as nursery:
            link = await nursery.start(self._carry, stream, deadline)
            if link is not None:
                try:
                    detail = await converse(link)
                finally:
                    nursery.cancel_scope.cancel()
        if link is None:
            said = f"HTTP status {stream.status}" if stream.status else "no answer to the upgrade request"
            return LinkEnd(EndKind.REFUSED, said, stream.status)
        return LinkEnd(EndKind.LOST, detail, without_subprotocol=link.socket.subprotocol is None)

    async def _carry(self, stream: WireStream, deadline: float, task_status: trio.TaskStatus[_Socket | None]) -> None:
        """Keep the library's reader running, and whatever it trips over away from everybody else."""
        opened = False
        try:
            async with trio.open_nursery() as nursery:
                socket = await self._upgrade(nursery, stream, deadline)
                if socket is None:
                    nursery.cancel_scope.cancel()
                else:
                    opened = True
                    task_status.started(_Socket(socket))
        except* Exception:  # noqa: BLE001, RUF100 - refusals, and a library that trips over what the peer sent
            stream.ended.set()
        if not opened:
            task_status.started(None)

    async def _upgrade(
        self, nursery: trio.Nursery, stream: WireStream, deadline: float
    ) -> WebSocketConnection | None:
        settings = self.settings
        offers = [settings.subprotocol] if settings.subprotocol and self.conduct.offers_subprotocol else None
        with trio.CancelScope(deadline=deadline) as scope:
            # The library waits for an answer for ever, even if the peer has gone without one.
            nursery.start_soon(_cancel_after, stream.ended, scope)
            return await wrap_client_stream(
                nursery, cast("trio.SocketStream", stream), settings.host_header, self.conduct.target(settings.target),
                subprotocols=offers, extra_headers=self._headers(), max_message_size=MAX_MESSAGE_SIZE,
                receive_buffer_size=RECEIVE_BUFFER_SIZE,
            )  # fmt: skip
        return None

    def _headers(self) -> list[tuple[bytes, bytes]]:
        if not self.conduct.sends_credentials:
            return []
        credentials = f"{self.settings.user}:{self.settings.password}".encode()
        further = self.conduct.headers(self.settings.user, self.settings.password)
        return [(b"Authorization", b"Basic " + base64.b64encode(credentials)), *further]


@dataclass(frozen=True, slots=True)
class _Socket:
    """A Link over a WebSocket of the library."""

    socket: WebSocketConnection

    async def send(self, frame: str | bytes) -> None:
        try:
            await self.socket.send_message(frame)
        except Exception as error:
            # wsproto complains in its own way if a Close has crossed our message.
            raise LinkLost(_how(error)) from error

    async def receive(self) -> str | bytes:
        try:
            return await self.socket.get_message()
        except ConnectionClosed as error:
            raise LinkLost(_how(error)) from error

    async def close(self, code: int) -> None:
        with trio.CancelScope(shield=True, deadline=trio.current_time() + FAREWELL_S):
            try:
                await self.socket.aclose(code)
            except Exception:  # noqa: BLE001, RUF100 - a farewell that fails is a farewell
                return


@dataclass(slots=True, eq=False)
class WireStream(trio.abc.Stream):
    """The stream between TLS and WebSocket: changes what leaves, notices the answer's status and the end."""

    below: trio.abc.Stream
    conduct: Conduct
    status: int | None = None
    """HTTP status that the peer began with."""
    location: str = ""
    """Where the peer's answer points to."""
    ended: trio.Event = field(default_factory=trio.Event)
    _heard: bool = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self.below.send_all(self.conduct.wire(bytes(data)))

    async def wait_send_all_might_not_block(self) -> None:
        await self.below.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            data = await self.below.receive_some(max_bytes)
        except trio.BrokenResourceError:
            self.ended.set()
            raise
        if not data:
            self.ended.set()
        if not self._heard:
            self._heard = True
            self.status, self.location = _status(bytes(data[:16])), _location(bytes(data))
            return self.conduct.hears(bytes(data))
        return self.conduct.reads(bytes(data))

    async def aclose(self) -> None:
        self.ended.set()
        await self.below.aclose()


def tls_context(settings: Settings, conduct: Conduct) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and host name verified.

    Raises:
        UsageError: the CA file holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    adapt_context(context, conduct)
    if settings.ca_file is None or not conduct.trusts_handed_authority:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"CA file {settings.ca_file}: PEM certificates are expected ({error})") from None
    return context


def adapt_context(context: ssl.SSLContext, conduct: Conduct) -> None:
    """Have a context check, or not, and speak the versions that the conduct says."""
    if not conduct.verifies_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    oldest, newest = (ssl.TLSVersion[name] for name in conduct.tls_versions)
    if oldest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("DEFAULT@SECLEVEL=0")  # OpenSSL 3 speaks the old versions at no other level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = oldest, newest


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


def _status(head: bytes) -> int | None:
    words = head.split()
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else None


def _location(head: bytes) -> str:
    found = re.search(rb"\r\nLocation: *([^\r\n]+)", head, re.IGNORECASE)
    return found[1].decode("latin-1") if found is not None else ""


def _how(error: Exception) -> str:
    reason = error.reason if isinstance(error, ConnectionClosed) else None
    if reason is None:
        return "the link broke off"
    if reason.code == 1006:
        return "the link broke off without Close"
    return f"Close {reason.code}" + (f" ({reason.reason})" if reason.reason else "")
