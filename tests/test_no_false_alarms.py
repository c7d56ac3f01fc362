"""Presystems that conform in ways of their own: where the sources leave freedom, no rule may speak against them.

A quarter of the plays, each presystem and each scenario among them, and all where a way matters in few scenarios;
``mockpilot selftest`` plays them all, and the slow tests do so again and again.
"""

from __future__ import annotations

import os

import pytest

from mockpilot.selftest.cast import CONFORMING_ROLES, offenders
from mockpilot.selftest.matrix import matrix_of
from mockpilot.selftest.trial import play, play_all, plays_of, scenarios_for

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
