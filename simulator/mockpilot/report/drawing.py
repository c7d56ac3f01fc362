"""The sequence drawing of a conversation: product on the left, CMS on the right, time downwards.

A lost message ends in a cross, a late one slopes down from where it was held, a repeated one is double, a broken link
breaks both life lines. Every line is also a row of the wire log, to which it leads.

Places across are shares of the width, so that the drawing fits a telephone and a sheet of paper with texts of the same
size; it is drawn in strips, so that a sheet may end between two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mockpilot.history.recorder import History
from mockpilot.report.lines import Line
from mockpilot.report.sequence import lines
from mockpilot.report.templates import rendered

PRODUCT, CMS = 16, 84
"""Where the life lines stand, in hundredths of the width."""
_TOP, _ROW, _TIGHT, _FOOT = 34, 30, 22, 16
_GAP = 7
"""Below a line, before the text of the next."""
_STRIP = 280
"""Height from which a strip may end."""
_AFTER_BREAK = 8
_PAUSE_S, _PAUSE = 1.0, 12
"""After a silence that long a line stands so much lower."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, and where it is drawn."""

    line: Line
    y: int
    y_from: int
    """Where a sloping arrow begins; else as ``y``."""
    time: str
    """Empty where it would repeat the one above."""

    @property
    def begins(self) -> int:
        """Where the arrow begins, across."""
        return PRODUCT if self.line.to_cms else CMS

    @property
    def ends(self) -> int:
        """Where it ends: a lost one half way."""
        if self.line.fate == "lost":
            return 50
        return CMS if self.line.to_cms else PRODUCT

    @property
    def look(self) -> str:
        """Class names of an arrow."""
        way = "in" if self.line.to_cms else "out"
        more = ("ping" if self.line.kind == "ping" else "", "marked" if self.line.marked else "")
        return " ".join(filter(None, (way, self.line.fate, *more)))

    @property
    def text(self) -> str:
        """What stands beside it, with its fate in words."""
        fate = f" · {self.line.said}" if self.line.said else ""
        mark = "◆ " if self.line.marked else "⋮ " if self.line.form == "skip" else ""
        return f"{mark}{self.line.text}{fate}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the life lines in one style."""

    y: int
    y_to: int
    style: str
    """``open``, ``silent`` or ``closed``."""


def sequence_drawing(history: History, scenario: str, marked: Collection[int] = (), known: Collection[int] = ()) -> str:
    """Draw a recording as a piece of a page; empty if there is nothing to draw.

    Args:
        history: the recording.
        scenario: its name, of which the ids of the wire log's rows are made.
        marked: indexes of events that findings name.
        known: indexes of rows that the page's wire log has.
    """
    told = lines(history, marked)
    if not any(line.form == "arrow" for line in told):
        return ""
    return rendered(
        "sequence.html.j2", strips=strips(place(told)), scenario=scenario, product=PRODUCT, cms=CMS, known=known
    )


def place(told: Sequence[Line]) -> list[Placed]:
    """Give every line its height."""
    placed: list[Placed] = []
    held: dict[str, int] = {}
    y, before = _TOP, 0.0
    shown = ""
    for line in told:
        y += (_TIGHT if line.form != "arrow" else _ROW) + (_PAUSE if line.at - before >= _PAUSE_S else 0)
        y += _AFTER_BREAK if placed and placed[-1].line.form == "break" else 0
        time = f"{line.at:.1f}" if line.at < 100 else f"{line.at:.0f}"
        if line.form == "held":
            held[line.fault] = y
        sloped = line.form == "arrow" and line.fault in held
        y_from = held.pop(line.fault) if sloped else y
        placed.append(Placed(line, y, y_from, "" if time == shown else time))
        shown, before = time, line.at
    return placed


def stretches(placed: Sequence[Placed], height: int) -> list[Stretch]:
    """The life lines: solid while a link is open, faint while none is, dotted while we are silent."""
    made: list[Stretch] = []
    style, since, open_links = "closed", _TOP - 12, set[int | None]()
    for one in placed:
        after = _style_after(one.line, style, open_links)
        if after != style:
            made.append(Stretch(since, one.y, style))
            style, since = after, one.y
    return [*made, Stretch(since, height, style)]


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the drawing from one height to another."""

    y: int
    height: int
    placed: tuple[Placed, ...]
    stretches: tuple[Stretch, ...]


def strips(placed: Sequence[Placed]) -> list[Strip]:
    """Cut a drawing where nothing slopes across."""
    foot = placed[-1].y + _FOOT
    lives = stretches(placed, foot)
    made: list[Strip] = []
    begins, top = 0, 0
    for number, one in enumerate(placed):
        last = number == len(placed) - 1
        bottom = foot if last else one.y + _GAP
        if last or (bottom - top >= _STRIP and all(later.y_from > bottom for later in placed[number + 1 :])):
            cut = [_clipped(life, top, bottom) for life in lives if life.y < bottom and life.y_to > top]
            made.append(Strip(top, bottom - top, tuple(placed[begins : number + 1]), tuple(cut)))
            begins, top = number + 1, bottom
    return made


def _clipped(life: Stretch, top: int, bottom: int) -> Stretch:
    return Stretch(max(life.y, top), min(life.y_to, bottom), life.style)


def _style_after(line: Line, style: str, open_links: set[int | None]) -> str:
    if line.form == "arrow" and not line.to_cms and line.text.startswith("101"):
        open_links.add(line.link)
        return "open"
    if line.form != "break":
        return style
    if line.kind == "silence":
        return "silent"
    open_links.discard(line.link)
    return style if open_links else "closed"
