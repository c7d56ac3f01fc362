"""Why nothing put a requirement to the test: a gap that has no reason beside it looks like a pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.requirements import Requirement
from mockpilot.conformance.rules import RULES
from mockpilot.results.records import ScenarioResult

_SERVED = frozenset({rule.requirement for rule in RULES.values()} | {"L-04"})
"""L-04 has no rule of its own: it is shown where the rules of a beginning hold on a later link."""
_MOST = 3
NO_RULE = "no rule judges it yet"
NO_SCENARIO = "no scenario of this catalogue is about it; it is judged where a product gives occasion"


def why_not_exercised(row: Requirement, scenarios: Sequence[ScenarioResult]) -> str:
    """Say why no scenario of a run showed anything about a requirement."""
    if row.not_judged:
        return row.not_judged
    if row.id not in _SERVED:
        return NO_RULE
    claiming = [one for one in scenarios if any(claim.rstrip("abc") == row.id for claim in one.about.claims)]
    if not claiming:
        return NO_SCENARIO
    told = list(_what_became(claiming))
    more = [f"and {len(told) - _MOST} more"] if len(told) > _MOST else []
    return "; ".join([*told[:_MOST], *more, *([row.occasion] if row.occasion else [])])


def _what_became(claiming: Sequence[ScenarioResult]) -> Iterator[str]:
    for one in sorted(claiming, key=lambda one: not one.selected):
        if not one.selected:
            yield f"{one.name} was not selected ({one.reason})"
        elif one.cause is not None:
            yield f"{one.name} was inconclusive ({one.cause})"
        else:
            yield f"{one.name} did not come to it"
