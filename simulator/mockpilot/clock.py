"""The only source of time for the trio shell: seconds since the run began, and the stamps of our messages.

Message stamps are epoch + run time, so under a mock clock they move with it. ``wall`` is the real clock, for traces.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import trio

from mockpilot.protocol.envelope import format_timestamp


class RunClock:
    """The clock of one run; make it inside trio.

    Args:
        epoch: the instant at which the run begins; now if it is left out.
    """

    def __init__(self, epoch: datetime | None = None) -> None:
        self._epoch = epoch or datetime.now(UTC)
        self._start = trio.current_time()

    def now(self) -> float:
        """Seconds since the run began."""
        return trio.current_time() - self._start

    def instant(self) -> datetime:
        """The present instant on the run's clock."""
        return self._epoch + timedelta(seconds=self.now())

    def stamp(self) -> str:
        """A time stamp for a message."""
        return format_timestamp(self.instant())

    def wall(self) -> str:
        """The real wall clock in UTC."""
        return format_timestamp(datetime.now(UTC))
