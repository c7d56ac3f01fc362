"""The newest events, bounded in number and in size."""

from __future__ import annotations

from mockpilot.console.recording import Recording
from mockpilot.history.events import Mark, MessageSent


def recording(count: int, most: int = 100) -> Recording:
    """So many notes."""
    kept = Recording(most_events=most)
    for index in range(count):
        kept.append(Mark(index=index, text=str(index)))
    return kept


def test_reader_gets_what_follows_an_index() -> None:
    """From the beginning, from the middle, from the end, and no more than it asks for."""
    kept = recording(10)
    assert [one.index for one in kept.since(0)] == list(range(10))
    assert [one.index for one in kept.since(7)] == [7, 8, 9]
    assert [one.index for one in kept.since(3, most=2)] == [3, 4]
    assert kept.since(10) == kept.since(99) == []


def test_oldest_events_are_let_go_of() -> None:
    """The first line aside, which says what is recorded."""
    kept = recording(25, most=10)
    assert (kept.first, kept.end, kept.is_whole) == (15, 25, False)
    assert [one.index for one in kept.since(3)] == list(range(15, 25))
    assert kept.first_line == Mark(index=0, text="0")
    assert (kept[14], kept[25]) == (None, None)
    assert kept[15] == Mark(index=15, text="15")


def test_long_messages_count_by_their_length() -> None:
    """Few of them may be as many as thousands."""
    kept = Recording(most_characters=1000)
    for index in range(10):
        kept.append(MessageSent(index=index, text="x" * 300))
    assert (kept.first, kept.end) == (7, 10)


def test_recording_that_begins_anew_counts_on() -> None:
    """Nothing of before is left but what is recorded at all, and nothing counts as let go of."""
    kept = recording(5)
    kept.begin_anew()
    assert (kept.begins, kept.first, kept.end, kept.is_whole, kept.since(0)) == (5, 5, 5, True, [])
    assert kept.first_line is not None
    kept.append(Mark(index=5, text="5"))
    assert ([one.index for one in kept.since(0)], kept[4]) == ([5], None)


def test_empty_recording_begins_at_nothing() -> None:
    """Nothing was let go of."""
    assert (Recording().first, Recording().end, Recording().is_whole) == (0, 0, True)
