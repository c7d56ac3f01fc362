"""Searching the recording, and what comes closest where nothing is found."""

from __future__ import annotations

from mockpilot.console.recording import Recording
from mockpilot.console.searching import Sought, search
from mockpilot.console.told import Lines
from mockpilot.history.events import Mark, WaitStarted


def recording(*texts: str, link: int | None = None) -> Recording:
    """Notes, and somebody who waits at the end."""
    kept = Recording()
    for text in texts:
        kept.append(Mark(index=kept.end, text=text, link=link))
    kept.append(WaitStarted(index=kept.end, awaited="a bus", within_s=3.0))
    return kept


def told(found: Lines) -> list[tuple[str, str]]:
    """Text of each near miss, and what does not fit."""
    return [(one.line.text, one.but) for one in found.near]


def test_what_is_found_needs_no_near_miss() -> None:
    """Whatever the case of its letters."""
    found = search(recording("A bus", "a tram"), Sought(text="BUS"), 10, "chargepilot")
    assert (next(one.text for one in found.lines), found.near) == ("A bus", [])


def test_closest_comes_first_with_what_does_not_fit() -> None:
    """A slip before a word that is missing, the newer before the older, and nobody's waiting."""
    kept = recording("blue train", "red lorry", "bleu tram", "blue lorry")
    assert told(search(kept, Sought(text="blue tram"), 10, "chargepilot")) == [
        ("bleu tram", "bleu for blue"),
        ("blue lorry", "without tram"),
        ("blue train", "without tram"),
        ("red lorry", "without blue, without tram"),
    ]


def test_words_that_stand_apart_are_said_to() -> None:
    """All of them are there, but not as they were sought."""
    found = search(recording("tram, blue"), Sought(text="blue tram"), 10, "chargepilot")
    assert told(found) == [("tram, blue", "its words stand apart")]


def test_link_and_place_can_be_what_does_not_fit() -> None:
    """Each by itself, or both."""
    kept = recording("a tram", link=2)
    assert told(search(kept, Sought(link=3, text="tram"), 10, "chargepilot")) == [("a tram", "of link 2")]
    assert told(search(kept, Sought(since=1, text="tram"), 10, "chargepilot")) == [("a tram", "before event 1")]
    assert told(search(kept, Sought(since=1, link=3), 10, "chargepilot")) == [("a tram", "of link 2; before event 1")]


def test_reading_on_is_no_search() -> None:
    """Whoever has read everything is told nothing twice."""
    found = search(recording("a tram"), Sought(since=2), 10, "chargepilot")
    assert (found.lines, found.near, found.next) == ([], [], 2)
