"""Many small run folders as one: what tests left behind, each in a folder of its own, becomes one result.

Results are put side by side, never judged again; recordings stay where they are.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from mockpilot.certification.run_folder import RESULT, RunFolder
from mockpilot.errors import UsageError
from mockpilot.report.time_mode import REAL, time_words
from mockpilot.results import RunResult, ScenarioResult, run_result

OF_TESTS = "of-tests"
"""The empty file that tells a folder of tests' results from one of runs, which are nobody's one report."""


def is_gathering(path: Path) -> bool:
    """Whether tests left their results in the folders of this one."""
    return (path / OF_TESTS).is_file() and not (path / RESULT).is_file()


def gather(path: Path) -> RunResult:
    """One result of all the runs in a folder, in the order of their folders' names.

    Raises:
        MockpilotError: names the result that cannot be read.
    """
    folders = sorted(one.parent for one in path.glob(f"*/{RESULT}"))
    runs = {folder: RunFolder(folder).result() for folder in folders}
    if not runs:
        raise UsageError(f"{path}: results of runs are expected in its folders, there are none")
    first = next(iter(runs.values()))
    started = min(run.started for run in runs.values())
    facts = replace(
        first.facts, started=started, duration_s=sum(run.duration_s for run in runs.values()),
        time=", ".join(dict.fromkeys(run.facts.time for run in runs.values())),
        dialect=", ".join(dict.fromkeys(run.dialect for run in runs.values())),
    )  # fmt: skip
    scenarios = [_placed(folder, run.facts.time, one) for folder, run in runs.items() for one in run.scenarios]
    taken = Counter(one.name for one in scenarios)
    named = [one if taken[one.name] == 1 else replace(one, name=_unlike(one)) for one in scenarios]
    return run_result(facts, named, today=datetime.fromisoformat(started).date())


def _placed(folder: Path, time: str, scenario: ScenarioResult) -> ScenarioResult:
    name = scenario.name if time == REAL else f"{scenario.name}, {time_words(time)}"
    return replace(scenario, name=name, trace=f"{folder.name}/{scenario.trace}" if scenario.trace else None)


def _unlike(scenario: ScenarioResult) -> str:
    return f"{scenario.name} ({(scenario.trace or '').partition('/')[0]})"
