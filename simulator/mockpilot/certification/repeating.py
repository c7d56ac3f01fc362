"""What of a run is worth repeating, and what the repetition says: fixed, still, different or not reached."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mockpilot.conformance.levels import Level
from mockpilot.errors import UsageError
from mockpilot.results import FindingResult, RunResult, ScenarioResult


class Answer(enum.StrEnum):
    """What became of a failure."""

    FIXED = "fixed"              # what was broken was put to the test again, and held
    STILL = "still"              # it is broken as before
    DIFFERENT = "different"      # something else is broken now
    NOT_REACHED = "not reached"  # nothing shows it either way


@dataclass(frozen=True, slots=True)
class Repeated:
    """One scenario, repeated."""

    scenario: str
    answer: Answer
    detail: str


def worth_repeating(result: RunResult, word: str) -> list[str]:
    """Names of the scenarios to repeat.

    Args:
        result: of the run.
        word: a scenario, or the rule or requirement of a finding; empty for all that failed.

    Raises:
        UsageError: the word fits nothing in that run.
    """
    run = [one for one in result.scenarios if one.selected]
    if not word:
        return [one.name for one in run if one.outcome == "failed"]
    named = [one.name for one in run if one.name == word]
    found = [one.name for one in run if any(word in (two.rule, two.requirement) for two in one.findings)]
    if not named and not found:
        raise UsageError(f"SCENARIO: one that was run, or the rule or requirement of a finding, is expected, found "
                         f"{word!r}; run were {', '.join(one.name for one in run) or 'none'}")  # fmt: skip
    return named or found


def compared(before: ScenarioResult, now: ScenarioResult | None) -> Repeated:
    """Hold a repetition against what was found first."""
    answer, detail = _compared(before, now)
    return Repeated(before.name, answer, detail)


def _compared(before: ScenarioResult, now: ScenarioResult | None) -> tuple[Answer, str]:
    if now is None or not now.selected:
        return Answer.NOT_REACHED, now.reason if now is not None else "it was not run"
    wanted = _broken(before)
    if not wanted:
        return _compared_without_findings(before, now)
    found = {one.rule: one for one in now.findings if not one.expected_deviation and one.level is not Level.MAY}
    if still := [found[rule] for rule in wanted if rule in found]:
        return Answer.STILL, _told(still)
    return _compared_when_gone(wanted, now)


def _compared_when_gone(wanted: Collection[str], now: ScenarioResult) -> tuple[Answer, str]:
    if others := [one for one in now.findings if one.rule in _broken(now)]:
        return Answer.DIFFERENT, _told(others)
    if now.cause is not None:
        return Answer.NOT_REACHED, f"{now.cause}{f': {now.detail}' if now.detail else ''}"
    if missing := [rule for rule in wanted if rule not in now.exercised_rules]:
        return Answer.NOT_REACHED, f"nothing put {', '.join(missing)} to the test"
    return Answer.FIXED, ""


def _compared_without_findings(before: ScenarioResult, now: ScenarioResult) -> tuple[Answer, str]:
    if now.cause is not None:
        same = now.cause == before.cause
        return (Answer.STILL if same else Answer.NOT_REACHED), f"{now.cause}{f': {now.detail}' if now.detail else ''}"
    if broken := [one for one in now.findings if one.rule in _broken(now)]:
        return Answer.DIFFERENT, _told(broken)
    return Answer.FIXED, ""


def _broken(scenario: ScenarioResult) -> list[str]:
    """Rules that made it what it is: musts of a failed one, shoulds of one with warnings."""
    counted = [one for one in scenario.findings if not one.expected_deviation]
    musts = [one.rule for one in counted if one.level is Level.MUST]
    return list(dict.fromkeys(musts or [one.rule for one in counted if one.level is Level.SHOULD]))


def _told(findings: Sequence[FindingResult]) -> str:
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{first.requirement or first.rule}  {first.message}{more}"
