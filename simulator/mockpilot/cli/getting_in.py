"""How a connection gets in, line by line: TCP, TLS, path, login, subprotocol. Judges nothing.

Pure. Knows no messages, and of the connection only how old it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.durations import format_duration
from mockpilot.history.arrivals import login_words, path_words, tls_words
from mockpilot.history.events import (
    Event,
    FirstBytes,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeRequested,
)
from mockpilot.profile import Profile
from mockpilot.protocol.vocabulary import dialect

Line = tuple[str, str, str]
"""Mark, step, what was seen."""

GETTING_IN = (TcpAccepted, FirstBytes, TlsEstablished, TlsFailed, UpgradeRequested)
"""The events that are about it."""


def getting_in(event: Event, profile: Profile, age_s: float) -> Iterator[Line]:
    """Say what one of these events shows.

    Args:
        profile: what the product should do.
        age_s: seconds since TCP.
    """
    match event:
        case TcpAccepted():
            yield "✓", "TCP", f"from {event.peer}"
        case FirstBytes():
            yield from _first_bytes(event)
        case TlsEstablished():
            yield _tls(event)
        case TlsFailed():
            said = tls_words(event)
            yield "✗", "TLS", f"the handshake failed: {said}; the CA and the address to connect to stand above"
        case UpgradeRequested():
            yield from _upgrade(event, profile, age_s)


def _first_bytes(event: FirstBytes) -> Iterator[Line]:
    if event.looks_like.startswith("clear-text"):
        yield "✗", "TLS", "the product speaks clear text: configure wss:// instead of ws:// or http://"
    elif event.looks_like != "tls":
        yield "✗", "TLS", f"this is no TLS client ({event.looks_like}); is a proxy in between?"


def _tls(event: TlsEstablished) -> Line:
    name = f"server name {event.server_name}" if event.server_name else "no server name sent"
    return "✓", "TLS", f"{event.version.removeprefix('TLSv')}, {event.cipher}, {name}"


def _upgrade(event: UpgradeRequested, profile: Profile, age_s: float) -> Iterator[Line]:
    expected = profile.cms.target(profile.presystem.id)
    if event.problems:
        yield "✗", "upgrade", "; ".join(event.problems)
    elif event.target != expected:
        yield "!", "upgrade", path_words(event, expected)
    else:
        yield "✓", "upgrade", f"{event.target}, {format_duration(age_s)} after TCP"
    yield _login(event, profile.presystem.user)
    yield _subprotocol(event, dialect(profile.presystem.dialect).subprotocols)


def _login(event: UpgradeRequested, user: str) -> Line:
    wrong = login_words(event, user)
    match event.credentials:
        case "right":
            return "✓", "login", f"Basic, user {event.user}, password right"
        case "none":
            return "!", "login", f"{wrong}; some products send them after the 401 that follows"
        case "wrong user" if event.user == user:
            return "·", "login", f"Basic, user {event.user}; the password is only compared on the right path"
        case "wrong password":
            return "✗", "login", f"{wrong}; what to log in as stands above"
    return "✗", "login", wrong


def _subprotocol(event: UpgradeRequested, known: tuple[str, ...]) -> Line:
    offered = [value for name, value in event.headers if name.lower() == "sec-websocket-protocol"]
    expected = " or ".join(known)
    if not offered:
        return "!", "protocol", f"none offered; {expected} expected          explain handshake.offers-subprotocol"
    if any(name in value for value in offered for name in known):
        return "✓", "protocol", ", ".join(offered)
    return "!", "protocol", f"{', '.join(offered)} offered; {expected} expected"
