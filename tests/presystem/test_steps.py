"""Steps from standard input."""

from __future__ import annotations

import pytest

from mockpilot.presystem.steps import Lines, Step, read_step


def test_read_step_takes_ids() -> None:
    """A step names point and request."""
    line = '{"step": "create-request", "charging_point_id": "p", "charging_request_id": ""}'
    assert read_step(line) == Step("create-request", "p", "")


@pytest.mark.parametrize("line", ["", "create-request", "[]", '{"step": "sleep"}', '{"step": ["create-request"]}'])
def test_read_step_says_why_a_line_is_none(line: str) -> None:
    """What cannot be read becomes a sentence."""
    assert "expected" in str(read_step(line))


def test_read_step_passes_over_odd_ids() -> None:
    """An id that is no text counts as none."""
    assert read_step('{"step": "cancel-request", "charging_request_id": 3}') == Step("cancel-request")


def test_lines_are_cut_wherever_bytes_end() -> None:
    """Lines come out whole, blank ones not at all, the last one at the end."""
    lines = Lines()
    assert [lines.feed(data) for data in (b"a", b"b\r\n\nc", b"d", b"")] == [[], ["ab"], [], ["cd"]]
