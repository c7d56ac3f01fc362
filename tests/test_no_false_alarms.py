"""Presystems that conform in ways of their own: where the sources leave freedom, no rule may speak against them.

A quarter of the plays, each presystem and each scenario among them, and all where a way matters in few scenarios;
``mockpilot selftest`` plays them all, and the slow tests do so again and again.
"""

from __future__ import annotations

import os

import pytest

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.selftest.cast import CONFORMING_ROLES, offenders
from mockpilot.selftest.matrix import matrix_of
from mockpilot.selftest.trial import play, play_all, plays_of, scenarios_for
from rig import in_short

ROLES = list(CONFORMING_ROLES)
QUARTER = 4


@pytest.mark.parametrize("role", ROLES)
def test_conforming_presystem_gets_no_finding_and_is_shown_to_conform(role: str) -> None:
    """No must and no should is held against it, and its own way of conforming keeps nothing from being tested."""
    names = [one.name for one in scenarios_for(CONFORMING_ROLES[role])]
    if not CONFORMING_ROLES[role].only:
        names = names[ROLES.index(role) % QUARTER :: QUARTER]
    played = [play(role, False, name) for name in names]
    assert played
    assert matrix_of(played, ()).problems == ()


def test_requests_at_the_default_point_leave_nothing_undecided_but_what_becomes_of_vanished_points() -> None:
    """The default point stands in every push, so none of them can lose its own."""
    role = CONFORMING_ROLES["binds its requests to the default point"]
    played = [play(role.name, False, one.name) for one in scenarios_for(role)]
    assert {one.scenario: one.detail for one in played if one.cause is not None} == dict.fromkeys(
        ("point_vanishes", "point_renamed"), "nothing put I-10 to the test"
    )


LEISURELY = {
    "tries again every fifteen seconds", "tries again after all but five minutes", "waits long for its boot",
    "boots after four seconds", "notices silence early", "notices silence late", "answers all but too late",
    "answers in bursts, the newest first",
}  # fmt: skip
"""Conforming by what the limits are meant to be, too slow for those of a demonstration."""
UNDECIDED_IN_SHORT = {
    ("takes its time over its login", "outage_503"), ("takes its time over its login", "redirect_elsewhere"),
    ("replans with every push", "requests_steady"),
}  # fmt: skip
"""Too few attempts or too short a look for a pace."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ROLES if name not in LEISURELY])
def test_no_false_alarm_under_short_limits(name: str) -> None:
    """Whoever is quick enough for the demo profile's limits conforms under them, in every scenario."""
    role = CONFORMING_ROLES[name]
    for scenario in scenarios_for(role):
        verdict = in_short(role, scenario)
        assert [one for one in verdict.findings if one.level is not Level.MAY] == [], scenario.name
        undecided = role.leaves_undecided or (name, scenario.name) in UNDECIDED_IN_SHORT
        assert verdict.outcome is Outcome.PASSED or undecided, scenario.name


@pytest.mark.slow
@pytest.mark.parametrize("repetition", range(10))
def test_no_false_alarm_in_any_repetition(repetition: int) -> None:
    """Tasks take turns in another order each time; the verdicts stay."""
    played = list(play_all(plays_of(CONFORMING_ROLES.values()), os.cpu_count() or 1))
    matrix = matrix_of(played, ())
    assert (matrix.problems, matrix.false_alarms) == ((), 0)


@pytest.mark.slow
def test_whole_matrix_is_as_it_should_be() -> None:
    """Every offender in every scenario: convicted of its rule and of what that brings, and of nothing else."""
    matrix = matrix_of(list(play_all(plays_of(offenders()), os.cpu_count() or 1)))
    assert matrix.problems == ()
    assert matrix.convicted == len(matrix.rows)
