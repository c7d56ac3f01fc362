"""Waiting for what the presystem does, by the words of ``matching``.

Knows neither states nor steps; how long a wait may take is for ``waiting`` to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import trio

from mockpilot.control import Control
from mockpilot.faults.injector import Armed
from mockpilot.history.events import Event
from mockpilot.scenario.matching import Predicate, answers_a_boot, is_accepted, is_push_answer, predicate, spoken
from mockpilot.scenario.waiting import Waits


class Watching:
    """What a scenario waits for on the links of one CMS."""

    def __init__(self, control: Control, waits: Waits) -> None:
        self._control, self._waits = control, waits

    async def wait_for(self, what: str, count: int = 1) -> Event:
        """Wait for the presystem to do something, ``count`` times; answers the last of those events."""
        matches, waits = self.predicate(what), self._waits
        remaining = max(0.0, min(waits.within_s, trio.current_effective_deadline() - trio.current_time()))
        event: Event | None = None
        with waits.recorded(spoken(what), remaining, waits.limit):
            for _ in range(count):
                event = await waits.next(matches, spoken(what))
        assert event is not None
        return event

    async def look_for(self, what: str) -> Event:
        """Wait as ``wait_for`` does, and leave the next wait to begin where this one did."""
        cursor = self._control.cursor
        try:
            return await self.wait_for(what)
        finally:
            self._control.cursor = cursor

    def predicate(self, what: str) -> Predicate:
        """The predicate for a word, an Accepted only where it answers a boot."""
        matches = predicate(what, self._control.recorder.history)
        if matches is not is_accepted:
            return matches
        return lambda event: matches(event) and answers_a_boot(event, self._control.recorder.history)

    async def wait_live(self, matches: Predicate) -> None:
        """Wait until a link that is live has such an event, as it had before or has again; the cursor stays."""
        cursor, self._control.cursor = self._control.cursor, 0
        try:
            while True:
                event = await self._waits.any(matches)
                if event.link in {link.number for link in self._control.server.live_links()}:
                    return
        finally:
            self._control.cursor = cursor

    async def wait_exchange(self, within_s: float) -> None:
        """Wait until a live link is in exchange, as it was or again; or until the time runs out."""
        with self._waits.recorded("an answered push", within_s, ""), trio.move_on_after(within_s):
            await self.wait_live(is_push_answer)

    async def wait_seen(self, faults: Sequence[Armed], within_s: float) -> None:
        """Wait until the presystem has met these faults, those aside that are optional; or until the time runs out."""
        awaited = [one for one in faults if not one.fault.optional]
        names = ", ".join(one.name for one in awaited)
        with self._waits.recorded(f"a sign that it has met {names}", within_s, ""), trio.move_on_after(within_s):
            while not all(one.seen for one in awaited):
                await self._waits.any(lambda _: True)
