"""The TLS handshake of a connection: recorded either way, and if it fails with who ended it and why."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import Literal

import trio

from mockpilot.cms.arrival import STEP_WITHIN_S, Arrival
from mockpilot.cms.ending import Ending, NoLink
from mockpilot.cms.menu import server_name_seen
from mockpilot.cms.net_stream import NetStream
from mockpilot.history.events import TlsEstablished, TlsFailed

_ALERTS = {"unsupported protocol": 70, "no shared cipher": 40}
"""Our complaints of a ClientHello, and the alerts of RFC 8446 section 6 that tell them."""

Names = list[str | None]


async def shake_hands(
    arrival: Arrival, context: ssl.SSLContext, certificate: str, *, hello_seen: bool
) -> trio.SSLStream[NetStream]:
    """Shake hands, showing a certificate.

    Args:
        context: shows it.
        certificate: its kind.
        hello_seen: whether what came first was a ClientHello.

    Raises:
        NoLink: the handshake failed.
    """
    names: Names = []
    server_name_seen.set(names)
    tls = trio.SSLStream(arrival.net, context, server_side=True)
    try:
        with trio.fail_after(STEP_WITHIN_S):
            await tls.do_handshake()
    except (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError) as error:
        by, reason = who_ended(arrival, error)
        arrival.world.recorder.record(TlsFailed(
            link=arrival.number, ended_by=by, reason=reason, hello_seen=hello_seen,
            server_name=_last(names), certificate=certificate,
        ))  # fmt: skip
        await _alert(arrival, reason)
        raise NoLink(Ending(by, "broken off", f"TLS: {reason}")) from error
    arrival.world.recorder.record(TlsEstablished(
        link=arrival.number, version=tls.version() or "", cipher=tls.cipher()[0], resumed=bool(tls.session_reused),
        server_name=_last(names), certificate=certificate,
    ))  # fmt: skip
    return tls


def _last(names: Names) -> str | None:
    return names[-1] if names else None


def who_ended(arrival: Arrival, error: BaseException) -> tuple[Literal["us", "product"], str]:
    """Who ended TLS, and how: an alert of theirs, an end without a word, or a complaint of our own."""
    if isinstance(error, trio.TooSlowError):
        return "us", "no end of the handshake in time"
    cause = error.__cause__
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        reason = (cause.reason or "").lower().replace("_", " ")
        return ("product" if "alert" in reason else "us"), reason
    return ("us" if isinstance(error, trio.ClosedResourceError) else "product"), arrival.net.seen or "TCP end"


async def _alert(arrival: Arrival, reason: str) -> None:
    # The stream keeps OpenSSL's alerts to itself; without one the peer could not know what was wrong.
    if reason in _ALERTS:
        with trio.move_on_after(STEP_WITHIN_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await arrival.net.send_all(bytes((21, 3, 3, 0, 2, 2, _ALERTS[reason])))
            arrival.net.lingers = True
            await arrival.net.aclose()
