"""Searching the recording, and what came closest where nothing is found. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mockpilot.console.lines import line_of
from mockpilot.console.recording import Recording
from mockpilot.console.told import Lines, NearMiss
from mockpilot.console.waiting import SHOWN_INSTEAD, telling
from mockpilot.history.events import Event, Message

MOST_COMPARED = 500
"""Events, the newest; comparing must cost the CMS nothing that anybody would notice."""
MOST_WORDS = 8
ALIKE = 0.75
"""From which on a word counts as another one with a slip in it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for."""

    since: int = 0
    link: int | None = None
    text: str = ""

    @property
    def is_search(self) -> bool:
        """Whether more is asked than to read on."""
        return self.link is not None or bool(self.text)


def search(recording: Recording, sought: Sought, most: int, dialect: str) -> Lines:
    """Lines of what is looked for, the oldest first.

    Args:
        recording: where.
        sought: what.
        most: lines.
        dialect: under which lines are told.
    """
    found, next_ = [], sought.since
    for event in recording.since(sought.since):
        next_ = event.index + 1
        if _is_of(event, sought.link) and _holds(event, sought.text, dialect):
            found.append(line_of(event, dialect))
        if len(found) >= most:
            break
    near = near_misses(recording, sought, dialect) if sought.is_search and not found else []
    return Lines(lines=found, first=recording.first, next=next_, end=recording.end, near=near)


def near_misses(recording: Recording, sought: Sought, dialect: str) -> list[NearMiss]:
    """What came closest, the closest first, each with what does not fit."""
    newest = telling(recording.since(max(0, recording.end - MOST_COMPARED)))
    judged = [(_distance(one, sought, dialect), one) for one in reversed(newest)]
    closest = sorted(judged, key=lambda one: one[0][0])[:SHOWN_INSTEAD]
    return [NearMiss(line=line_of(event, dialect), but="; ".join(why)) for (_, why), event in closest]


def _is_of(event: Event, link: int | None) -> bool:
    return link is None or event.link == link


def _holds(event: Event, text: str, dialect: str) -> bool:
    return text.casefold() in _searched(event, dialect)


def _searched(event: Event, dialect: str) -> str:
    raw = event.text or "" if isinstance(event, Message) else ""
    return f"{line_of(event, dialect).text} {raw}".casefold()


def _distance(event: Event, sought: Sought, dialect: str) -> tuple[float, list[str]]:
    """How far off an event is, and why; each condition that it misses wholly counts one."""
    far, why = 0.0, list[str]()
    if not _is_of(event, sought.link):
        far, why = far + 1, [*why, f"of {f'link {event.link}' if event.link is not None else 'no link'}"]
    if event.index < sought.since:
        far, why = far + 1, [*why, f"before event {sought.since}"]
    if sought.text and not _holds(event, sought.text, dialect):
        missed = list(_missed(_searched(event, dialect), line_of(event, dialect).text.casefold().split(), sought.text))
        # All words in another order are still not what was looked for.
        far += max(0.1, sum(share for share, _ in missed) / max(1, len(missed)))
        why.append(", ".join(told for _, told in missed if told) or "its words stand apart")
    return far, why


def _missed(searched: str, words: Sequence[str], text: str) -> Iterator[tuple[float, str]]:
    """Of each word that is looked for: how much of it is missing, and how to say so."""
    for word in text.casefold().split()[:MOST_WORDS]:
        if word in searched:
            yield 0.0, ""
        elif alike := difflib.get_close_matches(word, words, 1, ALIKE):
            yield 0.5, f"{alike[0]} for {word}"
        else:
            yield 1.0, f"without {word}"
