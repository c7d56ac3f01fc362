"""What findings come to: an outcome over all of them, and a column for each text that one may read them by.

It knows neither recordings nor runs, and counts whatever it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from mockpilot.conformance.levels import Basis, Level, Outcome
from mockpilot.conformance.rules import RULES

LIMIT = "limit"
"""In a column: nothing but limits of this tool spoke against a rule of it."""

COLUMNS: Mapping[str, frozenset[Basis]] = MappingProxyType({
    "vdv463": frozenset({Basis.STANDARD}),
    "chargepilot": frozenset({Basis.STANDARD, Basis.GUIDELINE}),
})  # fmt: skip

WEIGHT: Mapping[Level, Outcome] = MappingProxyType({
    Level.MUST: Outcome.FAILED, Level.SHOULD: Outcome.WARNED, Level.MAY: Outcome.PASSED,
})  # fmt: skip
"""What one finding of a level makes of an outcome."""


class Weighed(Protocol):
    """What a finding must have to be read."""

    @property
    def rule(self) -> str: ...
    @property
    def level(self) -> Level: ...
    @property
    def basis(self) -> Basis: ...


def outcome_of(findings: Iterable[Weighed]) -> Outcome:
    """The worst that findings say; nothing against it is passed."""
    return Outcome.worst([Outcome.PASSED, *(WEIGHT[one.level] for one in findings)])


def columns_of(findings: Sequence[Weighed], *, inconclusive: bool) -> dict[str, str]:
    """Read one scenario by the standard alone, and by standard and guideline."""
    return {name: _column(findings, bases, inconclusive=inconclusive) for name, bases in COLUMNS.items()}


def _column(findings: Sequence[Weighed], bases: frozenset[Basis], *, inconclusive: bool) -> str:
    own = outcome_of(one for one in findings if one.basis in bases)
    if own is not Outcome.FAILED and inconclusive:
        return str(Outcome.INCONCLUSIVE)
    limited = own is Outcome.PASSED and any(_rests_on_limits(one, bases) for one in findings)
    return LIMIT if limited else str(own)


def _rests_on_limits(finding: Weighed, bases: frozenset[Basis]) -> bool:
    # A result that a newer version wrote may name rules that this one doesn't know.
    rule = RULES.get(finding.rule)
    own = rule is not None and rule.basis in bases
    return own and finding.basis is Basis.POLICY and finding.level is not Level.MAY
