"""From findings to outcomes: the scenario's, the two columns', and what remains once a finding is left out."""

from __future__ import annotations

from collections.abc import Iterable

from mockpilot.conformance.levels import Basis, Level, Outcome
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.results.records import NOT_SELECTED, Columns, FindingResult, ScenarioResult

LIMIT = "limit"
"""Nothing but this tool's own limits spoke against a row that the column counts."""

_COLUMN_ORDER = [NOT_SELECTED, "passed", "warned", LIMIT, "inconclusive", "failed"]
_WEIGHT = {Level.MUST: Outcome.FAILED, Level.SHOULD: Outcome.WARNED, Level.MAY: Outcome.PASSED}
_VDV463 = frozenset({Basis.STANDARD})
_CHARGEPILOT = frozenset({Basis.STANDARD, Basis.GUIDELINE})


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
    return Columns(
        _column(kept, _VDV463, inconclusive=inconclusive),
        _column(kept, _CHARGEPILOT, inconclusive=inconclusive),
    )


def _column(findings: list[FindingResult], bases: frozenset[Basis], *, inconclusive: bool) -> str:
    said = [str(_WEIGHT[one.level]) for one in findings if one.basis in bases]
    if any(one.basis is Basis.POLICY and _row_basis(one) in bases for one in findings):
        said.append(LIMIT)
    return worst_column(["passed", *said, *(["inconclusive"] if inconclusive else [])])


def _row_basis(finding: FindingResult) -> Basis | None:
    row = REQUIREMENTS.get(finding.requirement or "")
    return row.basis if row else None


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
