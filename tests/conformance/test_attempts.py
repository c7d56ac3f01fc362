"""Which connections are the product's, which are one attempt, and how attempts follow one another."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from conformance.playbook import HEADERS, Play
from mockpilot.conformance.attempts import grows, handed_path, is_tight_loop
from mockpilot.conformance.case import Case
from mockpilot.history import events as ev
from mockpilot.protocol.handshake import path_of


def own(play: Play) -> int:
    """How many connections count as the product's."""
    return len(Case(play.whole).links)


def attempts(play: Play) -> list[int]:
    """How many connections each attempt has."""
    return [len(attempt.links) for attempt in Case(play.whole).attempts]


@pytest.mark.parametrize("launched", [True, False])
def test_connection_with_our_path_is_own(launched: bool) -> None:
    """Or with our credentials, whoever started the product."""
    assert own(Play(launched=launched).connect(credentials="none")) == 1
    assert own(Play(launched=launched).connect(target="/other")) == 1


@pytest.mark.parametrize("launched", [True, False])
def test_strangers_are_not(launched: bool) -> None:
    """Empty connects, plain HTTP, requests that say nothing of WebSocket."""
    play = Play(launched=launched).tcp(first=None).ended("product").tcp(first="clear-text http").ended()
    play.tls().upgrade(400, headers=(("Host", "lab"),)).ended()
    assert own(play) == 0


def test_other_path_with_other_credentials_is_own_to_a_launched_product_alone() -> None:
    """On the loopback nobody else is meant to be there."""
    strange = {"target": "/other", "credentials": "wrong user"}
    assert own(Play().connect(**strange)) == 1
    assert own(Play(launched=False).connect(**strange)) == 0


def test_hello_without_request_is_own() -> None:
    """It went for TLS on our address."""
    play = Play(launched=False).tcp()
    play.here(ev.TlsFailed(ended_by="product", reason="alert", hello_seen=True)).ended("product")
    assert own(play) == 1


def test_connections_close_together_are_one_attempt() -> None:
    """At most six, of which at most one opens."""
    play = Play()
    for _ in range(8):
        play.refused()
    assert attempts(play) == [6, 2]
    assert attempts(Play().connect().connect()) == [1, 1]
    assert attempts(Play().refused().wait(2).refused()) == [1, 1]
    assert attempts(Play().connect(status=401, credentials="none").connect()) == [2]


def bare(play: Play, wait: float) -> Play:
    """A request without credentials, which is asked for them."""
    return play.tls().upgrade(401, credentials="none").ended("us", "cleanly").wait(wait)


def test_challenge_round_is_one_attempt_however_slow() -> None:
    """Within reason, and if it brings credentials; what a library repeats then belongs to it, too."""
    assert attempts(bare(Play(), 3).connect()) == [2]
    assert attempts(bare(bare(Play(), 3), 3).connect()) == [1, 2]
    assert attempts(bare(Play(), 30).connect()) == [1, 1]
    repeats = bare(Play(), 3).refused(401).wait(0.2).refused(401).wait(0.2).refused(401).wait(15)
    assert attempts(bare(repeats, 3).refused(401)) == [4, 2]


def test_challenge_round_hides_no_hammering() -> None:
    """After six connections an attempt is over."""
    play = Play()
    for _ in range(4):
        bare(play, 0.1).refused(401).wait(0.1)
    assert attempts(play) == [6, 2]


def test_path_is_compared_decoded_and_without_query() -> None:
    """Absolute form included."""
    assert path_of("wss://lab:8443/vdv463/a%2Fb?x=1") == "/vdv463/a/b"
    assert path_of("/vdv463/a%2fb?x=1") == "/vdv463/a/b"
    assert handed_path(ev.Presystem(id="x", kind="BMS", user="x", path="/a%20b")) == "/a b"


def test_proxy_is_noticed_by_its_headers() -> None:
    """Or by its PROXY line."""
    assert Case(Play().connect(headers=(*HEADERS, ("Via", "1.1 box"))).whole).proxied
    assert Case(Play().tcp(first="proxy header").whole).proxied
    assert not Case(Play().connect().whole).proxied


@pytest.mark.parametrize(
    ("gaps", "growing"),
    [
        ([], False), ([1], False), ([1, 2], True), ([1, 1.2], False), ([0.004, 0.009], False),
        ([1, 1, 1, 1], False), ([1, 2, 4, 4, 4, 4, 4, 4, 4], True), ([4, 2, 1], False),
    ],
)  # fmt: skip
def test_growth_is_clear_growth(gaps: list[float], growing: bool) -> None:
    """Half as much again, and more than chance; a cap that was reached counts as grown."""
    assert grows(gaps) is growing


def seen(pauses: Sequence[float], jitter: float, chance: random.Random, attempts: int) -> list[float]:
    """Gaps between so many attempts; the last pause goes on for ever."""
    planned = [pauses[min(one, len(pauses) - 1)] for one in range(attempts - 1)]
    return [pause * chance.uniform(1 - jitter, 1 + jitter) for pause in planned]


@pytest.mark.parametrize("attempts", [4, 5, 6, 9, 20])
@pytest.mark.parametrize("pauses", [[2, 4], [0.5, 1, 2, 4], [1, 2, 4], [5, 10], [3, 6, 12]])
def test_doubling_up_to_a_cap_grows_wherever_it_is_seen(pauses: list[float], attempts: int) -> None:
    """Whichever of its gaps are seen below the cap, and with ten percent of jitter."""
    chance = random.Random(7)
    for first in range(len(pauses) - 1):
        assert all(grows(seen(pauses[first:], 0.1, chance, attempts)) for _ in range(300))


@pytest.mark.parametrize(("jitter", "by_chance"), [(0.1, 0.0), (0.25, 0.01)])
@pytest.mark.parametrize("attempts", [5, 6, 9, 20])
def test_fixed_pace_hardly_ever_grows(jitter: float, by_chance: float, attempts: int) -> None:
    """Its jitter makes no back-off of it."""
    chance = random.Random(7)
    grown = sum(grows(seen([4], jitter, chance, attempts)) for _ in range(2000))
    assert grown <= by_chance * 2000


def test_tight_loop_takes_ten() -> None:
    """And a median below the floor."""
    assert not is_tight_loop([0.1 * n for n in range(9)], 1)
    assert is_tight_loop([0.1 * n for n in range(10)], 1)
    assert not is_tight_loop([2.0 * n for n in range(10)], 1)


def test_attempts_that_piled_up_while_we_stalled_show_no_pace() -> None:
    """They were a quarter of a minute apart, and all are accepted at once."""
    play = Play("L-02", tick=0.001).exchange().closed().wait(200).line(ev.Stalled(late_s=195))
    for _ in range(70):
        play.refused().wait(0.02)
    assert not play.exchange().complaints()


def test_challenge_on_the_way_to_an_outage_is_no_refused_login() -> None:
    """The server is down for whoever has credentials, and growing gaps are seen all the same."""
    play = Play("L-02").exchange().closed()
    for pause in (2, 4, 8, 16, 32, 64, 120):
        play.connect(status=401, credentials="none").ended("us", "cleanly").refused().wait(pause)
    attempts = Case(play.whole).attempts[1:]
    assert not any(attempt.login_refused for attempt in attempts)
    assert all(attempt.failed_by_us for attempt in attempts)
    assert play.exchange().held("link.backs-off")
