"""Pings and our Close, judged from made recordings."""

from __future__ import annotations

import pytest

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

PINGS, CLOSE = "link.answers-pings", "link.answers-close"


def pinged(times: int = 3, apart: float = 6) -> Play:
    """Pings, each with a payload of its own."""
    play = Play().exchange()
    for number in range(times):
        play.here(ev.PingSent(payload=f"{number:02d}")).wait(apart)
    return play


def test_unanswered_pings_are_convicted_by_the_frames_after_them() -> None:
    """The product reads and lives, so no limit of ours decides."""
    found = pinged().pushed(4).convicted_of(PINGS)
    assert (found.level, found.basis) == (Level.MUST, Basis.STANDARD)


def test_one_pong_for_many_pings_holds() -> None:
    """The last one's payload answers all."""
    assert pinged().here(ev.PongReceived(payload="02")).pushed(4).held(PINGS)


def test_pongs_that_stop_are_convicted() -> None:
    """One answered ping clears nobody of the three that follow."""
    play = pinged(1).here(ev.PongReceived(payload="00"))
    for number in range(1, 4):
        play.here(ev.PingSent(payload=f"{number:02d}")).wait(6)
    assert play.pushed(4).convicted_of(PINGS).level is Level.MUST


def test_late_pong_is_one() -> None:
    """A client that answers when it reads, and reads seldom."""
    assert pinged(4).pushed(4).here(ev.PongReceived(payload="03")).pushed(1).held(PINGS)


@pytest.mark.parametrize(("times", "apart"), [(2, 6), (9, 0.2)])
def test_few_pings_or_close_ones_convict_nobody(times: int, apart: float) -> None:
    """Three are needed, five seconds apart."""
    assert not pinged(times, apart).pushed(4).exercised(PINGS)


def test_silence_after_pings_convicts_nobody() -> None:
    """Without a frame afterwards nothing shows that it read them."""
    assert not pinged().wait(60).exercised(PINGS)


def test_pings_under_pressure_are_not_judged() -> None:
    """Nothing was read, or pongs of ours were withheld."""
    for do, how in (("slow", "no-read"), ("ping", "withhold-pong")):
        play = Play().armed("odd", do, how=how).exchange().fired("odd", do)
        for number in range(3):
            play.here(ev.PingSent(payload=f"{number:02d}")).wait(6)
        assert not play.pushed(4).exercised(PINGS)


def test_close_answered_holds() -> None:
    """By a Close, or by the end of TCP alone."""
    assert Play().exchange().closed().held(CLOSE)
    assert Play().exchange().here(ev.CloseSent(code=1001)).wait(3).ended("us", "cleanly").exchange().held(CLOSE)


def test_close_unanswered_is_a_warning_by_our_limit() -> None:
    """We end the link when patience is over."""
    play = Play().exchange().here(ev.CloseSent(code=1001)).wait(10).ended("us", "cleanly").exchange()
    found = play.convicted_of(CLOSE)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.POLICY)


def test_close_in_answer_to_the_products_own_is_no_question() -> None:
    """There is nothing left to answer."""
    play = Play().exchange().here(ev.CloseReceived(code=1000)).here(ev.CloseSent(code=1000))
    assert not play.wait(30).ended("product", "cleanly").exchange().exercised(CLOSE)


def test_close_of_a_product_that_is_gone_is_not_judged() -> None:
    """It does not run."""
    play = Play().exchange().here(ev.CloseSent(code=1001)).line(ev.ProductExited(status=0, by_us=False))
    assert not play.wait(20).exercised(CLOSE)


def test_our_own_break_right_after_our_close_answers_nothing() -> None:
    """The product had no time to."""
    assert not Play().exchange().here(ev.CloseSent(code=1001)).wait(1).ended("us").exchange().held(CLOSE)
