"""Booting, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import BOOT, Play, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

FIRST, PROMPTLY, COMES, PAYLOAD = "boot.comes-first", "boot.comes-promptly", "boot.comes", "boot.payload"
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
