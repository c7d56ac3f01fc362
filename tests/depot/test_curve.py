"""One vehicle's power over time, at the edges of what numbers can tell."""

from __future__ import annotations

import math

from mockpilot.depot.curve import Curve

NEXT_TO_NOTHING = 7.3e-233


def test_rise_too_small_to_take_any_time_is_there_at_once() -> None:
    """A presystem may ask for next to nothing."""
    curve = Curve(10.0, 0.0)
    curve.add(10.0, 0.0, 0.0, NEXT_TO_NOTHING)
    assert curve.reaches(NEXT_TO_NOTHING / 2) == 10.0
    assert curve.reaches(NEXT_TO_NOTHING) == 10.0


def test_state_of_charge_is_reached_along_its_piece_or_never() -> None:
    """Half of a rise takes half of its time."""
    curve = Curve(0.0, 20.0)
    curve.add(100.0, 60.0, 0.5, 20.0)
    curve.add(140.0, 0.0, 0.0, 40.0)
    assert [curve.reaches(soc) for soc in (20.0, 30.0, 40.0, 41.0)] == [0.0, 120.0, 140.0, math.inf]
