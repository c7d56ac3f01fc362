"""Run time, simulated time and the wall's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import trio
import trio.testing

from mockpilot.clock import RunClock
from mockpilot.protocol.envelope import parse_timestamp

EPOCH = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)


@pytest.mark.parametrize("factor", [0.5, 1.0, 600.0])
async def test_simulated_time_runs_by_the_factor(autojump_clock: trio.testing.MockClock, factor: float) -> None:
    """Stamps follow it; seconds of the run stay what they are."""
    clock = RunClock(EPOCH, factor)
    await trio.sleep(60)
    assert clock.now() == pytest.approx(60)
    assert clock.instant() == EPOCH + timedelta(seconds=60 * factor)
    assert parse_timestamp(clock.stamp()) == clock.instant()
    assert clock.is_simulated is (factor != 1)


async def test_wait_until_an_instant_is_as_long_as_told(autojump_clock: trio.testing.MockClock) -> None:
    """What is an hour off in simulated time is there after an hour's share of the run."""
    clock = RunClock(EPOCH, 600)
    await trio.sleep(2)
    due = clock.instant() + timedelta(hours=1)
    assert clock.seconds_until(due) == pytest.approx(6)
    await trio.sleep(clock.seconds_until(due))
    assert abs(clock.instant() - due) < timedelta(milliseconds=1)
    assert clock.seconds_until(EPOCH) < 0


async def test_wall_is_the_real_time(autojump_clock: trio.testing.MockClock) -> None:
    """Whatever the run's clock does."""
    clock = RunClock(EPOCH, 600)
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    await trio.sleep(3600)
    told = parse_timestamp(clock.wall())
    assert told is not None
    assert before <= told <= datetime.now(UTC)
