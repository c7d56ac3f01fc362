"""A night as a picture: power against its limits above, and below one row for each vehicle with its state of charge.

Three vehicles get tall rows and 120 get low ones; each row is a small chart over the same time axis, with its numbers
beside it as text. Shapes stretch to whatever room there is and texts keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from mockpilot.report.night import Bus, Night
from mockpilot.report.night_shapes import power_panel, row
from mockpilot.report.night_words import headline, said
from mockpilot.report.templates import rendered
from mockpilot.report.time_axis import WIDTH, ticks


def drawing(night: Night) -> str:
    """Draw a night as a piece of a page; the page's style sheet is ``style.css``."""
    height = row_height(len(night.buses))
    return rendered(
        "night.html.j2", headline=headline(night), said=list(said(night)), panel=power_panel(night),
        ticks=ticks(night.began, night.lasted_s), width=WIDTH, row_height=height,
        rows=[row(bus, night, height) for bus in sorted(night.buses, key=_when_it_leaves)],
    )  # fmt: skip


def page(night: Night, summary_lines: Sequence[str], title: str) -> str:
    """Draw a night as a page of its own, without network and without scripts.

    Args:
        night: to be drawn.
        summary_lines: what is to be said before the picture; none of it is markup.
        title: of the page.
    """
    return rendered("night_page.html.j2", picture=drawing(night), lines=summary_lines, title=title)


def row_height(vehicles: int) -> int:
    """Pixels of a row, so that few are seen well and many fit."""
    return 56 if vehicles <= 8 else 32 if vehicles <= 30 else 18


def _when_it_leaves(bus: Bus) -> tuple[float, float, str]:
    last = bus.stays[-1]
    leaves = last.departs_s if last.left_s is None else last.left_s
    return math.inf if leaves is None else leaves, last.arrived_s, bus.vehicle_id
