"""Back-off: growth, cap and jitter."""

from __future__ import annotations

import pytest

from mockpilot.presystem.backoff import Backoff


def test_delay_doubles_up_to_the_cap() -> None:
    """Pauses double from the first and end at the cap."""
    back_off = Backoff(15.0, 300.0)
    assert [back_off.delay(attempt, 0.5) for attempt in range(7)] == [15, 30, 60, 120, 240, 300, 300]


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 8.0), (0.5, 10.0), (1.0, 12.0)])
def test_delay_swings_by_a_fifth(chance: float, expected: float) -> None:
    """Chance moves a pause by up to a fifth in either direction."""
    assert Backoff(10.0, 300.0).delay(0, chance) == pytest.approx(expected)


def test_delay_never_exceeds_the_cap() -> None:
    """Jitter doesn't lift a pause over its cap, however many attempts failed."""
    assert Backoff(0.2, 2.0).delay(10_000, 1.0) == 2.0
