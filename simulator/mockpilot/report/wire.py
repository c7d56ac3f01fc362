"""Recorded events as rows of a wire log: number, time, direction, and the raw text as it went over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from mockpilot.history.events import (
    CloseReceived,
    CloseSent,
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    FaultSeen,
    FirstBytes,
    LinkEnded,
    Message,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    PingReceived,
    PingSent,
    PongReceived,
    PongSent,
    UpgradeAnswered,
    UpgradeRequested,
)
from mockpilot.history.recorder import History
from mockpilot.report.wording import visible

IN_LOG, IN_FINDING = 1_200, 8_000
"""Characters of one frame; pushes repeat themselves, a page must fit an e-mail, and the trace has them whole."""

_FROM_PRODUCT = (MessageReceived, PingReceived, PongReceived, CloseReceived, UpgradeRequested, FirstBytes)
_FROM_US = (MessageSent, PingSent, PongSent, CloseSent, UpgradeAnswered)
_FAULTS = (FaultArmed, FaultFired, FaultSeen, FaultDisarmed)
_HEAD = frozenset({"index", "at", "wall", "simulated", "link", "event"})


@dataclass(frozen=True, slots=True)
class Row:
    """One event for people."""

    index: int
    after: str
    """Seconds since the scenario's start."""
    link: str
    what: str
    """Direction and kind."""
    kind: str
    """``in``, ``out``, ``lost``, ``fault`` or ``other``."""
    text: str
    """Raw frame, or the event's fields."""
    note: str = ""
    """What is to be known of a frame beside its text."""


def rows(history: History, indexes: Iterable[int] | None = None) -> list[Row]:
    """Events as rows, all of them or those of some indexes; indexes that the recording lacks are left out."""
    start = history[0].at if history else 0.0
    if indexes is None:
        return [_row(event, start, IN_LOG) for event in history]
    return [_row(history[at], start, IN_FINDING) for at in sorted(set(indexes)) if 0 <= at < len(history)]


def _row(event: Event, start: float, most: int) -> Row:
    kind = _kind(event)
    return Row(
        index=event.index,
        after=f"{event.at - start:.3f}",
        link="" if event.link is None else str(event.link),
        what=_what(event, kind),
        kind=kind,
        text=_cut(visible(_text(event)), most),
        note=visible(_fields(event)) if isinstance(event, Message) else "",
    )


def _kind(event: Event) -> str:
    if isinstance(event, _FROM_PRODUCT):
        return "in"
    if isinstance(event, _FROM_US):
        return "out"
    if isinstance(event, MessageWithheld | LinkEnded):
        return "lost"
    return "fault" if isinstance(event, _FAULTS) else "other"


def _what(event: Event, kind: str) -> str:
    if isinstance(event, MessageReceived):
        return "product → CMS"
    if isinstance(event, MessageSent):
        return "CMS → product"
    if isinstance(event, MessageWithheld):
        return "CMS ✕ withheld"
    arrow = {"in": "product → ", "out": "CMS → "}.get(kind, "")
    return arrow + event.kind.replace("_", " ").removesuffix(" received").removesuffix(" sent")


def _text(event: Event) -> str:
    if isinstance(event, Message):
        return event.text if event.text is not None else f"base64 {event.base64}"
    return _fields(event)


def _fields(event: Event) -> str:
    values: dict[str, Any] = msgspec.to_builtins(event)
    known = _HEAD | {"schema"} | ({"text", "base64"} if isinstance(event, Message) else set())
    return " · ".join(
        f"{name.replace('_', ' ')} {_value(value)}" for name, value in values.items() if name not in known
    )


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{key}={_value(one)}" for key, one in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or "–"
    if value is None:
        return "–"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most} more characters, whole in the trace"
