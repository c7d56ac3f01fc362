"""The only source of time for the trio shell: seconds since the run began, and the stamps of our messages.

Message stamps are epoch + run time, so under a mock clock they move with it. Simulated time runs ``factor`` times as
fast as the run: stamps and depot follow it, pauses and push interval stay real. ``wall`` is the real clock, for traces.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import trio

from mockpilot.protocol.envelope import format_timestamp


class RunClock:
    """The clock of one run; make it inside trio.

    Args:
        epoch: the instant at which the run begins; now if it is left out.
        factor: seconds of simulated time per second of the run, above zero.
    """

    def __init__(self, epoch: datetime | None = None, factor: float = 1.0) -> None:
        self._epoch = epoch or datetime.now(UTC)
        self._start = trio.current_time()
        self.factor = factor

    @property
    def is_simulated(self) -> bool:
        """Whether the time that messages tell parts from the wall's."""
        return self.factor != 1.0

    def now(self) -> float:
        """Seconds since the run began, whatever the factor."""
        return trio.current_time() - self._start

    def instant(self) -> datetime:
        """The present instant as messages and depot have it."""
        return self._epoch + timedelta(seconds=self.factor * self.now())

    def seconds_until(self, instant: datetime) -> float:
        """Seconds of the run until an instant; below zero if it has passed."""
        return (instant - self.instant()).total_seconds() / self.factor

    def stamp(self) -> str:
        """A time stamp for a message."""
        return format_timestamp(self.instant())

    def wall(self) -> str:
        """The real wall clock in UTC."""
        return format_timestamp(datetime.now(UTC))
