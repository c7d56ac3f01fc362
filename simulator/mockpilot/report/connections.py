"""What is to be known of each connection of a recording: TLS, login, upgrade, and who ended it how."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockpilot.history.events import (
    Event,
    FirstBytes,
    LinkEnded,
    ProtocolBroken,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
)
from mockpilot.history.recorder import History


@dataclass(slots=True)
class Connection:
    """One TCP connection, in words; empty where it did not come so far."""

    number: int
    after: str = ""
    """Seconds since the scenario's start."""
    peer: str = ""
    certificate: str = ""
    """Which one it was shown."""
    tls: str = ""
    request: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """As recorded: credentials were masked before that."""
    login: str = ""
    answer: str = ""
    broken: str = ""
    """What RFC 6455 would have had otherwise."""
    ended: str = "still open when the recording ended"


_BY = {"us": "by us", "product": "by the product", "unknown": "by nobody knows whom"}


def connections(history: History) -> list[Connection]:
    """Read the connections out of a recording, in the order in which they came."""
    found: dict[int, Connection] = {}
    start = history[0].at if history else 0.0
    for event in history:
        if event.link is None:
            continue
        if isinstance(event, TcpAccepted):
            after = f"{event.at - start:.1f}"
            where = f"{event.peer}, to the other host" if event.elsewhere else event.peer
            found[event.link] = Connection(event.link, after, where, event.certificate)
        elif event.link in found:
            _note(found[event.link], event)
    return list(found.values())


def _note(one: Connection, event: Event) -> None:
    match event:
        case FirstBytes() if event.looks_like != "tls":
            one.tls = f"none: the first bytes look like {event.looks_like}"
        case TlsEstablished():
            name = f"server name {event.server_name}" if event.server_name else "no server name"
            one.tls = f"{event.version}, {event.cipher}, {name}{', resumed' if event.resumed else ''}"
        case TlsFailed():
            one.tls = f"not completed, ended {_BY[event.ended_by]}: {event.reason}"
        case UpgradeRequested():
            one.request = f"{event.method} {event.target}"
            one.headers = list(event.headers)
            one.login = f"{event.credentials}{f', user {event.user}' if event.user else ''}"
            one.broken = "; ".join(event.problems)
        case UpgradeAnswered():
            protocol = f", subprotocol {event.subprotocol}" if event.subprotocol else ", no subprotocol"
            one.answer = f"{event.status}{protocol if event.status == 101 else ''}"
        case ProtocolBroken():
            one.broken = event.what
        case LinkEnded():
            said = f": {event.detail}" if event.detail else ""
            one.ended = f"{_BY[event.by]}, {event.how}{said}"
