"""Boots that went astray, judged from made recordings."""

from __future__ import annotations

from conformance.playbook import BOOT, Play, entry, uuid
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

FOREIGN, STORM = "boot.ignores-foreign-confirmation", "boot.no-storm"


def foreign() -> Play:
    """A boot that was confirmed under a foreign id, and a push that probes it."""
    play = Play().armed("odd", "answer", kind="wrong-id").connect().boot().wait(3)
    return play.hands(2, BOOT, {"status": "Accepted"}, uuid(4711), "odd").push(fault="odd")


def test_list_after_a_foreign_confirmation_is_a_warning_alone() -> None:
    """Not one of lists before the first push as well."""
    play = foreign().confirm().asks(entry("a"))
    assert play.convicted_of(FOREIGN).level is Level.SHOULD
    assert play.complaints() == {FOREIGN}


def test_waiting_for_the_own_confirmation_holds() -> None:
    """Answering the probe is right; the list came once the boot was accepted."""
    assert foreign().confirm().wait(27).boot().accept().push().confirm().asks(entry("a")).takes().held(FOREIGN)


def test_quiet_without_anything_to_send_decides_nothing() -> None:
    """Who never sends a list shows nothing by not sending one."""
    assert not foreign().confirm().wait(27).boot().accept().push().confirm().exercised(FOREIGN)


def booting(every: float, times: int = 12) -> Play:
    """Boots that go on after Accepted."""
    play = Play().exchange().wait(2)
    for _ in range(times):
        play.boot().accept().wait(every)
    return play


def test_boots_again_and_again_are_a_warning() -> None:
    """More than three a minute."""
    assert booting(10).convicted_of(STORM).level is Level.SHOULD


def test_boots_now_and_then_hold() -> None:
    """A second boot is forbidden nowhere."""
    assert booting(25).held(STORM)


def test_a_short_look_clears_nobody_of_a_storm() -> None:
    """Four boots a minute show a second one after twenty seconds, if they come evenly."""
    assert Play().exchange().wait(21).held(STORM)
    assert not Play().exchange().wait(15).exercised(STORM)
    assert not booting(1, times=2).exercised(STORM)


def test_boots_before_acceptance_are_no_storm() -> None:
    """Another rule asks for their pace."""
    play = Play().connect()
    for _ in range(6):
        play.boot().wait(5)
    assert play.accept().push().confirm().wait(21).held(STORM)


def test_boots_that_piled_up_while_we_stalled_are_no_storm() -> None:
    """Five minutes of calm boots are read at once."""
    play = Play().exchange().wait(300).line(ev.Stalled(late_s=298))
    for _ in range(6):
        play.boot()
    assert "boot.no-storm" not in play.complaints()
