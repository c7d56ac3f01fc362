"""Events as one line each for a person who watches a CMS at work. Pure; whatever it does not tell gives None."""

from __future__ import annotations

from mockpilot.counts import counted
from mockpilot.history.events import (
    BootRead,
    CloseReceived,
    DepotChanged,
    Event,
    FaultFired,
    FaultSeen,
    FirstBytes,
    LinkEnded,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    ProtocolBroken,
    SimulatorBroke,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
)
from mockpilot.protocol.envelope import Envelope, MessageType, read

_TYPES = {MessageType.REQUEST: "", MessageType.CONFIRMATION: " confirmed", MessageType.ERROR: " answered by an error"}


def tell(event: Event) -> str | None:  # noqa: C901 - a table, a row per kind of event
    """One line for what happened, without time and link."""
    match event:
        case FirstBytes(looks_like=kind) if kind != "tls":
            return f"no TLS but {kind}: the product must connect to wss://"
        case TlsFailed():
            return f"TLS handshake failed: {event.reason} (ended by {event.ended_by})"
        case UpgradeRequested():
            user = f", user {event.user}" if event.user else ""
            return f"upgrade request for {event.target}, credentials {event.credentials}{user}"
        case UpgradeAnswered(status=101):
            return f"link open for {event.presystem_id}, subprotocol {event.subprotocol or 'none'}"
        case UpgradeAnswered():
            return f"refused with {event.status}"
        case MessageReceived():
            return f"← {_message(event.text, event.binary)}"
        case MessageSent():
            touched = f" (fault {event.fault})" if event.fault else ""
            return f"→ {_message(event.text, False)}{touched}"
        case MessageWithheld():
            return f"✂ {_message(event.text, False)} (fault {event.fault})"
        case FaultFired():
            return f"fault {event.name} strikes"
        case FaultSeen():
            return f"fault {event.name} was met"
        case BootRead():
            return f"boot read: {event.key} says {event.presystem_kind}"
        case DepotChanged(what="depot"):
            return f"depot: {event.detail}"
        case DepotChanged():
            parts = {"new": event.created, "changed": event.changed, "deleted": event.deleted}
            told = ", ".join(f"{len(ids)} {what}" for what, ids in parts.items() if ids) or "nothing new"
            return f"{event.what}: {told}{f' — {event.detail}' if event.detail else ''}"
        case ProtocolBroken():
            return f"WebSocket broken by the product: {event.what}; closing with {event.code}"
        case CloseReceived():
            return f"← Close {event.code if event.code is not None else 'without a code'} {event.reason}".rstrip()
        case LinkEnded():
            return f"ended by {'us' if event.by == 'us' else 'the product'}, {event.how}: {event.detail}"
        case SimulatorBroke():
            return f"a bug of mockpilot ended this connection:\n{event.traceback}"
    return None


def _message(text: str | None, binary: bool) -> str:
    if text is None:
        return "binary message" if binary else "text that is no UTF-8"
    reading = read(text)
    if reading.envelope is None:
        return f"no envelope ({', '.join(defect.trouble for defect in reading.defects)}): {text[:80]!r}"
    envelope = reading.envelope
    return f"{envelope.action}{_TYPES[envelope.message_type]} #{envelope.message_id[:8]}{_content(envelope)}"


def _content(envelope: Envelope) -> str:
    payload = envelope.payload if isinstance(envelope.payload, dict) else {}
    if isinstance(requests := payload.get("chargingRequestList"), list):
        return f", {counted(len(requests), 'charging request')}"
    for key in ("message", "errorMessage", "status"):
        if key in payload:
            return f": {payload[key]}"
    return ""
