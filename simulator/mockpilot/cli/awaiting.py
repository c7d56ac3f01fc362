"""What one running scenario waits for, until when, and how connections fare meanwhile. Reads events only."""

from __future__ import annotations

import math
import time

from mockpilot.durations import format_duration
from mockpilot.history.arrivals import Arrivals, TurnedAway
from mockpilot.history.events import HASTE, Event, WaitEnded, WaitStarted
from mockpilot.report.wording import visible

USUALLY = 3
"""Some clients send credentials only once they were asked for: told from so many times on."""


class Awaiting:
    """A scenario while it runs, as one line.

    Args:
        name: of the scenario.
    """

    def __init__(self, name: str) -> None:
        self.name, self.arrivals = name, Arrivals()
        self._waits: list[tuple[str, float, float]] = []

    def take(self, event: Event) -> TurnedAway | None:
        """Take in what happens; answers how a connection was turned away, if that is worth telling at once."""
        if isinstance(event, WaitStarted):
            self._waits.append((event.awaited, event.within_s, time.monotonic() + event.within_s))
        elif isinstance(event, WaitEnded) and self._waits:
            self._waits.pop()
        turned_away = self.arrivals.take(event)
        if turned_away is None or (turned_away.is_usual and self.arrivals.turned_away[turned_away] < USUALLY):
            return None
        return turned_away

    def __str__(self) -> str:
        left, awaited = self._awaited()
        told = " · ".join(filter(None, (left, visible(str(self.arrivals)), awaited)))
        return f"  … {self.name}{f'   {told}' if told else ''}"

    def _awaited(self) -> tuple[str, str]:
        """How long it waits, and for what."""
        if not self._waits:
            return "", ""
        awaited, within_s, until = self._waits[-1]
        left = "as long as it takes"
        if math.isfinite(until):
            seconds = max(0.0, until - time.monotonic())
            left = f"{format_duration(round(seconds)) if seconds >= 1 else '0 s'} of {format_duration(within_s)} left"
        if awaited == HASTE:
            return left, "holding an answer back, to see who cannot wait"
        return left, f"waiting for the product: {awaited}"
