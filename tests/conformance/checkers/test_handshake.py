"""Connecting, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import HEADERS, Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

TLS, LOGIN, CERTIFICATE = "handshake.uses-tls", "handshake.sends-credentials", "handshake.verifies-certificate"
SUBPROTOCOL, UPGRADE, FRAMES = "handshake.offers-subprotocol", "handshake.valid-upgrade", "frames.valid"
SLOWS, PATH = "handshake.slows-after-refusal", "handshake.uses-the-path"
PROXIED = (*HEADERS, ("X-Forwarded-For", "10.0.0.1"))


def test_tls_holds() -> None:
    """A TLS hello is what the port expects."""
    assert Play().exchange().held(TLS)


def test_clear_text_upgrade_is_convicted() -> None:
    """The first bytes show it."""
    found = Play().tcp(first="clear-text upgrade").ended("us", "cleanly").convicted_of(TLS)
    assert found.level is Level.MUST
    assert found.basis is Basis.GUIDELINE


@pytest.mark.parametrize("first", [None, "clear-text http", "proxy header", "other"])
def test_probe_is_no_attempt(first: str | None) -> None:
    """Connects without bytes, plain HTTP and proxies are strangers."""
    assert not Play().tcp(first=first).ended("product").exercised(TLS)


def test_proxied_connections_are_not_judged_for_tls() -> None:
    """What stands between speaks for itself, not for the product."""
    play = Play().tcp(first="clear-text upgrade").ended().connect(headers=PROXIED).boot()
    assert not play.exercised(TLS)


def test_right_credentials_hold() -> None:
    """Basic, as handed over."""
    assert Play().exchange().held(LOGIN)


def test_credentials_after_the_challenge_hold() -> None:
    """Whole stacks send none before they are asked for them."""
    play = Play().tls().upgrade(401, credentials="none").ended("us", "cleanly").exchange()
    assert play.held(LOGIN)
    assert not play.complaints()


@pytest.mark.parametrize("verdict", ["malformed", "other scheme", "wrong user", "wrong password"])
def test_other_credentials_are_convicted(verdict: str) -> None:
    """A launched product was handed the right ones."""
    assert Play().connect(status=401, credentials=verdict).convicted_of(LOGIN).level is Level.MUST


def test_password_typed_wrong_by_a_person_is_a_hint() -> None:
    """An operator's set-up is not the product."""
    play = Play(launched=False).connect(status=401, credentials="wrong password")
    assert play.convicted_of(LOGIN).level is Level.MAY


def test_three_bare_attempts_are_convicted() -> None:
    """The first may ask for the challenge, two more may not."""
    play = Play()
    for _ in range(3):
        play.connect(status=401, credentials="none").ended("us", "cleanly").wait(5)
    assert play.convicted_of(LOGIN).basis is Basis.POLICY


def test_two_bare_attempts_decide_nothing() -> None:
    """Stopping after the first challenges is not sending none for ever."""
    play = Play().connect(status=401, credentials="none").ended().wait(5)
    assert not play.connect(status=401, credentials="none").ended().exercised(LOGIN)


# -- certificates --------------------------------------------------------------------------------------------------


def test_byte_on_a_bad_certificate_is_convicted() -> None:
    """Only what is sent inside the connection proves trust; that link is judged for nothing else."""
    play = Play().exchange().closed().tls("unknown-ca").upgrade().boot().ended("us")
    assert play.convicted_of(CERTIFICATE).level is Level.MUST
    assert play.musts() == {CERTIFICATE}


def test_aborted_handshake_holds() -> None:
    """The product refused the certificate, and takes the good one."""
    play = Play().exchange().closed().tcp("wrong-host")
    play.here(ev.TlsFailed(ended_by="product", reason="bad certificate", hello_seen=True, certificate="wrong-host"))
    assert play.ended("product").held(CERTIFICATE)


def test_completed_handshake_without_a_byte_holds() -> None:
    """Some stacks finish the handshake and check the host afterwards."""
    play = Play().exchange().closed().tls("wrong-host").ended("product", "broken off", sent=0)
    assert play.held(CERTIFICATE)


def test_resumed_session_proves_nothing() -> None:
    """The client never saw the certificate."""
    play = Play().exchange().closed().tls("unknown-ca", resumed=True).upgrade().ended("us")
    assert not play.exercised(CERTIFICATE)


def test_refusal_without_a_good_connection_proves_nothing() -> None:
    """Perhaps it can't do TLS at all."""
    assert not Play().tls("unknown-ca").ended("product", sent=0).exercised(CERTIFICATE)


# -- upgrade -------------------------------------------------------------------------------------------------------


def test_valid_upgrade_and_frames_hold() -> None:
    """As any WebSocket library does it."""
    play = Play().exchange()
    assert play.held(UPGRADE)
    assert play.held(FRAMES)


def test_bad_upgrade_is_convicted() -> None:
    """With what RFC 6455 would have had otherwise."""
    play = Play().tls().upgrade(400, problems=("Sec-WebSocket-Version 13 is expected, found 12",))
    assert "found 12" in play.convicted_of(UPGRADE).observed


def test_broken_frame_is_convicted() -> None:
    """The link ends there, by us; that is not held against the product twice."""
    play = Play().exchange().here(ev.ProtocolBroken(what="unmasked frame", code=1002)).ended("us", "cleanly").wait(400)
    assert play.convicted_of(FRAMES).level is Level.MUST
    assert play.musts() == {FRAMES}


@pytest.mark.parametrize(("what", "code"), [("bad close code 1005", 1002), ("message too big", 1009)])
def test_what_harms_nobody_is_a_remark(what: str, code: int) -> None:
    """How large a message may be is ours alone."""
    play = Play().exchange().here(ev.ProtocolBroken(what=what, code=code)).ended("us", "cleanly")
    assert play.convicted_of(FRAMES).level is Level.MAY


@pytest.mark.parametrize(("dialect", "level"), [("chargepilot", Level.MAY), ("vdv-1.1", Level.SHOULD)])
def test_missing_subprotocol_weighs_by_dialect(dialect: str, level: Level) -> None:
    """ChargePilot says nothing of it."""
    play = Play(dialect=dialect).connect(headers=(("Upgrade", "websocket"),))
    assert play.convicted_of(SUBPROTOCOL).level is level


def test_one_of_several_subprotocols_is_enough() -> None:
    """Clients may list several, in several headers."""
    offered = (("Upgrade", "websocket"), ("sec-websocket-protocol", "v2.463.vdv.de, v1.463.vdv.de"))
    assert Play(dialect="vdv-1.1").connect(headers=offered).held(SUBPROTOCOL)


@pytest.mark.parametrize("target", ["/vdv463/depot-7", "/vdv463/depot%2D7", "wss://lab/vdv463/depot-7"])
def test_right_path_holds(target: str) -> None:
    """Spelling and form are free."""
    assert Play().connect(target=target).held(PATH)


def test_other_path_is_convicted() -> None:
    """In every attempt of a launched product."""
    play = Play().connect(status=404, target="/somewhere")
    assert play.convicted_of(PATH).level is Level.MUST


def test_one_right_attempt_is_enough() -> None:
    """The other may have been a prober's."""
    assert Play().connect(status=404, target="/").ended().wait(5).connect().held(PATH)


def strays(play: Play, times: int = 3) -> Play:
    """So many attempts at another path."""
    for _ in range(times):
        play.ended().wait(60).connect(status=404, target="/")
    return play


def test_other_path_ever_after_is_a_remark() -> None:
    """Once the first link is lost; some attempt was right, so it is no violation, and nothing is cleared either."""
    assert strays(Play().connect()).convicted_of(PATH).level is Level.MAY
    assert strays(Play().connect()).judged().held.get(PATH, 0) == 0


def test_other_path_for_a_while_is_not_convicted() -> None:
    """Too few attempts say so, or the right path comes again, or somebody was sent there."""
    assert strays(Play().connect(), 2).held(PATH)
    assert strays(Play().connect()).ended().wait(60).connect().held(PATH)
    assert strays(Play().connect().ended().connect(status=307)).held(PATH)


def test_added_query_is_a_remark() -> None:
    """The path is right all the same."""
    assert Play().connect(target="/vdv463/depot-7?v=1").convicted_of(PATH).level is Level.MAY


def test_other_path_with_other_credentials_is_a_stranger_to_an_operator() -> None:
    """Somebody else's device."""
    play = Play(launched=False).connect(status=404, target="/other", credentials="wrong user")
    assert not play.exercised(PATH)


# -- refused login -------------------------------------------------------------------------------------------------


def refusals(gap: float, count: int, connects: int = 1, **play: Any) -> Play:
    """So many refused attempts, with so many connects each."""
    made = Play(**play)
    for _ in range(count):
        for _ in range(connects):
            made.refused(401)
        made.wait(gap)
    return made


def test_hammering_after_refusal_is_warned() -> None:
    """Dozens of attempts without a pause."""
    assert refusals(0.1, 100).convicted_of(SLOWS).level is Level.SHOULD


def test_pause_after_refusal_holds() -> None:
    """Ten attempts in good order are enough to say so."""
    assert refusals(2, 12).held(SLOWS)


def test_challenge_rounds_are_no_hammering() -> None:
    """Five requests in a moment, then a pause, are one attempt."""
    play = refusals(15, 12, connects=5)
    assert play.held(SLOWS)
    assert not play.complaints()


def test_stop_after_refusal_is_not_exercised() -> None:
    """Silence shows no pace; it is right all the same."""
    play = refusals(0, 1).wait(120)
    assert not play.exercised(SLOWS)
    assert not play.complaints()


def test_slow_retry_is_held_after_the_time_of_observation() -> None:
    """Few attempts in a long time."""
    assert refusals(30, 3).held(SLOWS)
