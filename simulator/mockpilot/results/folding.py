"""From findings to outcomes again, once a finding is left out that a verdict had counted.

A verdict knows one recording; which findings the profile expects, and which the rest of the run explains, is known only
here. Where nothing is left out, both fold alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockpilot.conformance.levels import Basis, Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import COLUMNS, LIMIT
from mockpilot.results.records import NOT_SELECTED, Columns, FindingResult, ScenarioResult

_COLUMN_ORDER = [NOT_SELECTED, "passed", LIMIT, "warned", "inconclusive", "failed"]
_WEIGHT = {Level.MUST: Outcome.FAILED, Level.SHOULD: Outcome.WARNED, Level.MAY: Outcome.PASSED}


def counting(findings: Iterable[FindingResult]) -> list[FindingResult]:
    """The findings that outcomes count: no remarks, no known deviations."""
    return [one for one in findings if one.level is not Level.MAY and not one.expected_deviation]


def outcome_of(findings: Iterable[FindingResult], *, inconclusive: bool) -> Outcome:
    """The worst that findings and a cause say; nothing against it is passed."""
    said = [_WEIGHT[one.level] for one in counting(findings)]
    return Outcome.worst([Outcome.PASSED, *said, *([Outcome.INCONCLUSIVE] if inconclusive else [])])


def columns_of(findings: Iterable[FindingResult], *, inconclusive: bool) -> Columns:
    """Read one scenario by the standard alone, and by standard and guideline."""
    kept = counting(findings)
    return Columns(**{name: _column(kept, bases, inconclusive=inconclusive) for name, bases in COLUMNS.items()})


def _column(findings: list[FindingResult], bases: frozenset[Basis], *, inconclusive: bool) -> str:
    said = [str(_WEIGHT[one.level]) for one in findings if one.basis in bases]
    if any(one.basis is Basis.POLICY and _rule_basis(one) in bases for one in findings):
        said.append(LIMIT)
    return worst_column(["passed", *said, *(["inconclusive"] if inconclusive else [])])


def _rule_basis(finding: FindingResult) -> Basis | None:
    rule = RULES.get(finding.rule)
    return rule.basis if rule else None


def worst_column(columns: Iterable[str]) -> str:
    """Merge a column over scenarios."""
    return max(columns, key=_COLUMN_ORDER.index, default=NOT_SELECTED)


def only_limits_speak(scenarios: Iterable[ScenarioResult], outcome: str) -> bool:
    """Whether the outcome would be better without findings of class policy."""
    if outcome not in {Outcome.FAILED, Outcome.WARNED}:
        return False
    findings = [one for scenario in scenarios for one in counting(scenario.findings)]
    same = [one for one in findings if _WEIGHT[one.level] == outcome]
    return bool(same) and all(one.basis is Basis.POLICY for one in same)
