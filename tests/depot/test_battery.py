"""What a battery takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.depot.battery import percent_per_kws, takes_kw


@pytest.mark.parametrize(("soc", "kw"), [(0, 150), (80, 150), (90, 82.5), (100, 15)])
def test_power_falls_above_eighty_percent_to_a_tenth(soc: float, kw: float) -> None:
    """Linearly."""
    assert takes_kw(150.0, soc) == pytest.approx(kw)


@given(st.floats(1.0, 500.0), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_fuller_battery_never_takes_more(full_kw: float, one: float, other: float) -> None:
    """And always something."""
    lower, higher = sorted((one, other))
    assert 0.0 < takes_kw(full_kw, higher) <= takes_kw(full_kw, lower) <= full_kw


def test_an_hour_at_the_power_of_the_battery_fills_it() -> None:
    """One hour at 300 kW is 300 kWh."""
    assert percent_per_kws(300.0) * 300.0 * 3600.0 == pytest.approx(100.0)
