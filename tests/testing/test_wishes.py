"""What a test may wish of its CMS."""

from __future__ import annotations

from typing import Any

import pytest

from mockpilot.errors import UsageError
from mockpilot.testing.wishes import Wishes, factor_of


@pytest.mark.parametrize(("time", "factor"), [("real", 1.0), ("scaled:60", 60), ("scaled:0.5", 0.5), ("manual", None)])
def test_time_mode_says_how_fast_time_runs(time: str, factor: float | None) -> None:
    """None: it stands still."""
    assert factor_of(time) == factor


@pytest.mark.parametrize("time", ["", "scaled", "scaled:", "scaled:0", "scaled:-1", "scaled:nan", "scaled:1e9", "slow"])
def test_unknown_time_mode_is_named(time: str) -> None:
    """With what was expected."""
    with pytest.raises(UsageError, match=r"time: 'real', 'manual' or 'scaled:N' .* found"):
        Wishes(time=time)


@pytest.mark.parametrize(("interval", "seconds"), [("400 ms", 0.4), (2, 2.0), (0.5, 0.5), (None, None)])
def test_push_interval_is_a_duration_or_seconds(interval: str | float | None, seconds: float | None) -> None:
    """As profiles write it, or as Python does."""
    assert Wishes(push_interval=interval).push_interval_s == seconds


@pytest.mark.parametrize("wish", [{"push_interval": "soon"}, {"push_interval": 0}, {"seed": "x"}, {"time": "?"}])
def test_impossible_wish_is_named(wish: dict[str, Any]) -> None:
    """By its key."""
    with pytest.raises(UsageError, match=f"{next(iter(wish))}: "):
        Wishes().changed(wish)


def test_unknown_wish_is_told_the_nearest() -> None:
    """A typo is no setting."""
    with pytest.raises(UsageError, match="did you mean 'dialect'"):
        Wishes().changed({"dialekt": "vdv-1.1"})
