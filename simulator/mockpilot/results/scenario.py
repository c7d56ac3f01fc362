"""The result of one scenario, from its verdict and its recording."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from mockpilot.conformance.levels import Basis, Cause, Level, Outcome
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.history.events import FaultArmed, FaultFired, FaultSeen, LinkEnded, UpgradeAnswered
from mockpilot.history.recorder import History
from mockpilot.results.folding import columns_of, outcome_of
from mockpilot.results.records import NOT_SELECTED, FaultResult, FindingResult, ScenarioResult


class JudgedFinding(Protocol):
    """What a result needs of a finding."""

    @property
    def rule(self) -> str: ...
    @property
    def requirement(self) -> str | None: ...
    @property
    def level(self) -> Level: ...
    @property
    def basis(self) -> Basis: ...
    @property
    def inferred(self) -> bool: ...
    @property
    def message(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def observed(self) -> str: ...
    @property
    def events(self) -> tuple[int, ...]: ...
    @property
    def perhaps(self) -> str: ...


class Judged(Protocol):
    """What a result needs of a verdict."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def cause(self) -> Cause | None: ...
    @property
    def detail(self) -> str: ...
    @property
    def findings(self) -> Sequence[JudgedFinding]: ...
    @property
    def exercised(self) -> Collection[str]:
        """Rule ids."""


def scenario_result(
    name: str,
    verdict: Judged,
    history: History,
    *,
    duration_s: float,
    expected: Collection[str] = (),
    trace: str | None = None,
) -> ScenarioResult:
    """Put together what came of a scenario.

    Args:
        name: the scenario.
        verdict: what the rules say of its recording.
        history: its recording.
        duration_s: how long it took.
        expected: rules that ``[[expected]]`` names.
        trace: path of the recording from the run folder.
    """
    findings = tuple(_finding(one, known=one.rule in expected) for one in verdict.findings)
    undecided = verdict.cause is not None
    forgiven = any(one.expected_deviation for one in findings)
    outcome = outcome_of(findings, inconclusive=undecided) if forgiven else verdict.outcome
    return ScenarioResult(
        name=name,
        outcome=str(outcome),
        cause=verdict.cause if outcome is Outcome.INCONCLUSIVE else None,
        duration_s=round(duration_s, 3),
        link_ended=link_ended(history),
        exercised=requirements_of(verdict.exercised),
        columns=columns_of(findings, inconclusive=undecided),
        findings=findings,
        faults=tuple(_faults(history)),
        trace=trace,
        detail=_writable(verdict.detail),
        exercised_rules=tuple(rule for rule in RULES if rule in verdict.exercised),
    )


def not_selected(name: str, reason: str) -> ScenarioResult:
    """A scenario that was not run, and why."""
    return ScenarioResult(name=name, outcome=NOT_SELECTED, reason=reason)


def requirements_of(rules: Collection[str]) -> tuple[str, ...]:
    """The requirements that rules serve, in the catalogue's order."""
    ids = {RULES[rule].requirement for rule in rules if rule in RULES}
    return tuple(row for row in REQUIREMENTS if row in ids)


def link_ended(history: History) -> str:
    """How the last link that got through the upgrade ended, in the words of the results."""
    opened = [event.link for event in history.of(UpgradeAnswered) if event.status == 101]
    if not opened:
        return "never opened"
    ends = history.of(LinkEnded, opened[-1])
    if not ends:
        return "still open"
    if ends[-1].by == "us":
        return "by us, cleanly" if ends[-1].how == "cleanly" else "by us, broken on purpose"
    return "by the product, cleanly" if ends[-1].how == "cleanly" else "by the product, broken off"


def _finding(finding: JudgedFinding, *, known: bool) -> FindingResult:
    return FindingResult(
        rule=finding.rule,
        requirement=finding.requirement,
        level=finding.level,
        basis=finding.basis,
        inferred=finding.inferred,
        expected_deviation=known,
        message=_writable(finding.message),
        expected=_writable(finding.expected),
        observed=_writable(finding.observed),
        events=finding.events,
        perhaps=_writable(finding.perhaps),
    )


def _faults(history: History) -> Iterator[FaultResult]:
    start = history[0].at if history else 0.0
    fired = {event.name: event.at for event in reversed(history.of(FaultFired))}
    seen = {event.name for event in history.of(FaultSeen)}
    for armed in history.of(FaultArmed):
        at = fired.get(armed.name)
        yield FaultResult(
            name=armed.name,
            do=armed.do,
            armed_s=round(armed.at - start, 3),
            fired_s=None if at is None else round(at - start, 3),
            seen=armed.name in seen,
            optional=armed.optional,
        )


def _writable(text: str) -> str:
    # A product's JSON may hold half a surrogate pair as an escape, which no file in UTF-8 can.
    return text.encode("utf-8", "backslashreplace").decode()
