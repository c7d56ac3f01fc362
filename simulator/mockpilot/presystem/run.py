"""The whole presystem: link after link, steps from standard input, until somebody ends it."""

from __future__ import annotations

import os
import random
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import trio

from mockpilot.durations import format_duration
from mockpilot.presystem.conduct import CONFORMING, Conduct, LinkEnd
from mockpilot.presystem.desk import Log, Memory
from mockpilot.presystem.exchange import Exchange
from mockpilot.presystem.letters import Scribe
from mockpilot.presystem.requests import RequestBook, read_requests
from mockpilot.presystem.rhythm import Rhythm
from mockpilot.presystem.settings import Settings
from mockpilot.presystem.steps import Lines, Step, read_step
from mockpilot.presystem.transport import GOING_AWAY, Dial, Dialler, Link, LinkLost, tls_context

INTERRUPTED = 130
_INBOX = 1000
"""Messages read ahead, so that pings are answered while we write."""
_FAREWELL_S = 0.8

Wall = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def log_to_stderr(line: str) -> None:
    """One line on standard error, with the time."""
    sys.stderr.write(f"{utc_now():%H:%M:%S.%f}"[:-3] + f" {line}\n")
    sys.stderr.flush()


def _nobody() -> None:
    """Nobody has to be woken."""


@dataclass(slots=True)
class Presystem:
    """One presystem over all its links."""

    scribe: Scribe
    book: RequestBook
    memory: Memory
    log: Log
    stopping: bool = False
    _wakes: list[Callable[[], None]] = field(default_factory=list)
    """One for each link that is open just now."""
    _dial_beside: Callable[[], None] = _nobody

    @property
    def linked(self) -> bool:
        """Whether a link is open just now."""
        return bool(self._wakes)

    def _wake(self) -> None:
        for wake in self._wakes:
            wake()

    async def keep_linked(self, dial: Dial) -> int:
        """Connect, converse, and come back after every loss; returns an exit status.

        Ends after ``stop``, else only an offender ends by itself.
        """
        async with trio.open_nursery() as nursery:
            self._dial_beside = partial(nursery.start_soon, self._come_and_go, dial)
            status = await self._come_and_go(dial)
            nursery.cancel_scope.cancel()
        return status

    async def _come_and_go(self, dial: Dial) -> int:
        conduct, attempt = self.scribe.conduct, 0
        while not self.stopping:
            exchange = Exchange(self.scribe, self.book, self.memory, self.log)
            end = await dial(partial(self._converse, exchange))
            self.log(f"{end.kind.value}: {end.detail}")
            if self.stopping:
                break
            if exchange.accepted:
                attempt = 0
                if not conduct.survives_loss:
                    return 1
                if not conduct.returns:
                    await trio.sleep_forever()
            planned = self.scribe.settings.back_off.delay(attempt, self.scribe.chance.random())
            await self._pause(end, conduct.pause(replace(end, failures=attempt), planned))
            attempt += 1
        return 0

    async def follow(self, lines: AsyncIterator[str]) -> None:
        """Do the steps that come as lines; the end of the lines changes nothing."""
        async for line in lines:
            step = read_step(line)
            self.log(self._apply(step) if isinstance(step, Step) else step)
            self._wake()

    def _apply(self, step: Step) -> str:
        conduct = self.scribe.conduct
        if not self.linked and not conduct.plans_offline:
            return f"lost, for no link is up: {step.step}"
        said = self.book.apply(step, self.book.time(self.scribe.wall()))
        if not self.linked and conduct.replays_missed:
            self.memory.missed.append(self.book.current())
        return said

    def stop(self) -> None:
        """Leave the link politely; ``keep_linked`` then returns."""
        self.stopping = True
        self._wake()

    async def _pause(self, end: LinkEnd, seconds: float) -> None:
        self.log(f"next attempt in {format_duration(seconds)}")
        await trio.sleep(seconds)

    async def _converse(self, exchange: Exchange, link: Link) -> str:
        self.log("connected")
        into, inbox = trio.open_memory_channel[str | bytes | LinkLost | None](_INBOX)

        def wake() -> None:
            try:
                into.send_nowait(None)
            except trio.WouldBlock:
                return  # it has enough to wake up for

        self._wakes.append(wake)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_read, link, into)
                how = await self._pump(exchange, link, inbox)
                nursery.cancel_scope.cancel()
        except BaseException:
            await link.close(GOING_AWAY)
            raise
        finally:
            self._wakes.remove(wake)
        return how

    async def _pump(
        self, exchange: Exchange, link: Link, inbox: trio.MemoryReceiveChannel[str | bytes | LinkLost | None]
    ) -> str:
        """Carry frames between link and exchange until one of them ends it; returns how."""
        exchange.opened(trio.current_time())
        try:
            while exchange.leaving is None and not self.stopping:
                exchange.tick(trio.current_time())
                if exchange.calls_for_company():
                    self._dial_beside()
                for frame in exchange.take():
                    await self._send(link, frame)
                if exchange.leaving is None:
                    await _one_happening(exchange, inbox)
        except LinkLost as lost:
            return str(lost)
        await link.close(GOING_AWAY)
        return "left by us: " + (exchange.leaving or "stopped")

    async def _send(self, link: Link, frame: str | bytes) -> None:
        with trio.move_on_after(self.scribe.settings.pace.send_time_out) as patience:
            await link.send(frame)
        if patience.cancelled_caught:
            raise LinkLost("the CMS doesn't read")


async def _one_happening(
    exchange: Exchange, inbox: trio.MemoryReceiveChannel[str | bytes | LinkLost | None]
) -> None:
    """Wait for a message, a change of the requests, or the time of the next act."""
    with trio.move_on_at(exchange.due()):
        what = await inbox.receive()
        if isinstance(what, LinkLost):
            raise what
        if what is None:
            exchange.changed(trio.current_time())
        else:
            exchange.received(what, trio.current_time())


async def _read(link: Link, into: trio.MemorySendChannel[str | bytes | LinkLost | None]) -> None:
    try:
        while True:
            await into.send(await link.receive())
    except LinkLost as lost:
        await into.send(lost)


def presystem_for(
    settings: Settings, conduct: Conduct = CONFORMING, *, wall: Wall = utc_now, chance: random.Random | None = None,
    log: Log = log_to_stderr,
) -> Presystem:
    """A presystem that plans its first charging requests with the first push: those of its file, or two buses.

    Raises:
        UsageError: the requests file does not say what it should.
    """
    chance = chance or random.Random()
    outset = None if settings.requests_file is None else read_requests(settings.requests_file)
    book = RequestBook(settings.wording, lambda: uuid.UUID(int=chance.getrandbits(128), version=4), conduct, outset)
    scribe = Scribe(settings, conduct, wall, chance)
    return Presystem(scribe, book, Memory(Rhythm(settings.push_interval_s)), log)


async def run(settings: Settings, conduct: Conduct = CONFORMING) -> int:
    """Be that presystem until SIGTERM (exit status 0) or Ctrl-C (130).

    Raises:
        UsageError: the CA file or the requests file cannot work.
    """
    presystem = presystem_for(settings, conduct)
    dial = Dialler(settings, conduct, tls_context(settings, conduct))
    presystem.log(f"presystem {settings.presystem_id} ({settings.kind}, {settings.dialect}) for {settings.url}")
    status = 0
    with _signals() as signals:
        async with trio.open_nursery() as nursery:

            async def end_on_signal() -> None:
                nonlocal status
                async for number in signals:
                    presystem.log(f"ending: {signal.Signals(number).name}")
                    status = INTERRUPTED if number == signal.SIGINT else 0
                    presystem.stop()
                    nursery.cancel_scope.deadline = trio.current_time() + (_FAREWELL_S if presystem.linked else 0)

            nursery.start_soon(end_on_signal)
            nursery.start_soon(presystem.follow, standard_input())
            status = await presystem.keep_linked(dial) or status
            nursery.cancel_scope.cancel()
    return status


def _signals() -> AbstractContextManager[AsyncIterator[int]]:
    return trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM)


async def standard_input() -> AsyncIterator[str]:
    """Lines of standard input until it ends.

    Read in a thread that may be left behind: a pipe set to non-blocking would be so for its other users as well.
    """
    lines = Lines()
    if not _ours_to_read():
        return
    while True:
        try:
            data = await trio.to_thread.run_sync(os.read, 0, 65536, abandon_on_cancel=True)
        except OSError:
            data = b""
        for line in lines.feed(data):
            yield line
        if not data:
            return


def _ours_to_read() -> bool:
    """A terminal that belongs to another process group would stop us for reading from it."""
    try:
        return not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
