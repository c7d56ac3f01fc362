"""A CMS in a thread of its own, for tests and scripts of any kind: every call blocks until it is done.

Thin over the one in the loop. What a test waits for is measured in real seconds, because products live in them; time
that stands still is moved here, from outside the loop.
"""

from __future__ import annotations

import math
import queue
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import trio

from mockpilot.clock import REAL, ManualClock, ScaledClock
from mockpilot.faults.verbs import Fault
from mockpilot.profile import Profile
from mockpilot.results import FindingResult, ScenarioResult
from mockpilot.scenario.matching import predicate
from mockpilot.testing.advancing import Clock
from mockpilot.testing.arranging import Arrangement, arrange
from mockpilot.testing.authority import Authority
from mockpilot.testing.failures import ConformanceFailure, WaitFailure
from mockpilot.testing.happening import Happening, StoredRequest, Transcript, awaited_words
from mockpilot.testing.judging import Played
from mockpilot.testing.loop import LoopThread, RanOut
from mockpilot.testing.opened import WITHIN_S, ArmedFault, State, TrioCms
from mockpilot.testing.quiet import Quiet
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


class Cms:
    """A CMS that misbehaves on request; ``running`` or the fixture makes one, and ``close`` ends it."""

    def __init__(self, arrangement: Arrangement, *, strict: bool = False) -> None:
        factor = factor_of(arrangement.wishes.time)
        own: trio.abc.Clock | None = ManualClock() if factor is None else ScaledClock(factor)
        own = None if arrangement.wishes.time == REAL else own
        self.quiet = Quiet()
        self.judges = arrangement.wishes.judge
        self._is_manual = isinstance(own, ManualClock)
        self._own = own
        self.loop: LoopThread[TrioCms] = LoopThread(
            lambda: self._made(arrangement, strict), TrioCms.serve, self._end, own
        )
        self._inner = self.loop.start()
        self._closed = False
        self.clock = Clock(self.loop, self._inner, own, self.quiet)
        self.depot = DepotView(self, self._inner)

    def _made(self, arrangement: Arrangement, strict: bool) -> TrioCms:
        made = TrioCms(arrangement, strict=strict)
        made.quiet = self.quiet if self._is_manual else None
        return made

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

    # -- what a product needs --------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the product has to connect to."""
        return self._inner.url

    @property
    def ca_file(self) -> Path:
        """The PEM file with the authority to trust."""
        return self._inner.ca_file

    @property
    def user(self) -> str:
        """Of the Basic credentials."""
        return self._inner.user

    @property
    def password(self) -> str:
        """Of the Basic credentials; another one each time."""
        return self._inner.password

    @property
    def environment(self) -> dict[str, str]:
        """Our own environment with the ``MOCKPILOT_*`` variables, for a product that runs as a process."""
        return self._inner.environment

    @property
    def presystem_id(self) -> str:
        """As which the product has to speak."""
        return self._inner.presystem_id

    @property
    def dialect(self) -> str:
        """Name of the dialect that the CMS speaks."""
        return self._inner.dialect

    @property
    def seed(self) -> int:
        """Of everything that is left to chance."""
        return self._inner.seed

    def ssl_context(self) -> ssl.SSLContext:
        """A client's context that trusts this CMS and nobody else."""
        return self._inner.ssl_context()

    # -- what happened ---------------------------------------------------------------------------------------------

    @property
    def history(self) -> Transcript:
        """The recording of the present episode, as far as it goes."""
        return self._inner.history

    @property
    def played(self) -> list[Played]:
        """All episodes so far, the present one last."""
        return self._inner.played

    @property
    def findings(self) -> list[FindingResult]:
        """What the product did wrong so far, allowed things and remarks included."""
        return self._inner.findings

    @property
    def results(self) -> list[ScenarioResult]:
        """What can be said of each episode so far."""
        return self._inner.results

    def complaint(self, *, always: bool = False, brief: bool = False) -> str:
        """The text with which ``judge`` would fail now; empty if it wouldn't, unless it is wanted always.

        Args:
            always: tell what there is although nothing fails.
            brief: leave the history out.
        """
        return self._inner.complaint(always=always, brief=brief)

    def judge(self) -> None:
        """Fail if the product did something that it must not, or a fault was armed for nothing.

        Raises:
            ConformanceFailure: with everything that is known.
        """
        __tracebackhide__ = True
        if text := self.complaint():
            raise ConformanceFailure(text)

    def allow(self, rule: str, *, reason: str) -> None:
        """Let a rule be violated without failing the test; findings are shown apart."""
        self._inner.allow(rule, reason=reason)

    @property
    def allowed(self) -> dict[str, str]:
        """Reasons by rule: what may be violated without failing the test."""
        return self._inner.allowed

    # -- waiting ---------------------------------------------------------------------------------------------------

    def reach(self, state: State, within: float = WITHIN_S) -> None:
        """Wait until a live link is fresh (open), booted, or in exchange (it answered a push)."""
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
            what: an action's name, ``attempt``, ``link``, ``accepted``, ``answer`` or the name of an event.
            count: how often; the answer is then a list.
            within: real seconds for all of it.

        Raises:
            WaitFailure: with what came instead.
        """
        __tracebackhide__ = True
        spoken = awaited_words(what)

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
            raise WaitFailure(self._inner.in_vain(spoken, within, since, _hints())) from None
        except WaitFailure as failure:
            raise WaitFailure("\n".join([str(failure), *(f"  hint     {hint}" for hint in _hints())])) from None

    # -- provoking -------------------------------------------------------------------------------------------------

    def arm(self, fault: Fault) -> ArmedFault:
        """Put a fault to work."""
        return self.loop.call(lambda: self._inner.arm(fault))

    def disarm(self, fault: ArmedFault) -> None:
        """Take a fault out; its evidence stays."""
        self.loop.call(lambda: self._inner.disarm(fault))

    def drop(self, how: str = "reset", code: int | None = 1001) -> None:
        """End all live links now: ``close`` (with a code), ``tls-end``, ``tcp-end``, ``reset`` or ``silence``."""
        self.loop.call(lambda: self._inner.drop(how, code))

    @contextmanager
    def outage(self, how: str = "reset", refuse: int | str = "tcp") -> Iterator[ArmedFault]:
        """End all links and refuse new ones until the block ends.

        Args:
            how: as in ``drop``.
            refuse: an HTTP status, or ``tcp``.
        """
        refusal = self.loop.call(lambda: self._inner.begin_outage(how, refuse))
        try:
            yield refusal
        finally:
            self.disarm(refusal)

    def push(self) -> None:
        """Push the depot now, beside the rhythm."""
        self.loop.call(self._inner.push)

    def hold_pushes(self) -> None:
        """Keep pushes back."""
        self.loop.call(self._inner.hold_pushes)

    def release_pushes(self) -> None:
        """Let pushes out again."""
        self.loop.call(self._inner.release_pushes)

    def mark(self, text: str = "") -> None:
        """Write a note into the recording; the next wait begins here."""
        self.loop.call(lambda: self._inner.mark(text))

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

        job = self.loop.begin(lambda: self._inner.run(name, provoke=ask if provoke else None))
        job.future.add_done_callback(lambda _: asked.put(None))
        try:
            while (question := asked.get()) is not None:
                step, point, request, done = question
                assert provoke is not None
                provoke(step, point, request)
                self.loop.call(done.set)
        except BaseException:
            job.cancel()
            raise
        return job.result()


def _hints() -> list[str]:
    if _in_asyncio():
        return [_BLOCKED.format("asyncio", "wait in a thread: await asyncio.to_thread(mockpilot.wait_exchange)")]
    if trio.lowlevel.in_trio_run():
        return [_BLOCKED.format("trio", "open the CMS in it: async with mockpilot.testing.open_cms()")]
    return []


def _in_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")  # whoever has not imported it runs no loop of it
    if asyncio is None:
        return False
    with suppress(RuntimeError):
        asyncio.get_running_loop()
        return True
    return False


_BLOCKED = "this wait blocked a running {} loop; if the product lives in it, {}"


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


