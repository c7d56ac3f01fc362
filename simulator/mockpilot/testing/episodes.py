"""The episodes of one CMS, one after another on one listener: the test's own conversation, and catalogue scenarios.

All are played by the certification. The script of the test's own does nothing but hand its stage over and wait for the
end, so the recording begins, ends and is cleared up like any other.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

import trio

from mockpilot.certification.episode import play
from mockpilot.certification.episode_set import Set
from mockpilot.certification.provoking import provoke
from mockpilot.certification.selection import reason_against
from mockpilot.certification.setting import url_of
from mockpilot.errors import UsageError
from mockpilot.history.events import Event, ListenerUp, TcpAccepted
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Provoke
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.definition import Scenario
from mockpilot.scenario.stage import Stage
from mockpilot.testing.arranging import END_WITHIN_S, Arrangement, set_for
from mockpilot.testing.failures import NotSelected
from mockpilot.testing.happening import Transcript
from mockpilot.testing.judging import Played

Step = Callable[[str, str, str], Awaitable[None] | None]
"""Has the product do a step; takes step, charging point and charging request."""


class Episodes:
    """What is played on one CMS; make it in the loop that serves.

    Args:
        arrangement: what the CMS is set up from; a scenario that it names plays first.
        on_event: told of every event.
    """

    def __init__(self, arrangement: Arrangement, on_event: Callable[[Event], None] | None = None) -> None:
        self.arrangement, self._on_event = arrangement, on_event
        self.set: Set = set_for(arrangement)
        self.recorder: Recorder = self.set.server.world.recorder
        self._stage: Stage | None = None
        self._playing: Scenario | None = None
        self._next = self._due = _scenario(arrangement.wishes.scenario)
        self._provoke: Step | None = None
        self._played: list[Played] = []
        self._closing = self._connected_before = False
        self._listening, self._ready, self._over = trio.Event(), trio.Event(), trio.Event()
        self._free_is_over, self._asked_for = trio.Event(), trio.Event()
        self._turns = trio.lowlevel.ParkingLot()
        """Whoever waits for an episode to begin or to end."""
        self._scope = trio.CancelScope()

    @property
    def stage(self) -> Stage:
        """What the test's own conversation is driven by.

        Raises:
            UsageError: a catalogue scenario plays at the moment.
        """
        self._make_sure_nothing_plays()
        assert self._stage is not None
        return self._stage

    def _make_sure_nothing_plays(self) -> None:
        if self._stage is None:
            name = self._playing.name if self._playing else "scenario"
            raise UsageError(f"the catalogue's {name} plays; call run() and wait for its end before anything else")

    @property
    def pace(self) -> float:
        """Seconds of the CMS's clock per real second; 1 where it stands still."""
        return float(self.set.clock.mode.partition(":")[2] or 1.0)

    @property
    def history(self) -> Transcript:
        """The recording of the present episode, as far as it goes."""
        return Transcript(list(self.recorder.history))

    @property
    def played(self) -> list[Played]:
        """All episodes so far, the present one last."""
        if self._over.is_set():
            return list(self._played)
        return [*self._played, Played(self._name, self.history, self._playing)]

    @property
    def _name(self) -> str:
        return self._playing.name if self._playing else self.arrangement.name

    # -- its life --------------------------------------------------------------------------------------------------

    async def serve(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until ``close``; started means that connections are accepted."""
        async with trio.open_nursery() as nursery:
            port = await nursery.start(self.set.server.serve, True)
            url = url_of(self.set.profile, self.set.surroundings.presystem_id, port)
            self.set.surroundings = replace(self.set.surroundings, url=url)
            nursery.start_soon(self._play_in_turn)
            await self._listening.wait()
            if self._due is None:
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
            self._turns.unpark_all()

    async def _play(self, scenario: Scenario | None) -> None:
        self.set.on_open, self.set.first = self._on_open, not self._connected_before
        # In its own conversation the test works with the product as an operator does; in a scenario it leaves it alone.
        self.set.settles = self.set.started_here = scenario is not None
        self.set.end_within_s = END_WITHIN_S * self.pace
        # Of a scenario that plays since the set-up nobody knows yet whether the test can provoke.
        unknown = scenario is not None and scenario is self._due
        self.set.provoke = self._ask if unknown or self._provoke is not None else None
        try:
            with trio.CancelScope() as self._scope:
                await play(scenario or self._free(), self.set, trio.lowlevel.checkpoint)
        finally:
            self._note_played(scenario)

    def _note_played(self, scenario: Scenario | None) -> None:
        self._stage, history = None, self.recorder.history
        connected = bool(history.of(TcpAccepted))
        self._connected_before |= connected
        if connected or scenario is not None or not self._played:
            self._played.append(Played(self._name, Transcript(list(history)), scenario))
        self._turns.unpark_all()

    def _on_open(self, recorder: Recorder) -> None:
        self.recorder = recorder
        recorder.subscribe(self._note)

    def _note(self, event: Event) -> None:
        if isinstance(event, ListenerUp):
            self._listening.set()
        if self._on_event is not None:
            self._on_event(event)

    def _free(self) -> Scenario:
        async def converse(stage: Stage) -> None:
            self._stage = stage
            self._ready.set()
            self._turns.unpark_all()
            await self._free_is_over.wait()

        return Scenario(
            self.arrangement.name, "The CMS does what the test asks for.", "Whatever the rules say.", (),
            "Connecting", (), 0.0, (), converse, lasts_s=math.inf,
        )  # fmt: skip

    # -- catalogue scenarios ---------------------------------------------------------------------------------------

    async def run(self, name: str | None, step: Step | None) -> Played:
        """Play a scenario to its end, or wait for the end of the one that plays since the set-up.

        Whoever cancels this gives the scenario up; the test's own conversation goes on.

        Args:
            name: of the scenario.
            step: has the product do a step; None: as the profile says.

        Raises:
            NotSelected: it does not suit the product.
        """
        scenario = self._due or _scenario(name)
        if scenario is None or name not in (None, scenario.name):
            wanted = repr(scenario.name) if scenario else "the name of a scenario"
            raise UsageError(f"run: {wanted} is expected, found {name!r}")
        self._make_sure_it_suits(scenario, step)
        before = self._begin(scenario)
        self._provoke = step
        self._asked_for.set()
        try:
            return await self._wait_played(scenario, before)
        except BaseException:
            self._give_up(scenario)
            raise
        finally:
            self._provoke = None
            with trio.CancelScope(shield=True):  # short, since clearing up has deadlines of its own
                await self._wait_own_turn()

    def _begin(self, scenario: Scenario) -> int:
        """Have a scenario played next, unless it is due since the set-up; answers how many had been played before."""
        if scenario is self._due:
            self._due = None
            return 0  # it may be over already
        self._make_sure_nothing_plays()
        self._next, self._stage, self._ready = scenario, None, trio.Event()
        self._free_is_over.set()
        return len(self._played)

    def _give_up(self, scenario: Scenario) -> None:
        if self._next is scenario:
            self._next = None
        if self._playing is scenario:
            self._scope.cancel()

    async def _wait_own_turn(self) -> None:
        while not (self._ready.is_set() or self._over.is_set()):
            await self._turns.park()

    def _make_sure_it_suits(self, scenario: Scenario, step: Step | None) -> None:
        profile = self.set.profile
        asked = profile if step is None else replace(profile, provoke=Provoke(stdin=True))
        reason = reason_against(scenario, asked, self.arrangement.authority.certificates.bad_kinds)
        if reason:
            raise NotSelected(f"{scenario.name} is not selected: {reason}")

    async def _wait_played(self, scenario: Scenario, before: int) -> Played:
        while True:
            for one in self._played[before:]:
                if one.scenario is scenario:
                    return one
            await self._turns.park()

    async def _ask(self, step: str, point: str, request: str) -> tuple[bool, str]:
        # A scenario that plays since the set-up may get here before the test has said how.
        await self._asked_for.wait()
        if self._provoke is None:
            return await self._ask_as_the_profile_says(step, point, request)
        came = self._provoke(step, point, request)
        if inspect.isawaitable(came):
            await came
        return True, "the test did it"

    async def _ask_as_the_profile_says(self, step: str, point: str, request: str) -> tuple[bool, str]:
        way = self.set.profile.provoke
        if way is None:
            return False, "run() was given no way to provoke"
        return await provoke(
            way, step, point, request, surroundings=self.set.surroundings, product=None, ask=self.set.ask
        )


def _scenario(name: str | None) -> Scenario | None:
    if name is None:
        return None
    catalogue = load_catalogue()
    if name not in catalogue:
        raise UsageError(f"scenario: the name of one is expected, found {name!r}; 'mockpilot list' has them")
    return catalogue[name]
