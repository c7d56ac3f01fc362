"""When an armed fault strikes: its selectors against what passes by, and the counts that they need.

Time and chance come in; nothing is done here about what was struck. A fault counts matching occasions from its arming;
``after`` and ``until`` open and close it, and what passes outside of that is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from mockpilot.faults.selecting import Selector
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import Action, Envelope, MessageType


class Chance(Protocol):
    """Random numbers, as ``random.Random`` makes them."""

    def random(self) -> float:
        """A float in [0, 1)."""

    def getrandbits(self, k: int, /) -> int:
        """An integer of so many random bits."""


Seeded = Callable[[str], Chance]
"""Makes random numbers of a seed."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that a fault may strike: a message on a link, or the link itself."""

    at: float
    """Seconds on the run's clock."""
    link: int | None = None
    presystem_id: str = ""
    """Whose link it is."""
    type: MessageType | None = None
    action: Action | None = None
    direction: Literal["out", "in"] = "out"

    def with_message(self, envelope: Envelope, direction: Literal["out", "in"] = "out") -> Occasion:
        """The same moment on the same link, with a message."""
        return Occasion(
            self.at, self.link, self.presystem_id, envelope.message_type, envelope.action, direction
        )


@dataclass(slots=True)
class Armed:
    """A fault at work, with its evidence and its counts."""

    name: str
    fault: Fault
    at: float = 0.0
    """When it was armed, in seconds on the run's clock."""
    chance: Chance | None = None
    matched: int = 0
    fired: int = 0
    seen: bool = False
    disarmed: bool = False
    passed: set[str] = field(default_factory=set)
    """Actions of ``after`` and ``until`` of which a request has passed since the arming."""
    held: dict[int | None, Envelope] = field(default_factory=dict)
    """swap, hold: by link, the message that waits for the next one, or for a person."""
    acted_on: set[int | None] = field(default_factory=set)
    """Links on which it did unasked what it does."""
    chosen: str = ""
    """change: the charging point that was found for it."""

    def draw(self) -> float:
        """A float in [0, 1), of the fault's own chance."""
        return self.chance.random() if self.chance is not None else 0.0

    def passes(self, occasion: Occasion) -> None:
        """Take note of a message that has passed, either way."""
        selects = self.fault.selects
        if occasion.type is MessageType.REQUEST and occasion.action in (selects.after, selects.until):
            self.passed.add(str(occasion.action))

    @property
    def is_spent(self) -> bool:
        """Whether it has fired as often as it ever will; one without an end counts as spent once it has fired."""
        selects = self.fault.selects
        if not self.fired or self.disarmed:
            return self.fired > 0
        if selects.times is not None or self.fault.attempts is not None:
            return self.fired >= min(selects.times or math.inf, self.fault.attempts or math.inf)
        return selects.nth is None or self.matched >= max(selects.nth)


def is_open(armed: Armed, at: float, others: Iterable[Armed]) -> bool:
    """Whether a fault is between its ``after`` and its ``until``."""
    selects, age = armed.fault.selects, at - armed.at
    if selects.after_s is not None and age < selects.after_s:
        return False
    if selects.until_s is not None and age >= selects.until_s:
        return False
    if selects.after is not None and not _has_come(armed, selects.after, others):
        return False
    return selects.until is None or not _has_come(armed, selects.until, others)


def _has_come(armed: Armed, moment: str, others: Iterable[Armed]) -> bool:
    if moment in tuple(Action):
        return moment in armed.passed
    return any(other.name == moment and other.is_spent for other in others)


def means(selects: Selector, occasion: Occasion) -> bool:
    """Whether a selector means such an occasion, whatever the count and the moment."""
    return (
        selects.type in (None, occasion.type)
        and selects.action in (None, occasion.action)
        and selects.direction == occasion.direction
        and means_link(selects, occasion.link, occasion.presystem_id)
    )


def means_link(selects: Selector, link: int | None, presystem_id: str) -> bool:
    """Whether a selector means that link."""
    return selects.link is None or selects.link in (link, presystem_id)


def strikes(armed: Armed, occasion: Occasion, others: Iterable[Armed]) -> bool:
    """Whether a fault strikes an occasion that comes now; it is counted, and counted as fired if so."""
    selects = armed.fault.selects
    if armed.disarmed or not means(selects, occasion) or not is_open(armed, occasion.at, others):
        return False
    if selects.times is not None and armed.fired >= selects.times:
        return False
    armed.matched += 1
    if not _is_counted(selects, armed.matched):
        return False
    if selects.share is not None and armed.draw() >= selects.share:
        return False
    armed.fired += 1
    return True


def _is_counted(selects: Selector, number: int) -> bool:
    if selects.every is not None:
        return number % selects.every == 0
    return selects.nth is None or number in selects.nth
