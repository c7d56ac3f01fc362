"""What a night came to, for people: who left ready and who did not, energy and peak power; and a page of it.

Pure: events, the depot and the time come in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mockpilot.depot.present import PointNow, Present
from mockpilot.depot.site import Site
from mockpilot.depot.summary import Departure
from mockpilot.history.events import Event
from mockpilot.report.night import Night, NightBook
from mockpilot.report.night_drawing import page

MOST_TOLD = 40
"""Vehicles that were not ready; a depot may be served for weeks."""


class Morning:
    """Sums up a depot that somebody watches from its start."""

    def __init__(self) -> None:
        self._book = NightBook()
        self._told: list[str] = []

    def note(self, event: Event) -> None:
        """Take in what happens."""
        self._book.note(event)

    def comes(self, site: Site) -> datetime | None:
        """When the last visit that the depot plans is over; None: it plans none. Ask before the depot has lived."""
        last_s = max((visit.departs_s for visit in site.depot.visits), default=None)
        return site.simulation.present.now + timedelta(seconds=last_s) if last_s is not None else None

    def lines(self, site: Site, now: datetime) -> list[str]:
        """The summary as of now."""
        site.advance(now)
        night = self._night(site)
        return sum_up(site.simulation.departures, site.simulation.present, night.peak.drawn_kw if night else None)

    def news(self, lines: list[str]) -> list[str]:
        """The summary, unless it has been told already."""
        told, self._told = self._told, lines
        return [] if lines == told else lines

    def page(self, site: Site, lines: Sequence[str]) -> str:
        """A page with the picture and these lines; empty: no push told of any power."""
        night = self._night(site)
        return page(night, lines, f"{site.depot.name or site.depot.id}: what came of it") if night else ""

    def _night(self, site: Site) -> Night | None:
        return self._book.night(site.depot.grid_limit_kw)


def sum_up(departures: Sequence[Departure], present: Present, peak_kw: float | None) -> list[str]:
    """The summary; no line at all where nothing ever charged, left or was planned to come.

    Args:
        departures: vehicles that have left, oldest first.
        present: the depot as it is now.
        peak_kw: the highest power that a push told; None: none did.
    """
    points = [point for station in present.stations for point in station.points]
    kwh = math.fsum(point.meter_wh for point in points) / 1000.0
    if not (departures or kwh or present.depot.visits):
        return []
    return [_headline(departures, points), *_unready(departures), _power(kwh, peak_kw, present.depot.grid_limit_kw)]


def _headline(departures: Sequence[Departure], points: Sequence[PointNow]) -> str:
    ready = sum(one.ready for one in departures)
    plugged = sum(point.process is not None for point in points)
    still = f", {plugged} still plugged in" if plugged else ""
    return f"{ready} of {len(departures)} vehicles left ready{still}"


def _unready(departures: Sequence[Departure]) -> Iterator[str]:
    unready = [one for one in departures if not one.ready]
    for one in unready[:MOST_TOLD]:
        yield f"  {one.vehicle_id}  {_soc(one)}, left {_clock(one.left)}: {one.why}"
    if len(unready) > MOST_TOLD:
        yield f"  and {len(unready) - MOST_TOLD} more that were not"


def _soc(one: Departure) -> str:
    """Rounded down, so that nothing that was missed looks reached."""
    return f"{math.floor(10 * one.soc_percent) / 10:g} of {one.min_target_percent:g} %"


def _clock(instant: datetime) -> str:
    return f"{instant:%m-%d %H:%M}"


def _power(kwh: float, peak_kw: float | None, grid_kw: float) -> str:
    grid = f", grid limit {grid_kw:,.0f} kW" if math.isfinite(grid_kw) else ""
    peak = f", peak {peak_kw:,.0f} kW" if peak_kw is not None else ""
    return f"{kwh:,.0f} kWh delivered{peak}{grid}"
