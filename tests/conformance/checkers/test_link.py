"""Losing the link, judged from made recordings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

import pytest

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.rules import RULES
from mockpilot.history import events as ev

BACK, SPACING = "link.reconnects", "link.backs-off"
SILENCE = "link.notices-silence"


# -- coming back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0.2, 290])
def test_new_attempt_holds(after: float) -> None:
    """Success is not needed."""
    play = Play().exchange().closed().wait(after).refused()
    assert play.held(BACK)


def test_staying_away_is_convicted_by_our_limits() -> None:
    """However the link ended."""
    assert Play().exchange().closed().wait(310).convicted_of(BACK).basis is Basis.POLICY
    assert Play().exchange().ended("us").wait(310).convicted_of(BACK).level is Level.MUST


def test_staying_away_after_coming_back_points_to_a_counter() -> None:
    """A way of ending that was never handled is no likely cause then; one that came first still is."""
    first = Play().exchange().closed().wait(310).convicted_of(BACK)
    assert first.perhaps == RULES[BACK].perhaps
    again = Play().exchange().closed().exchange().closed().wait(310).convicted_of(BACK)
    assert again.perhaps.startswith("it came back after earlier ends in this scenario and then no more")


def test_product_that_was_started_again_did_not_come_back_by_itself() -> None:
    """It counts no attempts from one process to the next."""
    play = Play().exchange().closed().line(ev.ProductExited(status=0, by_us=False))
    play.line(ev.ProductStarted(command=("product",))).exchange().closed().wait(310)
    assert play.convicted_of(BACK).perhaps == RULES[BACK].perhaps


def test_staying_away_after_code_1008_is_a_warning() -> None:
    """That code may well tell it to."""
    assert Play().exchange().closed(1008).wait(310).convicted_of(BACK).level is Level.SHOULD


def test_attempt_not_yet_due_is_no_observation() -> None:
    """Back-offs may be minutes long."""
    assert not Play().exchange().closed().wait(290).exercised(BACK)


def test_time_runs_from_when_the_port_is_open_again() -> None:
    """And a quarter longer after a long outage."""
    play = Play().line(ev.ListenerUp(port=1)).exchange().line(ev.ListenerDown(port=1)).ended("us")
    play.wait(200).line(ev.ListenerUp(port=1)).wait(350)
    assert not play.exercised(BACK)
    assert play.wait(50).convicted_of(BACK).level is Level.MUST


def test_product_that_ended_the_link_itself_is_free() -> None:
    """Also with Close 1000."""
    play = Play().exchange().here(ev.CloseReceived(code=1000)).ended("product", "cleanly").wait(400)
    assert not play.exercised(BACK)


def test_product_that_is_gone_is_not_asked_to_come_back() -> None:
    """It does not run."""
    play = Play().exchange().closed().line(ev.ProductExited(status=0, by_us=False)).wait(400)
    assert not play.exercised(BACK)


def test_link_that_was_opened_before_the_old_one_ended_is_enough() -> None:
    """Close handshakes wait, in some libraries for seconds."""
    play = Play().exchange().here(ev.CloseSent(code=1001)).here(ev.CloseReceived(code=1001))
    play.exchange().on(1).wait(10).ended("us", "cleanly")
    assert not play.on(2).pushed(30).complaints()


def test_coming_back_without_a_word_to_our_close_is_coming_back() -> None:
    """We wait seconds for an answer to it, and the next link is long open when the old one ends."""
    play = Play().exchange().here(ev.CloseSent(code=1001)).wait(0.3)
    assert play.exchange().on(1).wait(3).ended("us", "cleanly").held(BACK)


def test_unaccepted_link_is_no_loss() -> None:
    """There was nothing to lose yet."""
    assert not Play().connect().ended("us").wait(400).exercised(BACK)


# -- spacing -------------------------------------------------------------------------------------------------------


def outage(gaps: Iterable[float], *, connects: int = 1, limits: dict[str, float] | None = None) -> Play:
    """Attempts that are refused with 503, with these gaps."""
    play = Play(tick=0.001, limits=limits).exchange().ended("us").wait(1)
    for gap in gaps:
        started = play.now
        for _ in range(connects):
            play.refused()
        play.now = started + gap
    return play.exchange()


def test_fixed_fast_pace_is_warned() -> None:
    """A tight loop."""
    found = outage(repeat(0.1, 100)).convicted_of(SPACING)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.STANDARD)
    assert found.observed == "17 attempts (101 connections) in 10 s"
    assert "followed by the next at once" in found.perhaps


def test_fixed_pace_is_warned_after_enough_of_it() -> None:
    """A minute and six gaps."""
    assert "gaps of 5 s" in outage(repeat(5, 14)).convicted_of(SPACING).observed


@pytest.mark.parametrize("gaps", [[5, 5], [5] * 6, [2] * 10])
def test_fixed_pace_seen_too_shortly_decides_nothing(gaps: list[float]) -> None:
    """Growth may come yet."""
    assert not outage(gaps).exercised(SPACING)


@pytest.mark.parametrize(
    "gaps",
    [
        [0.2, 0.4, 0.8, 1.6, 2, 2, 2],
        [0.21, 0.38, 0.9, 1.4, 2.2, 1.9, 1.8, *repeat(2, 40)],
        [15, 30, 60, 120, 240, 300],
        [2.23, 3.77, 3.71, 4.3],
        [2.1, *repeat(3.8, 20)],
        [1, 1, 2, 3, 5],
    ],
)
def test_growing_gaps_hold(gaps: list[float]) -> None:
    """Seen at once, to a cap, with jitter."""
    assert outage(gaps).held(SPACING)


def test_pace_of_our_own_restarts_is_not_the_products() -> None:
    """Each process of a supervised product makes one attempt."""
    play = Play("L-02", supervised=True).exchange().ended("us")
    for _ in range(3):
        play.line(ev.ProductExited(status=1, by_us=False)).wait(3).line(ev.ProductStarted(command=("product",)))
        play.refused()
    assert play.judged().detail == (
        "nothing put L-02 to the test: no second attempt came from the same process; mockpilot's own restarts set the "
        "pace between processes"
    )


def test_single_attempt_is_told_without_gaps() -> None:
    """There is nothing to measure."""
    detail = Play("L-02").exchange().ended("us").refused().wait(30).judged().detail
    assert detail == "nothing put L-02 to the test: no second attempt followed in the same outage"


def test_steady_long_gaps_hold() -> None:
    """Fifteen seconds and more need no growth."""
    assert outage([15, 15]).held(SPACING)
    assert outage(repeat(30, 10)).held(SPACING)


def test_doubled_connects_are_one_attempt() -> None:
    """Libraries repeat a refused request at once."""
    assert outage([2, 4, 8, 16, 32, 64], connects=2).held(SPACING)
    assert not outage([15] * 3, connects=3).complaints()


def test_limits_of_the_profile_count() -> None:
    """A demonstration judges in seconds."""
    quick = {"attempt_burst": 0.05, "retry_floor": 0.05, "spacing_observe": 3.0}
    assert outage(repeat(0.2, 30), limits=quick).convicted_of(SPACING).level is Level.SHOULD
    assert outage([0.2, 0.4, 0.8, 1.6, 2, 2], limits=quick).held(SPACING)
    assert outage([0.2, 0.4], limits=quick).held(SPACING)


def test_refused_logins_are_another_matter() -> None:
    """Their pace is judged as such."""
    play = Play().exchange().ended("us")
    for _ in range(30):
        play.refused(401).wait(5)
    assert not play.exercised(SPACING)


def test_attempts_behind_a_closed_port_are_not_counted() -> None:
    """They cannot be seen."""
    play = Play().line(ev.ListenerUp(port=1)).exchange().ended("us")
    for _ in range(9):
        play.refused().wait(8).line(ev.ListenerDown(port=1)).line(ev.ListenerUp(port=1))
    assert not play.exercised(SPACING)


def test_accepted_and_dropped_connections_are_attempts() -> None:
    """Of a launched product on this host all are its own."""
    play = Play().exchange().ended("us").wait(1)
    for gap in (1, 2, 4, 8):
        play.tcp(first=None).ended("us", sent=0).wait(gap)
    assert play.exchange().held(SPACING)


def test_probes_beside_the_product_are_no_attempts() -> None:
    """Connects that end without a byte."""
    play = Play().exchange()
    for _ in range(120):
        play.tcp(first=None).ended("product", sent=0).wait(1)
    assert not play.exercised(SPACING)
    assert not play.complaints()


# -- silence -------------------------------------------------------------------------------------------------------


def silent() -> Play:
    """A link on which we fell silent."""
    return Play().exchange().here(ev.WentSilent(fault="silent"))


def test_new_attempt_after_silence_holds() -> None:
    """Or an end by the product."""
    assert silent().wait(60).connect().held(SILENCE)
    assert silent().wait(60).ended("product", "broken off").held(SILENCE)


def test_silence_unnoticed_is_warned() -> None:
    """With what the product could not see."""
    found = silent().wait(310).convicted_of(SILENCE)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.POLICY)
    assert "keep-alive" in found.observed


def test_short_silence_decides_nothing() -> None:
    """Our own end of the link ends the test."""
    assert not silent().wait(290).exercised(SILENCE)
    assert not silent().wait(100).ended("us").wait(400).exercised(SILENCE)


def test_our_own_stalls_leave_it_undecided() -> None:
    """Whether it came back, or noticed, they hide."""
    stall = ev.Stalled(late_s=8)
    assert not Play().exchange().closed().wait(200).line(stall).wait(200).exercised(BACK)
    assert not silent().wait(200).line(stall).wait(200).exercised(SILENCE)
