"""Runs that were started at the lab bench: which ones, how far they are, what came of them.

Playing and writing down are the certification's; here is only when one may begin, and what is told of it. While a run
goes on, links, faults and depot of the bench are the run's, and nobody meddles with them by hand.
"""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import trio

from mockpilot.certification.run import Plan, Run
from mockpilot.certification.run_folder import PAGE, RESULT, RunFolder
from mockpilot.certification.runner import certify_at
from mockpilot.certification.selection import Selection, check_expected, select
from mockpilot.console.asked import RunAsked
from mockpilot.console.bench import Bench, NotDoneError, UnknownError, WrongWordError
from mockpilot.console.tally import Tally
from mockpilot.console.told import FindingShown, RunShown, RunTold, ScenarioShown
from mockpilot.errors import MockpilotError, UsageError
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile
from mockpilot.results import FindingResult, RunResult, ScenarioResult
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.definition import Scenario


@dataclass(slots=True)
class Played:
    """One run, while it goes on and afterwards."""

    folder: RunFolder
    selection: list[str]
    of: int
    goes_on: Run | None
    """None once it is over; it holds all recordings."""
    playing: str = ""
    stopped: bool = False
    trouble: str = ""

    @property
    def state(self) -> Literal["goes on", "finished", "stopped", "broken"]:
        """In a word."""
        if self.goes_on is not None:
            return "goes on"
        if self.trouble:
            return "broken"
        return "stopped" if self.stopped else "finished"


class Runs:
    """What can be played at a bench.

    Args:
        bench: whose server and product are used.
        profile: what that serves.
        out: the folder of all runs.
    """

    def __init__(self, bench: Bench, profile: Profile, out: Path) -> None:
        self._bench, self._profile, self._out = bench, profile, out
        self._played: dict[str, Played] = {}
        self._nursery: trio.Nursery | None = None
        self._starting = False

    async def keep_ready(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Let runs be played until cancelled; one that goes on then ends in order."""
        async with trio.open_nursery() as self._nursery:
            task_status.started()
            await trio.sleep_forever()

    # -- acting ----------------------------------------------------------------------------------------------------

    async def start(self, asked: RunAsked) -> RunShown:
        """Begin a run; answers once the links of the bench have ended for it.

        Raises:
            NotDoneError: it cannot begin now.
            WrongWordError: a word fits nothing.
        """
        self._check()
        self._starting, before = True, self._bench.recording.end
        try:
            begun = await self._begin(asked)
            self._bench.waits_from = before
            return begun
        finally:
            self._starting = False

    def _check(self) -> None:
        if self._bench.busy_with or self._starting:
            raise NotDoneError(f"one run at a time: {self._bench.busy_with or 'another one is about to begin'}; wait "
                               "until it is over, or stop it")  # fmt: skip
        if len(self._profile.presystems) > 1:
            raise NotDoneError("a run is about one presystem, and this profile has several; serve a profile of one")
        if not self._bench.control.server.is_listening:
            raise NotDoneError("a port that accepts connections is expected; end the outage first")
        check_expected(self._profile)

    async def _begin(self, asked: RunAsked) -> RunShown:
        catalogue = await trio.to_thread.run_sync(load_catalogue)
        chosen = self._select(catalogue, asked)
        plan = self._plan(chosen, catalogue, asked.seed)
        assert self._nursery is not None
        run = await self._nursery.start(self._play, plan, asked.selection)
        return self._shown(run.folder.path.name, self._played[run.folder.path.name])

    def _select(self, catalogue: Mapping[str, Scenario], asked: RunAsked) -> Selection:
        kinds = self._bench.control.server.certificates.bad_kinds
        try:
            chosen = select(catalogue, asked.selection, asked.skip, self._profile, bad_certificates=kinds, by_hand=True)
        except UsageError as error:
            raise WrongWordError(str(error)) from error
        if not chosen.run:
            raise NotDoneError(f"nothing is selected: {_why_nothing(chosen)}")
        return chosen

    def _plan(self, chosen: Selection, catalogue: Mapping[str, Scenario], seed: int | None) -> Plan:
        seed = random.SystemRandom().randrange(2**31) if seed is None else seed
        return Plan(self._profile, chosen, catalogue, self._out, seed, self._bench.control.server.certificates)

    async def _play(
        self, plan: Plan, selection: list[str], task_status: trio.TaskStatus[Run] = trio.TASK_STATUS_IGNORED
    ) -> None:
        tally, seen = self._bench.tally, _Seen(self._bench, plan)
        self._bench.busy_with = "a run begins"
        begun = _Begun(self, plan, selection, seen, task_status)
        try:
            await certify_at(self._bench.control.server, plan, seen, begun)
        except MockpilotError as error:
            begun.break_off(error, str(error))
        except Exception as error:
            begun.break_off(error, traceback.format_exc())
        finally:
            self._bench.tally, self._bench.busy_with = tally, ""
            begun.end()

    def stop(self, number: str) -> RunShown:
        """End what plays, and begin nothing new; the folder becomes complete."""
        played = self._find(number)
        if played.goes_on is None:
            raise NotDoneError(f"run {number} is over already: {played.state}")
        played.stopped = True
        played.goes_on.stop(signal.SIGINT)
        return self._shown(number, played)

    # -- looking ---------------------------------------------------------------------------------------------------

    def all(self) -> list[RunShown]:
        """All of them whose folder is still there, the newest first."""
        there = [(number, one) for number, one in self._played.items() if (one.folder.path / RESULT).is_file()]
        return [self._shown(number, one) for number, one in reversed(there)]

    def told(self, number: str) -> RunTold:
        """One of them with its results."""
        played = self._find(number)
        return _told(number, played, played.folder.result())

    def report(self, number: str) -> str:
        """The report page of a run that is over."""
        played = self._find(number)
        page = played.folder.path / PAGE
        if played.goes_on is not None or not page.is_file():
            why = "it goes on; the report is written at its end" if played.goes_on else played.trouble
            raise NotDoneError(f"run {number} has no report: {why}")
        return page.read_text(encoding="utf-8")

    def _find(self, number: str) -> Played:
        if number not in self._played:
            raise UnknownError(f"run {number[:60]!r}: one that was started here is expected; there are: "
                               f"{', '.join(self._played) or 'none'}")  # fmt: skip
        return self._played[number]

    def _shown(self, number: str, played: Played) -> RunShown:
        told = _told(number, played, played.folder.result())
        return RunShown(**{name: getattr(told, name) for name in RunShown.__struct_fields__})

    def note_begun(self, run: Run, played: Played) -> None:
        """Keep a run that has begun."""
        self._played[run.folder.path.name] = played


@dataclass(slots=True)
class _Seen:
    """Follows a run and tells the bench."""

    bench: Bench
    plan: Plan
    played: Played | None = None

    def run_started(self, url: str, ca_file: Path, user: str, shown_password: str | None) -> None:
        """Everybody knows where to connect to."""

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        """The counts of links and faults are this scenario's from now on."""
        assert self.played is not None
        self.played.playing = scenario.name
        self.bench.tally = Tally()
        for event in recorder.history:
            self.bench.tally.note(event)
        recorder.subscribe(self.bench.tally.note)
        self.bench.busy_with = _busy(self.played)

    def scenario_ended(self, result: ScenarioResult) -> None:
        """What came of it stands in the bench's own recording."""
        assert self.played is not None
        self.played.playing = ""
        self.bench.note(f"run {self.played.folder.path.name}: {result.name} {result.outcome}")


class _Begun:
    """Where the certification reports that a run has begun; notes it before whoever asked is answered."""

    def __init__(
        self, runs: Runs, plan: Plan, selection: list[str], seen: _Seen, task_status: trio.TaskStatus[Run]
    ) -> None:
        self._runs, self._plan, self._selection = runs, plan, selection
        self._seen, self._status = seen, task_status

    def started(self, run: Run | None = None) -> None:
        """The run has its folder."""
        assert run is not None
        self._seen.played = played = Played(run.folder, self._selection, len(self._plan.selection.run), run)
        self._runs.note_begun(run, played)
        self._seen.bench.busy_with = _busy(played)
        self._seen.bench.note(f"by hand: run {run.folder.path.name} of {' '.join(self._selection) or 'everything'}")
        self._status.started(run)

    def break_off(self, error: Exception, why: str) -> None:
        """It cannot go on; before it has begun that is whoever's who asked."""
        if self._seen.played is None:
            raise error
        self._seen.played.trouble = why

    def end(self) -> None:
        """It is over, however."""
        if (played := self._seen.played) is not None:
            played.goes_on, played.playing = None, ""
            self._seen.bench.note(f"run {played.folder.path.name} is over: {played.state}")


def _busy(played: Played) -> str:
    playing = f" plays {played.playing}" if played.playing else " goes on"
    return f"run {played.folder.path.name}{playing}"


def _why_nothing(chosen: Selection) -> str:
    alone = "no scenario is about that alone; it is judged wherever a product gives occasion"
    return "; ".join(chosen.reasons) or alone


def _told(number: str, played: Played, result: RunResult) -> RunTold:
    run = [one for one in result.scenarios if one.selected]
    return RunTold(
        id=number, folder=str(played.folder.path), state=played.state, selection=played.selection,
        started=result.started, playing=played.playing, done=len(run), of=played.of, outcome=str(result.outcome),
        trouble=played.trouble, scenarios=[_scenario(one) for one in run],
    )  # fmt: skip


def _scenario(one: ScenarioResult) -> ScenarioShown:
    why = ": ".join(part for part in (str(one.cause or ""), one.detail) if part)
    return ScenarioShown(name=one.name, outcome=str(one.outcome), why=why, duration_s=one.duration_s,
                         findings=[_finding(two) for two in one.findings])  # fmt: skip


def _finding(one: FindingResult) -> FindingShown:
    return FindingShown(
        rule=one.rule, requirement=one.requirement or "", level=str(one.level), message=one.message,
        expected=one.expected, observed=one.observed, perhaps=one.perhaps, count=one.count, events=list(one.events),
    )  # fmt: skip
