"""A recording as the lines of a sequence drawing: who said what to whom, and what became of it on the way.

Lines are in the order of time. How they are shortened and drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from mockpilot.durations import format_duration
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import Action, Envelope, MessageType, read
from mockpilot.report.fault_words import armed_words
from mockpilot.report.lines import Fate, Line, shortened
from mockpilot.report.wording import visible

_LONGEST = 60
_FATES: Mapping[str, tuple[Fate, str]] = {
    "delay": ("late", "late"), "swap": ("late", "swapped"), "repeat": ("again", "once more"),
    "damage": ("altered", "damaged"), "inject": ("altered", "unasked"),
}  # fmt: skip
"""What a verb makes of a message; any other alters it."""
_KINDS = {
    (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST): "push",
    (Action.PROVIDE_CHARGING_INFORMATION, MessageType.CONFIRMATION): "answer",
    (Action.PROVIDE_CHARGING_INFORMATION, MessageType.ERROR): "refusal",
}
_ON_MESSAGES = ("lose", "delay", "repeat", "swap", "answer", "damage", "inject")
"""Verbs whose firing shows in the arrow itself."""


def lines(history: History, marked: Collection[int] = ()) -> list[Line]:
    """Read a recording.

    Args:
        history: the recording.
        marked: indexes of events that findings name.
    """
    told = [replace(line, marked=line.index in marked) for line in _told(history)]
    return shortened(told)


def _told(history: History) -> Iterator[Line]:
    start = history[0].at if history else 0.0
    armed = {one.name: one for one in history.of(e.FaultArmed)}
    over = False
    for event in history:
        over = over or isinstance(event, e.ScenarioEnded)
        if over and not isinstance(event, e.ScenarioEnded | e.LinkEnded):
            continue  # closing and stopping is clearing up
        line = _line(event, armed)
        if line is not None:
            yield replace(line, at=event.at - start, index=event.index, link=event.link)


def _line(event: e.Event, armed: Mapping[str, e.FaultArmed]) -> Line | None:
    match event:
        case e.MessageHeld():
            return Line("held", "held back by hand", fault=event.fault, kind="fault")
        case e.Message():
            return _message(event, armed)
        case e.TlsFailed() | e.UpgradeRequested() | e.UpgradeAnswered() | e.CloseSent() | e.CloseReceived():
            return _handshake(event)
        case e.PingSent() | e.PongSent() | e.PingReceived() | e.PongReceived():
            name = event.kind.partition("_")[0].capitalize()
            return Line("arrow", name, to_cms=event.kind.endswith("received"), kind="ping")
        case e.LinkEnded():
            return _end(event)
        case e.WentSilent():
            return Line("break", "the CMS neither reads nor writes any more", kind="silence", fault=event.fault)
        case e.FaultArmed():
            return Line("note", f"armed: {event.do} {armed_words(event.how)}".rstrip(), kind="fault")
        case e.FaultFired() if event.name in armed and _holds_back(armed[event.name]):
            return Line("held", "held back", fault=event.name, kind="fault")
    return _note(event)


def _holds_back(fault: e.FaultArmed) -> bool:
    return fault.do in ("delay", "swap") or bool(fault.how.get("by_s"))


def _message(event: e.Message, armed: Mapping[str, e.FaultArmed]) -> Line:
    fault = getattr(event, "fault", None) or ""
    fate: Fate = "arrives"
    said = ""
    if isinstance(event, e.MessageWithheld):
        fate, said = "lost", "lost"
    elif fault:
        fate, said = _FATES.get(armed[fault].do if fault in armed else "", ("altered", "altered"))
    envelope = read(event.text).envelope if event.text is not None else None
    text = visible(_unread(event) if envelope is None else _words(envelope))
    kind = "wide" if envelope is None else _KINDS.get((envelope.action, envelope.message_type), "wide")
    push = envelope.message_id.lower() if envelope is not None and kind != "wide" else ""
    to_cms = isinstance(event, e.MessageReceived)
    return Line("arrow", text, to_cms=to_cms, fate=fate, kind=kind, push=push, fault=fault, said=said)


def _unread(event: e.Message) -> str:
    return "binary message" if event.text is None else _short(event.text) or "empty message"


def _words(envelope: Envelope) -> str:
    if envelope.message_type is MessageType.REQUEST:
        return f"{envelope.action} #{envelope.message_id[:4]}"
    answer = "confirmation" if envelope.message_type is MessageType.CONFIRMATION else "error"
    status = envelope.payload.get("status", "") if isinstance(envelope.payload, dict) else ""
    said = f" {status}" if isinstance(status, str) and status else ""
    # What is confirmed is told by its number; a push and its answer stand close together anyway.
    return f"{answer}{said} #{envelope.message_id[:4]}"


def _handshake(event: e.Event) -> Line:
    match event:
        case e.TlsFailed():
            shown = "TLS not completed" if event.certificate == "good" else f"certificate {event.certificate} refused"
            return Line("arrow", shown, fate="lost", kind="wide")
        case e.UpgradeRequested():
            where = " at the other host" if event.elsewhere else ""
            return Line("arrow", f"{event.method} {_short(event.target)}{where}", to_cms=True, kind="wide")
        case e.UpgradeAnswered():
            answer = f"{event.status} {event.subprotocol or ''}".rstrip()
            if event.fault:
                return Line("arrow", answer, fate="altered", kind="wide", fault=event.fault, said="on purpose")
            return Line("arrow", answer, kind="wide")
    assert isinstance(event, e.CloseSent | e.CloseReceived)
    code = "without a code" if event.code is None else str(event.code)
    return Line("arrow", f"Close {code}", to_cms=isinstance(event, e.CloseReceived), kind="wide")


def _end(event: e.LinkEnded) -> Line:
    by = {"us": "by the CMS", "product": "by the product", "unknown": ""}[event.by]
    said = f": {_short(event.detail)}" if event.detail else ""
    kind = "closed" if event.how == "cleanly" else "cut"
    return Line("break", f"link {event.link} ended {by}, {event.how}{said}", kind=kind)


def _note(event: e.Event) -> Line | None:
    match event:
        case e.StepProvoked():
            return Line("note", f"asked for: {event.step}", to_cms=True, kind="step")
        case e.WaitEnded() if event.ran_out and event.awaited != e.HASTE:
            return Line("note", f"waited in vain for {event.awaited}", kind="wait")
        case e.Mark():
            return Line("note", _short(event.text), kind="step")
        case e.Stalled():
            return Line("note", f"mockpilot stalled, {format_duration(event.late_s)}", kind="wait")
        case e.ScenarioEnded():
            return Line("note", "end of the scenario", kind="step")
    return _note_of_product(event) or _note_of_fault(event)


def _note_of_product(event: e.Event) -> Line | None:
    match event:
        case e.ProductStarted():
            return Line("note", "product started", to_cms=True, kind="product")
        case e.ProductExited():
            return Line("note", f"product ended, status {event.status}", to_cms=True, kind="product")
        case e.ProtocolBroken():
            return Line("note", f"RFC 6455 broken: {event.what}", to_cms=True, kind="fault")
    return None


def _note_of_fault(event: e.Event) -> Line | None:
    match event:
        case e.FaultFired() if event.do not in _ON_MESSAGES:
            return Line("note", f"fault {event.name} fired", kind="fault")
        case e.ReadingPaused():
            return Line("note", "leaves unread what comes", kind="fault")
        case e.ReadingResumed():
            return Line("note", "reads again", kind="fault")
        case e.ListenerDown():
            return Line("note", "port closed", kind="fault")
        case e.ListenerUp() if event.index > 1:
            return Line("note", "port open again", kind="fault")
    return None


def _short(text: str) -> str:
    flat = visible(" ".join(text.split()))
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
