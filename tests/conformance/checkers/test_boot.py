"""Booting, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import BOOT, LISTS, Play, entry, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

FIRST, PROMPTLY, COMES, PAYLOAD = "boot.comes-first", "boot.comes-promptly", "boot.comes", "boot.payload"
WAITS, AGAIN = "boot.waits-for-confirmation", "boot.tries-again"
NO_LIST, SLOWLY = "boot.rejected-sends-no-list", "boot.rejected-retries-slowly"
EVERY, SOURCE = "boot.on-every-link", "boot.source"


def test_boot_first_holds() -> None:
    """A ping before it is no message."""
    play = Play().connect().here(ev.PingReceived()).boot().accept()
    assert play.held(FIRST)
    assert play.held(PROMPTLY)
    assert play.held(COMES)


def test_other_first_message_is_convicted_alone() -> None:
    """The lowest rung of the ladder is reported, no other."""
    play = Play().connect().asks().boot().asks().accept().asks()
    assert play.convicted_of(FIRST).level is Level.MUST
    assert play.musts() == {FIRST}


def test_unreadable_first_frame_is_judged_as_such() -> None:
    """What it was meant to be nobody knows."""
    play = Play().connect().says_raw("hello").boot()
    assert not play.exercised(FIRST)
    assert play.musts() == {"envelope.seven-slots"}


def test_answer_to_an_early_frame_of_ours_is_no_first_message() -> None:
    """We spoke first."""
    assert not Play().connect().push().confirm().exercised(FIRST)


def test_late_boot_is_warned() -> None:
    """The clock runs from our 101."""
    play = Play().tls().wait(60).upgrade().wait(6).boot()
    assert play.convicted_of(PROMPTLY).level is Level.SHOULD


def test_slow_start_is_no_late_boot() -> None:
    """What happens before our 101 is start-up."""
    assert Play().tls().wait(60).upgrade().wait(4).boot().held(PROMPTLY)


def test_boot_delayed_by_our_own_stall_holds() -> None:
    """Deadlines grow by what we missed ourselves."""
    assert Play().connect().wait(5).line(ev.Stalled(late_s=3)).wait(1).boot().held(PROMPTLY)


def test_missing_boot_is_convicted_by_our_limits() -> None:
    """An open link, and nothing for a minute."""
    found = Play().connect().wait(70).convicted_of(COMES)
    assert (found.level, found.basis) == (Level.MUST, Basis.POLICY)


@pytest.mark.parametrize("ending", [("product", "broken off"), ("us", "cleanly")])
def test_link_that_ended_early_owes_no_boot(ending: tuple[str, str]) -> None:
    """It was not there long enough."""
    assert not Play().connect().wait(30).ended(*ending).wait(100).exercised(COMES)


def test_boot_not_yet_due_is_no_observation() -> None:
    """The recording ends before the deadline."""
    assert not Play().connect().wait(59).exercised(COMES)


@pytest.mark.parametrize("payload", [{"presystem": "BMS"}, {"systemType": "ITCS"}])
def test_either_key_holds_in_chargepilot(payload: dict[str, str]) -> None:
    """Nobody outside knows which one it reads."""
    assert Play().connect().boot(payload=payload).held(PAYLOAD)


@pytest.mark.parametrize(
    ("dialect", "payload", "level", "basis"),
    [
        ("chargepilot", {}, Level.MUST, Basis.GUIDELINE),
        ("chargepilot", {"presystem": "DMS"}, Level.MUST, Basis.GUIDELINE),
        ("chargepilot", {"presystem": "BMS", "systemType": "BMS"}, Level.SHOULD, Basis.GUIDELINE),
        ("chargepilot", {"presystem": "BMS", "systemType": "ITCS"}, Level.MUST, Basis.GUIDELINE),
        ("vdv-1.1", {"systemType": "BMS"}, Level.MUST, Basis.STANDARD),
    ],
)
def test_other_boot_payload_is_convicted(dialect: str, payload: Any, level: Level, basis: Basis) -> None:
    """By the dialect's schema."""
    findings = Play(dialect=dialect).connect().boot(payload=payload).judged().findings
    assert {(PAYLOAD, level, basis)} == {(f.rule, f.level, f.basis) for f in findings if f.level is not Level.MAY}


def test_payload_of_a_boot_is_one_cause() -> None:
    """However many things are wrong with it."""
    found = Play(dialect="vdv-1.1").connect().boot(payload={"type": "BMS"}).convicted_of(PAYLOAD)
    assert "$.type" in found.observed
    assert "$.presystem" in found.observed


def test_payload_that_is_no_object_is_judged_by_its_envelope() -> None:
    """The first cause counts."""
    assert Play().connect().boot(payload=[]).musts() == {"envelope.payload-is-object"}


def test_our_own_stalls_hide_a_missing_boot() -> None:
    """Nobody is convicted by them."""
    assert not Play().connect().wait(50).line(ev.Stalled(late_s=8)).wait(60).exercised(COMES)


# -- patience ------------------------------------------------------------------------------------------------------


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


# -- later links ---------------------------------------------------------------------------------------------------


def test_boot_on_a_later_link_holds() -> None:
    """Booting belongs to the link."""
    assert Play().exchange().closed().exchange().held(EVERY)


def test_later_link_without_boot_first_is_convicted() -> None:
    """The earlier one began with a boot, so this is another mistake."""
    play = Play().exchange().closed().connect().asks()
    assert play.convicted_of(EVERY).level is Level.MUST
    assert play.musts() == {EVERY}


def test_later_link_without_any_boot_is_convicted_by_our_limits() -> None:
    """Nothing came for a minute."""
    assert Play().exchange().closed().connect().wait(70).convicted_of(EVERY).basis is Basis.POLICY


def test_new_process_has_no_earlier_link() -> None:
    """What another process did says nothing."""
    play = Play().line(ev.ProductStarted(command=("x",))).exchange().closed()
    play.line(ev.ProductStarted(command=("x",))).connect().asks()
    assert play.convicted_of(FIRST).level is Level.MUST


def test_source_as_declared_holds() -> None:
    """BMS says BMS."""
    assert Play().exchange().held(SOURCE)


@pytest.mark.parametrize(("dialect", "level"), [("chargepilot", Level.SHOULD), ("vdv-1.1", Level.MAY)])
def test_other_source_weighs_by_dialect(dialect: str, level: Level) -> None:
    """In the schemas the slot is a free string."""
    play = Play(dialect=dialect).connect().boot().accept().push().confirm(source="DMS")
    assert play.convicted_of(SOURCE).level is level


def test_two_kinds_on_two_links_hold() -> None:
    """One product may be BMS on one link and ITCS on another."""
    play = Play().exchange()
    play.sent_as = "ITCS"
    play.connect().boot(payload={"presystem": "ITCS"}).accept().push().confirm()
    assert play.held(SOURCE)


def test_list_of_a_rejected_boot_that_was_accepted_meanwhile_is_fine() -> None:
    """The last word counts."""
    play = rejected().wait(1).boot().accept().push().wait(2).says(1, LISTS, {"chargingRequestList": []})
    assert not play.musts()


def test_list_after_a_damaged_confirmation_is_no_haste() -> None:
    """It may have been read as one; a good one was never handed."""
    play = Play().armed("odd", "damage", how="cut").connect().boot().hands_raw('[2,"CMS"', "odd").wait(2)
    assert "boot.waits-for-confirmation" not in play.asks(entry("a")).complaints()


def test_boot_that_we_read_late_after_a_long_stall_is_not_judged() -> None:
    """Our own stalls decide nothing."""
    play = Play().connect().wait(6).line(ev.Stalled(late_s=5.5)).wait(6).boot().accept().push().confirm()
    assert not play.exercised("boot.comes-promptly")


@pytest.mark.parametrize("rule", ["boot.tries-again", "boot.on-every-link"])
def test_what_is_missing_in_simulated_time_is_a_remark(rule: str) -> None:
    """Whoever is told another time cannot keep ours."""
    play = Play(time_factor=60.0)
    if rule == "boot.tries-again":
        play.connect().boot().withholds(2, BOOT, {"status": "Accepted"}, uuid(1)).wait(130)
    else:
        play.exchange().closed().connect().wait(70)
    assert play.convicted_of(rule).level is Level.MAY
