"""What to repair first: findings of a whole run, grouped by their cause, the most urgent first.

One mistake of a product shows in many scenarios. Findings belong together when the same rule was broken and the same
likely cause is told; what is known and expected is left out, and so are remarks.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockpilot.conformance.levels import Level
from mockpilot.conformance.rules import RULES
from mockpilot.report.wording import decisive
from mockpilot.results import FindingResult, RunResult

_LEVELS = list(Level)


@dataclass(frozen=True, slots=True)
class Repair:
    """One cause, over all scenarios."""

    finding: FindingResult
    """The most binding one; of several, that of the first scenario."""
    statement: str
    scenarios: tuple[str, ...]
    """In which it was found; the finding is of the first."""
    perhaps: str
    """Likely cause, empty where nobody dares to guess."""
    count: int
    """How often it was seen in all."""


def repairs(result: RunResult) -> list[Repair]:
    """What to repair first: musts before shoulds, what many scenarios met before what one did."""
    return _by_cause(result, remarks=False)


def remarks(result: RunResult) -> list[Repair]:
    """What was remarked, grouped alike; nothing of it has to be repaired."""
    return _by_cause(result, remarks=True)


def _by_cause(result: RunResult, *, remarks: bool) -> list[Repair]:
    by_cause: dict[tuple[str, str], list[tuple[str, FindingResult]]] = {}
    for scenario in result.scenarios:
        for finding in decisive(scenario):
            if not finding.expected_deviation and (finding.level is Level.MAY) is remarks:
                by_cause.setdefault((finding.rule, finding.perhaps), []).append((scenario.name, finding))
    return sorted(map(_repair, by_cause.values()), key=_urgency)


def _repair(met: list[tuple[str, FindingResult]]) -> Repair:
    met = sorted(met, key=lambda one: _LEVELS.index(one[1].level))
    first = met[0][1]
    return Repair(
        first, _statement([finding for _, finding in met]), tuple(dict.fromkeys(name for name, _ in met)),
        first.perhaps, sum(finding.count for _, finding in met),
    )  # fmt: skip


def _statement(findings: list[FindingResult]) -> str:
    rule = RULES.get(findings[0].rule)
    messages = {finding.message for finding in findings}
    return messages.pop() if len(messages) == 1 or rule is None else rule.statement_at(findings[0].level)


def _urgency(repair: Repair) -> tuple[int, int]:
    return _LEVELS.index(repair.finding.level), -len(repair.scenarios)
