"""One event as one line of the conversation: who, what, and what the schema says of it. Pure.

A line holds words, not the message: whoever wants that asks for it by its index. The verdict of the schema is the
strict reading's, under the dialect that is served; what rules say stands in the findings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

from mockpilot.history.events import (
    DepotChanged,
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    FaultSeen,
    LinkEnded,
    ListenerDown,
    ListenerUp,
    Mark,
    Message,
    MessageHeld,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    ScenarioStarted,
    SendFailed,
    TcpAccepted,
    TlsEstablished,
    WaitEnded,
    WaitStarted,
    touches,
)
from mockpilot.protocol.envelope import Action, MessageType, Reading, read
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import dialect as dialect_named
from mockpilot.report.fault_words import armed_words
from mockpilot.report.happenings import tell

__all__ = ["Line", "Verdict", "line_of", "touches", "verdict_of"]

SHOWN_VIOLATIONS = 20


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the strict reading says of one frame."""

    dialect: str
    ok: bool
    problems: list[str] = []
    """The first of them, each with its place."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the conversation."""

    index: int
    at: float
    """Seconds since the CMS began."""
    wall: str
    simulated: str = ""
    link: int | None = None
    event: str
    sign: str
    """One sign: which way it went, or what kind of thing it is."""
    text: str
    type: str = ""
    """request, confirmation or error, of a message."""
    action: str = ""
    message_id: str = ""
    fault: str = ""
    """The fault that touched it, or that it is about."""
    verdict: Verdict | None = None


def line_of(event: Event, dialect: str) -> Line:
    """Make a line of an event."""
    head: dict[str, Any] = {
        "index": event.index, "at": event.at, "wall": event.wall, "simulated": event.simulated, "link": event.link,
        "event": event.kind,
    }  # fmt: skip
    if isinstance(event, Message):
        return Line(**head, **_message(event, dialect))
    return Line(**head, sign=_sign(event), text=_text(event), fault=getattr(event, "name", ""))


# -- messages ----------------------------------------------------------------------------------------------------------

_SIGNS: dict[type[Message], str] = {MessageReceived: "←", MessageSent: "→", MessageWithheld: "✂", MessageHeld: "‖"}
_TEXT = r'\s*"[^"\\]*"\s*,'
_HEAD = re.compile(rf'\s*\[\s*([123])\s*,{_TEXT * 3}\s*"([^"\\]*)"\s*,\s*"(\w+)"\s*,')
"""Type, message id and action, where the slots before the payload are as they should be."""


def _message(event: Message, dialect: str) -> dict[str, Any]:
    fault = getattr(event, "fault", None) or ""
    told = {"sign": _SIGNS.get(type(event), "·"), "fault": fault}
    head = _HEAD.match(event.text or "")
    if head is None or head[3] not in tuple(Action):
        return told | {"text": _odd(event), "verdict": _verdict(event, dialect)}
    kind = MessageType(int(head[1])).name.lower()
    about = {"type": kind, "action": head[3], "message_id": head[2]}
    return told | about | {"text": _words(event, head[3], kind, head[2]), "verdict": _verdict(event, dialect)}


def _odd(event: Message) -> str:
    shown = (event.text or "")[:80] or "bytes that are no text"
    return f"no envelope: {shown}"


def _words(event: Message, action: str, kind: str, message_id: str) -> str:
    if isinstance(event, MessageReceived) or kind != "request":
        told = tell(event) if isinstance(event, MessageReceived | MessageSent) else None
        if told is not None:  # a sign and a blank stand before it, which have a field of their own here
            return re.sub(r" \(fault [^)]*\)$", "", told.partition(" ")[2])
    return f"{action}{'' if kind == 'request' else f' {kind}'} #{message_id[:8]}"


def _verdict(event: Message, dialect: str) -> Verdict | None:
    if event.text is None:
        return Verdict(dialect, ok=False, problems=["$: no text"])
    return verdict_of(event.text, dialect)


def verdict_of(text: str, dialect: str) -> Verdict:
    """What the strict reading says of a message's text under a dialect."""
    reading = _HEAD.match(text)
    if reading is not None and reading[3] in tuple(Action) and text.rstrip().endswith("]"):
        # Nothing but the head differs between pushes of one revision, and its reading is cheap.
        envelope = read(f"{text[: reading.end()]}{{}}]")
        if not envelope.defects:
            problems = _of_payload(text[reading.end() :], dialect, reading[3], int(reading[1]))
            return Verdict(dialect, ok=not problems, problems=list(problems))
    return _of_whole(read(text), dialect)


@lru_cache(maxsize=256)
def _of_payload(rest: str, dialect: str, action: str, kind: int) -> tuple[str, ...]:
    return tuple(_of_whole(read(f'[{kind},"CMS","x","2027-01-01T00:00:00Z","{_ANY_ID}","{action}",{rest}'),
                           dialect).problems)  # fmt: skip


_ANY_ID = "00000000-0000-4000-8000-000000000000"


def _of_whole(reading: Reading, dialect: str) -> Verdict:
    problems = [f"{one.path}: {one.trouble}, found {one.found}" for one in reading.defects]
    envelope = reading.envelope
    if envelope is not None:
        found = violations(envelope.payload, dialect_named(dialect), envelope.action, envelope.message_type)
        problems += [f"{one.path}: {one.problem}" for one in found]
    return Verdict(dialect, ok=not problems, problems=problems[:SHOWN_VIOLATIONS])


# -- all other events --------------------------------------------------------------------------------------------------


def _sign(event: Event) -> str:
    match event:
        case FaultArmed() | FaultFired() | FaultSeen() | FaultDisarmed():
            return "⚑"
        case Mark(text=text):
            return "☞" if text.startswith("by hand: ") else "✎"
        case LinkEnded():
            return "✕"
        case DepotChanged():
            return "⌂"
        case WaitStarted() | WaitEnded():
            return "…"
    return "·"


def _text(event: Event) -> str:  # noqa: C901 - a table, a row per kind of event
    match event:
        case FaultArmed():
            return f"fault {event.name} armed: {f'{event.do} {armed_words(event.how)}'.rstrip()}{_untaken(event)}"
        case FaultFired():
            return f"fault {event.name} FIRED"
        case FaultSeen():
            return f"fault {event.name} SEEN by the product"
        case FaultDisarmed():
            return f"fault {event.name} disarmed"
        case Mark():
            return event.text
        case ListenerUp():
            return f"port {event.port} accepts connections"
        case ListenerDown():
            return f"port {event.port} refuses connections"
        case ScenarioStarted():
            return f"mockpilot {event.mockpilot} serves {event.dialect}, a push every {event.push_interval_s:g} s"
        case TcpAccepted():
            shown = "" if event.certificate == "good" else f", is shown a certificate that is {event.certificate}"
            return f"connection from {event.peer}{shown}"
        case TlsEstablished():
            return f"{event.version}, {event.cipher}"
        case WaitStarted():
            return f"waiting for {event.awaited}, {event.within_s:g} s"
        case WaitEnded():
            return f"{event.awaited}: {'did not come in time' if event.ran_out else 'came'}"
        case SendFailed():
            return f"what event {event.of} handed could not be written: {event.reason}"
    return tell(event) or _fields(event)


def _untaken(event: FaultArmed) -> str:
    # Of an answer that is otherwise it goes without saying, of a link that ends it does not matter.
    told = event.do in ("lose", "delay") and event.how.get("applied") is False
    return ", not taken by the depot" if told else ""


def _fields(event: Event) -> str:
    own = msgspec.to_builtins(event)
    shared = ("index", "at", "wall", "simulated", "link", "event", "headers", "limits", "presystem")
    told = ", ".join(f"{key} {value}" for key, value in own.items() if key not in shared and value not in ("", None))
    return f"{event.kind.replace('_', ' ')}{f': {told}' if told else ''}"[:300]
