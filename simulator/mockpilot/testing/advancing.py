"""The time of one CMS as a test sees it; time that stands still is moved from outside the loop, step by step."""

from __future__ import annotations

import math
import time
from datetime import datetime
from functools import partial

import trio

from mockpilot.clock import ManualClock
from mockpilot.errors import UsageError
from mockpilot.testing.loop import LoopThread
from mockpilot.testing.quiet import Quiet
from mockpilot.testing.trio_cms import TrioCms

QUIET_S = 0.025
"""A link on which nothing is open and nothing happened for so long has gone quiet."""
GIVE_UP_S = 0.25
"""So long after the last sign of the product nothing more is expected of it, although something is open."""
LOOK_S = 0.002
SMALLEST_S = 1e-6
"""Time moves at least so far, or rounding would leave it before the end for ever."""


class Clock:
    """The time of one CMS."""

    def __init__(self, loop: LoopThread[TrioCms], inner: TrioCms, own: trio.abc.Clock | None, quiet: Quiet) -> None:
        self._loop, self._inner, self._own, self._quiet = loop, inner, own, quiet

    @property
    def mode(self) -> str:
        """``real``, ``scaled:N`` or ``manual``."""
        return self._inner.time

    def now(self) -> float:
        """Seconds on the CMS's clock since it was set up."""
        return self._loop.call(self._inner.now)

    def instant(self) -> datetime:
        """The present instant as messages and depot have it."""
        return self._loop.call(self._inner.instant)

    def advance(self, seconds: float) -> None:
        """Move manual time, and return when what became due has been written and the link has gone quiet.

        Raises:
            UsageError: time is not manual.
        """
        own = self._own
        if not isinstance(own, ManualClock):
            raise UsageError(f"clock.advance: manual time is expected, this CMS lives in {self.mode} time; "
                             "mark the test with @pytest.mark.mockpilot(time=\"manual\")")  # fmt: skip
        if not 0 <= seconds < math.inf:
            raise UsageError(f"clock.advance: seconds, zero or more, are expected, found {seconds}")
        end = self.now() + seconds
        self._wait_quiet()
        while self._loop.call(partial(_step, own, self._inner, end)):
            self._wait_quiet()

    def _wait_quiet(self) -> None:
        quiet, inner = self._quiet, self._inner
        seen, since = -1, time.monotonic()
        while True:
            unwritten = self._loop.call(inner.is_unwritten)
            now = time.monotonic()
            if quiet.events != seen:
                seen, since = quiet.events, now
            if now - since >= (GIVE_UP_S if quiet.awaits_product or unwritten else QUIET_S):
                return
            time.sleep(LOOK_S)


def _step(clock: ManualClock, inner: TrioCms, end: float) -> bool:
    """Move time to the next deadline of the loop, so that what is due twice happens twice; False once it is there."""
    left = end - inner.now()
    if left <= 0:
        return False
    due = trio.lowlevel.current_statistics().seconds_to_next_deadline
    clock.move(min(left, max(due, SMALLEST_S)))
    return True
