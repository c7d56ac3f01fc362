"""The waits of one scenario: each is recorded, bounded by a limit, and ended by a product that leaves.

Knows neither states nor steps; what is waited for comes in as a predicate over recorded events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import trio

from mockpilot.control import Control
from mockpilot.errors import ScenarioError
from mockpilot.history.events import Event, ProductExited, Stalled, WaitEnded, WaitStarted
from mockpilot.limits import Limits
from mockpilot.scenario.matching import Predicate


class ScenarioOver(Exception):  # noqa: N818 - an end, not an error
    """The script ends here; ``why`` goes into the recording."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


@dataclass(slots=True)
class Patience:
    """What came of a wait with patience."""

    ran_out: bool = False


class Waits:
    """How a scenario waits.

    Args:
        control: whose recording is looked at, from its cursor on.
        limits: of this run.
        supervised: the product may exit and is started again.
    """

    def __init__(self, control: Control, limits: Limits, *, supervised: bool) -> None:
        self._control, self._limits, self._supervised = control, limits, supervised
        self._patience: list[str] = []
        self._scopes: list[trio.CancelScope] = []
        control.recorder.subscribe(self._extend_for_stall)
        self.started = False
        """Whether the start state that was asked for is reached, or none was."""

    @property
    def limit(self) -> str:
        """Name of the limit that bounds a wait begun now."""
        return self._patience[-1] if self._patience else "provoke_within"

    @property
    def within_s(self) -> float:
        """How long a wait begun now may take by itself; with patience, as long as that lasts."""
        return math.inf if self._patience else self._limits.provoke_within

    async def next(self, matches: Predicate, awaited: str) -> Event:
        """The next event that matches; none in time ends the scenario normally.

        Raises:
            ScenarioOver: it did not come, or the product is gone.
        """
        event = await self.within(matches, self.within_s)
        if event is None:
            raise ScenarioOver("done", f"{awaited} did not come in {self.within_s:g} s")
        return event

    async def any(self, matches: Predicate) -> Event:
        """The next event that matches, however long it takes.

        Raises:
            ScenarioOver: the product is gone.
        """
        event = await self.within(matches, math.inf)
        assert event is not None
        return event

    async def within(self, matches: Predicate, within_s: float) -> Event | None:
        """The next event that matches; None if the time runs out.

        Raises:
            ScenarioOver: the product is gone.
        """
        event = await self._control.wait_event(lambda event: matches(event) or self._is_exit(event), within_s)
        if isinstance(event, ProductExited) and self._is_exit(event):
            why = "done" if self.started else "product left"
            raise ScenarioOver(why, f"the product ended by itself with {event.how}")
        return event

    def _is_exit(self, event: Event) -> bool:
        return isinstance(event, ProductExited) and not event.by_us and not self._supervised

    @contextmanager
    def recorded(self, awaited: str, within_s: float, limit: str) -> Iterator[None]:
        """Write down what is awaited inside, and whether it came."""
        record = self._control.recorder.record
        record(WaitStarted(awaited=awaited, within_s=round(within_s, 3), limit=limit))
        came = False
        try:
            yield
            came = True
        finally:
            record(WaitEnded(awaited=awaited, ran_out=not came))

    @contextmanager
    def patience(self, limit: str, times: float = 1.0) -> Iterator[Patience]:
        """Bound the waits inside by a limit, or so many times it; running out ends the block, not the scenario."""
        seconds = self._limits.as_seconds().get(limit)
        if seconds is None:
            raise ScenarioError(f"patience: the name of a limit is expected, found {limit!r}")
        waited = Patience()
        self._patience.append(limit)
        try:
            # A little longer than the limit: what is judged by it must lie inside the recording.
            with trio.move_on_after(seconds * times + self._limits.guard) as scope:
                self._scopes.append(scope)
                yield waited
        finally:
            self._patience.pop()
            self._scopes.pop()
        waited.ran_out = scope.cancelled_caught

    def _extend_for_stall(self, event: Event) -> None:
        if isinstance(event, Stalled):
            for scope in self._scopes:
                scope.deadline += event.late_s
