"""Deadlines grow by what we missed ourselves, and a window full of that decides nothing."""

from __future__ import annotations

import pytest

from mockpilot.conformance.waiting import Waiting
from mockpilot.history.events import Stalled


def waiting(*stalls: tuple[float, float], ends_at: float = 100) -> Waiting:
    """Stalls as (when noticed, how late)."""
    return Waiting([Stalled(at=at, late_s=late) for at, late in stalls], 0.5, ends_at)


def test_waiting_lasts_what_the_recording_rounds_off() -> None:
    """5.444 s and 3 s make 8.444 s, give or take the last bit."""
    assert waiting().lasted(2.444, 2.444 + 3 - 1e-9, 3)
    assert not waiting().lasted(2.444, 5.4, 3)


@pytest.mark.parametrize(
    ("stalls", "deadline"),
    [
        ((), 15),
        (((8, 2),), 17),
        (((8, 0.4),), 15),
        (((16, 2),), 17),
        (((1, 2),), 16),
        (((40, 2),), 15),
        (((14, 2), (16.5, 1)), 18),
    ],
)
def test_deadline_grows_by_stalls_before_it(stalls: tuple[tuple[float, float], ...], deadline: float) -> None:
    """Those that fall into the growing window, as far as they do; short ones are ordinary."""
    assert waiting(*stalls).deadline(0, 15) == deadline


def test_patience_runs_out_after_the_deadline_only() -> None:
    """Both the link and the recording must have lasted longer."""
    assert waiting().ran_out(0, 15) is True
    assert waiting(ends_at=15).ran_out(0, 15) is False
    assert waiting().ran_out(0, 15, until=14) is False
    assert waiting((8, 2)).ran_out(0, 15, until=16) is False


def test_stalls_over_five_seconds_decide_nothing() -> None:
    """In sum, within the window."""
    assert waiting((8, 3), (12, 3)).ran_out(0, 15) is None
    assert waiting((8, 3), (60, 30)).ran_out(0, 15) is True
