"""Who gets how much power when: charging planned over slots of five minutes under point, station and grid limit.

First everybody's minimum target, earliest departure first (then priority, then who came first); whoever is left short
though alone there would be time enough, goes first in another try; then the maximum targets in the same order.
Preconditioning goes before charging. Each takes power as early as possible, out of what is left. Numbers in, curves
out; knows nothing of vehicles, demands or faults.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from mockpilot.depot.asks import HORIZON_S, SLOT_S, Ask, Room
from mockpilot.depot.filling import charge, could_be_ready, unlimited, warm

TRIES = 5
"""How often the order is changed for those who are left short."""


def refill(ask: Ask, room: Room, now: float) -> None:
    """Plan one ask again in what the others leave; what it holds has been given back."""
    far = ask.begins > now + HORIZON_S
    room = unlimited(ask) if far else room
    room.reach(now + HORIZON_S)
    warm(ask, room)
    charge(ask, room, ask.max_percent, now + HORIZON_S)
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
        warm(ask, room)
    if not room.is_unlimited:
        _least_for_all(near, room, now + HORIZON_S)
    for ask in near:
        _give_back_charging(ask, room)
        charge(ask, room, ask.max_percent, now + HORIZON_S)
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
    fewest = math.inf
    for _ in range(TRIES):
        short = _try(order, room, horizon, hopeless)
        if not short:
            return
        if len(short) < fewest:
            best, fewest = order, len(short)
        for ask in order:
            _give_back_charging(ask, room)
        # An order that is no better than the one before is still a step to a better one.
        order = _promoted(order, short)
    _try(best, room, horizon, hopeless)


def _try(order: Sequence[Ask], room: Room, horizon: float, hopeless: set[Ask]) -> set[Ask]:
    short: set[Ask] = set()
    for ask in order:
        charge(ask, room, min(ask.min_percent, ask.max_percent), horizon)
        if ask.falls_short() and ask not in hopeless:
            (short if could_be_ready(ask) else hopeless).add(ask)
    return short


def _promoted(order: Sequence[Ask], short: Collection[Ask]) -> list[Ask]:
    return [ask for ask in order if ask in short] + [ask for ask in order if ask not in short]


def _give_back_charging(ask: Ask, room: Room) -> None:
    for left in (room.grid(), room.station(ask.station)):
        if left is not None:
            for slot, kw in enumerate(ask.taken_kw, ask.first_slot):
                left[slot] += kw
    ask.taken_kw = []
