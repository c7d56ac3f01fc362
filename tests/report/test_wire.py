"""Events as rows of a wire log."""

from __future__ import annotations

import pytest

from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.wire import IN_FINDING, IN_LOG, Row, rows
from sample_run import LIST, recording


def test_a_message_is_shown_raw() -> None:
    """With number, time since the start, link and direction."""
    assert rows(recording(), [8]) == [Row(8, "8.000", "1", "product → CMS", "in", LIST)]


def test_indexes_that_the_recording_lacks_are_left_out() -> None:
    """The others come once each, in their order."""
    assert [row.index for row in rows(recording(), [8, 3, 8, 99, -1])] == [3, 8]


def test_every_event_has_a_row() -> None:
    """Nothing is left out of the log."""
    assert len(rows(recording())) == len(recording())


def test_an_empty_recording_has_no_rows() -> None:
    """There is nothing to show."""
    assert rows(History()) == []


@pytest.mark.parametrize(
    ("event", "what", "kind", "text"),
    [
        (e.MessageSent(text="[]", fault="late"), "CMS → product", "out", "[]"),
        (e.MessageWithheld(text="[]", fault="lost"), "CMS ✕ withheld", "lost", "[]"),
        (e.MessageReceived(base64="AAE=", binary=True), "product → CMS", "in", "base64 AAE="),
        (e.PingReceived(payload="x"), "product → ping", "in", "payload x"),
        (e.CloseSent(code=None), "CMS → close", "out", "code –"),
        (e.Mark(text="here\x07"), "mark", "other", "text here\\u0007"),
        (e.FaultArmed(name="a", do="drop", how={"how": "reset", "nth": [1, 2], "after": None}), "fault armed", "fault",
         "name a · do drop · how how=reset, nth=1, 2, after=–"),
        (e.ProductExited(status=1, by_us=False, output=()), "product exited", "other", "status 1 · by us no"),
        (e.Stalled(late_s=0.75), "stalled", "other", "late s 0.75"),
    ],
)  # fmt: skip
def test_an_event_is_told_in_words(event: e.Event, what: str, kind: str, text: str) -> None:
    """Whose it was, what it was, and its fields."""
    row = rows(History([event]))[0]
    assert (row.what, row.kind, row.text) == (what, kind, text)


def test_a_frames_fields_stand_beside_it() -> None:
    """The text itself stays raw."""
    assert rows(History([e.MessageReceived(text="[]", unread=True)]))[0].note == "unread yes"


def test_a_huge_frame_is_cut() -> None:
    """The trace has it whole; a finding shows more of it than the log."""
    history = History([e.MessageSent(text="x" * (IN_FINDING + 5))])
    assert rows(history, [0])[0].text.endswith("x … 5 more characters, whole in the trace")
    assert rows(history)[0].text.startswith("x" * IN_LOG + " … ")
