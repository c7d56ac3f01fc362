"""The only source of time for the trio shell: seconds since the run began, and the stamps of our messages.

Message stamps are epoch + run time, so under a mock clock they move with it. Simulated time runs ``factor`` times as
fast as the run: stamps and depot follow it, pauses and push interval stay real. ``wall`` is the real clock, for traces.

A loop can be given a clock that runs faster, or one that stands still until it is told: then push rhythm, deadlines,
stamps and depot follow that clock together, while whoever is connected lives on in real time.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta

import trio

from mockpilot.errors import UsageError
from mockpilot.protocol.envelope import format_timestamp

REAL = "real"
"""The time mode in which the run's clock is everybody's."""


class ScaledClock(trio.abc.Clock):
    """Time of a loop that runs faster than everybody else's.

    Args:
        factor: its seconds per real second, above zero.
    """

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.mode = f"scaled:{factor:g}"
        self._began = 0.0

    def start_clock(self) -> None:
        self._began = time.perf_counter()

    def current_time(self) -> float:
        return self.factor * (time.perf_counter() - self._began)

    def deadline_to_sleep_time(self, deadline: float) -> float:
        return (deadline - self.current_time()) / self.factor


class ManualClock(trio.abc.Clock):
    """Time of a loop that stands still until somebody moves it, and runs as real time does once it is let go."""

    mode = "manual"

    def __init__(self) -> None:
        self._time = 0.0
        self._let_go_at: float | None = None

    def start_clock(self) -> None:
        """Nothing runs."""

    def current_time(self) -> float:
        if self._let_go_at is None:
            return self._time
        return self._time + time.perf_counter() - self._let_go_at

    def deadline_to_sleep_time(self, deadline: float) -> float:
        late_or_free = self._let_go_at is not None or deadline <= self._time
        return deadline - self.current_time() if late_or_free else math.inf

    def move(self, seconds: float) -> None:
        """Move time forward; call it from a task of the loop, so that the loop looks at its deadlines afterwards."""
        self._time += max(0.0, seconds)

    def let_go(self) -> None:
        """Let time run from now on, so that whatever ends things by deadlines can end them."""
        if self._let_go_at is None:
            self._let_go_at = time.perf_counter()


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
        self.mode: str = getattr(trio.lowlevel.current_clock(), "mode", REAL)
        """How the loop's own time runs: ``real``, ``scaled:N`` or ``manual``."""

    @property
    def is_simulated(self) -> bool:
        """Whether the time that messages tell parts from the wall's."""
        return self.factor != 1.0 or self.mode != REAL

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

    def advance(self, seconds: float) -> None:
        """Let simulated time jump forward.

        Raises:
            UsageError: it is the wall's.
        """
        if not self.is_simulated:
            raise UsageError("clock: only simulated time can be advanced, and this one is the wall's; "
                             "start with --time-factor")  # fmt: skip
        self._epoch += timedelta(seconds=seconds)

    def wall(self) -> str:
        """The real wall clock in UTC."""
        return format_timestamp(datetime.now(UTC))
