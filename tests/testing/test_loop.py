"""A trio loop in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest
import trio

from mockpilot.errors import UsageError
from mockpilot.testing.loop import LoopEnded, LoopThread, RanOut


class Thing:
    """Something that lives in a loop until it is ended."""

    def __init__(self) -> None:
        self.over = trio.Event()

    async def serve(self, task_status: trio.TaskStatus[None]) -> None:
        """Live."""
        task_status.started()
        await self.over.wait()

    async def end(self) -> None:
        """Die."""
        self.over.set()


@pytest.fixture
def loop() -> Iterator[LoopThread[Thing]]:
    """A loop that is ended whatever the test does."""
    thread = LoopThread(Thing, Thing.serve, Thing.end, None)
    thread.start()
    yield thread
    thread.stop()


def test_work_is_done_in_the_loop(loop: LoopThread[Thing]) -> None:
    """And what comes of it is handed back, an exception as an exception."""
    assert loop.call(trio.lowlevel.in_trio_task)
    assert loop.call(threading.current_thread).name == "mockpilot"
    with pytest.raises(ZeroDivisionError):
        loop.call(lambda: 1 // 0)
    assert loop.call(lambda: "still there") == "still there"


def waiting() -> tuple[threading.Event, Callable[[], Awaitable[None]]]:
    """A wait without end, and what is set when it is cancelled."""
    cancelled = threading.Event()

    async def wait() -> None:
        try:
            await trio.sleep_forever()
        finally:
            cancelled.set()

    return cancelled, wait


def test_wait_that_takes_too_long_is_stopped(loop: LoopThread[Thing]) -> None:
    """Nothing of it is left in the loop."""
    cancelled, wait = waiting()
    with pytest.raises(RanOut):
        loop.begin(wait).result(0.01)
    assert cancelled.is_set()


def test_what_is_given_up_has_ended_afterwards(loop: LoopThread[Thing]) -> None:
    """Whether it went on, was over already, or the whole loop is."""
    cancelled, wait = waiting()
    job = loop.begin(wait)
    job.give_up()
    assert cancelled.is_set()
    job.give_up()
    loop.stop()
    job.give_up()
    with pytest.raises(RanOut):
        job.result()


def test_end_interrupts_whoever_waits(loop: LoopThread[Thing]) -> None:
    """With a sentence, and no thread stays."""
    job = loop.begin(trio.sleep_forever)
    loop.stop()
    with pytest.raises(LoopEnded, match="the CMS was ended while somebody waited"):
        job.result()
    with pytest.raises(LoopEnded, match="the CMS has ended"):
        loop.call(lambda: None)
    loop.stop()
    assert "mockpilot" not in [thread.name for thread in threading.enumerate()]


def test_mistake_at_the_start_reaches_whoever_starts() -> None:
    """As the exception that it is, and no thread stays."""

    def broken() -> Thing:
        raise UsageError("a sentence")

    with pytest.raises(UsageError, match="a sentence"):
        LoopThread(broken, Thing.serve, Thing.end, None).start()
    assert "mockpilot" not in [thread.name for thread in threading.enumerate()]
