"""A CMS for a test, in a trio loop: thin over the stage and the control, one episode after another on one listener.

The test's own conversation is an episode like any scenario's, played by the certification; its script does nothing but
hand its stage to the test and wait for the end. Whoever blocks a thread on this is not known here.
"""

from __future__ import annotations

import inspect
import math
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import trio

from mockpilot.certification.episode import Set, play
from mockpilot.certification.selection import reason_against
from mockpilot.certification.setting import url_of
from mockpilot.clock import REAL
from mockpilot.errors import UsageError
from mockpilot.faults.injector import Armed
from mockpilot.faults.verbs import Fault, refuse
from mockpilot.history.events import DepotChanged, Event, FaultFired, ListenerUp, TcpAccepted, WaitEnded, WaitStarted
from mockpilot.history.recorder import History, Recorder
from mockpilot.profile import Profile, Provoke
from mockpilot.report.wording import time_words
from mockpilot.results import FindingResult, ScenarioResult
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.definition import Scenario
from mockpilot.scenario.matching import predicate
from mockpilot.scenario.stage import STATES, Stage
from mockpilot.testing import judging
from mockpilot.testing.arranging import END_WITHIN_S, Arrangement, arrange, set_for
from mockpilot.testing.authority import Authority
from mockpilot.testing.failures import ConformanceFailure, NotSelected, WaitFailure
from mockpilot.testing.happening import Happening, StoredRequest, Transcript, awaited_words, stored_requests
from mockpilot.testing.judging import Played
from mockpilot.testing.telling import LAST_LINES, in_vain, seconds_words, unwelcome
from mockpilot.testing.wishes import Wishes

if TYPE_CHECKING:
    from mockpilot.testing.quiet import Quiet

WITHIN_S = 30.0
"""How long a wait lasts where a test says nothing, in real seconds: products live in real time whatever we do."""
State = Literal["fresh", "booted", "exchange"]
Step = Callable[[str, str, str], Awaitable[None] | None]
"""Has the product do a step; takes step, charging point and charging request."""


class ArmedFault:
    """A fault that was armed, with its evidence.

    Args:
        armed: as the control has it.
        history: where its evidence is written.
        instant: the CMS's own time of a moment of the run.
    """

    def __init__(self, armed: Armed, history: Callable[[], History], instant: Callable[[float], datetime]) -> None:
        self.armed = armed
        self._history, self._instant = history, instant

    @property
    def name(self) -> str:
        """Its name in the recording."""
        return self.armed.name

    @property
    def fired(self) -> int:
        """How often it struck."""
        return self.armed.fired

    @property
    def fired_at(self) -> datetime | None:
        """When it struck first, as the CMS tells time; None if it hasn't."""
        for event in self._history().of(FaultFired):
            if event.name == self.name:
                return self._instant(event.at)
        return None

    @property
    def seen(self) -> bool:
        """Whether something that the product did proves that it met the fault."""
        return self.armed.seen


class TrioCms:
    """A CMS in the present trio loop; ``open_cms`` makes one and ends it."""

    def __init__(self, arrangement: Arrangement, *, strict: bool = False) -> None:
        self._arrangement, self._strict = arrangement, strict
        self._set: Set = set_for(arrangement)
        self._stage: Stage | None = None
        self._recorder: Recorder = self._set.server.world.recorder
        self._playing: Scenario | None = None
        self._next: Scenario | None = _scenario(arrangement.wishes.scenario)
        self._waiting_for_run = self._next
        self._free_is_over, self._closing = trio.Event(), False
        self._listening, self._ready, self._over = trio.Event(), trio.Event(), trio.Event()
        self._scope = trio.CancelScope()
        self._turn_over = trio.Event()
        self._provoke: Step | None = None
        self._run_called = trio.Event()
        self._played: list[Played] = []
        self._allowed = {one.rule: one.reason for one in arrangement.profile.expected}
        self._connected_before = False
        self.quiet: Quiet | None = None
        """Told of every event, where somebody has to know when nothing happens any more."""

    # -- what a product needs --------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the product has to connect to."""
        return self._set.surroundings.url

    @property
    def ca_file(self) -> Path:
        """The PEM file with the authority to trust."""
        return self._set.surroundings.ca_file

    @property
    def user(self) -> str:
        """Of the Basic credentials."""
        return self._set.surroundings.user

    @property
    def password(self) -> str:
        """Of the Basic credentials; another one each time."""
        return self._set.surroundings.password

    @property
    def environment(self) -> dict[str, str]:
        """Our own environment with the ``MOCKPILOT_*`` variables, for a product that runs as a process."""
        return self._set.surroundings.environment()

    @property
    def presystem_id(self) -> str:
        """As which the product has to speak."""
        return self._set.surroundings.presystem_id

    @property
    def dialect(self) -> str:
        """Name of the dialect that the CMS speaks."""
        return self._set.surroundings.dialect

    @property
    def seed(self) -> int:
        """Of everything that is left to chance."""
        return self._set.seed

    @property
    def time(self) -> str:
        """How the CMS's clock runs: ``real``, ``scaled:N`` or ``manual``."""
        return self._set.clock.mode

    def ssl_context(self) -> ssl.SSLContext:
        """A client's context that trusts this CMS and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._arrangement.authority.certificates.ca_pem.decode())
        return context

    # -- what happened ---------------------------------------------------------------------------------------------

    @property
    def history(self) -> Transcript:
        """The recording of the present episode, as far as it goes."""
        return Transcript(list(self._recorder.history))

    @property
    def played(self) -> list[Played]:
        """All episodes so far, the present one last."""
        if self._over.is_set():
            return list(self._played)
        return [*self._played, Played(self._name, self.history, self._playing)]

    @property
    def _name(self) -> str:
        return self._playing.name if self._playing else self._arrangement.name

    @property
    def allowed(self) -> dict[str, str]:
        """Reasons by rule: what may be violated without failing the test."""
        return dict(self._allowed)

    @property
    def findings(self) -> list[FindingResult]:
        """What the product did wrong so far, allowed things and remarks included."""
        return [found for one in self.played for found in judging.result_of(one, self._allowed).findings]

    @property
    def results(self) -> list[ScenarioResult]:
        """What can be said of each episode so far."""
        return [judging.result_of(one, self._allowed) for one in self.played]

    def complaint(self, *, always: bool = False, brief: bool = False) -> str:
        """The text with which ``judge`` would fail now; empty if it wouldn't, unless it is wanted always.

        Args:
            always: tell what there is although nothing fails.
            brief: leave the history out.
        """
        return judging.complaint(
            self.played, self._allowed, strict=self._strict, always=always, lines=0 if brief else LAST_LINES
        )

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
        judging.check_rule(rule)
        self._allowed[rule] = reason

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def reach(self, state: State, within: float = WITHIN_S) -> None:
        """Wait until a live link is fresh (open), booted, or in exchange (it answered a push)."""
        if state not in STATES:
            raise UsageError(f"reach: one of {', '.join(STATES)} is expected, found {state!r}")
        control, shows, spoken = self.stage.control, STATES[state], _SPOKEN[state]
        cursor, control.cursor = control.cursor, 0
        try:
            await self._wait(lambda event: shows(event) and self._is_live(event.link), spoken, within, cursor)
        finally:
            control.cursor = cursor

    async def wait_exchange(self, within: float = WITHIN_S) -> None:
        """Wait until a live link has booted and answered a push."""
        await self.reach("exchange", within)

    def _is_live(self, link: int | None) -> bool:
        return any(live.number == link for live in self._set.server.live_links())

    @overload
    async def wait_for(self, what: str, count: None = None, within: float = WITHIN_S) -> Happening: ...
    @overload
    async def wait_for(self, what: str, count: int, within: float = WITHIN_S) -> list[Happening]: ...
    async def wait_for(
        self, what: str, count: int | None = None, within: float = WITHIN_S
    ) -> Happening | list[Happening]:
        """Wait for something of the product, from the last wait or mark on.

        Args:
            what: an action's name, ``attempt``, ``link``, ``accepted``, ``answer`` or the name of an event.
            count: how often; the answer is then a list.
            within: real seconds for all of it.

        Raises:
            WaitFailure: with what came instead.
        """
        spoken, matches = awaited_words(what), predicate(what)
        since, until = self.stage.control.cursor, trio.current_time() + within * self.pace
        found = [
            Happening(await self._wait(
                matches, _numbered(spoken, number, count), (until - trio.current_time()) / self.pace, since, within,
            ))
            for number in range(1, (count or 1) + 1)
        ]  # fmt: skip
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
        until = trio.current_time() + within * self.pace
        while vehicle not in (known := {one.vehicle_id: one for one in self.requests.values()}):
            left = (until - trio.current_time()) / self.pace
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
            event = await control.wait_event(matches, max(0.0, left) * self.pace)
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

    # -- provoking -------------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """What the test's own conversation is driven by.

        Raises:
            UsageError: a catalogue scenario plays at the moment.
        """
        if self._stage is None:
            name = self._playing.name if self._playing else "a scenario"
            raise UsageError(f"the catalogue's {name} plays; call run() and wait for its end before anything else")
        return self._stage

    def arm(self, fault: Fault) -> ArmedFault:
        """Put a fault to work."""
        clock, instant = self._set.clock, self._set.clock.instant()
        recorder, now = self._recorder, clock.now()
        return ArmedFault(
            self.stage.arm(fault), lambda: recorder.history, lambda at: instant + timedelta(seconds=at - now)
        )

    def disarm(self, fault: ArmedFault) -> None:
        """Take a fault out; its evidence stays."""
        self.stage.disarm(fault.armed)

    def drop(self, how: str = "reset", code: int | None = 1001) -> None:
        """End all live links now: ``close`` (with a code), ``tls-end``, ``tcp-end``, ``reset`` or ``silence``."""
        self.stage.control.drop(how, code)

    def begin_outage(self, how: str = "reset", refuse_by: int | str = "tcp") -> ArmedFault:
        """Refuse new connections and end those that there are, until the refusal is disarmed."""
        refusal = self.arm(_optional(refuse(refuse_by)))
        if self._set.server.live_links():
            self.drop(how)
        return refusal

    @contextmanager
    def outage(self, how: str = "reset", refuse: int | str = "tcp") -> Iterator[ArmedFault]:
        """End all links and refuse new ones until the block ends.

        Args:
            how: as in ``drop``.
            refuse: an HTTP status, or ``tcp``.
        """
        refusal = self.begin_outage(how, refuse)
        try:
            yield refusal
        finally:
            self.disarm(refusal)

    def push(self) -> None:
        """Push the depot now, beside the rhythm."""
        self.stage.push()

    def hold_pushes(self) -> None:
        """Keep pushes back."""
        self.stage.hold_pushes()

    def release_pushes(self) -> None:
        """Let pushes out again."""
        self.stage.release_pushes()

    def mark(self, text: str = "") -> None:
        """Write a note into the recording; the next wait begins here."""
        self.stage.mark(text)

    @property
    def requests(self) -> dict[str, StoredRequest]:
        """The charging requests that the CMS holds, by id."""
        return stored_requests(self._set.server.world.site.requests_of(self.presystem_id))

    @property
    def points(self) -> tuple[str, ...]:
        """Charging points at which vehicles can charge, as pushes name them."""
        spell = self._set.server.world.dialect.spelling.out
        return tuple(map(spell, self._set.server.world.site.real_points()))

    @property
    def pace(self) -> float:
        """Seconds of the CMS's clock per real second; 1 where it stands still."""
        return float(self.time.partition(":")[2] or 1.0)

    def now(self) -> float:
        """Seconds on the CMS's clock since it was set up."""
        return self._set.clock.now()

    def instant(self) -> datetime:
        """The present instant as messages and depot have it."""
        return self._set.clock.instant()

    # -- catalogue scenarios ---------------------------------------------------------------------------------------

    async def run(self, name: str | None = None, *, provoke: Step | None = None) -> ScenarioResult:
        """Play a catalogue scenario to its end against the product, and judge it.

        Args:
            name: of the scenario; left out where the CMS was set up with one, which plays since then.
            provoke: has the product do a step.

        Raises:
            ConformanceFailure: the product failed it, or it showed nothing.
            NotSelected: it does not suit the product.
        """
        scenario = self._waiting_for_run or _scenario(name)
        if scenario is None or name not in (None, scenario.name):
            raise UsageError(f"run: {scenario.name if scenario else 'the name of a scenario'!r} is expected, "
                             f"found {name!r}")  # fmt: skip
        self._make_sure_it_suits(scenario, provoke)
        self._provoke = provoke
        self._run_called.set()
        if scenario is not self._waiting_for_run:
            self._next = scenario
            self._free_is_over.set()
        self._waiting_for_run = None
        played = await self._wait_played(scenario)
        await self._ready.wait()
        result = judging.result_of(played, self._allowed)
        text = judging.complaint([played], self._allowed, strict=self._strict)
        if text:
            raise ConformanceFailure(text)
        return result

    def _make_sure_it_suits(self, scenario: Scenario, provoke: Step | None) -> None:
        profile = self._set.profile
        asked = profile if provoke is None else replace(profile, provoke=Provoke(stdin=True))
        reason = reason_against(scenario, asked, self._arrangement.authority.certificates.bad_kinds)
        if reason:
            raise NotSelected(f"{scenario.name} is not selected: {reason}")

    async def _wait_played(self, scenario: Scenario) -> Played:
        before = 0 if self._playing is scenario else len(self._played)
        while True:
            for one in self._played[before:]:
                if one.scenario is scenario:
                    return one
            await self._turn_over.wait()

    async def _ask(self, step: str, point: str, request: str) -> tuple[bool, str]:
        # A scenario that plays since the set-up may get here before the test has said how.
        await self._run_called.wait()
        if self._provoke is None:
            return False, "run() was given no way to provoke"
        came = self._provoke(step, point, request)
        if inspect.isawaitable(came):
            await came
        return True, "the test did it"

    # -- its life --------------------------------------------------------------------------------------------------

    async def serve(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until ``close``; started means that connections are accepted."""
        async with trio.open_nursery() as nursery:
            port = await nursery.start(self._set.server.serve, True)
            url = url_of(self._set.profile, self.presystem_id, port)
            self._set.surroundings = replace(self._set.surroundings, url=url)
            nursery.start_soon(self._play_in_turn)
            await self._listening.wait()
            if self._waiting_for_run is None:
                await self._ready.wait()
            task_status.started()
            await self._over.wait()
            nursery.cancel_scope.cancel()

    async def close(self) -> None:
        """End the present episode and every link; whoever still waits is cancelled."""
        if not self._listening.is_set():
            return  # it never came so far
        self._closing = True
        self._free_is_over.set()
        if self._playing is not None:
            self._scope.cancel()
        await self._over.wait()

    async def _play_in_turn(self) -> None:
        try:
            while not self._closing:
                scenario, self._next = self._next, None
                self._free_is_over, self._ready, self._playing = trio.Event(), trio.Event(), scenario
                await self._play(scenario)
        finally:  # also when the test's loop is cancelled
            self._over.set()

    async def _play(self, scenario: Scenario | None) -> None:
        self._set.on_open, self._set.first = self._on_open, not self._connected_before
        self._set.settles = scenario is not None
        self._set.provoke = self._ask if scenario is not None and self._set.profile.provoke is None else None
        self._set.end_within_s = END_WITHIN_S * self.pace
        try:
            with trio.CancelScope() as self._scope:
                await play(scenario or self._free(), self._set, trio.lowlevel.checkpoint)
        finally:
            self._note_played(scenario)

    def _note_played(self, scenario: Scenario | None) -> None:
        self._stage, history = None, self._recorder.history
        connected = bool(history.of(TcpAccepted))
        self._connected_before |= connected
        if connected or scenario is not None or not self._played:
            self._played.append(Played(self._name, Transcript(list(history)), scenario))
        self._turn_over.set()
        self._turn_over = trio.Event()

    def _on_open(self, recorder: Recorder) -> None:
        self._recorder = recorder
        recorder.subscribe(self._note)

    def _note(self, event: Event) -> None:
        if isinstance(event, ListenerUp):
            self._listening.set()
        if self.quiet is not None:
            self.quiet.note(event)

    def _free(self) -> Scenario:
        async def converse(stage: Stage) -> None:
            self._stage = stage
            self._ready.set()
            await self._free_is_over.wait()

        return Scenario(
            self._arrangement.name, "The CMS does what the test asks for.", "Whatever the rules say.", (),
            "Connecting", (), 0.0, (), converse,
        )  # fmt: skip

    # -- for whoever drives from another thread --------------------------------------------------------------------

    def is_unwritten(self) -> bool:
        """Whether something that was handed to a link waits to be written."""
        return any(link.unwritten for link in self._set.server.live_links())


_SPOKEN = {"fresh": "an open link", "booted": "an accepted boot on a live link", "exchange": "an answered push on a "
           "live link"}  # fmt: skip


def _numbered(spoken: str, number: int, count: int | None) -> str:
    return spoken if count is None else f"{spoken}, number {number} of {count}"


def _is_change(event: Event) -> bool:
    return isinstance(event, DepotChanged)


def _optional(fault: Fault) -> Fault:
    return replace(fault, optional=True)


def _scenario(name: str | None) -> Scenario | None:
    if name is None:
        return None
    catalogue = load_catalogue()
    if name not in catalogue:
        raise UsageError(f"scenario: the name of one is expected, found {name!r}; 'mockpilot list' has them")
    return catalogue[name]


@asynccontextmanager
async def open_cms(
    *, profile: Profile | Path | str | None = None, depot: Path | str | None = None, strict: bool = False,
    authority: Authority | None = None, name: str = "test", **wishes: Any,
) -> AsyncIterator[TrioCms]:  # fmt: skip
    """A CMS in the present loop, judged when the block ends well.

    Args:
        profile: of the product, or its file.
        depot: the name of a bundled depot, or a file.
        strict: findings of level should count, too.
        authority: whose certificates it shows; one of its own if it is left out.
        name: of the test, for the recording.
        wishes: see ``Wishes``; time is the loop's own.

    Raises:
        ConformanceFailure: the product did something that it must not.
    """
    __tracebackhide__ = True
    wished = Wishes().changed(wishes)
    if wished.time != REAL:
        raise UsageError("open_cms: time is that of the loop; give trio.run a ScaledClock, or use running(time=…)")
    with _authority(authority) as lent:
        cms = TrioCms(arrange(wished, profile, depot, lent, name), strict=strict)
        failure: BaseException | None = None
        async with trio.open_nursery() as nursery:
            try:
                await nursery.start(cms.serve)
                yield cms
            except BaseException as error:
                if _is_cancelled(error):
                    raise
                failure = error  # raised behind the nursery, which would wrap it into a group
            finally:
                with trio.CancelScope(shield=True):
                    await cms.close()
        if failure is not None:
            raise failure
        if wished.judge:
            cms.judge()


@contextmanager
def _authority(lent: Authority | None) -> Iterator[Authority]:
    if lent is not None:
        yield lent
        return
    with Authority() as own:
        yield own


def _is_cancelled(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)[0] is not None
    return isinstance(error, trio.Cancelled)
