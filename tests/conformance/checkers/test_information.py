"""Pushes and answers, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import PUSHES, Play, entry, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

ANSWERED, ECHO, EMPTY = (
    "information.is-answered", "correlation.echoes-message-id", "information.confirmation-is-empty",
)  # fmt: skip
ONCE, REQUESTS_ONLY = "correlation.one-answer", "correlation.answers-only-requests"
CONFIRMED = "information.is-confirmed"
STRANGE = "00000000-0000-4000-8000-00000000abcd"


def booted(**how: Any) -> Play:
    """An accepted link."""
    return Play(**how).connect().boot().accept()


def test_answered_push_holds() -> None:
    """And with it everything about its answer."""
    play = Play().exchange()
    assert all(play.held(rule) for rule in (ANSWERED, ECHO, EMPTY, ONCE, CONFIRMED))


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


# -- matching ------------------------------------------------------------------------------------------------------


def test_other_id_is_convicted_alone() -> None:
    """Neither a missing nor a stray answer beside it."""
    play = booted().push().confirm(STRANGE).wait(15).push().confirm("00000000-0000-4000-8000-00000000abce").wait(30)
    found = play.convicted_of(ECHO)
    assert (found.level, found.count) == (Level.MUST, 2)
    assert play.musts() == {ECHO}


def test_other_action_is_convicted_alone() -> None:
    """Under the right id."""
    play = booted().push().confirm(action="BootNotification").wait(30)
    assert play.musts() == {ECHO}
    assert play.convicted_of(ECHO).perhaps.startswith("answers carry an action of their own")


def test_payload_of_a_confirmation_is_convicted() -> None:
    """It must be empty."""
    assert booted().push().confirm(payload={"status": "ok"}).convicted_of(EMPTY).level is Level.MUST


def test_second_answer_is_convicted() -> None:
    """One push, one answer."""
    assert booted().push().confirm().confirm().musts() == {ONCE}


def test_repeated_push_may_be_answered_once_or_twice() -> None:
    """It was handed twice."""
    play = booted().push(message_id=uuid(50)).push(message_id=uuid(50), fault="repeated").confirm().confirm()
    assert play.held(ONCE)
    assert Play().connect().boot().accept().push(message_id=uuid(50)).push(
        message_id=uuid(50), fault="repeated").confirm().held(ONCE)  # fmt: skip
    assert play.confirm().musts() == {ONCE}


def test_answer_on_the_next_link_is_a_remark() -> None:
    """It was under way when the link was lost."""
    play = booted().push(message_id=uuid(50)).ended("us").exchange().confirm(uuid(50))
    assert play.convicted_of(ONCE).level is Level.MAY


def test_answer_to_nothing_is_convicted() -> None:
    """All pushes had theirs."""
    assert Play().exchange().confirm(STRANGE).musts() == {ONCE}


def test_answer_to_our_answer_is_convicted() -> None:
    """It carries the id of the product's own list."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(60)).takes()
    play.confirm(uuid(60), action="ProvideChargingRequests")
    assert play.convicted_of(REQUESTS_ONLY).level is Level.MUST
    assert play.musts() == {REQUESTS_ONLY}


def test_answer_to_a_stray_of_ours_is_a_warning() -> None:
    """Only a broken CMS would have provoked it."""
    play = Play().exchange().hands(2, PUSHES, {}, STRANGE, "stray").confirm(STRANGE)
    assert play.convicted_of(REQUESTS_ONLY).level is Level.SHOULD


def test_going_on_after_our_answer_holds() -> None:
    """The next answered push shows that the product had it."""
    assert Play().exchange().asks(entry("a")).takes().pushed().held(REQUESTS_ONLY)


def test_silence_after_our_answer_shows_nothing() -> None:
    """Perhaps it never came."""
    assert not Play().connect().boot().accept().exercised(REQUESTS_ONLY)


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


# -- error answers -------------------------------------------------------------------------------------------------

ERROR = "information.error-payload"


@pytest.mark.parametrize(("payload", "fits"), [
    ({"errorMessage": "no"}, True), ({"message": "no"}, False), ({"errorMessage": "no", "code": 1}, False),
    ({"errorMessage": 1}, False),
])  # fmt: skip
def test_error_payload_has_one_form_in_2_0(payload: Any, fits: bool) -> None:
    """Only there a schema says what stands in it."""
    play = booted(dialect="vdv-2.0-rc1").push().confirm(type=3, payload=payload)
    if fits:
        assert play.held(ERROR)
    else:
        assert play.convicted_of(ERROR).level is Level.MUST
    assert ERROR not in booted().push().confirm(type=3, payload=payload).judged().rules_exercised


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
