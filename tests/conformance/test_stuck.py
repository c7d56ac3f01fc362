"""Whether a product is stuck."""

from __future__ import annotations

from conformance.playbook import Play
from mockpilot.conformance.case import Case
from mockpilot.conformance.stuck import came_back_by_itself, ended_by_us, fails_second_chance, unanswered
from mockpilot.history import events as ev


def case_of(play: Play) -> Case:
    """Ready to be looked at."""
    return Case(play.whole)


def test_pushes_are_unanswered_once_their_time_ran_out() -> None:
    """Not the answered ones, and not the latest."""
    case = case_of(Play().exchange().push().wait(16).push().wait(5))
    link = case.links[0]
    assert len(unanswered(case, link, case.exchanges[1].pushes)) == 1


def test_link_that_we_ended_was_sound_until_then() -> None:
    """A Close of the product, or our silence, is another end."""
    assert ended_by_us(case_of(Play().exchange().closed()).links[0])
    assert not ended_by_us(case_of(Play().exchange().ended("product", "cleanly")).links[0])
    silent = Play().exchange().here(ev.WentSilent(fault="drop")).ended()
    assert not ended_by_us(case_of(silent).links[0])


def test_second_chance_fails_if_nobody_comes_or_nobody_answers() -> None:
    """Whoever answers one push there is not stuck for good."""
    nobody, deaf = Play().exchange().closed().wait(310), Play().exchange().closed().connect().boot().accept().push()
    recovered = Play().exchange().closed().exchange()
    for play, fails in ((nobody, True), (deaf.wait(20), True), (recovered, False)):
        case = case_of(play)
        assert fails_second_chance(case, case.links[0]) is fails


def test_product_that_leaves_or_dials_again_comes_back_by_itself() -> None:
    """Before we ended its link."""
    left = case_of(Play().exchange().ended("product", "cleanly"))
    beside = case_of(Play().exchange().wait(5).connect())
    thrown = case_of(Play().exchange().closed().connect())
    assert came_back_by_itself(left, left.links[0], 0) is not None
    assert came_back_by_itself(beside, beside.links[0], beside.links[0].sent[-1].index) is not None
    assert came_back_by_itself(thrown, thrown.links[0], 10) is None
