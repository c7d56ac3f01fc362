"""What changed in outcomes from one run to another, in sentences.

Healed is only what was put to the test again and held. What failed and is now inconclusive, not exercised, not run,
expected or a remark is neither healed nor new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.report.wording import LEVEL_MARKS, MARKS, WORDS, decisive, requirement_words
from mockpilot.results import FindingResult, RunResult, ScenarioResult
from mockpilot.results.folding import counting
from mockpilot.results.run import told_once


def new(run: RunResult, before: ScenarioResult | None, now: ScenarioResult) -> Iterator[str]:
    """Failures and warnings that a scenario did not have, and warnings that became failures."""
    known = _counted(before)
    for rule, finding in _counted(now).items():
        if rule not in known and not _told(run, finding):
            yield _line(now, finding)
        elif rule in known and finding.level is Level.MUST and known[rule].level is not Level.MUST:
            yield f"{_line(now, finding)} · was a {known[rule].level}"


def unclear(before: ScenarioResult, now: ScenarioResult) -> Iterator[str]:
    """A scenario that passed and is inconclusive now."""
    if now.cause is not None and before.outcome in {Outcome.PASSED, Outcome.WARNED}:
        yield f"? {now.name}: inconclusive, {now.cause}; was {WORDS[before.outcome]}"


def healed(before: ScenarioResult, now: ScenarioResult, run: RunResult) -> Iterator[str]:
    """What was put to the test again and held, and a scenario that is inconclusive no more."""
    for rule, finding in _counted(before).items():
        found = any(one.rule == rule for one in now.findings) or _told(run, finding)
        if rule in now.exercised_rules and not found:
            yield f"✓ {now.name}: {requirement_words(finding)}  {finding.message}"
    if before.cause is not None and now.cause is None and now.outcome != Outcome.FAILED:
        yield f"{MARKS[now.outcome]} {now.name}: {WORDS[now.outcome]}; was inconclusive, {before.cause}"


def not_shown(
    first: Mapping[str, ScenarioResult], second: Mapping[str, ScenarioResult], run: RunResult
) -> Iterator[str]:
    """What failed or was not run, and is now neither shown to hold nor shown to fail."""
    for name, before in first.items():
        yield from _not_healed(before, second.get(name), run)
    for name, now in second.items():
        if now.cause is not None and name not in first:
            yield f"? {name}: inconclusive, {now.cause}; was not run"


def _not_healed(before: ScenarioResult, now: ScenarioResult | None, run: RunResult) -> Iterator[str]:
    gone = [(rule, one) for rule, one in _counted(before).items() if rule not in _counted(now) and not _told(run, one)]
    told = [(finding, why) for rule, finding in gone if (why := _why_not_shown(rule, now))]
    mark = "–" if now is None else "?"
    yield from (f"{mark} {before.name}: {requirement_words(one)}  {one.message} · {why}" for one, why in told)
    if now is not None and now.cause is not None and before.outcome == Outcome.FAILED and not told:
        yield f"? {now.name}: inconclusive, {now.cause}; was {WORDS[before.outcome]}"


def _counted(scenario: ScenarioResult | None) -> dict[str, FindingResult]:
    """The most binding finding of each rule that counts for the outcome."""
    made: dict[str, FindingResult] = {}
    for one in counting(decisive(scenario)) if scenario is not None else ():
        made.setdefault(one.rule, one)
    return made


def _told(run: RunResult, finding: FindingResult) -> bool:
    """Whether it is told once in a run, and was, in whatever scenario came first."""
    return told_once(finding) and any(finding.rule in _counted(one) for one in run.scenarios)


def _why_not_shown(rule: str, now: ScenarioResult | None) -> str:
    """What became of a rule that failed; empty if it was put to the test and held."""
    if now is None:
        return "not run now"
    mild = [one for one in now.findings if one.rule == rule]
    if mild:
        return "an expected deviation now" if any(one.expected_deviation for one in mild) else "a remark now"
    if rule in now.exercised_rules:
        return ""
    return "not exercised now" if now.cause is None else f"inconclusive now, {now.cause}"


def _line(scenario: ScenarioResult, finding: FindingResult) -> str:
    return f"{LEVEL_MARKS[finding.level]} {scenario.name}: {requirement_words(finding)}  {finding.message}"
