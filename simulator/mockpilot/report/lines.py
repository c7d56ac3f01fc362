"""The lines of a sequence drawing, and what is left of them where there are too many.

What repeats itself is folded, what is too much is left out in the middle, and what a finding names is never left out.
Where lines come from and how they are drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mockpilot.counts import counted

MOST_LINES = 64
"""Of one drawing; more is nobody's picture any more."""
_FOLD_FROM, _KEEP = 8, 2
"""A run of plain pushes and answers longer than that is folded to so many lines at either end."""
_AROUND = 3

Form = Literal["arrow", "note", "held", "break", "skip"]
Fate = Literal["arrives", "lost", "late", "again", "altered"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the drawing."""

    form: Form
    text: str
    at: float = 0.0
    """Seconds since the scenario's start."""
    index: int = -1
    link: int | None = None
    to_cms: bool = False
    """An arrow's direction, or the side on which a note stands turned round."""
    fate: Fate = "arrives"
    kind: str = ""
    """``push``, ``answer`` (which confirms one), ``refusal`` (an error answer to one), ``ping``, ``wide`` (whatever
    else travels), or of a note or break what it tells of."""
    push: str = ""
    """Message id of the push that it is or answers."""
    fault: str = ""
    said: str = ""
    """Its fate in a word, beside the text."""
    marked: bool = False
    """A finding names it."""


def shortened(told: Sequence[Line]) -> list[Line]:
    """At most as many lines as a reader follows, in their order."""
    return _cut(_folded(told))


def _is_plain(line: Line) -> bool:
    return line.kind in ("push", "answer", "refusal", "ping") and line.fate == "arrives" and not line.marked


def _folded(told: Sequence[Line]) -> list[Line]:
    made: list[Line] = []
    run: list[Line] = []
    for line in told:
        if _is_plain(line):
            run.append(line)
            continue
        made += [*_fold(run), line]
        run = []
    return [*made, *_fold(run)]


def _fold(run: Sequence[Line]) -> list[Line]:
    if len(run) <= _FOLD_FROM:
        return list(run)
    middle = run[_KEEP:-_KEEP]
    return [*run[:_KEEP], Line("skip", ", ".join(_told(middle, run)), middle[0].at, middle[0].index), *run[-_KEEP:]]


def _told(folded: Sequence[Line], run: Sequence[Line]) -> Iterator[str]:
    """What was folded: pushes with their own answers, answers to pushes that are shown, pings.

    A folded push whose answer is shown, just after the fold, is confirmed all the same.
    """
    pushes = {one.push for one in folded if one.kind == "push"}
    if pushes:
        yield counted(len(pushes), "more push", "more pushes")
    for kind, did, named in (("answer", "confirmed", "confirmation"), ("refusal", "refused", "error answer")):
        own = len(pushes & {one.push for one in run if one.kind == kind})
        others = sum(one.kind == kind and one.push not in pushes for one in folded)
        if own or (pushes and kind == "answer"):
            yield f"{own} {did}"
        if others:
            yield counted(others, f"{'more ' * bool(pushes)}{named}")
    pings = sum(one.kind == "ping" for one in folded)
    if pings:
        yield counted(pings, "more ping or pong", "more pings and pongs")


def _cut(told: Sequence[Line]) -> list[Line]:
    if len(told) <= MOST_LINES:
        return list(told)
    kept = _around_marks(told)
    first, last = 0, len(told) - 1
    while first <= last and len(kept) <= MOST_LINES - 2:
        kept |= {first, last}
        first, last = first + 1, last - 1
    return list(_skipping(told, kept))


def _around_marks(told: Sequence[Line]) -> set[int]:
    kept: set[int] = set()
    for place, line in enumerate(told):
        if line.marked and len(kept) < MOST_LINES:
            kept |= set(range(max(0, place - _AROUND), min(len(told), place + _AROUND + 1)))
    return kept


def _skipping(told: Sequence[Line], kept: Collection[int]) -> Iterator[Line]:
    left_out: list[Line] = []
    for place, line in enumerate(told):
        if place not in kept:
            left_out.append(line)
            continue
        if left_out:
            yield Line("skip", f"{len(left_out)} more lines", left_out[0].at, left_out[0].index)
            left_out = []
        yield line
    if left_out:
        yield Line("skip", f"{len(left_out)} more lines", left_out[0].at, left_out[0].index)
