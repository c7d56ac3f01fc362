"""From findings to outcomes again, once a finding is left out that a verdict had counted.

A verdict knows one recording; which findings the profile expects, and which the rest of the run explains, is known only
here. How findings are read is the same for both.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockpilot.conformance import reading
from mockpilot.conformance.levels import Basis, Level, Outcome
from mockpilot.conformance.reading import LIMIT, WEIGHT
from mockpilot.results.records import NOT_SELECTED, Columns, FindingResult, ScenarioResult

_COLUMN_ORDER = [NOT_SELECTED, "passed", LIMIT, "warned", "inconclusive", "failed"]


def counting(findings: Iterable[FindingResult]) -> list[FindingResult]:
    """The findings that outcomes count: no remarks, no known deviations."""
    return [one for one in findings if one.level is not Level.MAY and not one.expected_deviation]


def outcome_of(findings: Iterable[FindingResult], *, inconclusive: bool) -> Outcome:
    """The worst that findings and a cause say; nothing against it is passed."""
    return Outcome.worst([reading.outcome_of(counting(findings)), *([Outcome.INCONCLUSIVE] if inconclusive else [])])


def columns_of(findings: Iterable[FindingResult], *, inconclusive: bool) -> Columns:
    """Read one scenario by the standard alone, and by standard and guideline."""
    return Columns(**reading.columns_of(counting(findings), inconclusive=inconclusive))


def worst_column(columns: Iterable[str]) -> str:
    """Merge a column over scenarios."""
    return max(columns, key=_COLUMN_ORDER.index, default=NOT_SELECTED)


def only_limits_speak(scenarios: Iterable[ScenarioResult], outcome: str) -> bool:
    """Whether the outcome would be better without findings of class policy."""
    if outcome not in {Outcome.FAILED, Outcome.WARNED}:
        return False
    findings = [one for scenario in scenarios for one in counting(scenario.findings)]
    same = [one for one in findings if WEIGHT[one.level] == outcome]
    return bool(same) and all(one.basis is Basis.POLICY for one in same)
