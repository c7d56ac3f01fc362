"""A night in numbers: power and states of charge over time, gathered from the pushes that were recorded.

Time is what the pushes say themselves, so simulated time is as good as any. Every value holds from the push that told
it to the next one: power and energy are exact sums of what was told, nothing is smoothed. The book forgets what is
too old rather than growing or becoming inexact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mockpilot.history.events import Event, ScenarioStarted
from mockpilot.report.pushes import Plugged, Told, push_of, told
from mockpilot.report.stays import Noted, Stay

LONGEST = timedelta(days=3)
"""What is older is forgotten: a CMS may run for weeks."""
MOST_VALUES = 20_000
"""Of power that are kept: a change every ten seconds for two days."""
MOST_VEHICLES = 500
MOST_STAYS = 24
"""Of one vehicle."""
ROUNDING_KW = 0.051
"""Pushes tell tenths: by so much each part of a sum may be off, and by a hair for the adding up."""


@dataclass(frozen=True, slots=True)
class Power:
    """What the depot draws from one moment on."""

    at_s: float
    drawn_kw: float
    granted_kw: float | None
    """Limits of the points at which power flows; None: not told."""
    parts: int = 1
    """Rounded numbers that ``drawn_kw`` is the sum of."""


@dataclass(frozen=True, slots=True)
class Bus:
    """One vehicle and its stays, oldest first; there is one at least."""

    vehicle_id: str
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Night:
    """What can be drawn; times are seconds after ``began``."""

    depots: tuple[str, ...]
    began: datetime
    lasted_s: float
    power: tuple[Power, ...]
    buses: tuple[Bus, ...]
    grid_limit_kw: float | None
    """None: there is none, or nobody told."""
    left_out: int = 0
    """Vehicles beyond those that were kept."""
    forgotten: bool = False
    """There was something before the beginning."""

    @property
    def peak(self) -> Power:
        """The first of the highest values."""
        return max(self.power, key=lambda one: one.drawn_kw)

    @property
    def energy_kwh(self) -> float:
        """Drawn from the grid, all in all."""
        return math.fsum(one.drawn_kw * lasted / 3600.0 for one, lasted in self._lasting())

    @property
    def over_limit_s(self) -> float:
        """For how long more was drawn than the grid limit allows, by more than rounding explains."""
        limit = math.inf if self.grid_limit_kw is None else self.grid_limit_kw
        return math.fsum(
            lasted for one, lasted in self._lasting() if one.drawn_kw > limit + ROUNDING_KW * one.parts
        )

    def _lasting(self) -> Iterable[tuple[Power, float]]:
        ends = [*(one.at_s for one in self.power[1:]), self.lasted_s]
        return ((one, end - one.at_s) for one, end in zip(self.power, ends, strict=True))


class NightBook:
    """Gathers a night event by event, in bounded memory; one that is subscribed to a recorder sees it grow."""

    def __init__(self) -> None:
        self._depots: tuple[str, ...] = ()
        self._power: list[tuple[datetime, float, float | None, int]] = []
        self._stays: dict[str, list[Noted]] = {}
        self._present: set[str] = set()
        self._left_out: set[int] = set()
        self._to_come: dict[str, float] = {}
        self._end: datetime | None = None
        self._payload = b""
        self._forgotten = False

    def note(self, event: Event) -> None:
        """Take what a push says; every other event says nothing here."""
        push = push_of(event)
        if push is None:
            return
        at, payload = push
        if self._end is not None and at < self._end:  # to two presystems at once: the later one said it all
            return
        self._end = at
        if payload != self._payload and (said := told(payload)) is not None:
            self._payload = payload
            self._take(at, said)

    def night(self, grid_limit_kw: float | None) -> Night | None:
        """All that is noted; None while no power ever flowed.

        Args:
            grid_limit_kw: what the depot may draw; None or infinite: there is no limit.
        """
        if self._end is None or not any(one[1] > 0.0 for one in self._power):
            return None
        began, end = self._power[0][0], self._end

        def seconds(at: datetime) -> float:
            return max(0.0, (at - began).total_seconds())

        return Night(
            self._depots, began, seconds(end),
            power=tuple(Power(seconds(one[0]), *one[1:]) for one in self._power),
            buses=tuple(
                Bus(vehicle, tuple(stay.stay(seconds, end) for stay in stays)) for vehicle, stays in self._stays.items()
            ),
            grid_limit_kw=None if grid_limit_kw is None or math.isinf(grid_limit_kw) else grid_limit_kw,
            left_out=len(self._left_out), forgotten=self._forgotten,
        )  # fmt: skip

    def _take(self, at: datetime, said: Told) -> None:
        self._depots = said.depots
        self._note_power(at, (said.drawn_kw, said.granted_kw, said.parts))
        present = {one.vehicle_id for one in said.plugged}
        for vehicle in self._present - present:
            self._stays[vehicle][-1].leave(at)
        self._present = {one.vehicle_id for one in said.plugged if self._note_stay(at, one)}
        self._to_come = said.to_come

    def _note_power(self, at: datetime, values: tuple[float, float | None, int]) -> None:
        if self._power and self._power[-1][0] == at:
            self._power[-1] = (at, *values)
        elif not self._power or self._power[-1][1:] != values:
            self._power.append((at, *values))
        if len(self._power) > MOST_VALUES:
            self._forget(self._power[MOST_VALUES // 2][0])
        elif at - self._power[0][0] > LONGEST:
            self._forget(at - LONGEST * 0.75)  # a quarter at a time, so that forgetting stays cheap

    def _note_stay(self, at: datetime, one: Plugged) -> bool:
        stays = self._stays.get(one.vehicle_id)
        if stays is None:
            if len(self._stays) >= MOST_VEHICLES:
                self._left_out |= {hash(one.vehicle_id)} if len(self._left_out) < MOST_VALUES else set()
                return False
            stays = self._stays[one.vehicle_id] = []
        if not stays or not stays[-1].goes_on(one):
            if stays and stays[-1].left is None:
                stays[-1].leave(at)
            # Some versions tell a minimum that can't be reached only as long as the process is still to come.
            asked = self._to_come.get(one.process_id)
            stays.append(Noted(one.point_id, one.process_id, at, min_percent=asked))
            del stays[:-MOST_STAYS]
        stays[-1].note(at, one)
        return True

    def _forget(self, before: datetime) -> None:
        """Begin the night later: with the value that held then, and the stays that had not ended."""
        held = max(index for index, one in enumerate(self._power) if one[0] <= before)
        self._power[: held + 1] = [(before, *self._power[held][1:])]
        self._stays = {
            vehicle: kept
            for vehicle, stays in self._stays.items()
            if (kept := [stay for stay in stays if stay.left is None or stay.left > before])
        }
        self._forgotten = True


def night_of(history: Iterable[Event], grid_limit_kw: float | None = None) -> Night | None:
    """The night of a whole recording; its own first line tells the grid limit unless the caller does."""
    book = NightBook()
    for event in history:
        if isinstance(event, ScenarioStarted) and grid_limit_kw is None:
            grid_limit_kw = event.grid_limit_kw
        book.note(event)
    return book.night(grid_limit_kw)
