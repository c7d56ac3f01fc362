"""The matrix rule × offender × scenario: which scenarios convict whom, and everything that is not as it should be.

Pure: reads what was played. An offender must be convicted of its rule at its level, of what the rule brings, and of
nothing else; a conforming presystem of nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mockpilot.conformance.levels import Cause, Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.selftest.cast import CONFORMING_ROLES, level_found


@dataclass(frozen=True, slots=True)
class Played:
    """What came out of one role in one scenario."""

    role: str
    offends: bool
    scenario: str
    outcome: Outcome
    cause: Cause | None
    detail: str
    found: tuple[tuple[str, Level], ...]
    """Rules that were violated, each with its level."""
    broke: bool
    """mockpilot itself made a mistake."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, and the scenarios in which its offender is convicted of it."""

    rule: str
    convicted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What came out of all plays."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    """One sentence each."""
    false_alarms: int
    """Findings of level must or should against conforming presystems."""
    conforming: int
    """How many presystems conformed."""
    plays: int

    @property
    def convicted(self) -> int:
        """Rules whose offender was convicted."""
        return sum(bool(row.convicted_by) for row in self.rows)

    @property
    def summary(self) -> str:
        """The last line."""
        return (
            f"{self.convicted} of {len(self.rows)} judged rules convicted by their offender · {self.false_alarms} "
            f"false alarms in {self.conforming} conforming presystems"
        )


def matrix_of(played: Sequence[Played], rules: Iterable[str] = RULES, *, whole: bool = True) -> Matrix:
    """Fold what was played.

    Args:
        played: all plays.
        rules: those whose offenders were on trial.
        whole: every offender was in every scenario, so what a rule brings must have been seen too.
    """
    roles = _by_role(played)
    rows: list[Row] = []
    problems: list[str] = []
    for rule in rules:
        tried = roles.get((rule, True), [])
        rows.append(Row(rule, tuple(one.scenario for one in tried if (rule, level_found(rule)) in one.found)))
        problems += _of_offender(rule, tried, whole=whole)
    conforming = {name: tried for (name, offends), tried in roles.items() if not offends}
    alarms = [alarm for name, tried in conforming.items() for alarm in _alarms(name, tried)]
    undecided = [text for name, tried in conforming.items() for text in _undecided(name, tried)]
    broken = [f"{one.role}: mockpilot broke in {one.scenario}" for one in played if one.broke]
    return Matrix(tuple(rows), (*problems, *alarms, *undecided, *broken), len(alarms), len(conforming), len(played))


def _of_offender(rule: str, tried: Sequence[Played], *, whole: bool) -> Iterator[str]:
    found = {pair for one in tried for pair in one.found}
    level, brings = level_found(rule), set(RULES[rule].brings)
    if (rule, level) not in found:
        yield f"{rule}: its offender is convicted of it by no scenario, at level {level}"
    others = {other for other, how in found if other != rule and how is not Level.MAY}
    for other in sorted(others - brings):
        yield f"{rule}: its offender is also found to break {other}, in {_where(other, tried)}"
    for other in sorted(brings - others if whole else ()):
        yield f"{rule}: {other} is said to come with it, and never did"


def _where(rule: str, tried: Iterable[Played]) -> str:
    return ", ".join(one.scenario for one in tried if rule in {found for found, _ in one.found})


def _alarms(name: str, tried: Iterable[Played]) -> Iterator[str]:
    for one in tried:
        for rule, level in one.found:
            if level is not Level.MAY:
                yield f"{name}: conforms, and is found to break {rule} ({level}) in {one.scenario}"


def _undecided(name: str, tried: Iterable[Played]) -> Iterator[str]:
    if not CONFORMING_ROLES[name].leaves_undecided:
        for one in tried:
            if one.cause is not None:
                yield f"{name}: conforms, and {one.scenario} stays undecided: {one.cause}, {one.detail}"


def _by_role(played: Iterable[Played]) -> dict[tuple[str, bool], list[Played]]:
    roles: dict[tuple[str, bool], list[Played]] = {}
    for one in played:
        roles.setdefault((one.role, one.offends), []).append(one)
    return roles
