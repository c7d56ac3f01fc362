"""What a test has the CMS do: faults, links that end, outages, pushes and notes. The same in a loop and from a thread.

How something is done in the loop of the CMS is not known here; nothing here waits for the product.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from mockpilot.faults.verbs import Fault
from mockpilot.faults.verbs import refuse as refusal_by
from mockpilot.scenario.stage import Stage
from mockpilot.testing.shown import ArmedFault, Shown

R = TypeVar("R")


class Provoking(Shown):
    """A CMS that can be told to misbehave."""

    @abstractmethod
    def _do(self, work: Callable[[], R]) -> R:
        """Have something done in the loop of the CMS, at once, and return what comes of it."""

    @property
    def _stage(self) -> Stage:
        return self._episodes.stage

    def arm(self, fault: Fault) -> ArmedFault:
        """Put a fault to work."""
        return self._do(lambda: self._arm(fault))

    def _arm(self, fault: Fault) -> ArmedFault:
        clock, recorder = self._episodes.set.clock, self._episodes.recorder
        began = clock.instant() - timedelta(seconds=clock.now())
        return ArmedFault(self._stage.arm(fault), lambda: recorder.history, began)

    def disarm(self, fault: ArmedFault) -> None:
        """Take a fault out; its evidence stays."""
        self._do(lambda: self._stage.disarm(fault.armed))

    def drop(self, how: str = "reset", code: int | None = 1001) -> None:
        """End all live links now: ``close`` (with a code), ``tls-end``, ``tcp-end``, ``reset`` or ``silence``."""
        self._do(lambda: self._stage.control.drop(how, code))

    @contextmanager
    def outage(self, how: str = "reset", refuse: int | str = "tcp") -> Iterator[ArmedFault]:
        """End all links and refuse new ones until the block ends.

        Args:
            how: as in ``drop``.
            refuse: an HTTP status, or ``tcp``.
        """
        refusal = self._do(lambda: self._begin_outage(how, refuse))
        try:
            yield refusal
        finally:
            self.disarm(refusal)

    def _begin_outage(self, how: str, refuse: int | str) -> ArmedFault:
        refusal = self._arm(replace(refusal_by(refuse), optional=True))
        if self._episodes.set.server.live_links():
            self._stage.control.drop(how)
        return refusal

    def push(self) -> None:
        """Push the depot now, beside the rhythm."""
        self._do(lambda: self._stage.push())

    def hold_pushes(self) -> None:
        """Keep pushes back."""
        self._do(lambda: self._stage.hold_pushes())

    def release_pushes(self) -> None:
        """Let pushes out again."""
        self._do(lambda: self._stage.release_pushes())

    def mark(self, text: str = "") -> None:
        """Write a note into the recording; the next wait begins here."""
        self._do(lambda: self._stage.mark(text))
