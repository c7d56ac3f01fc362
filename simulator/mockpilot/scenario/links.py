"""Ending links, and what the next ones meet: drops, outages, and a fault for one attempt to connect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import trio

from mockpilot.control import Control
from mockpilot.faults.injector import Armed
from mockpilot.faults.selecting import Seconds
from mockpilot.faults.verbs import Fault, refuse
from mockpilot.history.events import LinkEnded, TcpAccepted
from mockpilot.limits import Limits
from mockpilot.scenario.waiting import Waits
from mockpilot.scenario.watching import Watching

MANY_ATTEMPTS = 10
"""More are not shown a fault, however quickly they come."""


class Links:
    """The links of one CMS, to be ended."""

    def __init__(self, control: Control, waits: Waits, watching: Watching, limits: Limits) -> None:
        self._control, self._waits, self._watching, self._limits = control, waits, watching, limits

    @property
    def is_connected(self) -> bool:
        """Whether there is a live link."""
        return bool(self._control.server.live_links())

    @property
    def is_left(self) -> bool:
        """Whether the latest connection is over."""
        accepted, ended = (self._control.recorder.history.of(kind) for kind in (TcpAccepted, LinkEnded))
        return bool(accepted) and any(end.link == accepted[-1].link for end in ended)

    async def drop(self, how: str, code: int | None = 1001, down: Seconds = 0.0) -> Armed:
        """End the link and see it end, but for ``silence``, which ends nothing."""
        links = self._control.server.live_links()
        armed = self._control.drop(how, code, down)
        with trio.move_on_after(self._limits.close_within + self._limits.guard):
            for link in links if how != "silence" else []:
                await link.over.wait()
        await trio.lowlevel.checkpoint()
        return armed

    async def reconnect_meeting(self, fault: Fault, attempts: int, during: str) -> None:
        """Close the link, let the next attempts meet a fault, watch each for the limit ``hold``, and undo it all.

        Whoever came in all the same is thrown out, so that what follows is a link without the fault.
        """
        armed = self._control.arm(fault)
        await self.drop("close", code=1012)
        self._control.mark("the next attempt meets the fault")
        over = trio.current_time() + (self._limits.as_seconds()[during] + self._limits.guard if during else 0.0)
        if await self._watch_attempts(attempts) and during:
            with trio.move_on_at(over):
                await self._watch_attempts(MANY_ATTEMPTS - attempts)
        self._control.disarm(armed)
        if self.is_connected:
            await self.drop("reset")
        self._control.mark("the fault is over")  # what was still on its way belongs to the link that ends

    async def _watch_attempts(self, attempts: int) -> bool:
        """Watch so many attempts; whether they all came, and none of them got in."""
        for _ in range(attempts):
            with self._waits.patience("reconnect_within") as waited:
                await self._watching.wait_for("attempt")
                with self._waits.patience("hold"):
                    await self._watching.wait_for("link_ended")
            if waited.ran_out or self.is_connected:
                return False
        return True

    @contextmanager
    def outage(self, how: str, refusing: int | str, code: int | None) -> Iterator[Armed]:
        """Drop the link and refuse new ones until the block ends."""
        refusal = self._control.arm(refuse(refusing))
        if self.is_connected:
            self._control.drop(how, code)
        try:
            yield refusal
        finally:
            self._control.disarm(refusal)
