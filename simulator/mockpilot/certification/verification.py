"""Whether a run folder is what it was when the run ended, and whole: digests, catalogue, counts, recordings.

Says nothing of the product: that a run is whole does not make it good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.certification.digests import digests_of, read_digests
from mockpilot.certification.run_folder import DIGESTS, PROFILE, RunFolder
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.errors import MockpilotError
from mockpilot.history.events import ScenarioEnded, ScenarioStarted
from mockpilot.history.recorder import History
from mockpilot.profile import load_profile
from mockpilot.profile.reading import EverySet
from mockpilot.results import RunResult, ScenarioResult
from mockpilot.scenario.catalogue import VERSION, load_catalogue


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it."""

    problems: tuple[str, ...]
    """Sentences that name the file or scenario."""
    digests: int
    """That hold."""
    catalogue: str


def verify(folder: RunFolder) -> Verification:
    """Check a run folder.

    Raises:
        MockpilotError: it has no result that can be read at all.
    """
    now, then = digests_of(folder.path), read_digests(folder.path)
    result = folder.result()
    problems = [*_digests(now, then), *_catalogue(result, folder), *_counts(result), *_recordings(result, folder)]
    held = sum(now.get(name) == digest for name, digest in (then or {}).items())
    return Verification(tuple(problems), held, result.catalogue)


def _digests(now: dict[str, str], then: dict[str, str] | None) -> Iterator[str]:
    if then is None:
        yield f"{DIGESTS}: missing, as in a run that did not end by itself; whether a file changed is not known"
        return
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            yield f"{name}: missing"
        elif name not in then:
            yield f"{name}: was not there when the run ended"
        elif now[name] != then[name]:
            yield f"{name}: changed since the run ended (SHA-256 was {then[name][:12]}…, is {now[name][:12]}…)"


def _catalogue(result: RunResult, folder: RunFolder) -> Iterator[str]:
    if not _is_known(result.catalogue):
        yield f"catalogue {result.catalogue}: not known to this mockpilot, whose catalogue is {VERSION}"
    unknown = {one.name for one in result.scenarios} - set(load_catalogue())
    if unknown and not _has_more_scenarios(folder):
        yield f"scenarios that no catalogue has: {', '.join(sorted(unknown))}"
    findings = [finding for one in result.scenarios for finding in one.findings]
    rules = {one.rule for one in findings} | {rule for one in result.scenarios for rule in one.exercised_rules}
    for what, names in (
        ("rules", rules - set(RULES)),
        ("requirements", set(result.requirements) - set(REQUIREMENTS)),
    ):
        if names:
            yield f"{what} that this mockpilot does not know: {', '.join(sorted(names))}"


def _is_known(catalogue: str) -> bool:
    return catalogue.isdecimal() and VERSION.isdecimal() and 1 <= int(catalogue) <= int(VERSION)


def _has_more_scenarios(folder: RunFolder) -> bool:
    path = folder.path / PROFILE
    try:
        run = load_profile(path, environ=EverySet()).run if path.is_file() else None
    except MockpilotError:
        return False  # that the file changed is told by its digest
    return run is not None and bool(run.scenarios or run.plans)


def _counts(result: RunResult) -> Iterator[str]:
    if not result.finished:
        yield "result.json: the run did not finish"
    found = Counter(one.outcome for one in result.scenarios)
    for outcome in sorted(result.counts.keys() | found.keys()):
        if result.counts.get(outcome, 0) != found[outcome]:
            yield f"result.json: counts say {result.counts.get(outcome, 0)} {outcome}, found {found[outcome]}"
    twice = [name for name, number in Counter(one.name for one in result.scenarios).items() if number > 1]
    if twice:
        yield f"result.json: told more than once: {', '.join(twice)}"


def _recordings(result: RunResult, folder: RunFolder) -> Iterator[str]:
    selected = [one for one in result.scenarios if one.selected]
    for one in selected:
        yield from _recording(one, folder)
    for name in sorted(set(folder.recorded()) - {one.name for one in selected}):
        yield f"{folder.trace_name(name)}: of a scenario that the result does not tell"


def _recording(scenario: ScenarioResult, folder: RunFolder) -> Iterator[str]:
    name = scenario.trace or folder.trace_name(scenario.name)
    try:
        history = folder.history(scenario.name)
    except MockpilotError as error:
        yield str(error)
        return
    if history is None:
        yield f"{name}: missing, although {scenario.name} was run"
    elif trouble := _trouble(history, scenario):
        yield f"{name}: {trouble}"


def _trouble(history: History, scenario: ScenarioResult) -> str:
    started = history[0]
    if not isinstance(started, ScenarioStarted) or started.scenario != scenario.name:
        return f"the recording of {scenario.name} is expected, found that of another scenario"
    gap = next((place for place, event in enumerate(history) if event.index != place), None)
    if gap is not None:
        return f"event {gap} is missing"
    return "" if history.of(ScenarioEnded) else "the recording stops before the scenario's end"
