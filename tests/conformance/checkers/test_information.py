"""Pushes and whether they are answered, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import Play, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

ANSWERED, CONFIRMED = "information.is-answered", "information.is-confirmed"


def booted(**how: Any) -> Play:
    """An accepted link."""
    return Play(**how).connect().boot().accept()


def test_answered_push_holds() -> None:
    """By a confirmation."""
    play = Play().exchange()
    assert play.held(ANSWERED)
    assert play.held(CONFIRMED)


def test_unanswered_push_is_convicted_by_our_limits() -> None:
    """The link was there all the time."""
    assert booted().push().wait(20).convicted_of(ANSWERED).basis is Basis.POLICY


def test_overtaken_push_is_convicted_by_the_guideline() -> None:
    """A later push was answered, so no clock of ours is needed."""
    play = booted().push().wait(15).push().confirm().wait(5)
    assert play.convicted_of(ANSWERED).basis is Basis.GUIDELINE


def test_three_in_a_row_on_a_live_link_are_convicted_by_the_guideline() -> None:
    """The product is there, and deaf."""
    play = booted()
    for _ in range(3):
        play.push().wait(15)
    play.wait(5).here(ev.PongReceived()).wait(5)
    assert Basis.GUIDELINE in {finding.basis for finding in play.judged().findings}


def left(open_for_s: float) -> Play:
    """A push on a link that the product leaves for the next one that long afterwards, without a word."""
    play = booted().pushed().push().wait(open_for_s).exchange()
    for _ in range(4):
        play.on(1).push().on(2).pushed()
    return play.wait(30)


@pytest.mark.parametrize("open_for_s", [0.003, 14])
def test_link_that_was_left_for_the_next_owes_no_answers(open_for_s: float) -> None:
    """Neither to what comes now nor to what was open when the next one began."""
    assert not left(open_for_s).complaints()


def test_push_whose_time_was_up_before_the_next_link_began_is_unanswered() -> None:
    """Leaving later is no excuse."""
    assert left(20).musts() == {ANSWERED}


def test_attempt_that_came_to_nothing_leaves_no_link() -> None:
    """Only an open link can be used in place of the old one."""
    play = booted().pushed().push().wait(1).tls().ended("product", sent=0).on(1)
    assert play.wait(30).convicted_of(ANSWERED).level is Level.MUST


def test_late_answer_is_an_answer() -> None:
    """Never is the word."""
    assert booted().push().wait(40).confirm().held(ANSWERED)


def test_answers_in_any_order_are_answers() -> None:
    """Several may be open at once."""
    play = booted().push(message_id=uuid(50)).push(message_id=uuid(51)).confirm(uuid(51)).confirm(uuid(50)).wait(30)
    assert play.held(ANSWERED)
    assert not play.complaints()


@pytest.mark.parametrize("young", [False, True])
def test_push_without_time_to_answer_owes_none(young: bool) -> None:
    """The link ended, or the recording did."""
    play = booted().push().wait(3)
    assert not (play if young else play.closed().wait(60)).exercised(ANSWERED)


def test_push_on_a_silent_link_owes_no_answer() -> None:
    """We do not read any more."""
    assert not booted().push().here(ev.WentSilent(fault="silent")).wait(60).exercised(ANSWERED)


def test_push_that_a_fault_touched_owes_no_answer() -> None:
    """Only what left unaltered creates obligations."""
    assert not booted().push(fault="damaged").wait(60).exercised(ANSWERED)


def test_stall_of_ours_extends_the_time_to_answer() -> None:
    """Three seconds of it."""
    stalled = booted().push().wait(10).line(ev.Stalled(late_s=3)).wait(6)
    assert not stalled.complaints()
    assert stalled.wait(4).complaints() == {ANSWERED}


def test_stall_of_ours_hides_whether_it_came() -> None:
    """Over five seconds in sum decide nothing."""
    assert not booted().push().wait(10).line(ev.Stalled(late_s=8)).wait(60).complaints()


def test_product_that_is_gone_owes_no_answer() -> None:
    """A product that is not running proves nothing."""
    play = booted().push().line(ev.ProductExited(status=0, by_us=False)).wait(60)
    assert not play.complaints()


# -- confirmed -----------------------------------------------------------------------------------------------------


def test_single_errors_are_no_refusal() -> None:
    """It may be unable just now."""
    play = booted().push().confirm(type=3).push().confirm(type=3).push().confirm()
    assert play.held(CONFIRMED)


def test_three_errors_in_a_row_are_convicted() -> None:
    """The product refuses everything, and is convicted once."""
    play = booted()
    for _ in range(5):
        play.push().confirm(type=3, payload={"message": "no"})
    assert play.musts() == {CONFIRMED}


def test_link_ended_at_the_first_push_twice_is_convicted() -> None:
    """Once may be chance."""
    play = booted().push().wait(1).ended("product", "broken off")
    assert not play.complaints()
    play.connect().boot().accept().push().wait(1).here(ev.CloseReceived(code=1007)).ended("product", "cleanly")
    assert play.convicted_of(CONFIRMED).level is Level.MUST


def test_answers_to_a_lost_boot_confirmation_are_free() -> None:
    """Pushes before acceptance are not plain."""
    play = Play().connect().boot().withholds(2, "BootNotification", {"status": "Accepted"}, "x").push().wait(60)
    assert ANSWERED not in play.complaints()


def test_push_right_before_we_stop_reading_owes_no_answer() -> None:
    """It may have come, and waits for us."""
    play = Play().armed("slow", "slow", how="no-read").exchange().wait(15).push().fired("slow", "slow")
    play.here(ev.ReadingPaused(fault="slow")).wait(40).ended("product", "broken off")
    assert not play.complaints()


def test_leaving_at_the_first_push_over_something_malformed_is_no_refusal() -> None:
    """Two links in a row, each with a message that nobody can read before its first push."""
    play = Play().armed("odd", "inject")
    for _ in range(2):
        play.connect().boot().accept().hands_raw("[1, 2", "odd").push().wait(0.5)
        play.here(ev.CloseReceived(code=1007)).ended("product", "cleanly").wait(5)
    assert not play.exchange().musts()
