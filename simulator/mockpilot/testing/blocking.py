"""A CMS in a thread of its own, for tests and scripts of any kind: every call blocks until it is done.

Thin over the one in the loop. What a test waits for is measured in real seconds, because products live in them; time
that stands still is moved here, from outside the loop.
"""

from __future__ import annotations

import math
import queue
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import trio

from mockpilot.clock import REAL, ManualClock, ScaledClock
from mockpilot.profile import Profile
from mockpilot.results import ScenarioResult
from mockpilot.scenario.matching import predicate
from mockpilot.testing.advancing import Clock
from mockpilot.testing.arranging import Arrangement, arrange
from mockpilot.testing.authority import Authority
from mockpilot.testing.blocked import hints
from mockpilot.testing.episodes import Episodes
from mockpilot.testing.failures import WaitFailure
from mockpilot.testing.happening import Happening, StoredRequest, awaited_words, wanted_words
from mockpilot.testing.loop import LoopThread, RanOut
from mockpilot.testing.provoking import Provoking
from mockpilot.testing.quiet import Quiet
from mockpilot.testing.trio_cms import WITHIN_S, TrioCms
from mockpilot.testing.wishes import Wishes, factor_of

R = TypeVar("R")
Provoke = Callable[[str, str, str], object]
"""Has the product do a step; takes step, charging point and charging request."""


class Requests:
    """The charging requests that the CMS holds; a snapshot each time."""

    def __init__(self, cms: Cms, inner: TrioCms) -> None:
        self._cms, self._inner = cms, inner

    def all(self) -> dict[str, StoredRequest]:
        """All of them, by id."""
        return self._cms.loop.call(lambda: self._inner.requests)

    def vehicle(self, vehicle: str, within: float = WITHIN_S) -> StoredRequest:
        """The request for a vehicle; waits until there is one.

        Raises:
            WaitFailure: there is none in so many real seconds.
        """
        __tracebackhide__ = True
        return self._cms.bounded(
            lambda left: self._inner.wait_request(vehicle, left), f"a charging request for vehicle {vehicle}", within
        )


class DepotView:
    """The depot as far as tests look at it."""

    def __init__(self, cms: Cms, inner: TrioCms) -> None:
        self._cms, self._inner = cms, inner
        self.requests = Requests(cms, inner)

    @property
    def points(self) -> tuple[str, ...]:
        """Charging points at which vehicles can charge, as pushes name them."""
        return self._cms.loop.call(lambda: self._inner.points)


class Cms(Provoking):
    """A CMS that misbehaves on request; ``running`` or the fixture makes one, and ``close`` ends it."""

    def __init__(self, arrangement: Arrangement, *, strict: bool = False) -> None:
        factor = factor_of(arrangement.wishes.time)
        own: trio.abc.Clock | None = ManualClock() if factor is None else ScaledClock(factor)
        own = None if arrangement.wishes.time == REAL else own
        self._own, self._is_manual, self._closed = own, isinstance(own, ManualClock), False
        self.judges = arrangement.wishes.judge
        quiet = Quiet()
        on_event = quiet.note if self._is_manual else None
        self.loop: LoopThread[TrioCms] = LoopThread(
            lambda: TrioCms(Episodes(arrangement, on_event), strict=strict), lambda made, told: made.serve(told),
            self._end, own,
        )  # fmt: skip
        self._inner = self.loop.start()
        super().__init__(self._inner.episodes, strict=strict)
        self.clock = Clock(self.loop, self._inner, own, quiet)
        self.depot = DepotView(self, self._inner)

    async def _end(self, inner: TrioCms) -> None:
        if isinstance(self._own, ManualClock):
            self._own.let_go()
        await inner.close()

    def close(self) -> None:
        """End every link, the port and the thread; the history stays. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self.loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.close()
        if error is None and self.judges:
            self.judge()

    # -- waiting ---------------------------------------------------------------------------------------------------

    def reach(self, state: str, within: float = WITHIN_S) -> None:
        """Wait until a live link is ``fresh`` (open), ``booted`` or in ``exchange`` (a push was answered).

        ``charging`` goes further: the vehicle of a request that the product sent is plugged in by hand, and charges.
        """
        __tracebackhide__ = True
        self.bounded(lambda left: self._inner.reach(state, left), f"state {state}", within)

    def wait_exchange(self, within: float = WITHIN_S) -> None:
        """Wait until a live link has booted and answered a push."""
        __tracebackhide__ = True
        self.reach("exchange", within)

    @overload
    def wait_for(self, what: str, count: None = None, within: float = WITHIN_S) -> Happening: ...
    @overload
    def wait_for(self, what: str, count: int, within: float = WITHIN_S) -> list[Happening]: ...
    def wait_for(self, what: str, count: int | None = None, within: float = WITHIN_S) -> Happening | list[Happening]:
        """Wait for something of the product, from the last wait or mark on.

        Args:
            what: the action of a request of the product, ``attempt``, ``link``, ``accepted``, ``answer`` or the name of
                an event.
            count: how often; the answer is then a list.
            within: real seconds for all of it.

        Raises:
            WaitFailure: with what came instead.
        """
        __tracebackhide__ = True
        spoken = wanted_words(what)

        async def wait(left: float) -> Happening | list[Happening]:
            return await self._inner.wait_for(what, count, left) if count else await self._inner.wait_for(
                what, within=left
            )

        return self.bounded(wait, spoken, within)

    def never(self, what: str, during: float) -> None:
        """Make sure that something does not come in so many seconds of the CMS, nor came since the last wait or mark.

        Raises:
            WaitFailure: with what came.
        """
        __tracebackhide__ = True
        if not self._is_manual:
            self.loop.begin(lambda: self._inner.never(what, during)).result()
            return
        matches, spoken = predicate(what), awaited_words(what)
        since = self.loop.call(lambda: self._inner.stage.control.cursor)
        self.clock.advance(during)
        for event in self.history[since:]:
            if matches(event):
                raise self._inner.unwelcome(spoken, event)

    def bounded(self, work: Callable[[float], Awaitable[R]], spoken: str, within: float) -> R:
        """Have something waited for that takes real seconds, also where the CMS's own time stands still."""
        __tracebackhide__ = True
        since = self.loop.call(lambda: self._inner.stage.control.cursor)
        left = math.inf if self._is_manual else within
        job = self.loop.begin(lambda: work(left))
        try:
            return job.result(within if self._is_manual else math.inf)
        except RanOut:
            raise WaitFailure(self._inner.in_vain(spoken, within, since, hints())) from None
        except WaitFailure as failure:
            raise WaitFailure("\n".join([str(failure), *(f"  hint     {hint}" for hint in hints())])) from None

    def _do(self, work: Callable[[], R]) -> R:
        return self.loop.call(work)

    # -- catalogue scenarios ---------------------------------------------------------------------------------------

    def run(self, name: str | None = None, *, provoke: Provoke | None = None) -> ScenarioResult:
        """Play a catalogue scenario to its end against the product, and judge it.

        Args:
            name: of the scenario; left out where the CMS was set up with one, which plays since then.
            provoke: has the product do a step; called in this thread.

        Raises:
            ConformanceFailure: the product failed it, or it showed nothing.
            NotSelected: it does not suit the product.
        """
        __tracebackhide__ = True
        asked: queue.SimpleQueue[tuple[str, str, str, trio.Event] | None] = queue.SimpleQueue()

        async def ask(step: str, point: str, request: str) -> None:
            done = trio.Event()
            asked.put((step, point, request, done))
            await done.wait()

        job = self.loop.begin(lambda: self._episodes.run(name, ask if provoke else None))
        job.future.add_done_callback(lambda _: asked.put(None))
        try:
            while (question := asked.get()) is not None:
                step, point, request, done = question
                assert provoke is not None
                provoke(step, point, request)
                self.loop.call(done.set)
        except BaseException:
            job.give_up()
            raise
        return self.result_of_run(job.result())


@contextmanager
def running(
    *, profile: Profile | Path | str | None = None, depot: Path | str | None = None, strict: bool = False,
    authority: Authority | None = None, name: str = "test", **wishes: Any,
) -> Iterator[Cms]:  # fmt: skip
    """A CMS in a thread of its own, judged when the block ends well.

    Args:
        profile: of the product, or its file.
        depot: the name of a bundled depot, or a file.
        strict: findings of level should count, too.
        authority: whose certificates it shows; one of its own if it is left out.
        name: of the test, for the recording.
        wishes: dialect, push_interval, time, seed, scenario, judge.

    Raises:
        ConformanceFailure: the product did something that it must not.
    """
    __tracebackhide__ = True
    with ExitStack() as stack:
        lent = authority or stack.enter_context(Authority(profile if isinstance(profile, Profile) else None))
        with Cms(arrange(Wishes().changed(wishes), profile, depot, lent, name), strict=strict) as cms:
            yield cms


def scenario_names() -> list[str]:
    """All catalogue scenarios by name, in the order in which they run: for ``parametrize``."""
    from mockpilot.scenario.catalogue import load_catalogue

    return list(load_catalogue())


