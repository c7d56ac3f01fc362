"""Lays charging and preconditioning of one stay into what is left of the power, as early as possible.

Leaves the order to ``sharing``; takes from the room what it gives to the ask.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mockpilot.depot.asks import HORIZON_S, LEAST_KW, SLOT_S, Ask, Room, Warming
from mockpilot.depot.battery import TAPER_PER_PERCENT, TAPER_PERCENT, percent_per_kws
from mockpilot.depot.curve import Curve


def charge(ask: Ask, room: Room, target: float, horizon: float) -> None:  # noqa: C901 - see below
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


def warm(ask: Ask, room: Room) -> None:
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


def could_be_ready(ask: Ask) -> bool:
    """Whether alone it would reach its minimum target in time."""
    return not ask.blocked and not _alone(ask).falls_short()


def _alone(ask: Ask) -> Ask:
    alone = Ask(
        ask.begins, ask.released, ask.ends, ask.soc_percent, ask.min_percent, ask.max_percent, ask.usable_kwh,
        ask.vehicle_kw, ask.point_kw, 0, ask.rank,
    )  # fmt: skip
    charge(alone, unlimited(alone), min(ask.min_percent, ask.max_percent), alone.planned_until)
    return alone


def unlimited(ask: Ask) -> Room:
    """Room for somebody who need not share."""
    return Room(math.inf, [math.inf] * (ask.station + 1))
