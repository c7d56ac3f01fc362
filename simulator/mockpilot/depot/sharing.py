"""Who gets how much power when: charging planned over slots of five minutes under point, station and grid limit.

First everybody's minimum target, earliest departure first (then priority, then who came first); whoever is left short
though alone there would be time enough, goes first in another try; then the maximum targets in the same order.
Preconditioning goes before charging. Each takes power as early as possible, out of what is left. Numbers in, curves
out; knows nothing of vehicles, demands or faults.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mockpilot.depot.battery import TAPER_PER_PERCENT, TAPER_PERCENT, percent_per_kws
from mockpilot.depot.curve import Curve

SLOT_S = 300.0
HORIZON_S = 48 * 3600.0
"""What lies further away is planned as if it were alone, until it comes nearer."""
LEAST_KW = 1.0
"""Less than that is not worth handing out."""
TRIES = 5
"""How often the order is changed for those who are left short."""

ROUNDING = 1e-9
"""Percent by which a target may be missed."""


@dataclass(frozen=True, slots=True)
class Warming:
    """One span of preconditioning that is asked for."""

    begins: float
    ends: float
    hvac_kw: float
    systems_kw: float


NOWHERE = Curve(0.0, 0.0)
"""The curve of what has not been planned yet; nobody changes it."""


@dataclass(slots=True, eq=False)
class Ask:
    """What one stay needs, and, once planned, what it gets."""

    begins: float
    """When its curve begins: plugged in, or now."""
    released: float
    """From when on there may be power."""
    ends: float
    """Departure; infinity: unknown."""
    soc_percent: float
    min_percent: float
    max_percent: float
    usable_kwh: float
    vehicle_kw: float
    """What the battery takes when it is low."""
    point_kw: float
    """What it may draw at all: of its point, and of any limit above."""
    station: int
    """Number of the station whose limit counts."""
    rank: tuple[float, float, int]
    """Departure, priority, order of coming: smaller goes first."""
    warming: tuple[Warming, ...] = ()
    blocked: bool = False
    """No power at all, for the time being."""
    curve: Curve = NOWHERE
    held_back: bool = False
    """Charging got less than point and battery allow."""
    chilled: bool = False
    """Preconditioning got less than was asked for."""
    first_slot: int = 0
    taken_kw: list[float] = field(default_factory=list)
    """What charging takes of the limits, slot by slot."""
    warm_kw: dict[int, float] = field(default_factory=dict)
    """What preconditioning takes of the limits, by slot."""
    warm_spans: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def planned_until(self) -> float:
        """Where its planning ends at the latest."""
        return min(self.ends, self.released + HORIZON_S)

    def falls_short(self) -> bool:
        """Whether it gets less than its minimum target."""
        return self.curve.soc[-1] < min(self.min_percent, self.max_percent) - ROUNDING

    def could_be_ready(self) -> bool:
        """Whether alone it would reach its minimum target in time."""
        if self.blocked:
            return False
        return not _alone(self).falls_short()


class Room:
    """The power that is left under the limits, slot by slot since the depot's start."""

    def __init__(self, grid_kw: float, stations_kw: Sequence[float]) -> None:
        self._limits = [grid_kw, *stations_kw]
        self._left: list[list[float] | None] = [None if math.isinf(kw) else [] for kw in self._limits]

    @property
    def is_unlimited(self) -> bool:
        """Whether nobody can take anything from anybody."""
        return all(left is None for left in self._left)

    def grid(self) -> list[float] | None:
        """What the grid has left; None: as much as anybody wants."""
        return self._left[0]

    def station(self, number: int) -> list[float] | None:
        """What a station has left; None: as much as anybody wants."""
        return self._left[number + 1]

    def reach(self, until: float) -> None:
        """Have slots up to a time."""
        slots = int(until // SLOT_S) + 2
        for left, limit in zip(self._left, self._limits, strict=True):
            if left is not None and len(left) < slots:
                left.extend([limit] * (slots - len(left)))

    def clear(self, slot: int) -> None:
        """Forget everything from a slot on."""
        for left, limit in zip(self._left, self._limits, strict=True):
            if left is not None:
                left[slot:] = [limit] * (len(left) - slot)

    def give_back(self, ask: Ask, slot: int) -> None:
        """Take back what an ask holds from a slot on."""
        for left in (self.grid(), self.station(ask.station)):
            if left is not None:
                for number in range(max(slot - ask.first_slot, 0), len(ask.taken_kw)):
                    left[ask.first_slot + number] += ask.taken_kw[number]
                for held, kw in ask.warm_kw.items():
                    if held >= slot:
                        left[held] += kw
        ask.taken_kw, ask.warm_kw, ask.warm_spans = [], {}, []


def refill(ask: Ask, room: Room, now: float) -> None:
    """Plan one ask again in what the others leave; what it holds has been given back."""
    far = ask.begins > now + HORIZON_S
    room = _unlimited(ask) if far else room
    room.reach(now + HORIZON_S)
    _warm(ask, room)
    _charge(ask, room, ask.max_percent, now + HORIZON_S)
    ask.curve.warm(ask.warm_spans)
    if far:
        ask.taken_kw, ask.warm_kw, ask.warm_spans = [], {}, []


def share(asks: Iterable[Ask], room: Room, now: float) -> None:
    """Plan all asks anew from now on."""
    room.reach(now + HORIZON_S)
    room.clear(int(now // SLOT_S))
    near, far = _by_distance(sorted(asks, key=_rank), now)
    for ask in near:
        ask.taken_kw, ask.warm_kw, ask.warm_spans = [], {}, []
        _warm(ask, room)
    if not room.is_unlimited:
        _least_for_all(near, room, now + HORIZON_S)
    for ask in near:
        _give_back_charging(ask, room)
        _charge(ask, room, ask.max_percent, now + HORIZON_S)
        ask.curve.warm(ask.warm_spans)
    for ask in far:
        refill(ask, room, now)


def _rank(ask: Ask) -> tuple[float, float, int]:
    return ask.rank


def _by_distance(asks: Sequence[Ask], now: float) -> tuple[list[Ask], list[Ask]]:
    near = [ask for ask in asks if ask.begins <= now + HORIZON_S]
    return near, [ask for ask in asks if ask.begins > now + HORIZON_S]


def _least_for_all(asks: Sequence[Ask], room: Room, horizon: float) -> None:
    """Minimum targets; on return the asks hold what the best order gives them."""
    hopeless: set[Ask] = set()
    best = order = list(asks)
    least = math.inf
    for number in range(TRIES):
        short = _try(order, room, horizon, hopeless)
        if len(short) >= least:
            break
        best, least = order, len(short)
        if not short or number == TRIES - 1:
            break
        for ask in order:
            _give_back_charging(ask, room)
        order = _promoted(order, short)
    if order is not best:
        for ask in order:
            _give_back_charging(ask, room)
        _try(best, room, horizon, hopeless)


def _try(order: Sequence[Ask], room: Room, horizon: float, hopeless: set[Ask]) -> set[Ask]:
    short: set[Ask] = set()
    for ask in order:
        _charge(ask, room, min(ask.min_percent, ask.max_percent), horizon)
        if ask.falls_short() and ask not in hopeless:
            (short if ask.could_be_ready() else hopeless).add(ask)
    return short


def _promoted(order: Sequence[Ask], short: Collection[Ask]) -> list[Ask]:
    return [ask for ask in order if ask in short] + [ask for ask in order if ask not in short]


def _give_back_charging(ask: Ask, room: Room) -> None:
    for left in (room.grid(), room.station(ask.station)):
        if left is not None:
            for slot, kw in enumerate(ask.taken_kw, ask.first_slot):
                left[slot] += kw
    ask.taken_kw = []


def _alone(ask: Ask) -> Ask:
    alone = Ask(
        ask.begins, ask.released, ask.ends, ask.soc_percent, ask.min_percent, ask.max_percent, ask.usable_kwh,
        ask.vehicle_kw, ask.point_kw, 0, ask.rank,
    )  # fmt: skip
    _charge(alone, _unlimited(alone), min(ask.min_percent, ask.max_percent), alone.planned_until)
    return alone


def _unlimited(ask: Ask) -> Room:
    return Room(math.inf, [math.inf] * (ask.station + 1))


def _warm(ask: Ask, room: Room) -> None:
    """Reserve preconditioning: as much as is left in each slot, the parts of it in proportion."""
    ask.chilled = False
    if ask.blocked or not ask.warming:
        return
    spans = _spans(ask)
    for slot in sorted({int(begins // SLOT_S) for begins, *_ in spans}):
        inside = [span for span in spans if int(span[0] // SLOT_S) == slot]
        _warm_slot(ask, room, slot, inside)


def _warm_slot(ask: Ask, room: Room, slot: int, spans: Sequence[tuple[float, float, float, float]]) -> None:
    wanted = max(hvac_kw + systems_kw for _, _, hvac_kw, systems_kw in spans)
    room.reach((slot + 1) * SLOT_S)
    limited = [left for left in (room.grid(), room.station(ask.station)) if left is not None]
    kw = max(min([wanted, ask.point_kw, *(left[slot] for left in limited)]), 0.0)
    for left in limited:
        left[slot] -= kw
    ask.warm_kw[slot] = kw
    ask.chilled = ask.chilled or kw < wanted
    part = kw / wanted if wanted > kw else 1.0
    ask.warm_spans += [(begins, ends, hvac_kw * part, systems_kw * part) for begins, ends, hvac_kw, systems_kw in spans]


def _spans(ask: Ask) -> list[tuple[float, float, float, float]]:
    """What is asked for between all edges of windows and slots, within the stay and the horizon."""
    earliest, latest = ask.released, ask.planned_until
    windows = [one for one in ask.warming if one.begins < latest and one.ends > earliest]
    edges = {max(min(edge, latest), earliest) for one in windows for edge in (one.begins, one.ends)}
    if not edges:
        return []
    first, last = int(min(edges) // SLOT_S), int(max(edges) // SLOT_S)
    edges.update(edge for slot in range(first + 1, last + 1) if (edge := slot * SLOT_S) < max(edges))
    cuts = sorted(edges)
    return [span for span in (_span(windows, *pair) for pair in pairwise(cuts)) if span[2] + span[3]]


def _span(windows: Iterable[Warming], begins: float, ends: float) -> tuple[float, float, float, float]:
    active = [one for one in windows if one.begins <= begins and one.ends >= ends]
    return begins, ends, sum(one.hvac_kw for one in active), sum(one.systems_kw for one in active)


def _charge(ask: Ask, room: Room, target: float, horizon: float) -> None:  # noqa: C901 - see below
    """Lay charging into what is left, as early as possible, up to a state of charge.

    The one loop that a large depot spends its planning in: a slot of every vehicle passes through it, so it calls
    nothing and looks nothing up twice.
    """
    at, soc = ask.released, ask.soc_percent
    curve = ask.curve = Curve(ask.begins, soc)
    until = min(ask.ends, max(horizon, at + HORIZON_S) if ask.begins > horizon else horizon)
    slot = ask.first_slot = int(at // SLOT_S)
    taken = ask.taken_kw = []
    if ask.blocked or soc >= target or at >= until:
        curve.add(max(at, ask.begins), 0.0, 0.0, soc)
        return
    grid, station, warm_kw = room.grid(), room.station(ask.station), ask.warm_kw
    full_kw, point_kw, per_kws = ask.vehicle_kw, ask.point_kw, percent_per_kws(ask.usable_kwh)
    piece_at, piece_soc, piece_kw, rate, held_back = at, soc, -1.0, 0.0, False
    while at < until:
        kw = full_kw if soc <= TAPER_PERCENT else full_kw * (1.0 - TAPER_PER_PERCENT * (soc - TAPER_PERCENT))
        limit = point_kw - warm_kw.get(slot, 0.0) if warm_kw else point_kw
        if limit < kw:
            kw = limit
        if grid is not None and grid[slot] < kw:
            kw, held_back = grid[slot] if grid[slot] >= LEAST_KW else 0.0, True
        if station is not None and station[slot] < kw:
            kw, held_back = station[slot] if station[slot] >= LEAST_KW else 0.0, True
        if kw != piece_kw:
            piece_at, piece_soc, piece_kw, rate = at, soc, kw, kw * per_kws
            curve.add(at, kw, rate, soc)
        taken.append(kw)
        if kw > 0.0:
            if grid is not None:
                grid[slot] -= kw
            if station is not None:
                station[slot] -= kw
        slot += 1
        end = slot * SLOT_S
        if end > until:
            end = until
        if rate > 0.0:
            soc = piece_soc + rate * (end - piece_at)
            if soc >= target:
                curve.add(min(piece_at + (target - piece_soc) / rate, end), 0.0, 0.0, target)
                break
        at = end
    else:
        curve.add(until, 0.0, 0.0, soc)
    ask.held_back = held_back
