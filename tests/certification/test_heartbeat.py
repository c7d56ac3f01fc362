"""Our own lateness is recorded, and nothing else is."""

from __future__ import annotations

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from mockpilot.certification.heartbeat import HEARTBEAT_S, heartbeat
from mockpilot.history.events import Stalled
from mockpilot.history.recorder import Recorder


def stalls(*beats_s: float) -> list[float]:
    """How late the beats were recorded to be that came so long after one another."""
    clock = MockClock()
    recorder = Recorder(clock.current_time, lambda: "2031-03-04T17:20:00Z")

    async def beat() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(heartbeat, 0.5, recorder)
            for beat_s in beats_s:
                await wait_all_tasks_blocked()
                clock.jump(beat_s)
            await wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()

    trio.run(beat, clock=clock)
    return [event.late_s for event in recorder.history.of(Stalled)]


def test_beat_that_comes_late_is_recorded_once() -> None:
    """By how much, and the next one is due as long as ever after it."""
    assert stalls(HEARTBEAT_S, HEARTBEAT_S + 2.0, HEARTBEAT_S, HEARTBEAT_S) == [2.0]


def test_beat_that_is_a_little_late_is_none() -> None:
    """The limit says how much that is."""
    assert stalls(HEARTBEAT_S + 0.4, HEARTBEAT_S) == []
