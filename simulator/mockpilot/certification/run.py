"""What a run is to do and what has come of it so far: plan, results, folder. Plays nothing.

The folder is true at every moment: ``result.json`` is replaced after each scenario, traces grow line by line.
"""

from __future__ import annotations

import platform
import signal
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mockpilot import __version__
from mockpilot.certification.pages import write_pages
from mockpilot.certification.provoking import Ask, ask_at_terminal
from mockpilot.certification.run_folder import RunFolder, TraceFile
from mockpilot.certification.selection import Selection
from mockpilot.clock import RunClock
from mockpilot.cms.tls import Certificates
from mockpilot.conformance.verdict import judge
from mockpilot.errors import StorageError
from mockpilot.history.recorder import History, Recorder
from mockpilot.limits import short_limits
from mockpilot.profile import Profile
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.results import (
    About,
    RunFacts,
    RunResult,
    ScenarioResult,
    encode_result,
    not_selected,
    run_result,
    scenario_result,
)
from mockpilot.results import Product as ProductFacts
from mockpilot.scenario.catalogue import VERSION
from mockpilot.scenario.definition import Scenario

if TYPE_CHECKING:
    import trio


NOT_BEGUN = "not begun"
"""Why a scenario has no result in a run that goes on, or was killed."""


class Progress(Protocol):
    """Whoever shows a run while it goes on."""

    def run_started(self, url: str, ca_file: Path, user: str, shown_password: str | None) -> None:
        """The listener of a run without COMMAND is up."""

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        """A scenario begins; its recorder tells the rest."""

    def scenario_ended(self, result: ScenarioResult) -> None:
        """A scenario was judged."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    profile: Profile
    selection: Selection
    catalogue: Mapping[str, Scenario]
    """All scenarios, in order."""
    out: Path
    seed: int
    certificates: Certificates
    """What the CMS can show."""
    command: tuple[str, ...] = ()
    start_once: bool = False
    jobs: int = 1
    more_scenarios: tuple[Path, ...] = ()
    """Folders beside the shipped one."""
    plans: tuple[Path, ...] = ()
    """Fault plans that are scenarios of the catalogue here."""
    ask: Ask = ask_at_terminal


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    result: RunResult
    folder: Path
    nobody_connected: bool
    stopped_by: signal.Signals | None = None


@dataclass(slots=True)
class Run:
    """A run while it goes on."""

    plan: Plan
    progress: Progress
    secrets: Mapping[str, str]
    folder: RunFolder
    clock: RunClock
    started: datetime
    work: Path
    results: dict[str, ScenarioResult] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    connections: int = 0
    without_connection: int = 0
    advertised: tuple[str, ...] = ()
    stopped_by: signal.Signals | None = None
    trouble: StorageError | None = None
    """Nothing can be written down any more."""
    playing: set[trio.CancelScope] = field(default_factory=set)
    """What an interrupt ends: the scripts, never their clearing up."""

    @property
    def presystem_id(self) -> str:
        """Of the presystem under test."""
        return self.plan.profile.presystem.id

    def stop(self, number: int) -> None:
        """End what plays, and begin nothing new."""
        self.stopped_by = signal.Signals(number)
        self._end_what_plays()

    def give_up(self, trouble: StorageError) -> None:
        """End what plays, since nothing of it would be kept."""
        self.trouble = self.trouble or trouble
        self._end_what_plays()

    @property
    def goes_on(self) -> bool:
        """Whether another scenario may begin."""
        return self.stopped_by is None and self.trouble is None

    def _end_what_plays(self) -> None:
        for scope in self.playing:
            scope.cancel()


@dataclass(slots=True)
class Recording:
    """One scenario's history, and its trace on disk while it grows."""

    run: Run
    scenario: Scenario
    history: History | None = None
    _trace: TraceFile | None = None

    def open(self, recorder: Recorder) -> None:
        """Write down what is recorded from now on, and what was so far."""
        self.history = recorder.history
        self._trace = self.run.folder.trace(self.scenario.name, recorder, self.run.give_up)

    def close(self) -> None:
        """Close the trace."""
        if self._trace is not None:
            self._trace.close()


def judge_scenario(run: Run, scenario: Scenario, history: History, duration_s: float) -> None:
    """Judge a recording and write down what came of it."""
    result = scenario_result(
        scenario.name, judge(history), history, duration_s=duration_s,
        expected={one.rule for one in run.plan.profile.expected}, trace=run.folder.trace_name(scenario.name),
        about=about(scenario),
    )  # fmt: skip
    run.results[scenario.name], run.histories[scenario.name] = result, history
    write_result(run, finished=False)
    run.progress.scenario_ended(result)


def write_result(run: Run, *, finished: bool) -> RunResult:
    """Fold what there is and replace ``result.json``."""
    catalogue, left_out = run.plan.catalogue, run.plan.selection.left_out
    waiting = {one.name: NOT_BEGUN for one in run.plan.selection.run if one.name not in run.results}
    absent = [not_selected(name, why, about(catalogue[name])) for name, why in {**left_out, **waiting}.items()]
    result = run_result(
        _facts(run), [*run.results.values(), *absent], expected=run.plan.profile.expected, today=run.started.date(),
        order=tuple(catalogue), finished=finished,
    )  # fmt: skip
    run.folder.write_result(encode_result(result))
    return result


def _facts(run: Run) -> RunFacts:
    profile, presystem = run.plan.profile, run.plan.profile.presystem
    return RunFacts(
        mockpilot=__version__, catalogue=VERSION, dialect=presystem.dialect, seed=run.plan.seed,
        started=format_timestamp(run.started), duration_s=run.clock.now(),
        push_interval_s=profile.cms.push_interval_s, limits=profile.limits.as_seconds(),
        product=ProductFacts(
            name=presystem.name, version=presystem.version, kind=presystem.kind, id=presystem.id,
            sends_requests=presystem.sends_requests, command=run.plan.command,
        ),
        short_limits=short_limits(profile.limits, profile.cms.push_interval_s),
        profile=profile.file.name if profile.file else "", environment=_environment(),
    )  # fmt: skip


def _environment() -> dict[str, str]:
    return {
        "Python": platform.python_version(), "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(), "TLS": ssl.OPENSSL_VERSION, "trio": metadata.version("trio"),
    }  # fmt: skip


def about(scenario: Scenario) -> About:
    """What a scenario says of itself, for whoever reads its result."""
    return About(
        scenario.group, scenario.exercises, scenario.what_the_cms_does, scenario.what_the_presystem_must_do
    )


def finish(run: Run) -> RunResult:
    """Name what was never begun, and write the pages.

    Raises:
        StorageError: not everything could be written down.
    """
    if run.trouble is not None:
        raise run.trouble
    for scenario in run.plan.selection.run:
        run.results.setdefault(scenario.name, not_selected(scenario.name, "interrupted", about(scenario)))
    result = write_result(run, finished=True)
    write_pages(run.folder, result, run.histories, ended=True)
    return result
