"""What is said of a test's recordings, and whether it fails the test. Judging itself is the certification's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mockpilot.conformance.levels import Cause, Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import judge
from mockpilot.counts import counted
from mockpilot.errors import UsageError
from mockpilot.history.events import ScenarioStarted
from mockpilot.history.recorder import History
from mockpilot.likeness import guess
from mockpilot.report.time_mode import time_words
from mockpilot.results import FindingResult, ScenarioResult, scenario_result
from mockpilot.results.folding import counting
from mockpilot.scenario.definition import Scenario
from mockpilot.testing.telling import LAST_LINES, unfired_words, verdict_text


@dataclass(frozen=True, slots=True)
class Played:
    """An episode of a test: its own, or a catalogue scenario's."""

    name: str
    history: History
    scenario: Scenario | None = None
    """None: the test's own conversation, which claims nothing."""


def result_of(played: Played, allowed: Collection[str]) -> ScenarioResult:
    """Judge a recording as far as it goes."""
    history = played.history
    took = history.end - history[0].at
    return scenario_result(played.name, judge(history), history, duration_s=took, expected=allowed)


def check_rule(rule: str) -> None:
    """Make sure that there is such a rule.

    Raises:
        UsageError: with the nearest one.
    """
    if rule not in RULES:
        found = f"{rule!r}{guess(rule, RULES)}"
        raise UsageError(f"allow: the id of a rule is expected, found {found}; 'mockpilot list rules' has them")


def reasons_to_fail(played: Played, result: ScenarioResult, *, strict: bool) -> list[str]:
    """Why a recording fails a test, a sentence each; empty if it doesn't."""
    against = counting(result.findings)
    reasons = [
        f"{counted(len(found), 'finding')} of level {level}"
        for level in ((Level.MUST, Level.SHOULD) if strict else (Level.MUST,))
        if (found := [one for one in against if one.level is level])
    ]
    reasons += [
        unfired_words(one, played.history)
        for one in result.faults if one.fired_s is None and not one.optional
    ]  # fmt: skip
    if result.broken or result.cause is Cause.CHECKER_BROKE:
        reasons.append(f"mockpilot itself broke: {result.detail or result.broken[0]}")
    elif played.scenario is not None and result.outcome == Outcome.INCONCLUSIVE and not reasons:
        reasons.append(f"inconclusive, {result.cause}: {result.detail}")
    return reasons


def warnings_of(results: Sequence[ScenarioResult]) -> list[FindingResult]:
    """What did not hold and fails nothing: findings of level should."""
    return [one for result in results for one in counting(result.findings) if one.level is Level.SHOULD]


def complaint(
    played: Sequence[Played], allowed: Mapping[str, str], *, strict: bool, always: bool = False,
    lines: int = LAST_LINES,
) -> str:  # fmt: skip
    """The text of a failure over all episodes; empty if there is nothing to complain of.

    Args:
        played: all episodes, in order.
        allowed: reasons by rule id.
        strict: findings of level should count.
        always: tell what there is although nothing fails.
        lines: how many lines of the history to show.
    """
    parts = []
    for one in played:
        result = result_of(one, allowed)
        reasons = reasons_to_fail(one, result, strict=strict)
        if reasons or always:
            parts.append(verdict_text(_title(one), reasons, result, one.history, lines))
    parts += [f"allowed: {rule} ({reason})" for rule, reason in allowed.items()] if parts else []
    return "\n\n".join(parts)


def _title(played: Played) -> str:
    what = f"scenario {played.name}" if played.scenario is not None else "the product's conversation"
    start = played.history[0]
    assert isinstance(start, ScenarioStarted)
    return f"{what} · {start.dialect} · seed {start.seed} · {time_words(start.time)}"
