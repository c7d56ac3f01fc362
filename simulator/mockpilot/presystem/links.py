"""A presystem over all its links: it connects, converses, and comes back after every loss, until it is to stop.

What is said on a link, the exchange knows; how one is opened, whoever hands in ``dial``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from functools import partial

import trio

from mockpilot.durations import format_duration
from mockpilot.presystem.conduct import LinkEnd
from mockpilot.presystem.desk import Log, Memory
from mockpilot.presystem.exchange import Exchange
from mockpilot.presystem.letters import Scribe
from mockpilot.presystem.requests import RequestBook
from mockpilot.presystem.steps import Step, read_step
from mockpilot.presystem.transport import GOING_AWAY, Dial, Link, LinkLost

_INBOX = 1000
"""Messages read ahead, so that pings are answered while we write."""


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
