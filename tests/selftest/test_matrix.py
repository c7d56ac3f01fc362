"""The matrix: what is wrong with what was played, in one sentence each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.conformance.levels import Cause, Level, Outcome
from mockpilot.selftest.matrix import Played, matrix_of

RULE, BRINGS = "link.reconnects", "information.is-answered"
MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
CONVICTED = Played(RULE, True, "link_closed_politely", Outcome.FAILED, None, "", ((RULE, MUST),), False)
CLEAN = Played("an ITCS", False, "boot_accepted", Outcome.PASSED, None, "", (), False)


def test_convicted_offender_and_clean_presystem_are_no_problem() -> None:
    """The last line counts both."""
    matrix = matrix_of([CONVICTED, CLEAN], [RULE])
    assert matrix.problems == ()
    assert matrix.summary == (
        "1 of 1 judged rules convicted by their offender · 0 false alarms in 1 conforming presystems"
    )


@pytest.mark.parametrize(("played", "problem"), [
    (replace(CONVICTED, found=()), "link.reconnects: its offender is convicted of it by no scenario, at level must"),
    (replace(CONVICTED, found=((RULE, SHOULD),)),
     "link.reconnects: its offender is convicted of it by no scenario, at level must"),
    (replace(CONVICTED, found=((RULE, MUST), (BRINGS, SHOULD))),
     "link.reconnects: its offender is also found to break information.is-answered, in link_closed_politely"),
    (replace(CONVICTED, broke=True), "link.reconnects: mockpilot broke in link_closed_politely"),
    (replace(CLEAN, found=((RULE, SHOULD),)),
     "an ITCS: conforms, and is found to break link.reconnects (should) in boot_accepted"),
    (replace(CLEAN, cause=Cause.FAULT_NEVER_SEEN, detail="lost"),
     "an ITCS: conforms, and boot_accepted stays undecided: fault never seen, lost"),
])  # fmt: skip
def test_whatever_is_not_as_it_should_be_is_a_sentence(played: Played, problem: str) -> None:
    """It names the presystem, the rule and the scenario."""
    rules = [RULE] if played.offends else []
    assert matrix_of([played], rules).problems == (problem,)


def test_remark_is_no_problem() -> None:
    """Remarks may be made of anybody."""
    remarked = [replace(CONVICTED, found=((RULE, MUST), (BRINGS, MAY))), replace(CLEAN, found=((BRINGS, MAY),))]
    assert matrix_of(remarked, [RULE]).problems == ()


def test_false_alarm_is_counted() -> None:
    """By presystem, rule and scenario."""
    matrix = matrix_of([replace(CLEAN, found=((RULE, MUST), (BRINGS, SHOULD)))], [])
    assert matrix.false_alarms == 2


def test_undecided_is_right_where_a_presystem_cannot_be_seen_through() -> None:
    """Who only listens cannot be judged by what it would send."""
    listening = replace(CLEAN, role="listens only", outcome=Outcome.INCONCLUSIVE, cause=Cause.NEVER_EXERCISED)
    assert matrix_of([listening], []).problems == ()


def test_rule_without_a_play_is_a_problem() -> None:
    """An empty row proves nothing."""
    assert matrix_of([], [RULE]).problems == (
        "link.reconnects: its offender is convicted of it by no scenario, at level must",
    )
