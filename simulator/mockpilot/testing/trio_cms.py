"""A CMS for a test, in a trio loop: waits and how it stands, thin over the stage and the control.

How it is opened and judged is not known here, nor who blocks a thread on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar, overload

import trio

from mockpilot.clock import REAL
from mockpilot.errors import UsageError
from mockpilot.history.events import DepotChanged, Event, WaitEnded, WaitStarted
from mockpilot.report.time_mode import time_words
from mockpilot.results import ScenarioResult
from mockpilot.scenario.matching import predicate
from mockpilot.scenario.stage import Stage
from mockpilot.scenario.states import CHARGING, STATES
from mockpilot.scenario.waiting import ScenarioOver
from mockpilot.testing.episodes import Episodes, Step
from mockpilot.testing.failures import WaitFailure
from mockpilot.testing.happening import Happening, StoredRequest, awaited_words, stored_requests, wanted_words
from mockpilot.testing.provoking import Provoking
from mockpilot.testing.telling import in_vain, seconds_words, unwelcome

R = TypeVar("R")

WITHIN_S = 30.0
"""How long a wait lasts where a test says nothing, in real seconds: products live in real time whatever we do."""


class TrioCms(Provoking):
    """A CMS in the present trio loop; ``open_cms`` makes one and ends it."""

    def __init__(self, episodes: Episodes, *, strict: bool = False) -> None:
        super().__init__(episodes, strict=strict)
        self.episodes = episodes
        self.serve, self.close = episodes.serve, episodes.close

    @property
    def time(self) -> str:
        """How the CMS's clock runs: ``real``, ``scaled:N`` or ``manual``."""
        return self._episodes.set.clock.mode

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def reach(self, state: str, within: float = WITHIN_S) -> None:
        """Wait until a live link is ``fresh`` (open), ``booted`` or in ``exchange`` (a push was answered).

        ``charging`` goes further: the vehicle of a request that the product sent is plugged in by hand, and charges.
        """
        if state == CHARGING:
            await self._reach_charging(within)
            return
        if state not in STATES:
            raise UsageError(f"reach: one of {', '.join([*STATES, CHARGING])} is expected, found {state!r}")
        control, shows = self.stage.control, self.stage.shows(state)
        spoken = _SPOKEN.get(state, f"state {state} on a live link")
        cursor, control.cursor = control.cursor, 0
        try:
            await self._wait(lambda event: shows(event) and self._is_live(event.link), spoken, within, cursor)
        finally:
            control.cursor = cursor

    async def _reach_charging(self, within: float) -> None:
        stage, since, spoken = self.stage, self.stage.control.cursor, "a vehicle that charges"
        why = ""
        with trio.move_on_after(within * self._episodes.pace) as bound:
            try:
                await stage.reach(CHARGING)
            except ScenarioOver as over:
                why = over.detail
        if why or bound.cancelled_caught:
            raise WaitFailure(self.in_vain(spoken, within, since, [why] if why else []))

    async def wait_exchange(self, within: float = WITHIN_S) -> None:
        """Wait until a live link has booted and answered a push."""
        await self.reach("exchange", within)

    def _is_live(self, link: int | None) -> bool:
        return any(live.number == link for live in self._episodes.set.server.live_links())

    @overload
    async def wait_for(self, what: str, count: None = None, within: float = WITHIN_S) -> Happening: ...
    @overload
    async def wait_for(self, what: str, count: int, within: float = WITHIN_S) -> list[Happening]: ...
    async def wait_for(
        self, what: str, count: int | None = None, within: float = WITHIN_S
    ) -> Happening | list[Happening]:
        """Wait for something of the product, from the last wait or mark on.

        Args:
            what: the action of a request of the product, ``attempt``, ``link``, ``accepted``, ``answer`` or the name of
                an event.
            count: how often; the answer is then a list.
            within: real seconds for all of it.

        Raises:
            WaitFailure: with what came instead.
        """
        spoken, matches, pace = wanted_words(what), predicate(what), self._episodes.pace
        since, until = self.stage.control.cursor, trio.current_time() + within * pace
        found = []
        for number in range(1, (count or 1) + 1):
            left, named = (until - trio.current_time()) / pace, _numbered(spoken, number, count)
            found.append(Happening(await self._wait(matches, named, left, since, within)))
        return found[0] if count is None else found

    async def never(self, what: str, during: float) -> None:
        """Make sure that something does not come while the CMS's clock runs on, nor came since the last wait or mark.

        Raises:
            WaitFailure: with what came.
        """
        spoken, matches = awaited_words(what), predicate(what)
        control = self.stage.control
        cursor = control.cursor
        event = await control.wait_event(matches, during)
        if event is not None:
            raise self.unwelcome(spoken, event)
        control.cursor = cursor

    def unwelcome(self, spoken: str, event: Event) -> WaitFailure:
        """The failure for something that should not have come."""
        return WaitFailure(unwelcome(spoken, event, time_words(self.time), self.history))

    async def wait_request(self, vehicle: str, within: float = WITHIN_S) -> StoredRequest:
        """Wait until the CMS holds a charging request for a vehicle."""
        control = self.stage.control
        cursor = control.cursor
        until = trio.current_time() + within * self._episodes.pace
        while vehicle not in (known := {one.vehicle_id: one for one in self.requests.values()}):
            left = (until - trio.current_time()) / self._episodes.pace
            await self._wait(_is_change, f"a charging request for vehicle {vehicle}", left, cursor, within)
        control.cursor = cursor
        return known[vehicle]

    async def _wait(
        self, matches: Callable[[Event], bool], spoken: str, left: float, since: int, within: float | None = None
    ) -> Event:
        control = self.stage.control
        control.recorder.record(WaitStarted(awaited=spoken, within_s=0.0 if math.isinf(left) else round(left, 3)))
        event = None
        try:
            event = await control.wait_event(matches, max(0.0, left) * self._episodes.pace)
        finally:
            control.recorder.record(WaitEnded(awaited=spoken, ran_out=event is None))
        if event is None:
            raise WaitFailure(self.in_vain(spoken, within if within is not None else left, since))
        return event

    def in_vain(self, spoken: str, within: float, since: int, hints: Sequence[str] = ()) -> str:
        """What is to be said when something did not come, and what came instead."""
        history, clock = self.history, "real time" if self.time == REAL else f"real time ({time_words(self.time)})"
        if self.time == "manual":
            hints = [*hints, "the CMS's time stands still: pushes come only with clock.advance(seconds)"]
        return in_vain(spoken, seconds_words(within, clock), history[since:], history, self.findings, hints)

    # -- how the CMS stands -------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """What the test's own conversation is driven by."""
        return self._stage

    def _do(self, work: Callable[[], R]) -> R:
        return work()

    @property
    def requests(self) -> dict[str, StoredRequest]:
        """The charging requests that the CMS holds, by id."""
        return stored_requests(self._episodes.set.server.world.site.requests_of(self.presystem_id))

    @property
    def points(self) -> tuple[str, ...]:
        """Charging points at which vehicles can charge, as pushes name them."""
        spell = self._episodes.set.server.world.dialect.spelling.out
        return tuple(map(spell, self._episodes.set.server.world.site.real_points()))

    def now(self) -> float:
        """Seconds on the CMS's clock since it was set up."""
        return self._episodes.set.clock.now()

    def instant(self) -> datetime:
        """The present instant as messages and depot have it."""
        return self._episodes.set.clock.instant()

    async def run(self, name: str | None = None, *, provoke: Step | None = None) -> ScenarioResult:
        """Play a catalogue scenario to its end against the product, and judge it.

        Args:
            name: of the scenario; left out where the CMS was set up with one, which plays since then.
            provoke: has the product do a step.

        Raises:
            ConformanceFailure: the product failed it, or it showed nothing.
            NotSelected: it does not suit the product.
        """
        return self.result_of_run(await self._episodes.run(name, provoke))

    def is_unwritten(self) -> bool:
        """Whether something that was handed to a link waits to be written."""
        return any(link.unwritten for link in self._episodes.set.server.live_links())


_SPOKEN = {"fresh": "an open link", "booted": "an accepted boot on a live link", "exchange": "an answered push on a "
           "live link"}  # fmt: skip


def _numbered(spoken: str, number: int, count: int | None) -> str:
    return spoken if count is None else f"{spoken}, number {number} of {count}"


def _is_change(event: Event) -> bool:
    return isinstance(event, DepotChanged)
