"""Connections that open no link are counted by what they came to nothing for."""

from __future__ import annotations

import pytest

from mockpilot.history.arrivals import Arrivals, TurnedAway, arrivals_of
from mockpilot.history.events import (
    Event,
    FirstBytes,
    LinkEnded,
    Presystem,
    ScenarioStarted,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
)

STARTED = ScenarioStarted(
    scenario="one", exercises=(), dialect="chargepilot", push_interval_s=15.0, limits={}, seed=1, mockpilot="0",
    catalogue="1", presystem=Presystem(id="acme", kind="BMS", user="depot", path="/vdv463/acme"),
)  # fmt: skip
TLS = TlsEstablished(version="TLSv1.3", cipher="AES", server_name="lab", resumed=False)


def asked(credentials: str = "right", **more: object) -> UpgradeRequested:
    """A request for a link."""
    told = {"method": "GET", "target": "/vdv463/acme", "headers": (), "credentials": credentials, **more}
    return UpgradeRequested(**told)  # type: ignore[arg-type]


def told(*events: Event, times: int = 1) -> str:
    """What is said of connections that went like this."""
    return str(arrivals_of([STARTED, *[event for _ in range(times) for event in (TcpAccepted(peer="it"), *events)]]))


@pytest.mark.parametrize(("events", "sentence"), [
    ([TLS, asked("wrong password"), UpgradeAnswered(status=401)], "refused with 401: the password was wrong"),
    ([TLS, asked("wrong user", user="me"), UpgradeAnswered(status=401)],
     "refused with 401: the user was 'me', expected is 'depot'"),
    ([TLS, asked("none"), UpgradeAnswered(status=401)], "refused with 401: no credentials came with it"),
    ([TLS, asked(target="/x"), UpgradeAnswered(status=404)],
     "refused with 404: the path was /x, expected is /vdv463/acme"),
    ([TLS, asked(problems=("no key", "no upgrade")), UpgradeAnswered(status=400)],
     "refused with 400: no key; no upgrade"),
    ([TLS, UpgradeAnswered(status=400)], "refused with 400"),
    ([TlsFailed(ended_by="product", reason="tlsv1 alert unknown ca", hello_seen=True)],
     "TLS failed: it does not trust the CA (tlsv1 alert unknown ca)"),
    ([TlsFailed(ended_by="product", reason="TCP end", hello_seen=True)],
     "TLS failed: it left the handshake without an alert (TCP end); does it trust the CA?"),
    ([TlsFailed(ended_by="us", reason="no shared cipher", hello_seen=True)], "TLS failed: no shared cipher"),
    ([FirstBytes(looks_like="clear-text upgrade")], "refused: it spoke clear text, expected is wss://"),
    ([FirstBytes(looks_like="proxy header")], "refused: it began with no TLS but proxy header"),
    ([TLS, LinkEnded(by="product", how="broken off")],
     "left behind the TLS handshake without a word; does it trust the CA?"),
    ([FirstBytes(looks_like="tls"), TLS, asked()], ""),
])  # fmt: skip
def test_each_way_of_coming_to_nothing_has_its_sentence(events: list[Event], sentence: str) -> None:
    """With what was expected where the recording knows it."""
    assert told(*events) == sentence


def test_what_happens_again_is_counted() -> None:
    """And told once."""
    assert told(TLS, asked("none"), UpgradeAnswered(status=401), times=3).startswith("refused 3 times with 401: no ")
    assert told(TlsFailed(ended_by="us", reason="no shared cipher", hello_seen=True), times=2) == (
        "TLS failed 2 times: no shared cipher"
    )


@pytest.mark.parametrize("events", [
    [TLS, asked(), UpgradeAnswered(status=503, fault="refuse")],
    [TcpAccepted(peer="it", certificate="expired"), TlsFailed(ended_by="product", reason="TCP end", hello_seen=True)],
    [TcpAccepted(peer="it", elsewhere=True), TLS, asked(), UpgradeAnswered(status=404)],
])  # fmt: skip
def test_what_we_made_bad_says_nothing_of_the_product(events: list[Event]) -> None:
    """A fault, a bad certificate, the other host."""
    assert told(*events) == ""


def test_an_open_link_ends_the_count() -> None:
    """Whatever came before it is no answer to why nobody is there now."""
    arrivals = arrivals_of([STARTED, asked("wrong password"), UpgradeAnswered(status=401), asked(),
                            UpgradeAnswered(status=101)])  # fmt: skip
    assert (str(arrivals), arrivals.opened) == ("", 1)


def test_a_first_request_without_credentials_is_usual() -> None:
    """Some clients wait to be asked; a wrong password is never usual."""
    arrivals = Arrivals()
    arrivals.take(STARTED)
    arrivals.take(asked("none"))
    assert arrivals.take(UpgradeAnswered(status=401)) == TurnedAway(
        "refused", " with 401: no credentials came with it", True
    )
    arrivals.take(asked("wrong password"))
    said = arrivals.take(UpgradeAnswered(status=401))
    assert said is not None
    assert not said.is_usual
    assert arrivals.take(TLS) is None


def test_not_more_than_three_ways_are_told() -> None:
    """A product may ask for another path each time."""
    arrivals = Arrivals()
    arrivals.take(STARTED)
    for number in range(9):
        arrivals.take(asked(target=f"/{number}"))
        arrivals.take(UpgradeAnswered(status=404))
    assert str(arrivals).count("refused with 404") == 3
