"""One run of the lab bench while it goes on and afterwards: how far it is, and what the bench is told of it.

Playing and writing down are the certification's; whether a run may begin, ``runs`` decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mockpilot.certification.run import Plan, Run
from mockpilot.certification.run_folder import RunFolder
from mockpilot.console.bench import Bench
from mockpilot.console.tally import Tally
from mockpilot.history.recorder import Recorder
from mockpilot.results import ScenarioResult
from mockpilot.scenario.definition import Scenario

if TYPE_CHECKING:
    import trio


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


@dataclass(slots=True)
class Followed:
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


class Begun:
    """Where the certification reports that a run has begun; notes it before whoever asked is answered.

    Args:
        note: keeps a run that has begun.
        plan: what is played.
        selection: as it was asked for.
        seen: follows it.
        task_status: of whoever asked.
    """

    def __init__(
        self, note: Callable[[Played], None], plan: Plan, selection: list[str], seen: Followed,
        task_status: trio.TaskStatus[Run],
    ) -> None:  # fmt: skip
        self._note, self._plan, self._selection = note, plan, selection
        self._seen, self._status = seen, task_status

    def started(self, run: Run | None = None) -> None:
        """The run has its folder."""
        assert run is not None
        self._seen.played = played = Played(run.folder, self._selection, len(self._plan.selection.run), run)
        self._note(played)
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
