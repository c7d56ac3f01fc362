"""Runs at the lab bench: when one may begin, which ones there were, and how one is stopped.

Playing and writing down are the certification's. While a run goes on, links, faults and depot of the bench are the
run's, and nobody meddles with them by hand.
"""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Mapping
from pathlib import Path

import trio

from mockpilot.certification.run import Plan, Run
from mockpilot.certification.run_folder import PAGE, RESULT
from mockpilot.certification.runner import certify_at
from mockpilot.certification.selection import Selection, check_expected, select
from mockpilot.console.asked import RunAsked
from mockpilot.console.bench import Bench, NotDoneError, UnknownError, WrongWordError
from mockpilot.console.following import Begun, Followed, Played
from mockpilot.console.run_told import run_shown, run_told
from mockpilot.console.told import RunShown, RunTold
from mockpilot.errors import MockpilotError, UsageError
from mockpilot.profile import Profile
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.definition import Scenario


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
        return run_shown(run.folder.path.name, self._played[run.folder.path.name])

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
        tally, seen = self._bench.tally, Followed(self._bench, plan)
        self._bench.busy_with = "a run begins"
        begun = Begun(self._keep, plan, selection, seen, task_status)
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
        return run_shown(number, played)

    # -- looking ---------------------------------------------------------------------------------------------------

    def all(self) -> list[RunShown]:
        """All of them whose folder is still there, the newest first."""
        there = [(number, one) for number, one in self._played.items() if (one.folder.path / RESULT).is_file()]
        return [run_shown(number, one) for number, one in reversed(there)]

    def told(self, number: str) -> RunTold:
        """One of them with its results."""
        return run_told(number, self._find(number))

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

    def _keep(self, played: Played) -> None:
        self._played[played.folder.path.name] = played


def _why_nothing(chosen: Selection) -> str:
    alone = "no scenario is about that alone; it is judged wherever a product gives occasion"
    return "; ".join(chosen.reasons) or alone
