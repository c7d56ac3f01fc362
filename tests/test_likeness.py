"""What a word may have meant."""

from __future__ import annotations

import pytest

from mockpilot.likeness import alike, guess

KNOWN = ("L-03", "L-13", "R-15a", "boot_accepted", "boot_refused", "link_lost")


@pytest.mark.parametrize(("word", "meant"), [
    ("L-3", ["L-03"]), ("l-03", ["L-03"]), ("l3", ["L-03"]), ("r-15a", ["R-15a"]),
    ("boot_acepted", ["boot_accepted"]), ("LINK_LOST", ["link_lost"]), ("boot", ["boot_accepted"]),
    ("nothing like it", []), ("", []), ("b", []),
])  # fmt: skip
def test_the_likeliest_is_named(word: str, meant: list[str]) -> None:
    """Ids of requirements with the same number before those with the same letters."""
    assert alike(word, KNOWN) == meant


def test_so_many_are_named() -> None:
    """Where somebody wants a choice."""
    assert alike("boot", KNOWN, most=3) == ["boot_accepted", "boot_refused"]


def test_a_guess_ends_a_sentence() -> None:
    """And says nothing where there is none."""
    assert guess("boot_acepted", KNOWN) == " — did you mean 'boot_accepted'?"
    assert guess("nothing like it", KNOWN) == ""
