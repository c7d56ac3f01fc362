"""Whether the presystem met a fault: reads the events after it fired and names the one that proves it.

What counts as proof depends on the kind of fault. Something that was changed, added or late is seen once a frame or a
pong follows on that link after it left, or the product ends the link; something withheld once traffic went both ways
afterwards, or the product reacted; a dropped link once it comes back or ends it itself; a refusal by the attempt that
met it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockpilot.history.events import (
    CloseReceived,
    Event,
    FaultFired,
    LinkEnded,
    MessageReceived,
    MessageSent,
    PongReceived,
    TcpAccepted,
)


@dataclass(slots=True)
class Watch:
    """A fault that fired and awaits its proof."""

    fired: FaultFired
    how: str
    sent_since: bool = False
    departed: bool = False
    """Whether what the fault touched has left."""

    def is_proof(self, event: Event) -> bool:
        """Take one later event; True once it proves that the presystem met the fault."""
        return _PROOFS[self.fired.do](self, event)


def _same_link(watch: Watch, event: Event) -> bool:
    return event.link == watch.fired.link


def _product_ended(watch: Watch, event: Event) -> bool:
    left = isinstance(event, CloseReceived) or (isinstance(event, LinkEnded) and event.by == "product")
    return left and _same_link(watch, event)


def _follows_on_link(watch: Watch, event: Event) -> bool:
    if isinstance(event, MessageSent) and _same_link(watch, event) and event.fault == watch.fired.name:
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


_PROOFS: dict[str, Callable[[Watch, Event], bool]] = {
    "lose": _missed,
    "delay": _follows_on_link,
    "repeat": _follows_on_link,
    "answer": _follows_on_link,
    "drop": _comes_back,
    "refuse": _met,
    "certificate": _met,
}
