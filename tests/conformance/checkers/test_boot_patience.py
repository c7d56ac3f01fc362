"""Patience around a boot's answer, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import BOOT, LISTS, Play, entry
from mockpilot.conformance.attempts import TIGHT_SAMPLE
from mockpilot.conformance.levels import Level
from mockpilot.scenario.chances import TIGHT_LOOP

WAITS, AGAIN = "boot.waits-for-confirmation", "boot.tries-again"
NO_LIST, SLOWLY = "boot.rejected-sends-no-list", "boot.rejected-retries-slowly"


def test_patience_while_the_confirmation_is_held() -> None:
    """Nothing but another boot came, and a list afterwards."""
    assert Play().connect().boot().wait(2).boot().wait(2).accept().push().confirm().asks().takes().held(WAITS)


def test_whoever_has_nothing_to_send_shows_no_patience() -> None:
    """A prohibition is not exercised by silence."""
    quiet = Play().connect().boot().wait(4).accept().push().confirm().wait(60)
    assert not quiet.exercised(WAITS)
    assert Play().connect().boot().step("create-request").wait(4).accept().push().confirm().held(WAITS)


def test_short_wait_shows_no_patience() -> None:
    """There was no occasion to be hasty."""
    assert not Play().exchange().exercised(WAITS)


def test_list_before_the_confirmation_is_convicted_alone() -> None:
    """Whatever is read before we hand the answer needs no guard."""
    play = Play().connect().boot().asks().accept().asks().push()
    assert play.convicted_of(WAITS).level is Level.MUST
    assert play.musts() == {WAITS}


def test_answers_to_pushes_before_acceptance_are_free() -> None:
    """Whether a push that overtook the confirmation is answered is open."""
    answering = Play().connect().boot().push().confirm().wait(4).accept().push().confirm()
    ignoring = Play().connect().boot().push().wait(4).accept().push().confirm().wait(20)
    assert not answering.complaints()
    assert not ignoring.complaints()


def test_patience_of_a_product_that_is_gone_counts_for_nothing() -> None:
    """No sign of life came afterwards."""
    assert not Play().connect().boot().withholds(2, BOOT, {}, "x").wait(30).exercised(WAITS)


def unanswered() -> Play:
    """A boot whose confirmation is withheld."""
    return Play().connect().boot().withholds(2, BOOT, {"status": "Accepted"}, "x")


def test_second_boot_holds() -> None:
    """On the same link, accepted then or not."""
    assert unanswered().wait(30).boot().accept().held(AGAIN)
    assert unanswered().wait(30).boot().held(AGAIN)


def test_new_connection_after_an_unanswered_boot_holds() -> None:
    """With or without an end of the old one."""
    assert unanswered().wait(30).ended("product").held(AGAIN)
    assert unanswered().wait(30).connect().held(AGAIN)


def test_waiting_for_ever_is_warned() -> None:
    """The link stays, and nothing comes."""
    assert unanswered().wait(130).convicted_of(AGAIN).level is Level.SHOULD


def test_boots_in_a_tight_loop_are_warned() -> None:
    """A bounded rate is asked for."""
    play = unanswered()
    for _ in range(20):
        play.wait(0.1).boot()
    assert "boots in" in play.convicted_of(AGAIN).observed


def in_vain(every: float, times: int, by: str = "product") -> Play:
    """Link after link with a boot that nobody answers."""
    play = Play()
    for _ in range(times):
        play.connect().boot().withholds(2, BOOT, {"status": "Accepted"}, "x").ended(by).wait(every)
    return play


def test_links_in_a_tight_loop_are_warned() -> None:
    """Whoever leaves a link with its boot unanswered and boots on the next one at once hammers as well."""
    assert "12 boots in" in in_vain(0.5, 12).convicted_of(AGAIN).observed
    assert in_vain(1.5, 12).connect().boot().accept().held(AGAIN)


def test_links_that_we_ended_show_no_haste() -> None:
    """Coming back at once is right then."""
    assert AGAIN not in in_vain(0.5, 12, by="us").complaints()


@pytest.mark.parametrize(("every", "held"), [(0.5, False), (1.5, True)])
def test_a_few_boots_in_haste_clear_nobody(every: float, held: bool) -> None:
    """Ten are asked for before anything is said against it; a pause clears."""
    play = unanswered()
    for _ in range(4):
        play.wait(every).boot()
    assert play.accept().wait(30).exercised(AGAIN) is held


def test_boots_that_come_in_pairs_are_no_loop() -> None:
    """Some say everything twice."""
    play = unanswered().boot()
    for _ in range(2):
        play.wait(30).boot().boot()
    assert play.accept().held(AGAIN)


# -- rejected ------------------------------------------------------------------------------------------------------


def rejected(**how: Any) -> Play:
    """A boot that was rejected."""
    return Play(**how).connect().boot().wait(3).accept("Rejected", fault="rejected")


def test_list_after_rejection_is_convicted() -> None:
    """Well after the guard, and with no acceptance since."""
    play = rejected().wait(2).asks(entry("a"))
    assert play.convicted_of(NO_LIST).level is Level.MUST
    assert play.musts() == {NO_LIST}


def test_list_in_flight_is_not() -> None:
    """It may have left before Rejected arrived."""
    play = rejected().wait(0.5).asks(entry("a"))
    assert not play.exercised(NO_LIST)
    assert not play.musts()


def test_quiet_until_accepted_holds() -> None:
    """Its lists come once it is accepted."""
    play = rejected().wait(5).boot().accept().push().confirm().asks(entry("a")).takes()
    assert play.held(NO_LIST)
    assert play.held(SLOWLY)


def test_quiet_of_a_product_that_answers_slowly_holds_as_soon() -> None:
    """The longer guard excuses what comes; it makes no silence shorter."""
    play = rejected().wait(5).boot().accept().push().wait(2).confirm().asks(entry("a")).takes()
    assert play.held(NO_LIST)


def test_quiet_of_a_product_without_lists_is_not_exercised() -> None:
    """It had nothing to send."""
    assert not rejected().wait(5).boot().accept().push().confirm().exercised(NO_LIST)


def test_list_after_an_error_answer_is_a_warning() -> None:
    """What an error for a boot means is nowhere said."""
    play = Play().connect().boot().hands(3, BOOT, {"message": "no"}, "00000000-0000-4000-8000-000000000001", "refused")
    assert play.wait(2).asks(entry("a")).convicted_of(NO_LIST).level is Level.SHOULD


def test_hammering_after_rejection_is_warned() -> None:
    """Boot after boot without a pause."""
    play = rejected()
    for _ in range(12):
        play.wait(0.05).boot()
    assert play.convicted_of(SLOWLY).level is Level.SHOULD


def refusing(every: float, times: int) -> Play:
    """Boots that are rejected one after the other, and one that is accepted."""
    play = rejected()
    for _ in range(times):
        play.wait(every).boot().accept("Rejected", fault="rejected")
    return play.wait(every).boot().accept().wait(60).boot()


@pytest.mark.parametrize(("every", "held"), [(0.9, False), (1.1, True)])
def test_a_few_boots_in_haste_after_rejection_clear_nobody(every: float, held: bool) -> None:
    """What comes once a boot was accepted says nothing of the haste before."""
    play = refusing(every, 4)
    assert play.exercised(SLOWLY) is held
    assert SLOWLY not in play.complaints()


def test_boots_just_below_the_limit_are_warned() -> None:
    """Ten of them."""
    assert refusing(0.9, 10).convicted_of(SLOWLY).level is Level.SHOULD
    assert refusing(1.1, 10).held(SLOWLY)


def test_list_of_a_rejected_boot_that_was_accepted_meanwhile_is_fine() -> None:
    """The last word counts."""
    play = rejected().wait(1).boot().accept().push().wait(2).says(1, LISTS, {"chargingRequestList": []})
    assert not play.musts()


def test_list_after_a_damaged_confirmation_is_no_haste() -> None:
    """It may have been read as one; a good one was never handed."""
    play = Play().armed("odd", "damage", how="cut").connect().boot().hands_raw('[2,"CMS"', "odd").wait(2)
    assert "boot.waits-for-confirmation" not in play.asks(entry("a")).complaints()


def test_scenarios_wait_for_as_many_boots_as_a_tight_loop_takes() -> None:
    """Scenarios know nothing of rules, so the number stands in both."""
    assert TIGHT_LOOP == TIGHT_SAMPLE
