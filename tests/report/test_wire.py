"""Events as rows of a wire log."""

from __future__ import annotations

import pytest

from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.wire import MOST, Cut, Row, log, rows
from sample_run import ANSWER, LIST, recording


def test_a_message_is_shown_raw() -> None:
    """With number, time since the start, link and direction."""
    assert rows(recording(), [8]) == [Row(8, "8.000", "1", "product → CMS", "in", LIST, is_request=True)]


def test_indexes_that_the_recording_lacks_are_left_out() -> None:
    """The others come once each, in their order."""
    assert [row.index for row in rows(recording(), [8, 3, 8, 99, -1])] == [3, 8]


def test_every_event_has_a_row() -> None:
    """Nothing is left out of the log."""
    assert len(log(recording(), {}, 100_000)) == len(recording())


def test_an_empty_recording_has_no_rows() -> None:
    """There is nothing to show."""
    assert rows(History(), [0]) == log(History(), {}, 100_000) == []


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
    row = rows(History([event]), [0])[0]
    assert (row.what, row.kind, row.text) == (what, kind, text)


def test_a_frames_fields_stand_beside_it() -> None:
    """The text itself stays raw."""
    assert rows(History([e.MessageReceived(text="[]", unread=True)]), [0])[0].note == "unread yes"


def test_a_huge_frame_is_cut() -> None:
    """The trace has it whole; a finding shows more of it than a log with little room."""
    history = History([e.MessageSent(text="x" * (MOST + 5))])
    assert rows(history, [0])[0].text.endswith("x … 5 more characters, whole in the trace")
    (row,) = log(history, {}, 30_000)
    assert isinstance(row, Row)
    assert row.text.startswith("x" * 300 + " … ")


def test_a_long_log_is_cut_in_the_middle() -> None:
    """Both ends stay, and how many are missing stands where they were."""
    history = History([e.Mark(text="x" * 100, index=number) for number in range(100)])
    made = log(history, {}, 4_000)
    places = [row.index if isinstance(row, Row) else row for row in made]
    assert places == [0, 1, 2, 3, 4, Cut(90), 95, 96, 97, 98, 99]


def test_what_a_finding_names_outlasts_the_ends() -> None:
    """With three events before and after it, and what is said of it."""
    history = History([e.Mark(text="x" * 100, index=number) for number in range(100)])
    made = log(history, {50: ["L-03"]}, 3_000)
    kept = [row for row in made if isinstance(row, Row)]
    assert [row.index for row in kept] == [0, *range(47, 54)]
    assert [row.said for row in kept if row.index == 50] == [("L-03",)]
    assert [row.index for row in kept if row.near_finding] == list(range(47, 54))


def test_a_log_tells_the_gaps() -> None:
    """Seconds since the row before, where they are worth telling."""
    history = History([e.Mark(text="", index=number, at=at) for number, at in enumerate((1.0, 1.0002, 3.5))])
    assert [row.gap for row in log(history, {}, 9_000) if isinstance(row, Row)] == ["", "", "2.500"]


@pytest.mark.parametrize(("text", "is_request"), [(LIST, True), (ANSWER, False), ("\n [ 1,", True), ("hello", False)])
def test_requests_are_told_from_the_rest(text: str, is_request: bool) -> None:
    """For the filter of the page."""
    assert rows(History([e.MessageReceived(text=text)]), [0])[0].is_request is is_request
