"""Plays: named by role and scenario alone, the same here as in another process."""

from __future__ import annotations

from mockpilot.conformance.levels import Level
from mockpilot.selftest.cast import CONFORMING_ROLES
from mockpilot.selftest.trial import play, play_all, plays_of, scenarios_for


def test_play_says_what_was_found() -> None:
    """The rule that the offender breaks, at its level."""
    played = play("boot.comes-first", True, "boot_accepted")
    assert played.found == (("boot.comes-first", Level.MUST),)
    assert (played.broke, played.cause) == (False, None)


def test_processes_bring_what_one_process_brings() -> None:
    """In the order in which it was asked for."""
    plays = [("boot.comes-first", True, "boot_accepted"), ("an ITCS", False, "boot_accepted")]
    assert list(play_all(plays, 2)) == list(play_all(plays, 1))


def test_presystem_that_only_listens_is_spared_what_needs_requests() -> None:
    """Its profile says so, and the selection of a real run applies."""
    names = {one.name for one in scenarios_for(CONFORMING_ROLES["listens only"])}
    assert "boot_accepted" in names
    assert "confirmation_missing" not in names


def test_every_play_is_asked_for_once() -> None:
    """Role by role, in the order of the catalogue."""
    plays = plays_of(list(CONFORMING_ROLES.values()))
    assert len(plays) == len(set(plays))
