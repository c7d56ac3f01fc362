"""What a battery takes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.depot.asks import HORIZON_S, Ask, Room
from mockpilot.depot.battery import percent_per_kws
from mockpilot.depot.filling import charge


def filled(full_kw: float, soc: float) -> Ask:
    """A vehicle that charges from there as far as it can, where nothing else limits it."""
    ask = Ask(0.0, 0.0, math.inf, soc, 100.0, 100.0, 300.0, full_kw, 1000.0, 0, (math.inf, math.inf, 0))
    charge(ask, Room(math.inf, [math.inf]), 100.0, HORIZON_S)
    return ask


@pytest.mark.parametrize(("soc", "kw"), [(0, 150), (80, 150), (90, 82.5), (99, 21.75)])
def test_power_falls_above_eighty_percent_to_a_tenth(soc: float, kw: float) -> None:
    """Linearly; that tenth is what would flow at a hundred."""
    assert filled(150.0, soc).taken_kw[0] == pytest.approx(kw)


@given(st.floats(50.0, 500.0), st.floats(0.0, 99.0))
def test_fuller_battery_never_takes_more(full_kw: float, soc: float) -> None:
    """And always something, so that it becomes full."""
    ask = filled(full_kw, soc)
    assert all(0.0 < later <= earlier for earlier, later in pairwise([full_kw, *ask.taken_kw]))
    assert ask.curve.last_soc() == 100.0


def test_an_hour_at_the_power_of_the_battery_fills_it() -> None:
    """One hour at 300 kW is 300 kWh."""
    assert percent_per_kws(300.0) * 300.0 * 3600.0 == pytest.approx(100.0)
