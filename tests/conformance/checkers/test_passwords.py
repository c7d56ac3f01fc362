"""Keeping the password, judged from made recordings."""

from __future__ import annotations

import msgspec
import pytest

from conformance.playbook import Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

KEEPS, OTHERS = "handshake.keeps-its-password", "handshake.keeps-credentials-from-others"


def leaked(where: str) -> Play:
    """A request with the password somewhere."""
    play = Play().tls().upgrade()
    play.events[-2] = msgspec.structs.replace(play.events[-2], password_in=where)
    return play


@pytest.mark.parametrize("where", ["target", "X-Api-Key"])
def test_password_outside_authorization_is_convicted(where: str) -> None:
    """In the address or a header."""
    found = leaked(where).convicted_of(KEEPS)
    assert found.level is Level.MUST
    assert ("address" if where == "target" else where) in found.observed


def test_password_in_a_message_is_convicted() -> None:
    """It was masked before it was recorded."""
    play = Play().exchange().asks(entry("a"))
    play.events[-1] = msgspec.structs.replace(play.events[-1], password_in=True)
    assert "message" in play.takes().convicted_of(KEEPS).observed


def test_requests_that_keep_it_hold() -> None:
    """The user name may stand anywhere."""
    assert Play().connect(target="/vdv463/depot-7?user=depot").boot().held(KEEPS)


def redirected() -> Play:
    """An attempt that is pointed to another host of ours."""
    play = Play().armed("away", "refuse", how="redirect").exchange().closed().wait(15).tls().upgrade(307, fault="away")
    return play.ended("us", "cleanly")


def follows(play: Play, credentials: str) -> Play:
    """A request at that host."""
    play.link += 1
    play.here(ev.TcpAccepted(peer="x", elsewhere=True))
    play.here(ev.UpgradeRequested(
        method="GET", target="/", headers=(), credentials=credentials, elsewhere=True,  # type: ignore[arg-type]
    ))  # fmt: skip
    return play.ended("us", "cleanly")


def test_credentials_at_another_host_are_convicted() -> None:
    """However good its certificate."""
    assert follows(redirected(), "right").convicted_of(OTHERS).level is Level.MUST


@pytest.mark.parametrize("credentials", ["none", "wrong user"])
def test_following_without_the_credentials_holds(credentials: str) -> None:
    """Bare, or with what is no secret of this host."""
    play = follows(redirected(), credentials).exchange()
    assert play.held(OTHERS)
    assert not play.complaints()


def test_not_following_holds() -> None:
    """It simply comes back."""
    assert redirected().wait(15).exchange().held(OTHERS)


def test_connection_elsewhere_is_no_attempt() -> None:
    """Neither its pace nor its path is judged."""
    play = redirected()
    for _ in range(20):
        follows(play, "none")
    assert not play.exchange().complaints()


def test_password_that_may_stand_anywhere_by_chance_is_a_remark() -> None:
    """A short one, or one that is also the presystem's name."""
    play = leaked("target").on(1).boot().accept().push().confirm().asks(entry("a"))
    play.events[-1] = msgspec.structs.replace(play.events[-1], password_in=True)
    first = play.events[0]
    assert isinstance(first, ev.ScenarioStarted)
    presystem = msgspec.structs.replace(first.presystem, telling_password=False)
    play.events[0] = msgspec.structs.replace(first, presystem=presystem)
    levels = {finding.level for finding in play.judged().findings if finding.rule == KEEPS}
    assert levels == {Level.MAY}
    assert not play.complaints()
