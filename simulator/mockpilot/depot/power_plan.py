"""The plan of the whole depot: makes what stays need into asks, has them shared, and hands out the curves.

One stay is planned alone in what the others leave, where that suffices; everything anew where somebody's minimum
target would be missed that way, or where power came back that somebody else would take.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from mockpilot.depot import motion
from mockpilot.depot.asks import HORIZON_S, SLOT_S, Ask, Room, Warming
from mockpilot.depot.course import Course, Turn
from mockpilot.depot.demand import Preconditioning
from mockpilot.depot.filling import could_be_ready
from mockpilot.depot.sharing import refill, share
from mockpilot.depot.stays import LINGERS_S, PREPARING_S, Phase, Stay


class PowerPlan:
    """Holds what is left of the limits, and has ``end`` called when a stay may be over."""

    def __init__(self, course: Course, end: Callable[[Stay], None]) -> None:
        self._course, self._end = course, end
        limits = [station.station.limit_kw for station in course.present.stations[1:]]
        self._room = Room(course.depot.grid_limit_kw, limits)
        self._hungry = False
        """Somebody would take more than there is left."""

    def one(self, stay: Stay) -> None:
        """Plan one stay in what the others leave."""
        course = self._course
        motion.bring(course, stay, course.at)
        self.give_back(stay)
        ask = self._ask(stay)
        refill(ask, self._room, course.at)
        self._adopt(stay, ask)
        self._hungry = self._hungry or ask.held_back
        if ask.chilled or (ask.falls_short() and could_be_ready(ask)):
            course.missed = True

    def everything(self) -> None:
        """Plan all stays anew, from now on."""
        course = self._course
        asks = {}
        for stay in course.stays.values():
            motion.bring(course, stay, course.at)
            asks[stay] = self._ask(stay)
        share(asks.values(), self._room, course.at)
        for stay, ask in asks.items():
            self._adopt(stay, ask)
        self._hungry = any(ask.held_back for ask in asks.values())
        course.missed = course.freed = False

    def is_wanted(self) -> bool:
        """Whether everything has to be planned anew."""
        return self._course.missed or (self._course.freed and self._hungry)

    def give_back(self, stay: Stay) -> None:
        """Let others have what a stay holds from now on."""
        if stay.ask is not None:
            self._room.give_back(stay.ask, int(self._course.at // SLOT_S))

    def _ask(self, stay: Stay) -> Ask:
        course, place, process = self._course, stay.place, stay.process
        known = math.isfinite(stay.plugs_s) and place is not None
        begins = course.at if process is not None or not known else stay.plugs_s
        soc = process.soc_percent if process is not None else _soc_to_come(stay)
        least, most = stay.targets
        return Ask(
            begins, max(begins, stay.plugs_s + PREPARING_S) if known else begins, stay.departs_s, soc, least, most,
            stay.vehicle.usable_kwh, stay.vehicle.max_kw, place.limit_kw if place is not None else 0.0,
            place.station_number if place is not None else 0, stay.rank, self._warming(stay),
            not known or not self._may_charge(stay),
        )  # fmt: skip

    def _may_charge(self, stay: Stay) -> bool:
        works = stay.place is not None and stay.place.works
        faulty = stay.process is not None and stay.process.fault is not None
        return works and not faulty and not stay.stopped

    def _warming(self, stay: Stay) -> tuple[Warming, ...]:
        demand = stay.demand
        return tuple(self._window(one) for one in demand.preconditioning) if demand is not None else ()

    def _window(self, window: Preconditioning) -> Warming:
        hvac_kw, systems_kw = (window.kw, 0.0) if window.hvac else (0.0, window.kw)
        return Warming(self._course.seconds(window.starts), self._course.seconds(window.ends), hvac_kw, systems_kw)

    def _adopt(self, stay: Stay, ask: Ask) -> None:
        course = self._course
        stay.ask = ask
        course.revision += 1
        if stay.process is not None:
            stay.base_wh = stay.process.delivered_wh
            motion.restart(course, stay, course.at)
        stay.told.clear()
        course.relist(stay)
        self._leave(stay, ask)
        self._look_again(stay, ask)

    def _leave(self, stay: Stay, ask: Ask) -> None:
        leaves = stay.departs_s
        if stay.lingers:
            full = ask.curve.reaches(ask.max_percent)
            leaves = (stay.stopped_s if stay.stopped else max(full, ask.released)) + LINGERS_S
        if leaves != stay.leaves_s:
            stay.leaves_s = leaves
            self._course.later(leaves, Turn.LEAVES, partial(self._end, stay))
            if stay.place is not None:
                self._course.unsettled[stay.place.number] = stay.place

    def _look_again(self, stay: Stay, ask: Ask) -> None:
        """Plan on when the end of what is planned, or a stay that is still far away, comes near."""
        course = self._course
        if not ask.blocked and ask.begins > course.at + HORIZON_S:
            course.later(ask.begins - HORIZON_S, Turn.PLANNED, partial(self._once_more, stay, ask))
        elif not ask.blocked and ask.ends > course.at + HORIZON_S and _is_unfinished(ask):
            course.later(course.at + HORIZON_S, Turn.PLANNED, partial(self._once_more, stay, ask))

    def _once_more(self, stay: Stay, ask: Ask) -> None:
        if stay.ask is ask and stay.phase is not Phase.GONE:
            self.one(stay)


def _soc_to_come(stay: Stay) -> float:
    return stay.soc_percent if stay.phase is not Phase.COMING else stay.expected_soc_percent


def _is_unfinished(ask: Ask) -> bool:
    return ask.curve.last_soc() < ask.max_percent or any(one.ends > ask.planned_until for one in ask.warming)
