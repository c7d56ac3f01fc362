"""Subprotocols, judged from made recordings."""

from __future__ import annotations

import msgspec

from conformance.playbook import Play
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

ALIEN, PACE = "handshake.refuses-alien-subprotocol", "handshake.slows-without-subprotocol"


def alien() -> Play:
    """A link whose subprotocol nobody offered."""
    return chosen("alien.example")


def chosen(subprotocol: str | None, play: Play | None = None) -> Play:
    """A link with a subprotocol of a fault's choice."""
    play = (play or Play().exchange().closed()).tls().upgrade(fault="refused")
    play.events[-1] = msgspec.structs.replace(play.events[-1], subprotocol=subprotocol)
    return play


def test_message_under_an_alien_subprotocol_is_convicted_alone() -> None:
    """Whatever it says: nothing else is judged there."""
    play = alien().says(1, "ProvideChargingRequests", {})
    assert play.convicted_of(ALIEN).level is Level.MUST
    assert play.complaints() == {ALIEN}


def test_leaving_an_alien_subprotocol_holds() -> None:
    """By a Close of any code, an end or a reset."""
    assert alien().here(ev.CloseReceived(code=1002)).ended("product", "cleanly").held(ALIEN)
    assert alien().ended("product", "broken off").held(ALIEN)


def test_doing_nothing_under_an_alien_subprotocol_decides_nothing() -> None:
    """It neither sent nor left."""
    assert not alien().wait(30).ended("us").exercised(ALIEN)


def test_offered_subprotocol_is_no_alien() -> None:
    """One of several tokens will do."""
    assert not chosen("v1.463.vdv.de").boot().exercised(ALIEN)


def without(gap: float, times: int) -> Play:
    """Links without subprotocol that we close at once."""
    play = Play(tick=0.001).exchange().closed()
    for _ in range(times):
        chosen(None, play).here(ev.CloseSent(code=1002, fault="refused")).ended("us", "cleanly").wait(gap)
    return play


def test_hammering_without_subprotocol_is_a_warning_alone() -> None:
    """No other rule of pace speaks of such links."""
    play = without(0.1, 12)
    assert play.convicted_of(PACE).level is Level.SHOULD
    assert play.complaints() == {PACE}


def test_steady_pace_without_subprotocol_holds() -> None:
    """Nothing asks for growth; booting before our close is right."""
    assert without(5, 12).held(PACE)
    assert chosen(None, without(40, 3)).boot().held(PACE)


def test_one_link_without_subprotocol_shows_no_pace() -> None:
    """Nor does aborting by oneself."""
    assert not without(100, 1).exercised(PACE)


def test_who_offers_none_is_told_what_its_profile_can_say() -> None:
    """It cannot miss one: no run would ever show more."""
    play = Play("C-08", launched=True).armed("without", "refuse", how="subprotocol", optional=True)
    for _ in range(3):
        play.connect(headers=(("Upgrade", "websocket"),)).boot().accept().push().confirm().closed().wait(15)
    verdict = play.judged()
    assert (play.complaints(), play.exercised(PACE)) == (set(), False)
    assert "[presystem] offers_subprotocol = false" in verdict.detail


def test_who_offers_one_is_not_told_to_say_otherwise() -> None:
    """Whatever else keeps the rule from being decided."""
    play = Play("C-08").armed("without", "refuse", how="subprotocol", optional=True).exchange().closed()
    assert "offers_subprotocol" not in play.judged().detail
