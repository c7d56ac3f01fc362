"""A trio loop in a thread of its own, and the ways in which another thread has something done there.

Nothing of VDV 463 is known here. The thread ends when the block that opened it ends, whatever happens in it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Generic, TypeVar

import trio

from mockpilot.errors import MockpilotError

T = TypeVar("T")
R = TypeVar("R")

END_WITHIN_S = 10.0
"""Beyond anything that ending takes: a thread that is left then is a bug of ours."""


class RanOut(Exception):  # noqa: N818 - an end, not an error
    """What was asked for did not come in time."""


class LoopEnded(MockpilotError):  # noqa: N818 - an end, not an error
    """The loop is over; nothing can be done there any more."""


class Job(Generic[R]):
    """Something that is done in the loop, while its caller waits or goes on."""

    def __init__(self, token: trio.lowlevel.TrioToken) -> None:
        self.future: Future[R] = Future()
        self._token, self._scope = token, trio.CancelScope()

    async def carry_out(self, work: Callable[[], Awaitable[R]]) -> None:
        """Do it, and leave what came of it in the future; runs in the loop."""
        try:
            with self._scope:
                self.future.set_result(await work())
        except Exception as error:
            self.future.set_exception(error)
        except BaseException:
            self.future.set_exception(LoopEnded("the CMS was ended while somebody waited for it"))
            raise
        if not self.future.done():
            self.future.set_exception(RanOut())

    def cancel(self) -> None:
        """Stop it, from any thread; harmless where it has ended."""
        with suppress(LoopEnded):
            _soon(self._token, self._scope.cancel)

    def give_up(self) -> None:
        """Stop it, and return when it has ended, whatever came of it."""
        self.cancel()
        wait([self.future], END_WITHIN_S)

    def result(self, within_s: float = math.inf) -> R:
        """Wait for what comes of it.

        Raises:
            RanOut: it took longer, in real seconds; it is stopped then.
        """
        try:
            return self.future.result(None if math.isinf(within_s) else max(0.0, within_s))
        except TimeoutError:
            self.cancel()
            return self.future.result(END_WITHIN_S)
        except BaseException:
            if not self.future.done():
                self.cancel()  # whoever waited was interrupted
            raise


class LoopThread(Generic[T]):
    """Runs one long task in a loop of its own.

    Args:
        make: makes the thing that lives in the loop, there.
        serve: runs it; has told that it started when it can be used, and returns after ``end``.
        end: makes ``serve`` return.
        clock: of the loop; None is real time.
    """

    def __init__(
        self, make: Callable[[], T], serve: Callable[[T, trio.TaskStatus[None]], Awaitable[None]],
        end: Callable[[T], Awaitable[None]], clock: trio.abc.Clock | None,
    ) -> None:  # fmt: skip
        self._make, self._serve, self._end, self._clock = make, serve, end, clock
        self._started: Future[T] = Future()
        self._nursery: trio.Nursery | None = None
        self._token: trio.lowlevel.TrioToken | None = None
        self._thread = threading.Thread(target=self._run, name="mockpilot", daemon=True)

    def start(self) -> T:
        """Start the loop, and return what lives in it once it can be used."""
        self._thread.start()
        try:
            return self._started.result()
        except BaseException:
            self._thread.join(END_WITHIN_S)
            raise

    def _run(self) -> None:
        try:
            trio.run(self._main, clock=self._clock)
        except BaseException as error:
            if not self._started.done():
                self._started.set_exception(_first(error))
            else:
                raise

    async def _main(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        thing = self._make()
        async with trio.open_nursery() as self._nursery:
            await self._nursery.start(self._serve_it, thing)
            self._started.set_result(thing)

    async def _serve_it(self, thing: T, task_status: trio.TaskStatus[None]) -> None:
        assert self._nursery is not None
        await self._serve(thing, task_status)
        self._nursery.cancel_scope.cancel()

    def begin(self, work: Callable[[], Awaitable[R]]) -> Job[R]:
        """Have something done, and go on meanwhile."""
        assert self._token is not None
        job: Job[R] = Job(self._token)
        _soon(self._token, self._start_soon, job, work)
        return job

    def _start_soon(self, job: Job[R], work: Callable[[], Awaitable[R]]) -> None:
        assert self._nursery is not None
        try:
            self._nursery.start_soon(job.carry_out, work)
        except RuntimeError as error:  # the nursery has closed
            job.future.set_exception(LoopEnded(str(error)))

    def call(self, work: Callable[[], R]) -> R:
        """Have something done that does not wait, and return what comes of it; safe wherever it is called from."""

        async def at_once() -> R:
            return work()

        return self.begin(at_once).result()

    def stop(self) -> None:
        """End the loop and its thread; stopping twice is harmless."""
        if not self._thread.is_alive():
            return
        thing = self._started.result()

        async def end() -> None:
            await self._end(thing)

        with suppress(LoopEnded, RanOut):  # the loop may be faster than the answer; or it did not end, as said below
            self.begin(end).result(END_WITHIN_S)
        self._thread.join(END_WITHIN_S)
        if self._thread.is_alive():
            raise MockpilotError("mockpilot's loop did not end; this is a bug of mockpilot")


def _soon(token: trio.lowlevel.TrioToken, work: Callable[..., object], *args: object) -> None:
    try:
        token.run_sync_soon(work, *args)
    except trio.RunFinishedError as error:
        raise LoopEnded("the CMS has ended; nothing can be asked of it any more") from error


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
