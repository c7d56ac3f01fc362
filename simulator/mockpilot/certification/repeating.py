"""What of a run is worth repeating, and what the repetition says: fixed, still, different or not reached."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.errors import UsageError
from mockpilot.likeness import alike
from mockpilot.results import FindingResult, RunResult, ScenarioResult

MOST_NAMED = 5
"""Scenarios that are named where somebody named none that was run."""


class Answer(enum.StrEnum):
    """What became of what did not pass."""

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
        word: a scenario, or the rule or requirement of a finding; empty for all that did not pass: what failed, what
            passed with warnings, what was inconclusive.

    Raises:
        UsageError: the word fits nothing in that run.
    """
    run = [one for one in result.scenarios if one.selected]
    if not word:
        return [one.name for one in run if one.outcome != Outcome.PASSED]
    named = [one.name for one in run if one.name == word]
    found = [one.name for one in run if word in _met(one)]
    if not named and not found:
        raise UsageError(f"SCENARIO: one that was run, or the rule or requirement of a finding, is expected, found "
                         f"{word!r}{_instead(result, word)}")  # fmt: skip
    return named or found


def _met(scenario: ScenarioResult) -> list[str]:
    return [word for one in scenario.findings for word in (one.rule, one.requirement) if word]


def _instead(result: RunResult, word: str) -> str:
    """What was perhaps meant: what is nearest, or what would be repeated without a word; never the whole catalogue."""
    reason = next((one.reason for one in result.scenarios if one.name == word and not one.selected), "")
    if reason:
        return f", which was not run: {reason}"
    run = [one for one in result.scenarios if one.selected]
    if near := alike(word, dict.fromkeys([*(one.name for one in run), *chain.from_iterable(map(_met, run))]), most=3):
        return f"; did you mean {' or '.join(near)}?"
    names = worth_repeating(result, "") or [one.name for one in run]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"; there are {', '.join(names[:MOST_NAMED])}{more}" if names else "; nothing was run"


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
        as_before = "as before: " if now.cause == before.cause else ""
        return Answer.NOT_REACHED, f"{as_before}{now.cause}{f': {now.detail}' if now.detail else ''}"
    if broken := [one for one in now.findings if one.rule in _broken(now)]:
        return Answer.DIFFERENT, _told(broken)
    return Answer.FIXED, "it had passed before, too" if before.outcome == Outcome.PASSED else ""


def _broken(scenario: ScenarioResult) -> list[str]:
    """Rules that made it what it is: musts of a failed one, shoulds of one with warnings."""
    counted = [one for one in scenario.findings if not one.expected_deviation]
    musts = [one.rule for one in counted if one.level is Level.MUST]
    return list(dict.fromkeys(musts or [one.rule for one in counted if one.level is Level.SHOULD]))


def _told(findings: Sequence[FindingResult]) -> str:
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{first.requirement or first.rule}  {first.message}{more}"
