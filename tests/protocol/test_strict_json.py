"""JSON by RFC 8259: what is refused, and what is read past and told. Whole frames are read in ``test_envelope``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.protocol.strict_json import NotJson, Parsed, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(10**300), 10**300)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(VALUES)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    """With nothing to tell."""
    assert parse(json.dumps(value)) == Parsed(value)


@pytest.mark.parametrize("text", [
    "", "NaN", "[Infinity]", "[1,]", "{'a': 1}", "[1e999]", "9" * 400, "// no\n1", "[" * 9999,
])  # fmt: skip
def test_what_is_no_json_is_refused_in_a_sentence(text: str) -> None:
    """Short enough to be shown."""
    with pytest.raises(NotJson) as raised:
        parse(text)
    assert 0 < len(str(raised.value)) < 120


def test_duplicate_keys_are_told_once_and_the_last_counts() -> None:
    """Wherever they stand."""
    assert parse('[{"a":1,"a":2,"a":3},{"b":{"c":1,"c":1}}]') == Parsed([{"a": 3}, {"b": {"c": 1}}], ("a", "c"))


def test_half_characters_are_replaced_and_told() -> None:
    """Escaped or not; a whole pair is a character, an escaped backslash none."""
    assert parse('"\\ud800x"') == Parsed("\ufffdx", halves_replaced=True)
    assert parse('"\udc00"') == Parsed("\ufffd", halves_replaced=True)
    assert parse('"\\ud83d\\ude8c"') == Parsed("\U0001f68c")
    assert parse('"\\\\ud800"') == Parsed("\\ud800")
