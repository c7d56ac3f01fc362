"""Whether sending goes on, judged from made recordings."""

from __future__ import annotations

from conformance.playbook import LISTS, Play, entry
from mockpilot.conformance.levels import Level

AFTER_ERROR, AFTER_LOST = "requests.go-on-after-error", "requests.go-on-after-lost-answer"
A, B = entry("a"), entry("b")


def refused() -> Play:
    """A list that a fault refuses, and a further step."""
    play = Play().armed("odd", "answer", kind="error").exchange().asks(A)
    return play.hands(3, LISTS, {"message": "no"}, play._asked, "odd").pushed(2).step("create-request")


def test_list_after_a_further_step_holds() -> None:
    """Keeping quiet until then is right."""
    assert refused().asks(A, B).takes().held(AFTER_ERROR)


def test_no_list_ever_after_an_error_is_convicted() -> None:
    """Not after the step, nor after a reconnect."""
    play = refused().pushed(5).closed().exchange().pushed(6)
    assert play.convicted_of(AFTER_ERROR).level is Level.MUST
    assert play.complaints() == {AFTER_ERROR}


def test_silence_without_a_second_chance_decides_nothing() -> None:
    """The reconnect is still to come."""
    assert not refused().pushed(9).exercised(AFTER_ERROR)


def test_silence_without_a_further_step_decides_nothing() -> None:
    """A person may have to look at it first."""
    play = Play().armed("odd", "answer", kind="error").exchange().asks(A)
    play.hands(3, LISTS, {"message": "no"}, play._asked, "odd").pushed(9).closed()
    assert not play.exchange().pushed(9).exercised(AFTER_ERROR)


def lost() -> Play:
    """A list whose answer is lost with its link."""
    return Play().exchange().asks(A).applies(applied=False).ended("us").wait(10).exchange()


def test_same_list_on_the_next_link_holds() -> None:
    """Nothing is waited for any more."""
    assert lost().asks(A).takes().held(AFTER_LOST)


def test_no_list_after_a_further_step_is_convicted_alone() -> None:
    """That the lost list never came again is the same mistake."""
    play = lost().pushed(5).step("create-request").pushed(5).closed().exchange().pushed(6)
    assert play.convicted_of(AFTER_LOST).level is Level.MUST
    assert play.complaints() == {AFTER_LOST}


def test_quiet_without_a_further_step_is_no_standstill() -> None:
    """Another rule asks for the lost list itself."""
    assert not lost().pushed(6).closed().exchange().pushed(6).exercised(AFTER_LOST)


def test_list_after_the_second_chance_holds() -> None:
    """It came with the reconnect."""
    play = lost().pushed(5).step("create-request").pushed(5).closed().exchange().asks(A, B).takes()
    assert play.held(AFTER_LOST)
