"""On which line of a TOML text a key stands; ``tomllib`` reads values and forgets where they were.

Keys are written as messages write them: ``station[2].point[1].state``, counted from one. Only where things stand is
read here: the text is one that ``tomllib`` takes, and what the values are is not known.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'''"{3}(?:[^\\]|\\.)*?"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)  # fmt: skip
_SCALAR = re.compile(r"[^,\]}#\n]+")  # a date may hold a blank


def lines_of_keys(text: str) -> Mapping[str, int]:
    """Find the line of every key and every table of a TOML text.

    Args:
        text: without mistakes of form.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[str, int], key: str) -> int:
    """Find the line of a key, or of the table that it is missing from."""
    while key and key not in lines:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return lines.get(key, 1)


def line_of_mistake(text: str, error: Exception) -> int:
    """Find the line that an error of ``tomllib`` speaks of."""
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else text.rstrip().count("\n") + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        """How many elements an array of tables has so far, by its key."""

    def document(self) -> None:
        place = ""
        self._blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                place = self._header()
            else:
                self._pair(place)
            self._blank()

    def _header(self) -> str:
        line = self._line()
        several = self.text.startswith("[[", self.at)
        self._past("[[" if several else "[")
        *outer, last = self._key()
        self._past("]]" if several else "]")
        place = ""
        for part in outer:
            place = self._latest(self._stands(_inner(place, part), line))
        place = self._stands(_inner(place, last), line)
        if several:
            self.counts[place] = self.counts.get(place, 0) + 1
            place = self._stands(self._latest(place), line)
        return place

    def _latest(self, place: str) -> str:
        return f"{place}[{self.counts[place]}]" if place in self.counts else place

    def _pair(self, place: str) -> None:
        line = self._line()
        for part in self._key():
            place = self._stands(_inner(place, part), line)
        self._past("=")
        self._value(place)

    def _value(self, place: str) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(place)
        elif opening == "{":
            self._inline_table(place)
        else:
            self.at = _end((_STRING if opening in "\"'" else _SCALAR).match(self.text, self.at))

    def _array(self, place: str) -> None:
        self._past("[")
        number = 0
        while self.text[self.at] != "]":
            number += 1
            self._value(self._stands(f"{place}[{number}]", self._line()))
            self._past(",", needed=False)
        self._past("]")

    def _inline_table(self, place: str) -> None:
        self._past("{")
        while self.text[self.at] != "}":
            self._pair(place)
            self._past(",", needed=False)
        self._past("}")

    def _key(self) -> list[str]:
        parts = []
        while True:
            found = _KEY.match(self.text, self.at)
            self.at = _end(found)
            parts.append(_plain(self.text[slice(*found.span())] if found else ""))
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                return parts
            self.at = dot.end()

    def _past(self, sign: str, *, needed: bool = True) -> None:
        self._blank()
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
        elif needed:
            raise ValueError(f"{sign!r} is expected at line {self._line()}")
        self._blank()

    def _blank(self) -> None:
        self.at = _end(_BLANK.match(self.text, self.at))

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _stands(self, place: str, line: int) -> str:
        self.lines.setdefault(place, line)
        return place


def _inner(place: str, part: str) -> str:
    return f"{place}.{part}" if place else part


def _plain(key: str) -> str:
    # A quoted key may hold escapes; who knows them all is tomllib.
    return next(iter(tomllib.loads(f"{key} = 0"))) if key[:1] == '"' else key.strip("'")


def _end(found: re.Match[str] | None) -> int:
    if found is None:
        raise ValueError("a TOML text without mistakes is expected")
    return found.end()
