"""What a run that was killed still tells: what had finished, and what the recording of the running scenario shows.

Nothing on disk is changed. A recording without an end is judged as one that was interrupted: what it convicts of
stays, what it seems to show does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mockpilot.certification.run_folder import RunFolder
from mockpilot.conformance.verdict import judge
from mockpilot.errors import MockpilotError
from mockpilot.history.events import Event, ScenarioEnded
from mockpilot.history.recorder import History
from mockpilot.results import DeviationResult, RunResult, ScenarioResult, run_result, scenario_result


@dataclass(frozen=True, slots=True)
class _Expected:
    """A known deviation, as the result tells it."""

    rule: str
    reason: str
    owner: str
    until: date | None


def read_run(
    folder: RunFolder, on_damage: Callable[[MockpilotError], None] = lambda _error: None
) -> tuple[RunResult, dict[str, History]]:
    """Read a run and its recordings; of one that was killed also what its result does not know yet.

    Args:
        folder: of the run.
        on_damage: told of each recording that cannot be read; the others are.

    Raises:
        MockpilotError: there is no result.
    """
    result, histories = folder.result(), {}
    for name in folder.recorded():
        try:
            history = folder.history(name)
        except MockpilotError as error:
            on_damage(error)
            continue
        if history is not None:
            histories[name] = history
    done = {one.name for one in result.scenarios if one.selected}
    unjudged = {} if result.finished else {name: histories[name] for name in histories if name not in done}
    return (_with(result, unjudged, folder) if unjudged else result), histories


def _with(result: RunResult, unjudged: dict[str, History], folder: RunFolder) -> RunResult:
    expected = [_expected(one) for one in result.deviations]
    found = {name: _judged(name, history, result, folder, expected) for name, history in unjudged.items()}
    known = {one.name for one in result.scenarios}
    return run_result(
        result.facts,
        [*(found.get(one.name, one) for one in result.scenarios),
         *(one for name, one in found.items() if name not in known)],
        expected=expected, today=date.fromisoformat(result.started[:10]), finished=False,
        order=[one.name for one in result.scenarios],
    )  # fmt: skip


def _judged(
    name: str, history: History, result: RunResult, folder: RunFolder, expected: list[_Expected]
) -> ScenarioResult:
    told = next((one.about for one in result.scenarios if one.name == name), None)
    return scenario_result(
        name, judge(_ended(history)), history, duration_s=history.end - history[0].at,
        expected={one.rule for one in expected}, trace=folder.trace_name(name), **({"about": told} if told else {}),
    )  # fmt: skip


def _ended(history: History) -> History:
    if history.of(ScenarioEnded):
        return history
    last: Event = history[-1]
    why = f"the run was killed; the recording ends after {len(history)} events"
    end = ScenarioEnded(index=len(history), at=last.at, wall=last.wall, why="interrupted", detail=why)
    return History([*history, end])


def _expected(one: DeviationResult) -> _Expected:
    return _Expected(one.rule, one.reason, one.owner, date.fromisoformat(one.until) if one.until else None)
