"""Silence, learnt from the pushes."""

from __future__ import annotations

from mockpilot.presystem.rhythm import SILENCE_FLOOR_S, Rhythm


def _after(first_guess: float, *pushes: float) -> float:
    rhythm = Rhythm(first_guess)
    for at in pushes:
        rhythm.pushed(at)
    return rhythm.silence_after()


def test_silence_is_three_guessed_intervals_at_first() -> None:
    """Before any push the guess counts."""
    assert _after(15.0) == 45.0


def test_silence_follows_slower_pushes() -> None:
    """Pushes that come more slowly than guessed are learnt."""
    assert _after(15.0, 0, 60, 120, 180) == 180.0


def test_burst_does_not_shorten_silence() -> None:
    """A burst isn't taken for a new rhythm."""
    assert _after(15.0, 0, 0.1, 0.2, 0.3, 0.4) == 45.0


def test_silence_has_a_floor() -> None:
    """Fast pushes don't make for haste."""
    assert _after(0.1, 0, 0.1, 0.2, 0.3) == SILENCE_FLOOR_S


def test_gap_between_links_is_not_learnt() -> None:
    """The time without a link is no push interval."""
    rhythm = Rhythm(15.0)
    for at in (0.0, 1000.0, 2000.0, 3000.0):
        rhythm.link_opened()
        rhythm.pushed(at)
    assert rhythm.silence_after() == 45.0
