"""What we did to the product on purpose: the faults of one recording, by the names under which events tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from mockpilot.history.events import Event, FaultArmed, FaultDisarmed, FaultFired

UNUSUAL = ("damage", "inject", "change", "clock")
"""Verbs that make a message say something else than a CMS says every day."""


class OurFaults:
    """How the faults among these events were armed, and when they were at work."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._armed = {event.name: event for event in events if isinstance(event, FaultArmed)}
        self._fired = [event for event in events if isinstance(event, FaultFired)]
        self._verbs = {event.name: event.do for event in events if isinstance(event, FaultArmed | FaultFired)}
        self._disarmed_at = {event.name: event.index for event in events if isinstance(event, FaultDisarmed)}
        self.moved_clock: bool = any(fired.do == "clock" for fired in self._fired)
        """Whether a fault moved our own clock."""

    def armed_as(self, name: str | None) -> FaultArmed | None:
        """How a fault was armed."""
        return self._armed.get(name) if name is not None else None

    def verb(self, name: str | None) -> str | None:
        """What a fault does."""
        return self._verbs.get(name) if name is not None else None

    def kind(self, name: str | None) -> str:
        """Which kind of answer, certificate or other variety a fault is of; empty if it has none."""
        return str(self._parameters(name).get("kind", ""))

    def how(self, name: str | None) -> str:
        """In which way a fault works, empty if its verb knows one alone."""
        return str(self._parameters(name).get("how", ""))

    def location(self, name: str | None) -> str:
        """Where a redirect points; empty for another host of ours."""
        return str(self._parameters(name).get("location", ""))

    def _parameters(self, name: str | None) -> dict[str, Any]:
        armed = self.armed_as(name)
        return armed.how if armed is not None else {}

    def is_unusual(self, name: str | None) -> bool:
        """Whether a fault makes a message say something else than a CMS says every day."""
        return self.verb(name) in UNUSUAL

    def pressed(self, index: int, *, pinged_too: bool = True, for_s: float = 0.0) -> bool:
        """Whether a fault made the transport slow, kept pongs back or (``pinged_too``) flooded it with pings then.

        Args:
            index: the event in question.
            pinged_too: count a flood of pings, which troubles whoever reads one by one.
            for_s: seconds after the event in which it may have begun, too.
        """
        until = self._events[index].at + for_s
        return any(
            (fired.index < index or fired.at < until) and index < self._disarmed_at.get(fired.name, inf)
            for fired in self._fired if self._presses(fired, pinged_too)
        )

    def _presses(self, fired: FaultFired, pinged_too: bool) -> bool:
        return fired.do == "slow" or (fired.do == "ping" and (pinged_too or self.how(fired.name) != "flood"))
