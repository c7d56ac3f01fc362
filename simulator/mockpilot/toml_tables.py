"""Values out of TOML tables, each of the type that is asked for; whatever is wrong is noted under its key.

A mistake does not end the reading: it is noted, the default stands in, and the reader goes on to the next. Keys are
written with their tables, those of an array counted from one: ``station[2].point[1].state``. What the tables mean is
not known here.
"""

from __future__ import annotations

import enum
import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from mockpilot.durations import parse_duration
from mockpilot.errors import ProfileError
from mockpilot.likeness import alike

_Word = TypeVar("_Word", bound=enum.StrEnum)
_LARGEST = 1e12


class Problems:
    """What is wrong with one file, in the order in which it was found."""

    def __init__(self, file: object) -> None:
        self.file = file
        self.found: list[ProfileError] = []

    def note(self, key: str, problem: str) -> None:
        """Take down what is wrong with a key, or with the file as a whole."""
        self.found.append(ProfileError(self.file, key, problem))

    def raise_first(self) -> None:
        """End the reading if anything is wrong."""
        if self.found:
            raise self.found[0]


class Table:
    """One table of the file.

    Args:
        problems: where mistakes are noted.
        place: its key, empty for the whole file.
        values: what the file has there.
        known: every key that may stand there.
    """

    def __init__(self, problems: Problems, place: str, values: Any, known: Iterable[str]) -> None:
        self.problems, self.place, self.known = problems, place, tuple(known)
        self.readable = isinstance(values, dict)
        self.wrong: set[str] = set()
        """Names of keys with which something is wrong."""
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not self.readable:
            problems.note(place, f"a table is expected, found {show(values)}")
        for name in self.values:
            if name not in self.known:
                self.note(name, f"unknown key{nearest(name, self.known)}")

    @property
    def sound(self) -> bool:
        """Nothing is wrong with the table so far, tables within it aside."""
        return self.readable and not self.wrong

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def key(self, name: str) -> str:
        """Write a key with its table."""
        return f"{self.place}.{name}".strip(".")

    def note(self, name: str, problem: str) -> None:
        """Take down what is wrong with one key, or with the table if the name is empty."""
        self.wrong.add(name)
        self.problems.note(self.key(name), problem)

    def needs(self, name: str) -> bool:
        """Whether a key is there that has to be; if not, that is noted."""
        if name not in self.values and self.readable:
            self.note(name, "is missing")
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """Read a text that is not empty."""
        value = self.values.get(name, default)
        if not isinstance(value, str):
            self.note(name, f"text in quotes is expected, found {show(value)}")
        elif name in self.values and not value.strip():
            self.note(name, "text is expected, found an empty one; leave the key out for the default")
        else:
            return value
        return default

    def required(self, name: str) -> str:
        """Read a text that has to be there."""
        return self.text(name) if self.needs(name) else ""

    def one_of(self, name: str, choices: Sequence[str], default: str) -> str:
        """Read one of several words."""
        value = self.values.get(name, default)
        if isinstance(value, str) and value in choices:
            return value
        hint = nearest(value, choices) if isinstance(value, str) else ""
        self.note(name, f"one of {', '.join(choices)} is expected, found {show(value)}{hint}")
        return default

    def word(self, name: str, default: _Word) -> _Word:
        """Read one word of a vocabulary."""
        return type(default)(self.one_of(name, [str(choice) for choice in type(default)], default))

    def flag(self, name: str, *, default: bool) -> bool:
        """Read a truth value."""
        value = self.values.get(name, default)
        if isinstance(value, bool):
            return value
        self.note(name, f"true or false is expected, found {show(value)}")
        return default

    def number(
        self, name: str, default: float, *, least: float = 0.0, most: float = math.inf, above: bool = False
    ) -> float:
        """Read a number without quotes.

        Args:
            least: the smallest that is good.
            most: the largest that is good.
            above: the smallest is just not good any more.
        """
        if name not in self.values:
            return default
        value = self.values[name]
        if is_number(value, least, most) and not (above and value == least):
            return float(value)
        self.note(name, f"a number {_span(least, most, above=above)} is expected, found {show(value)}")
        return default

    def whole(self, name: str, default: int, *, least: int, most: float = math.inf) -> int:
        """Read a whole number."""
        value = self.values.get(name, default)
        if is_number(value, least, most) and isinstance(value, int):
            return value
        self.note(name, f"a whole number {_span(least, most)} is expected, found {show(value)}")
        return default

    def seconds(self, name: str, default: float) -> float:
        """Read a duration such as ``"1 h 5 min"`` as seconds."""
        if name not in self.values:
            return default
        value = self.values[name]
        if not isinstance(value, str):
            self.note(name, f"a duration in quotes such as \"15 s\" is expected, found {show(value)}")
            return default
        try:
            return parse_duration(value)
        except ValueError as error:
            self.note(name, str(error))
            return default

    def table(self, name: str, known: Iterable[str]) -> Table:
        """Step into a table; one that is not there is empty."""
        return Table(self.problems, self.key(name), self.values.get(name, {}), known)

    def tables(self, name: str, known: Iterable[str]) -> list[Table]:
        """Step into an array of tables; one that is not there is empty."""
        values = self.values.get(name, [])
        if not isinstance(values, list):
            header = re.sub(r"\[\d+]", "", self.key(name))
            self.note(name, f"[[{header}]] with two brackets on each side is expected, found {show(values)}")
            return []
        return [Table(self.problems, f"{self.key(name)}[{n}]", value, known) for n, value in enumerate(values, 1)]


def read_document(text: str, problems: Problems, known: Iterable[str]) -> Table:
    """Read a file's text; if it is no TOML, that is noted and the table is not readable."""
    try:
        return Table(problems, "", tomllib.loads(text), known)
    except (ValueError, RecursionError) as error:
        problems.note("", f"is no TOML: {error}")
        table = Table(problems, "", {}, known)
        table.readable = False
        return table


def is_number(value: Any, least: float, most: float = math.inf) -> bool:
    """Whether a value is a number between two others; true, inf and nan are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= min(most, _LARGEST)


def nearest(name: str, names: Iterable[str]) -> str:
    """Say what may have been meant, as the end of a sentence."""
    known = list(names)
    if close := alike(name, known):
        return f"; did you mean {close[0]}?"
    return f"; known here: {', '.join(known)}" if len(known) < 12 else ""


def show(value: Any) -> str:
    """Show a value as TOML would have it, large ones by their kind."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return repr(value)
        case dict() | list():
            return f"a {'table' if isinstance(value, dict) else 'list'}"
        case int() if abs(value) > _LARGEST:
            return "a number of too many digits"
    return str(value)


def _span(least: float, most: float, *, above: bool = False) -> str:
    if most < math.inf:
        return f"{'above' if above else 'from'} {least:g}{', at most' if above else ' to'} {most:g}"
    return f"{'above' if above else 'of at least'} {least:g}"
