"""The product's clock, judged from made recordings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from conformance.playbook import PUSHES, START, Play, entry, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev
from mockpilot.protocol.envelope import format_timestamp

CLOCK = "envelope.clock"


def ahead(seconds: float, **how: Any) -> Play:
    """A product whose clock is off."""
    play = Play(**how)
    play.clock_ahead = timedelta(seconds=seconds)
    return play.exchange().pushed(3)


def test_small_skew_holds() -> None:
    """Within a minute."""
    assert ahead(-50).held(CLOCK)


@pytest.mark.parametrize(
    ("seconds", "how", "level", "basis"),
    [
        (7200, {}, Level.MUST, Basis.GUIDELINE),
        (-19800, {}, Level.MUST, Basis.GUIDELINE),
        (7200, {"launched": False}, Level.SHOULD, Basis.POLICY),
        (7200, {"same_host": False}, Level.SHOULD, Basis.POLICY),
        (500, {}, Level.SHOULD, Basis.POLICY),
        (900, {}, Level.SHOULD, Basis.POLICY),
    ],
)
def test_skew_weighs_by_what_it_shows(seconds: float, how: Any, level: Level, basis: Basis) -> None:
    """Local time called UTC on our own host is a plain mistake; another host's clock may be off."""
    found = ahead(seconds, **how).convicted_of(CLOCK)
    assert (found.level, found.basis) == (level, basis)


def test_clock_of_one_kind_of_message_is_judged_by_itself() -> None:
    """Many right confirmations do not make up for lists in local time."""
    play = Play().exchange()
    for number in range(3):
        play.pushed(3).asks(entry(str(number)), stamp=format_timestamp(START + timedelta(hours=2, seconds=play.now)))
        play.takes()
    assert play.convicted_of(CLOCK).level is Level.MUST


def test_clock_is_not_judged_under_a_clock_fault() -> None:
    """Ours is off."""
    play = Play().armed("skew", "clock").fired("skew", "clock")
    play.clock_ahead = timedelta(hours=2)
    assert not play.exchange().pushed(3).exercised(CLOCK)


def test_clock_is_not_judged_in_simulated_time() -> None:
    """Nobody can keep up with it; the form of stamps is judged all the same."""
    play = ahead(7200)
    play.events = [msgspec.structs.replace(event, simulated="2031-03-05T02:20:00.000Z") for event in play.events]
    assert not play.exercised(CLOCK)
    assert play.held("envelope.time-stamp")


def test_what_waited_while_we_did_not_read_shows_no_clock() -> None:
    """Frames that are read after the pause have their stamp from before."""
    play = Play().exchange().here(ev.ReadingPaused(fault="slow"))
    early = play.stamp()
    play.wait(271).here(ev.ReadingResumed(fault="slow"))
    for number in range(50, 60):
        play.says(2, PUSHES, {}, uuid(number), stamp=early)
    assert CLOCK not in play.complaints()
    for _ in range(3):
        play.wait(15).push().confirm()
    assert play.held(CLOCK)
