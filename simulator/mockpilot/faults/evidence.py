"""Whether the presystem met a fault: reads the events after it fired and names the one that proves it.

What counts as proof depends on the kind of fault. Something that was changed, added or late is seen once a frame or a
pong follows on that link after it left, or the product ends the link; something withheld once traffic went both ways
afterwards, or the product reacted; a dropped link once it comes back or ends it itself; a refusal by the attempt that
met it; what pushes say once the first push that says it was answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.history.events import (
    CloseReceived,
    Event,
    FaultFired,
    LinkEnded,
    MessageReceived,
    MessageSent,
    PingReceived,
    PingSent,
    PongReceived,
    TcpAccepted,
    touches,
)
from mockpilot.protocol.envelope import Action, Envelope, MessageType, read


@dataclass(slots=True)
class Watch:
    """A fault that fired and awaits its proof."""

    fired: FaultFired
    how: str
    sent_since: bool = False
    departed: bool = False
    """Whether what the fault touched has left."""
    carriers: set[tuple[int | None, str]] = field(default_factory=set)
    """Links and ids of the pushes that carry what the fault did."""

    def is_proof(self, event: Event) -> bool:
        """Take one later event; True once it proves that the presystem met the fault."""
        return _PROOFS[self.fired.do](self, event)


def _same_link(watch: Watch, event: Event) -> bool:
    return event.link == watch.fired.link


def _product_ended(watch: Watch, event: Event) -> bool:
    left = isinstance(event, CloseReceived) or (isinstance(event, LinkEnded) and event.by == "product")
    return left and _same_link(watch, event)


def _follows_on_link(watch: Watch, event: Event) -> bool:
    if isinstance(event, MessageSent) and _same_link(watch, event) and touches(event, watch.fired.name):
        watch.departed = True
    frame = isinstance(event, MessageReceived | PongReceived) and _same_link(watch, event)
    return (frame and watch.departed) or _product_ended(watch, event)


def _missed(watch: Watch, event: Event) -> bool:
    if _same_link(watch, event) and isinstance(event, MessageSent):
        watch.sent_since = True
    both_ways = watch.sent_since and isinstance(event, MessageReceived) and _same_link(watch, event)
    resent = isinstance(event, MessageReceived) and _same_link(watch, event) and _is_request(event)
    return both_ways or resent or isinstance(event, TcpAccepted) or _product_ended(watch, event)


def _is_request(event: MessageReceived) -> bool:
    return (event.text or "").lstrip().startswith("[") and (event.text or "").lstrip()[1:].lstrip().startswith("1")


def _comes_back(watch: Watch, event: Event) -> bool:
    if watch.how == "silence":
        return isinstance(event, TcpAccepted)
    return isinstance(event, TcpAccepted) or _product_ended(watch, event)


def _met(watch: Watch, event: Event) -> bool:
    # Refused TCP connections are invisible to us: the next one that comes in stands for them.
    return isinstance(event, TcpAccepted) if watch.how == "tcp" else _same_link(watch, event)


def _under_pressure(watch: Watch, event: Event) -> bool:
    if watch.how == "no-read":  # what it sent meanwhile, once we read again; or it gave the link up
        came = isinstance(event, MessageReceived | PingReceived | PongReceived) and _same_link(watch, event)
        return came or isinstance(event, TcpAccepted) or _product_ended(watch, event)
    return _answers_what_was_sent(watch, event)


def _pinged(watch: Watch, event: Event) -> bool:
    if watch.how == "withhold-pong":
        pinged_again = isinstance(event, PingReceived) and _same_link(watch, event)
        return pinged_again or _missed(watch, event)
    return _answers_what_was_sent(watch, event)


def _answers_what_was_sent(watch: Watch, event: Event) -> bool:
    if isinstance(event, MessageSent | PingSent) and _same_link(watch, event):
        watch.sent_since = True
    frame = isinstance(event, MessageReceived | PongReceived) and _same_link(watch, event)
    return (frame and watch.sent_since) or _product_ended(watch, event)


def _told(watch: Watch, event: Event) -> bool:
    """The first push that carries it was answered; what was forgotten is missing from every later push."""
    if isinstance(event, MessageSent) and (watch.fired.do == "forget" or touches(event, watch.fired.name)):
        push = _envelope(event)
        if push is not None and push.message_type is MessageType.REQUEST:
            watch.carriers.add((event.link, push.message_id.lower()))
    if not isinstance(event, MessageReceived) or not watch.carriers:
        return False
    answer = _envelope(event)
    return (
        answer is not None
        and answer.message_type is not MessageType.REQUEST
        and (event.link, answer.message_id.lower()) in watch.carriers
    )


def _envelope(event: MessageSent | MessageReceived) -> Envelope | None:
    # Most are passed over unread; JSON may spell any letter as an escape.
    if event.text is None or not (Action.PROVIDE_CHARGING_INFORMATION in event.text or "\\u" in event.text):
        return None
    envelope = read(event.text).envelope
    return envelope if envelope and envelope.action is Action.PROVIDE_CHARGING_INFORMATION else None


_PROOFS: dict[str, Callable[[Watch, Event], bool]] = {
    "lose": _missed,
    "delay": _follows_on_link,
    "repeat": _follows_on_link,
    "swap": _follows_on_link,
    HOLD: _follows_on_link,
    "answer": _follows_on_link,
    "damage": _follows_on_link,
    "inject": _follows_on_link,
    "drop": _comes_back,
    "refuse": _met,
    "certificate": _met,
    "slow": _under_pressure,
    "ping": _pinged,
    "forget": _told,
    "change": _told,
    "clock": _told,
}


def unseen_words(fault: Fault, *, link_lives: bool) -> str:
    """Why nothing shows yet that the presystem met a fault that fired: what would show it, or that nothing can.

    Args:
        fault: what fired.
        link_lives: whether the link on which it fired is still there.
    """
    by_nature = unseeable_words(fault.do, fault.how)
    if by_nature:
        return by_nature
    follows = _PROOFS[fault.do] is _follows_on_link
    if not link_lives and (follows or (fault.do, fault.how) in _SHOWN_BY_ANSWERS):
        return "cannot be seen: its link has ended, and nothing came after it there"
    if follows:
        return f"not seen yet: {_FOLLOWS}"
    return f"not seen yet: {_SHOWN_BY_ANSWERS.get((fault.do, fault.how)) or _SHOWN_BY[fault.do]}"


def unseeable_words(do: str, how: str) -> str:
    """Why nothing can show that the presystem met a fault of that kind itself; empty for all others.

    Args:
        do: the verb.
        how: in which way.
    """
    by_nature = _UNSEEABLE.get((do, how))
    return f"cannot be seen: {by_nature}" if by_nature else ""


_UNSEEABLE = {
    ("drop", "silence"): "whatever happens on a silent link; the next connection stands for it",
    ("refuse", "tcp"): "a connection that TCP refused; the next one that comes in stands for it",
}
_FOLLOWS = "the next frame on that link after it left would show it"
_SHOWN_BY_ANSWERS = {
    ("slow", "trickle"): "a frame on that link after something was sent would show it",
    ("ping", "flood"): "a pong on that link would show it",
}
_SHOWN_BY = {
    "lose": "traffic both ways on that link, a request sent anew or a new connection would show it",
    "drop": "the next connection would show it",
    "refuse": "the attempt that meets it would show it",
    "certificate": "the handshake that meets it would show it",
    "slow": "what was sent meanwhile would show it, once it is read",
    "ping": "another ping, or traffic both ways on that link, would show it",
    "forget": "the answer to the next push would show it",
    "change": "the answer to the first push that says it would show it",
    "clock": "the answer to the first push that says it would show it",
}
