"""Run time, simulated time and the wall's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import trio
import trio.testing

from mockpilot.clock import ManualClock, RunClock, ScaledClock
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


def test_scaled_clock_runs_by_its_factor() -> None:
    """A minute of the loop is a fraction of a second of everybody else's, and the run says so."""

    async def run() -> tuple[str, bool, float]:
        clock = RunClock(EPOCH)
        await trio.sleep(60)
        return clock.mode, clock.is_simulated, (clock.instant() - EPOCH).total_seconds()

    begun = time.perf_counter()
    mode, simulated, seconds = trio.run(run, clock=ScaledClock(600))
    assert (mode, simulated) == ("scaled:600", True)
    assert seconds >= 60
    assert time.perf_counter() - begun >= 0.1


def test_manual_clock_stands_still_until_it_is_moved() -> None:
    """Whoever sleeps wakes at the very moment that was asked for, one after the other."""
    clock, woken = ManualClock(), []

    async def wake(after_s: float) -> None:
        await trio.sleep(after_s)
        woken.append(trio.current_time())

    async def run() -> str:
        async with trio.open_nursery() as nursery:
            for after_s in (15, 30):
                nursery.start_soon(wake, after_s)
            await trio.testing.wait_all_tasks_blocked()
            assert woken == []
            for _ in range(2):
                clock.move(15)
                await trio.testing.wait_all_tasks_blocked()
        return RunClock(EPOCH).mode

    assert trio.run(run, clock=clock) == "manual"
    assert woken == [15, 30]


def test_manual_clock_that_is_let_go_runs_in_real_time() -> None:
    """So that ends by deadlines come."""
    clock = ManualClock()

    async def run() -> float:
        clock.move(100)
        clock.let_go()
        clock.let_go()
        await trio.sleep(0.01)
        return trio.current_time()

    begun = time.perf_counter()
    ended = trio.run(run, clock=clock)
    assert 100.01 <= ended <= 100.01 + time.perf_counter() - begun


async def test_foreign_clock_is_taken_for_real(autojump_clock: trio.testing.MockClock) -> None:
    """Our own tests on a virtual clock judge as if it were everybody's."""
    assert RunClock(EPOCH).mode == "real"
