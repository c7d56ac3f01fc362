"""Where a time axis has its ticks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.report.time_axis import WIDTH, ticks

EVENING = datetime(2027, 1, 14, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "lasted_s", "labels"),
    [
        (EVENING, 12 * 3600, "18:00 19:00 20:00 21:00 22:00 23:00 15 Jan 01:00 02:00 03:00 04:00 05:00"),
        (EVENING, 40, "17:05:00 17:05:10 17:05:20 17:05:30 17:05:40"),
        (EVENING, 3 * 86_400, "18:00 15 Jan 06:00 12:00 18:00 16 Jan 06:00 12:00 18:00 17 Jan 06:00 12:00"),
        (EVENING, 0, "17:05:00"),
    ],
    ids=["night", "seconds", "days", "nothing"],
)  # fmt: skip
def test_ticks_are_at_round_times(began: datetime, lasted_s: float, labels: str) -> None:
    """Midnight says which day begins."""
    assert " ".join(tick.label for tick in ticks(began, lasted_s)) == labels


def test_few_ticks_have_labels_where_there_is_little_room() -> None:
    """Every third hour of a night."""
    assert [tick.label for tick in ticks(EVENING, 12 * 3600) if not tick.fine] == ["18:00", "21:00", "15 Jan", "03:00"]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.floats(0, 3 * 86_400, allow_nan=False),
)
def test_ticks_lie_inside_in_their_order(began: datetime, lasted_s: float) -> None:
    """And there are never too many."""
    xs = [tick.x for tick in ticks(began, lasted_s)]
    assert xs == sorted(set(xs))
    assert all(0 <= x <= WIDTH for x in xs)
    assert len(xs) <= 13
    assert len([tick for tick in ticks(began, lasted_s) if not tick.fine]) <= 5
