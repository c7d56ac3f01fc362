"""Pushes that only a strange CMS sends, judged from made recordings."""

from __future__ import annotations

import pytest

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

UNKNOWN, NONSENSE = "information.survives-unknown", "information.answers-what-makes-no-sense"


def shown(how: str) -> Play:
    """A control push, and then a strange one."""
    return Play().armed("odd", "damage", how=how).exchange().wait(1).push(fault="odd", says={"depotInfoList": {"": 1}})


def test_error_answer_to_nonsense_holds() -> None:
    """That is what error answers are for."""
    assert shown("absurd").confirm(type=3, payload={"message": "?"}).wait(15).pushed().held(NONSENSE)


def test_confirmation_of_nonsense_is_a_remark() -> None:
    """It says receipt only."""
    play = shown("absurd").confirm().wait(15).pushed()
    assert play.convicted_of(NONSENSE).level is Level.MAY
    assert "confirmed before they are read" in play.convicted_of(NONSENSE).perhaps
    assert not play.complaints()


def test_nonsense_that_is_passed_over_is_a_warning() -> None:
    """Later pushes are answered, so no limit is needed to say never."""
    found = shown("absurd").wait(16).pushed().convicted_of(NONSENSE)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.GUIDELINE)
    assert "logged and dropped" in found.perhaps


def test_leaving_at_nonsense_and_coming_back_is_right() -> None:
    """Who stays away is judged by that."""
    left = shown("absurd").wait(1).here(ev.CloseReceived(code=1003)).ended("product", "cleanly")
    assert not left.exercised(NONSENSE)
    assert left.exchange().wait(20).held(NONSENSE)
    assert not left.complaints()


@pytest.mark.parametrize("how", ["extra-field", "unknown-value"])
@pytest.mark.parametrize("kind", [2, 3])
def test_any_answer_to_the_unknown_holds(how: str, kind: int) -> None:
    """The schemas are closed, so refusing is right."""
    payload = {} if kind == 2 else {"message": "unknown"}
    play = shown(how).confirm(type=kind, payload=payload).wait(15).pushed()
    assert play.held(UNKNOWN)
    assert not play.complaints()


def test_passing_over_the_unknown_and_going_on_holds() -> None:
    """Nothing is owed but to go on."""
    assert shown("extra-field").wait(15).pushed().held(UNKNOWN)


def test_leaving_and_coming_back_holds() -> None:
    """Whatever the close code."""
    play = shown("unknown-value").wait(1).here(ev.CloseReceived(code=1007)).ended("product", "cleanly").exchange()
    assert play.held(UNKNOWN)


def stuck() -> Play:
    """Nothing is answered any more, until we end the link."""
    return shown("unknown-value").wait(15).push().wait(15).push().wait(16).closed()


def test_product_that_is_stuck_for_good_is_a_warning_alone() -> None:
    """It comes back and is as deaf as before."""
    play = stuck().wait(5).connect().boot().accept().push().wait(15).push().wait(20)
    assert UNKNOWN in play.complaints()
    assert play.convicted_of(UNKNOWN).level is Level.SHOULD
    assert "information.is-answered" not in play.musts()


def test_product_that_recovers_on_the_next_link_is_undecided() -> None:
    """The second chance was taken."""
    play = stuck().wait(5).exchange().wait(15).pushed()
    assert not play.complaints()
    assert not play.exercised(UNKNOWN)
