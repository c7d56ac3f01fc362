"""Builds the links of a recording, event by event.

Frames in are read strictly (every defect is kept), frames out leniently, for they are ours. What came after the
scenario's end is left out by whoever brings the events.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import msgspec

from mockpilot.conformance.conversation import Frame, Link, boot_status
from mockpilot.history.events import (
    CloseReceived,
    CloseSent,
    Event,
    FaultFired,
    FirstBytes,
    LinkEnded,
    Message,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    PingReceived,
    PingSent,
    PongReceived,
    ProductStarted,
    ProtocolBroken,
    SendFailed,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
    WentSilent,
)
from mockpilot.protocol.envelope import Action, Envelope, MessageType, Reading, Trouble, read


def links_of(events: Iterable[Event]) -> list[Link]:
    """Build the links of a recording; those that were there before it are left out."""
    links: dict[int, Link] = {}
    instance = 0
    for event in events:
        if isinstance(event, ProductStarted):
            instance += 1
        elif isinstance(event, TcpAccepted) and event.link is not None:
            links[event.link] = Link(event.link, event, instance)
        elif event.link in links:
            _add(links[event.link], event)
    return list(links.values())


def _add(link: Link, event: Event) -> None:
    match event:
        case Message() | SendFailed():
            _add_message(link, event)
        case PingSent():
            link.pings.append(event)
        case PingReceived() | PongReceived():
            link.signs.append(event)
        case CloseSent() | CloseReceived() | WentSilent() | ProtocolBroken() | LinkEnded() | FaultFired():
            _end(link, event)
        case _:
            _add_handshake(link, event)


def _add_message(link: Link, event: Event) -> None:
    match event:
        case MessageReceived():
            link.received.append(Frame(event, _received(event)))
            link.signs.append(event)
        case MessageSent():
            frame = Frame(event, _our_own(event))
            link.sent.append(frame)
            if link.accepted is None and boot_status(frame, link.boots) == "Accepted":
                link.accepted = frame
        case MessageWithheld():
            link.withheld.append(Frame(event, _our_own(event)))
        case SendFailed():
            link.failed_sends.add(event.of)
        case _:
            pass


def _add_handshake(link: Link, event: Event) -> None:
    match event:
        case FirstBytes():
            link.first_bytes = link.first_bytes or event
        case TlsEstablished():
            link.tls = event
        case TlsFailed():
            link.tls_failed = event
        case UpgradeRequested():
            link.upgrades.append(event)
        case UpgradeAnswered():
            link.upgrade_answers.append(event)
            if event.status == 101:
                link.opened = link.opened or event
        case _:
            pass


def _end(link: Link, event: Event) -> None:
    match event:
        case FaultFired() if event.do != "drop":
            return
        case CloseSent():
            link.closes_sent.append(event)
        case CloseReceived():
            link.signs.append(event)
        case WentSilent():
            link.silent = link.silent or event
        case ProtocolBroken():
            link.broken = link.broken or event
            link.signs.append(event)
        case LinkEnded():
            link.ended = event
            if event.by == "product":
                link.signs.append(event)
        case _:
            pass
    link.ending = link.ending or event


def _received(event: MessageReceived) -> Reading:
    if event.text is not None:
        return read(event.text.encode() if event.binary else event.text)
    reading = read(base64.b64decode(event.base64 or ""))
    if event.binary:
        return reading
    # It came as text, so what is wrong is its encoding, not the kind of message.
    kept = tuple(defect for defect in reading.defects if defect.trouble is not Trouble.BINARY)
    return Reading(reading.envelope, kept, reading.slots)


def _our_own(event: Message) -> Reading:
    """Read a frame of ours quickly; what a fault made unreadable has no envelope."""
    try:
        slots: Any = msgspec.json.decode(event.text or "")
        message_type, source, presystem_id, stamp, message_id, action, payload = slots
        return Reading(Envelope(MessageType(message_type), source, presystem_id, stamp, message_id, Action(action),
                                payload))  # fmt: skip
    except (ValueError, TypeError, msgspec.DecodeError):
        return Reading(None)
