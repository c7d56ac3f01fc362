"""Who gets how much power when."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.depot.asks import HORIZON_S, SLOT_S, Ask, Room, Warming
from mockpilot.depot.filling import could_be_ready
from mockpilot.depot.sharing import refill, share

HOUR = 3600.0


def ask(number: int = 0, **changes: Any) -> Ask:
    """From 50 to 80 or 100 percent of 300 kWh within ten hours, at 100 kW: an hour for ninety kWh, below the taper."""
    plain = Ask(0.0, 0.0, 10 * HOUR, 50.0, 80.0, 100.0, 300.0, 100.0, 150.0, 0, (0.0, math.inf, number))
    made = replace(plain, **changes)
    made.rank = (made.ends, math.inf, number)
    return made


def reached(one: Ask) -> float:
    """Hours until the minimum target."""
    return one.curve.reaches(one.min_percent) / HOUR


def test_alone_it_charges_with_all_it_takes_from_the_first_moment() -> None:
    """Ninety kWh at 100 kW, and then the taper."""
    one = ask()
    share([one], Room(math.inf, [math.inf]), 0.0)
    assert reached(one) == pytest.approx(0.9)
    assert one.curve.last_soc() == 100.0
    assert all(after <= before for before, after in pairwise(one.curve.charging_kw[1:]))


def test_whoever_leaves_first_goes_first_and_then_priority_and_order_of_coming() -> None:
    """One after the other under a limit that is enough for one."""
    late, soon = ask(0), ask(1, ends=9 * HOUR)
    urgent, early = ask(3), ask(2)
    urgent.rank = (urgent.ends, 1.0, 3)
    share([late, early, urgent, soon], Room(100.0, [math.inf]), 0.0)
    assert [reached(one) for one in (soon, urgent, late, early)] == sorted(map(reached, (late, early, urgent, soon)))


def test_minimum_targets_go_before_anybodys_maximum() -> None:
    """The first is kept from its maximum until the second has its minimum."""
    first, second = ask(0, ends=5 * HOUR), ask(1)
    share([first, second], Room(100.0, [math.inf]), 0.0)
    assert reached(first) == pytest.approx(0.9, abs=0.01)
    assert reached(second) < 2.0
    assert first.curve.soc_at(1.7 * HOUR) < 90.0


def test_who_would_be_left_short_goes_first_though_it_leaves_later() -> None:
    """Slow charging needs all of its time; the quick one has time enough afterwards."""
    quick = ask(0, ends=3 * HOUR, point_kw=100.0)
    slow = ask(1, ends=3.4 * HOUR, soc_percent=50.0, min_percent=79.0, vehicle_kw=27.0)
    share([quick, slow], Room(100.0, [math.inf]), 0.0)
    assert not quick.falls_short()
    assert not slow.falls_short()
    assert reached(slow) < 3.4


def test_hopeless_one_does_not_push_others_aside() -> None:
    """Not even alone would it be ready."""
    hopeless, other = ask(0, ends=0.5 * HOUR), ask(1, ends=1.6 * HOUR)
    share([hopeless, other], Room(100.0, [math.inf]), 0.0)
    assert hopeless.falls_short()
    assert not could_be_ready(hopeless)
    assert not other.falls_short()


def test_preconditioning_goes_before_charging() -> None:
    """Charging gets what is left of the limit meanwhile."""
    warm = ask(0, soc_percent=100.0, warming=(Warming(HOUR / 2, HOUR, 30.0, 10.0),))
    other = ask(1, ends=HOUR)
    share([other, warm], Room(100.0, [math.inf]), 0.0)
    halfway = warm.curve.piece_at(0.75 * HOUR)
    assert (warm.curve.hvac_kw[halfway], warm.curve.systems_kw[halfway]) == (30.0, 10.0)
    assert other.curve.charging_kw[other.curve.piece_at(0.75 * HOUR)] == 60.0


def test_preconditioning_gets_what_there_is_in_proportion() -> None:
    """And says that it was too little."""
    warm = ask(soc_percent=100.0, warming=(Warming(0.0, HOUR, 30.0, 10.0),))
    share([warm], Room(math.inf, [20.0]), 0.0)
    assert (warm.curve.hvac_kw[1], warm.curve.systems_kw[1], warm.chilled) == (15.0, 5.0, True)


def test_refilled_ask_leaves_to_others_what_they_have() -> None:
    """It takes what is left, and what it gave back."""
    first, second = ask(0), ask(1)
    room = Room(120.0, [math.inf])
    share([first, second], room, 0.0)
    before = list(first.curve.charging_kw)
    room.give_back(second, 0)
    refill(second, room, 0.0)
    assert first.curve.charging_kw == before
    assert second.curve.charging_kw[1] == 20.0


def test_blocked_ask_gets_nothing() -> None:
    """Neither charging nor preconditioning."""
    one = ask(blocked=True, warming=(Warming(0.0, HOUR, 30.0, 10.0),))
    share([one], Room(math.inf, [math.inf]), 0.0)
    assert (set(one.curve.charging_kw), one.curve.last_soc(), could_be_ready(one)) == ({0.0}, 50.0, False)


def test_what_is_far_away_is_planned_alone() -> None:
    """It takes nothing from anybody as yet."""
    far, near = ask(0, begins=3 * HORIZON_S, released=3 * HORIZON_S, ends=4 * HORIZON_S), ask(1)
    room = Room(100.0, [100.0])
    share([far, near], room, 0.0)
    assert not far.falls_short()
    assert not near.held_back
    assert far.taken_kw == []


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    """Any."""
    released = draw(st.floats(0.0, 5 * HOUR))
    least = draw(st.floats(0.0, 100.0))
    made = ask(
        draw(st.integers(0, 100)), begins=released, released=released, ends=released + draw(st.floats(60.0, 9 * HOUR)),
        soc_percent=draw(st.floats(0.0, 100.0)), min_percent=least, max_percent=draw(st.floats(least, 100.0)),
        usable_kwh=draw(st.floats(20.0, 500.0)), vehicle_kw=draw(st.floats(10.0, 300.0)),
        point_kw=draw(st.floats(10.0, 200.0)), station=draw(st.integers(0, 1)),
    )  # fmt: skip
    if draw(st.booleans()):
        begins = draw(st.floats(0.0, 10 * HOUR))
        made.warming = (Warming(begins, begins + draw(st.floats(1.0, HOUR)), draw(st.floats(0.0, 40.0)), 5.0),)
    return made


@given(st.lists(asks(), max_size=6), st.floats(10.0, 500.0), st.floats(10.0, 300.0))
def test_no_limit_is_passed_and_no_target(all_: list[Ask], grid_kw: float, station_kw: float) -> None:
    """At any border of any curve, and what the room says is left is what nobody takes."""
    room = Room(grid_kw, [station_kw, math.inf])
    share(all_, room, 0.0)
    for moment in sorted({at for one in all_ for at in one.curve.at}):
        powers = [(one.station, power(one, moment)) for one in all_]
        assert sum(kw for _, kw in powers) <= grid_kw * (1 + 1e-9)
        assert sum(kw for station, kw in powers if station == 0) <= station_kw * (1 + 1e-9)
    for one in all_:
        assert one.curve.last_soc() <= max(one.max_percent, one.soc_percent)
        assert all(before <= after for before, after in pairwise(one.curve.soc))
    left = room.grid()
    assert left is not None
    for slot, kw in enumerate(left[: int(20 * HOUR / SLOT_S)]):
        taken = sum(held(one, slot) for one in all_)
        assert kw + taken == pytest.approx(grid_kw)


def power(one: Ask, moment: float) -> float:
    """Through the meter."""
    curve, piece = one.curve, one.curve.piece_at(moment)
    if moment < curve.at[0]:
        return 0.0
    if not curve.hvac_kw:
        return curve.charging_kw[piece]
    return curve.charging_kw[piece] + curve.hvac_kw[piece] + curve.systems_kw[piece]


def held(one: Ask, slot: int) -> float:
    """What an ask holds of the limits."""
    number = slot - one.first_slot
    charging = one.taken_kw[number] if 0 <= number < len(one.taken_kw) else 0.0
    return charging + one.warm_kw.get(slot, 0.0)
