"""Durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.durations import format_duration, parse_duration


@pytest.mark.parametrize(("text", "seconds"), [
    ("500 ms", 0.5), ("15 s", 15.0), ("15s", 15.0), ("5 min", 300.0), ("2 h", 7200.0), (" 1.5 s ", 1.5), ("0 s", 0.0),
    ("1 h 5 min", 3900.0), ("1h 30min", 5400.0), ("2 h 1 min 3 s 4 ms", 7263.004),
])  # fmt: skip
def test_parse_duration_reads_number_and_unit(text: str, seconds: float) -> None:
    """The blank is optional."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "s", "-1 s", "1 day", "1,5 s", "1 s 2 s", "5 min 1 h",
"1 h, 5 min", " ", ".5 s", "1e3 s", "15 S", "١٥ s",
"9" * 400 + " s"])
def test_parse_duration_refuses_the_rest(text: str) -> None:
    """In one sentence with what was expected and what was found."""
    with pytest.raises(ValueError, match="a duration such as '500 ms'") as raised:
        parse_duration(text)
    assert repr(text) in str(raised.value)


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0 ms"), (0.0004, "0 ms"), (0.4, "400 ms"), (0.9996, "1 s"), (1, "1 s"), (1.25, "1.2 s"), (15, "15 s"),
    (59.96, "1 min"), (60, "1 min"), (77, "1 min 17 s"), (3599.7, "1 h"), (3600, "1 h"), (3661, "1 h 1 min 1 s"),
    (86400, "24 h"),
])  # fmt: skip
def test_format_duration_reads_aloud(seconds: float, text: str) -> None:
    """The largest units first, those that are zero left out, and no 1000 ms or 60.0 s where rounding leads up."""
    assert format_duration(seconds) == text


@given(st.integers(0, 10**6))
def test_format_duration_is_read_back(seconds: int) -> None:
    """What is written of whole seconds can be copied into a profile."""
    assert parse_duration(format_duration(seconds)) == seconds
