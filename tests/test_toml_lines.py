"""Where the keys of a TOML text stand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.toml_lines import line_of, line_of_mistake, lines_of_keys

TEXT = '''\
# [[station]] in a comment
title = "[depot]"  # and = after it
about = """
[depot]
id = "no"
"quoted" \\""" not the end
"""
raw = \'\'\'
[[station]]\'\'\'

[depot]
id = 'a]"b'
limits.grid.kw = 900
since = 1979-05-27 07:32:00
"two words" = true

[[station]]
id = "s1"
point = [
  { id = "p1", at = { hall = "}" } }, # [
  { id = "p2" },
  # none
]
[[station.point_group]]
id = "g"
[station.point_group.inner]
id = "i"
[[station]]
  [[station.point_group]]
  [[station.point_group]]
  id = "g2"
matrix = [[1, 2],
          [3]]
'''


@pytest.mark.parametrize(("key", "line"), [
    ("title", 2), ("about", 3), ("raw", 8), ("depot", 11), ("depot.id", 12), ("depot.limits", 13),
    ("depot.limits.grid.kw", 13), ("depot.since", 14), ("depot.two words", 15), ("station", 17), ("station[1]", 17),
    ("station[1].id", 18), ("station[1].point", 19), ("station[1].point[1].id", 20),
    ("station[1].point[1].at.hall", 20), ("station[1].point[2]", 21),
    ("station[1].point_group[1].id", 25), ("station[1].point_group[1].inner.id", 27),
    ("station[2]", 28), ("station[2].point_group[1]", 29), ("station[2].point_group[2].id", 31),
    ("station[2].point_group[2].matrix[2][1]", 33),
])  # fmt: skip
def test_every_key_has_its_line(key: str, line: int) -> None:
    """Tables, arrays of tables, dotted keys, inline tables; never what stands in texts and comments."""
    assert lines_of_keys(TEXT)[key] == line


@pytest.mark.parametrize(("key", "line"), [
    ("depot.name", 11), ("station[2].id", 28), ("station[1].point[2].state", 21), ("station[1].point[3].id", 19),
    ("nothing.of.that", 1), ("", 1),
])  # fmt: skip
def test_a_missing_key_has_the_line_of_its_table(key: str, line: int) -> None:
    """Whoever has to add it looks there."""
    assert line_of(lines_of_keys(TEXT), key) == line


@pytest.mark.parametrize(("text", "line"), [
    ("a = 1\nb =\n", 2), ("a = 1\na = 2\n", 2), ('a = 1\n\nb = """\nnever ended\n', 4), ("[a", 1), ('x = "\n', 1),
])  # fmt: skip
def test_a_mistake_of_form_has_its_line(text: str, line: int) -> None:
    """As tomllib says, or the last line when it misses an end."""
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    assert line_of_mistake(text, raised.value) == line


SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.sampled_from(["", "[x]", '"', "'", "#", "a = {", "]]", "\\", "Süd\n[y]"])
)
KEYS = st.one_of(st.sampled_from(["id", "a-b", "7"]), st.sampled_from(["two words", "[", '"', "=", "ü", "#"]))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def value_text(value: Any, gap: str) -> str:
    """A value as TOML, with a gap wherever one is allowed within arrays."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {value_text(one, gap)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{gap}" + f",{gap}".join(value_text(one, gap) for one in value) + f"{gap}]"
    return json.dumps(value)


def table_text(table: dict[str, Any], place: tuple[str, ...], gap: str) -> Iterator[str]:
    """A table as TOML: pairs first, then tables and arrays of tables under headers of their own."""
    later = {key: one for key, one in table.items() if isinstance(one, dict) or is_tables(one)}
    yield from (f"{json.dumps(key)} = {value_text(one, gap)}" for key, one in table.items() if key not in later)
    for key, one in later.items():
        header = ".".join(json.dumps(part) for part in (*place, key))
        for inner in one if isinstance(one, list) else [one]:
            yield f"[[{header}]]" if isinstance(one, list) else f"[{header}]"
            yield from table_text(inner, (*place, key), gap)


def is_tables(value: Any) -> bool:
    """Whether a value can be written as an array of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def keys_of(value: Any, place: str = "") -> Iterator[str]:
    """Every key of a document as messages write it."""
    inner: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inner = [(f"{place}.{key}" if place else key, one) for key, one in value.items()]
    elif isinstance(value, list):
        inner = [(f"{place}[{number}]", one) for number, one in enumerate(value, 1)]
    for key, one in inner:
        yield key
        yield from keys_of(one, key)


@given(DOCUMENTS, st.sampled_from(["", " ", "\n", " # ]\n\n"]))
def test_the_keys_found_are_the_keys_there_are(document: dict[str, Any], gap: str) -> None:
    """However a document is written, inline or under headers: what tomllib reads has a line, and nothing else."""
    for text in (
        "\n".join(table_text(document, (), gap)),
        "\n".join(f"{json.dumps(key)} = {value_text(one, gap)}" for key, one in document.items()),
    ):
        assert tomllib.loads(text) == document
        assert set(keys_of(document)) == set(lines_of_keys(text))
