"""The result of a run: scenarios, known deviations and requirements, folded together.

Only here is the whole run in sight, so what holds once per run is settled here: facts that every scenario would repeat
are told once, and what an undelivered list explains is not charged again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from msgspec.structs import replace

from mockpilot.conformance.levels import Cause, Level, Outcome
from mockpilot.conformance.requirements import REQUIREMENTS, Requirement
from mockpilot.results.coverage import why_not_exercised
from mockpilot.results.folding import columns_of, counting, only_limits_speak, outcome_of, worst_column
from mockpilot.results.records import (
    NOT_SELECTED,
    Columns,
    DeviationResult,
    FindingResult,
    RequirementResult,
    RunFacts,
    RunResult,
    ScenarioResult,
)

_TOLD_ONCE = frozenset({"C-06", "B-09", "E-05"})
"""What is said of a product once per run, where it is no must."""
_EXPLAINED_BY = {"L-06": "L-03", "L-13": "L-03", "L-17": "L-03"}
"""Whoever drops unconfirmed lists breaks these too; the first cause is the finding."""


class Expectation(Protocol):
    """What a result needs of a known deviation."""

    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def until(self) -> date | None: ...


def run_result(
    facts: RunFacts,
    scenarios: Iterable[ScenarioResult],
    *,
    expected: Sequence[Expectation] = (),
    today: date,
    order: Sequence[str] = (),
    finished: bool = True,
) -> RunResult:
    """Fold a run.

    Args:
        facts: what is known of the run beside its scenarios.
        scenarios: as ``scenario_result`` and ``not_selected`` made them; those of an earlier fold stay as they are.
        expected: the profile's known deviations.
        today: against which their ``until`` is held.
        order: scenario names in the order of the catalogue.
        finished: all that was selected has been run.
    """
    place = {name: number for number, name in enumerate(order)}
    listed = sorted(scenarios, key=lambda one: place.get(one.name, len(place)))
    told = tuple(_told_once(_one_cause(listed)))
    run = [one for one in told if one.selected]
    deviations = tuple(_deviation(one, run, today) for one in expected)
    worst = str(Outcome.worst(Outcome(one.outcome) for one in run))
    stale = any(one.state in {"gone", "overdue"} for one in deviations)
    outcome = str(Outcome.FAILED) if stale else worst
    counts = Counter(one.outcome for one in told)
    return RunResult(
        mockpilot=facts.mockpilot,
        outcome=outcome,
        dialect=facts.dialect,
        seed=facts.seed,
        started=facts.started,
        duration_s=round(facts.duration_s, 3),
        scenarios=told,
        finished=finished,
        catalogue=facts.catalogue,
        counts={name: counts[name] for name in ("passed", "warned", "failed", "inconclusive", NOT_SELECTED)},
        columns=Columns(
            worst_column(one.columns.vdv463 for one in run),
            worst_column(one.columns.chargepilot for one in run),
        ),
        deviations=deviations,
        requirements={row.id: _requirement(row, told) for row in REQUIREMENTS.values()},
        by_limits=not stale and only_limits_speak(run, worst),
        facts=facts,
    )


def _one_cause(scenarios: Sequence[ScenarioResult]) -> Iterator[ScenarioResult]:
    found = {one.requirement for scenario in scenarios for one in scenario.findings}
    for scenario in scenarios:
        explained = {
            one.requirement: _EXPLAINED_BY[one.requirement]
            for one in scenario.findings
            if one.requirement in _EXPLAINED_BY and _EXPLAINED_BY[one.requirement] in found
        }
        yield _leave_undecided(scenario, explained) if explained else scenario


def _leave_undecided(scenario: ScenarioResult, explained: dict[str, str]) -> ScenarioResult:
    why = "; ".join(
        f"{row} is not shown by itself, since {cause}, found in this run, explains what was seen of it"
        for row, cause in explained.items()
    )
    kept = tuple(one for one in scenario.findings if one.requirement not in explained)
    left_out = {one.rule for one in scenario.findings} - {one.rule for one in kept}
    refolded = _refold(scenario, kept, undecided=True)
    return replace(
        refolded,
        cause=(scenario.cause or Cause.NEVER_EXERCISED) if refolded.outcome == Outcome.INCONCLUSIVE else None,
        detail="; ".join(filter(None, (scenario.detail, why))),
        exercised=tuple(row for row in scenario.exercised if row not in explained),
        exercised_rules=tuple(rule for rule in scenario.exercised_rules if rule not in left_out),
    )


def _told_once(scenarios: Iterable[ScenarioResult]) -> Iterator[ScenarioResult]:
    told: set[str] = set()
    for scenario in scenarios:
        again = [one for one in scenario.findings if told_once(one) and one.rule in told]
        told |= {one.rule for one in scenario.findings if told_once(one)}
        if not again:
            yield scenario
            continue
        kept = tuple(one for one in scenario.findings if one not in again)
        yield _refold(scenario, kept, undecided=scenario.cause is not None)


def told_once(finding: FindingResult) -> bool:
    """Whether it is said of a product once per run, in the first scenario that shows it."""
    return finding.requirement in _TOLD_ONCE and finding.level is not Level.MUST


def _refold(scenario: ScenarioResult, findings: tuple[FindingResult, ...], *, undecided: bool) -> ScenarioResult:
    outcome = outcome_of(findings, inconclusive=undecided)
    shown_nothing = scenario.columns.vdv463 == Outcome.INCONCLUSIVE
    return replace(
        scenario, findings=findings, outcome=str(outcome),
        columns=columns_of(findings, inconclusive=undecided or shown_nothing),
    )  # fmt: skip


def _deviation(expected: Expectation, run: Sequence[ScenarioResult], today: date) -> DeviationResult:
    if any(one.rule == expected.rule for scenario in run for one in scenario.findings):
        state = "overdue" if expected.until and today > expected.until else "occurred"
    elif any(expected.rule in scenario.exercised_rules for scenario in run):
        state = "gone"
    else:
        state = "not exercised"
    until = expected.until.isoformat() if expected.until else None
    return DeviationResult(expected.rule, expected.reason, expected.owner, until, state)


def _requirement(row: Requirement, scenarios: Sequence[ScenarioResult]) -> RequirementResult:
    run = [one for one in scenarios if one.selected]
    known = tuple(
        scenario.name
        for scenario in run
        if any(one.requirement == row.id and one.expected_deviation for one in scenario.findings)
    )
    against = {
        scenario.name: [one.level for one in counting(scenario.findings) if one.requirement == row.id]
        for scenario in run
    }
    for outcome, level in ((Outcome.FAILED, Level.MUST), (Outcome.WARNED, Level.SHOULD)):
        names = tuple(name for name, levels in against.items() if level in levels)
        if names:
            return RequirementResult(str(outcome), names, known)
    names = tuple(scenario.name for scenario in run if row.id in scenario.exercised)
    if names:
        return RequirementResult(str(Outcome.PASSED), names, known)
    outcome_word = "not judged" if row.not_judged else "not exercised"
    return RequirementResult(outcome_word, (), known, why_not_exercised(row, scenarios))
