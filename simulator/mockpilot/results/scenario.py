"""The result of one scenario, from its verdict and its recording."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.causes import Doubt, doubts
from mockpilot.conformance.levels import Outcome
from mockpilot.conformance.verdict import Finding, Verdict, observe
from mockpilot.history.events import FaultArmed, FaultFired, FaultSeen, LinkEnded, UpgradeAnswered
from mockpilot.history.recorder import History
from mockpilot.results.folding import columns_of, outcome_of
from mockpilot.results.records import NOT_SELECTED, About, Columns, FaultResult, FindingResult, ScenarioResult


def scenario_result(
    name: str,
    verdict: Verdict,
    history: History,
    *,
    duration_s: float,
    expected: Collection[str] = (),
    trace: str | None = None,
    about: About = About(),  # noqa: B008 - frozen
) -> ScenarioResult:
    """Put together what came of a scenario.

    Args:
        name: the scenario.
        verdict: what the rules say of its recording.
        history: its recording.
        duration_s: how long it took.
        expected: rules that ``[[expected]]`` names.
        trace: path of the recording from the run folder.
        about: what the scenario says of itself.
    """
    findings = tuple(_finding(one, known=one.rule in expected) for one in verdict.findings)
    outcome, cause, detail = verdict.outcome, verdict.cause, verdict.detail
    columns = Columns(**verdict.columns)
    if any(one.expected_deviation for one in findings):
        doubt = _doubt(verdict, history)
        cause, detail = (doubt.cause, doubt.detail) if doubt else (None, "")
        outcome = outcome_of(findings, inconclusive=doubt is not None)
        columns = columns_of(findings, inconclusive=doubt is not None)
    return ScenarioResult(
        name=name,
        outcome=str(outcome),
        cause=cause if outcome is Outcome.INCONCLUSIVE else None,
        duration_s=round(duration_s, 3),
        link_ended=link_ended(history),
        exercised=verdict.exercised,
        columns=columns,
        findings=findings,
        faults=tuple(_faults(history)),
        trace=trace,
        detail=_writable(detail) if outcome is Outcome.INCONCLUSIVE else "",
        exercised_rules=verdict.rules_exercised,
        broken=tuple(map(_writable, verdict.broken)),
        about=about,
    )


def _doubt(verdict: Verdict, history: History) -> Doubt | None:
    """Why the scenario would be inconclusive: a verdict that failed has not asked, since a finding outweighs it."""
    if verdict.cause is not None:
        return Doubt(verdict.cause, verdict.detail)
    case = Case(history)
    seen, broken = observe(case)
    return next(iter(doubts(case, seen, verdict.exercised, broken)), None)


def not_selected(name: str, reason: str, about: About = About()) -> ScenarioResult:  # noqa: B008 - frozen
    """A scenario that was not run, and why."""
    return ScenarioResult(name=name, outcome=NOT_SELECTED, reason=reason, about=about)


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


def _finding(finding: Finding, *, known: bool) -> FindingResult:
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
        count=finding.count,
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
            how=armed.how,
        )


def _writable(text: str) -> str:
    # A product's JSON may hold half a surrogate pair as an escape, which no file in UTF-8 can.
    return text.encode("utf-8", "backslashreplace").decode()
