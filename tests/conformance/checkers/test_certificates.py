"""What TLS shows, judged from made recordings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.playbook import PATH, Play
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

TRUSTS, VERIFIES = "handshake.trusts-the-ca", "handshake.verifies-certificate"
OLD, NAME = "handshake.refuses-old-tls", "handshake.sends-server-name"
SPEAKS = {"tls-1.2-only": "handshake.speaks-tls-1.2", "tls-1.3-only": "handshake.speaks-tls-1.3"}


def refuses(play: Play, certificate: str = "good", reason: str = "tlsv1 alert unknown ca", by: str = "product") -> Play:
    """An attempt that ends inside TLS."""
    play.tcp(certificate).here(ev.TlsFailed(
        ended_by=by, reason=reason, hello_seen=True, certificate=certificate,  # type: ignore[arg-type]
    ))  # fmt: skip
    return play.ended(by, "broken off", sent=0).wait(15)


# -- bad certificates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["expired", "not-yet-valid", "wrong-host", "unknown-ca", "self-signed"])
def test_request_behind_a_bad_certificate_is_convicted(kind: str) -> None:
    """Whatever is wrong with it."""
    assert Play().exchange().closed().tls(kind).upgrade().convicted_of(VERIFIES).level is Level.MUST


def test_unknown_intermediate_is_a_remark() -> None:
    """It may be known from elsewhere."""
    assert Play().exchange().closed().tls("missing-intermediate").upgrade().convicted_of(VERIFIES).level is Level.MAY


@pytest.mark.parametrize("kind", ["rotated", "tls-1.2-only", "tls-1.3-only"])
def test_sound_certificates_are_not_bad(kind: str) -> None:
    """What follows behind them is judged like anything else."""
    play = Play().exchange().closed().tls(kind).upgrade().boot().accept().push().confirm()
    assert not play.complaints()
    assert play.exercised("boot.on-every-link")


def test_dates_mean_nothing_to_a_clock_that_is_off() -> None:
    """Its own stamps are a day behind."""
    play = Play(same_host=False)
    play.clock_ahead = timedelta(days=-1)
    assert not play.exchange().closed().tls("expired").upgrade().exercised(VERIFIES)
    assert play.closed().tls("unknown-ca").upgrade().exercised(VERIFIES)


# -- the authority -------------------------------------------------------------------------------------------------


def test_request_behind_the_good_certificate_shows_trust() -> None:
    """One is enough."""
    assert refuses(Play()).exchange().held(TRUSTS)


def test_three_attempts_that_end_inside_tls_are_warned() -> None:
    """Of a launched product; what an operator set up is a hint."""
    play, operated = Play(), Play(launched=False)
    for _ in range(3):
        refuses(play)
        refuses(operated)
    assert play.convicted_of(TRUSTS).level is Level.SHOULD
    assert operated.convicted_of(TRUSTS).level is Level.MAY


def test_few_attempts_and_mismatched_versions_show_no_mistrust() -> None:
    """Two may be chance, and versions are another matter."""
    play = refuses(refuses(Play()))
    for _ in range(4):
        refuses(play, reason="unsupported protocol", by="us")
    assert not play.exercised(TRUSTS)


def test_pinned_leaf_is_a_remark() -> None:
    """The certificate may be an anchor or a pin."""
    play = refuses(Play().exchange().closed(), "rotated")
    assert play.convicted_of(TRUSTS).level is Level.MAY
    assert not play.complaints()


def test_rotated_leaf_accepted_holds() -> None:
    """It was the authority that was trusted."""
    assert Play().exchange().closed().tls("rotated").upgrade().held(TRUSTS)


# -- versions ------------------------------------------------------------------------------------------------------


def test_data_over_old_tls_is_warned() -> None:
    """However good the certificate."""
    play = Play().exchange().closed().tcp("tls-old")
    play.here(ev.TlsEstablished(version="TLSv1.1", cipher="x", server_name=None, resumed=False, certificate="tls-old"))
    assert play.upgrade().convicted_of(OLD).level is Level.SHOULD
    assert not play.musts()


@pytest.mark.parametrize("by", ["product", "us"])
def test_old_tls_refused_holds(by: str) -> None:
    """By either side, since versions that do not meet end there."""
    play = refuses(Play().exchange().closed(), "tls-old", reason="unsupported protocol", by=by)
    assert play.exchange().held(OLD)


@pytest.mark.parametrize("kind", SPEAKS)
def test_reached_version_holds(kind: str) -> None:
    """A request is enough."""
    assert Play().exchange().closed().tls(kind).upgrade().held(SPEAKS[kind])


def test_whoever_speaks_the_newer_version_may_leave_the_older_out() -> None:
    """1.2 or newer is asked for."""
    play = refuses(Play().exchange().closed(), "tls-1.2-only", reason="unsupported protocol", by="us")
    assert play.convicted_of(SPEAKS["tls-1.2-only"]).level is Level.MAY


def test_version_that_was_never_tried_says_nothing() -> None:
    """Nobody came while it was shown."""
    assert not Play().exchange().closed().exercised(SPEAKS["tls-1.2-only"])


# -- the server's name ---------------------------------------------------------------------------------------------


def named(host: str, server_name: str | None, *more: tuple[str, str]) -> Play:
    """A link to a host."""
    play = Play().tcp()
    play.here(ev.TlsEstablished(version="TLSv1.3", cipher="x", server_name=server_name, resumed=False))
    headers = (("Upgrade", "websocket"), ("Sec-WebSocket-Protocol", "v1.463.vdv.de"), ("Host", host), *more)
    return play.upgrade(headers=headers, target=PATH)


def test_missing_server_name_is_convicted() -> None:
    """The address has a host name."""
    assert named("cms.example:443", None).convicted_of(NAME).level is Level.MUST


def test_server_name_holds() -> None:
    """Whatever it says: proxies rewrite hosts."""
    assert named("cms.example", "cms.example").held(NAME)


@pytest.mark.parametrize("host", ["127.0.0.1:8443", "[::1]:8443", "10.0.0.1"])
def test_addresses_have_no_name_to_send(host: str) -> None:
    """RFC 6066 forbids it even."""
    assert not named(host, None).exercised(NAME)


def test_nothing_is_said_of_tls_behind_a_proxy() -> None:
    """What it shows is the proxy's."""
    assert not named("cms.example", None, ("Via", "1.1 proxy")).exercised(NAME)
