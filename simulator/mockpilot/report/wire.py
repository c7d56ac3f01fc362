"""Recorded events as rows of a wire log: number, times, direction, and the raw text as it went over the wire.

A log that is too long for a page is cut in the middle; what findings speak of stays, with its surroundings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
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

LEAST, MOST = 240, 8_000
"""Characters of one frame; pushes repeat themselves, a page must fit an e-mail, and the trace has them whole."""

AROUND = 3
"""So many events before and after one that a finding names belong to it."""
_ROW = 260
"""Characters of markup around a row's text."""

_WORTH_TELLING_S = 0.001

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
    gap: str = ""
    """Seconds since the row before."""
    is_request: bool = False
    near_finding: bool = False
    said: tuple[str, ...] = ()
    """What findings say of it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows that were left out."""

    count: int


def rows(history: History, indexes: Iterable[int], most: int = MOST) -> list[Row]:
    """Some events as rows, by their indexes, each of so many characters; what the recording lacks is left out."""
    start = history[0].at if history else 0.0
    found = [history[at] for at in sorted(set(indexes)) if 0 <= at < len(history)]
    return [_row(event, start, most) for event in found]


def log(history: History, said: Mapping[int, Collection[str]], most: int) -> list[Row | Cut]:
    """A whole recording as rows, cut so that it takes about so many characters.

    Args:
        history: the recording.
        said: by index, what findings say of an event.
        most: characters of markup for all of it.
    """
    start = before = history[0].at if history else 0.0
    near = {at for index in said for at in range(index - AROUND, index + AROUND + 1)}
    of_one = max(LEAST, min(MOST, most // 100))
    made = []
    for event in history:
        made.append(_row(event, start, of_one, event.at - before, event.index in near, said.get(event.index, ())))
        before = event.at
    return list(_with_cuts(made, _kept(made, most)))


def _kept(made: list[Row], most: int) -> set[int]:
    """Places that stay as long as there is room: what findings name, what is near, then from both ends inwards."""
    kept: set[int] = set()
    room = most
    for place in dict.fromkeys(_by_worth(made)):
        room -= _size(made[place])
        if room < 0:
            break
        kept.add(place)
    return kept


def _by_worth(made: list[Row]) -> Iterator[int]:
    yield from (place for place, row in enumerate(made) if row.said)
    yield from (place for place, row in enumerate(made) if row.near_finding)
    for place in range((len(made) + 1) // 2):
        yield from (place, len(made) - 1 - place)


def _size(row: Row) -> int:
    return _ROW + len(row.text) + len(row.note)


def _with_cuts(made: list[Row], kept: set[int]) -> Iterator[Row | Cut]:
    left_out = 0
    for place, row in enumerate(made):
        if place not in kept:
            left_out += 1
            continue
        if left_out:
            yield Cut(left_out)
            left_out = 0
        yield row
    if left_out:
        yield Cut(left_out)


def _row(
    event: Event, start: float, most: int, gap: float = 0.0, near: bool = False, said: Collection[str] = ()
) -> Row:
    kind = _kind(event)
    return Row(
        index=event.index,
        after=f"{event.at - start:.3f}",
        gap=f"{gap:.3f}" if gap >= _WORTH_TELLING_S else "",
        is_request=isinstance(event, Message) and (event.text or "").lstrip(" \t\r\n[").startswith("1"),
        near_finding=near,
        said=tuple(said),
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
