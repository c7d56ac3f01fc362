"""What the rules say of the recording so far, looked at again now and then while somebody watches.

Judging is the conformance package's; here is only when. It runs in a thread of its own and rests twenty times as long
as it took, so that it never costs the CMS more than a twentieth of a core.
"""

from __future__ import annotations

import traceback

import msgspec
import trio

from mockpilot.conformance.verdict import judge
from mockpilot.console.recording import Recording
from mockpilot.console.told import (
    Findings,
)
from mockpilot.console.views import finding
from mockpilot.history.events import Event
from mockpilot.history.recorder import History

MOST_JUDGED = 20_000
"""Events; each judgement begins at the first of them."""
REST = 20.0
LEAST_REST_S = 1.0
WATCHED_FOR_S = 10.0
"""How long after the last look somebody counts as watching."""


_NAMED = ("of", "proof")
"""Fields of events that hold the index of another one."""
_NOTHING = Findings(judged_until=0, why_not="nothing was looked at so far", findings=[])


class Judging:
    """The findings so far.

    Args:
        recording: what is judged.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._looked_at = -WATCHED_FOR_S
        self._wanted = trio.Event()
        self._findings, self._begins = _NOTHING, 0

    def look(self) -> Findings:
        """The newest findings; newer ones will follow."""
        self._looked_at = trio.current_time()
        self._wanted.set()
        return self._findings if self._begins == self._recording.begins else _NOTHING

    async def keep_judging(self) -> None:
        """Judge whenever there is something new and somebody watches, for ever."""
        while True:
            await self._wanted.wait()
            began, before = trio.current_time(), self._recording.end
            if self._begins != self._recording.begins:
                self._findings, self._begins = _NOTHING, self._recording.begins
            if before > self._findings.judged_until:
                self._findings = await self._judge(before)
            await trio.sleep(max(LEAST_REST_S, REST * (trio.current_time() - began)))
            if trio.current_time() - self._looked_at > WATCHED_FOR_S:
                self._wanted = trio.Event()

    async def _judge(self, until: int) -> Findings:
        old, begins = self._findings, self._recording.begins
        if until - begins > MOST_JUDGED or not self._recording.is_whole:
            why_not = (f"the recording is longer than {MOST_JUDGED} events: what follows event {old.judged_until} "
                       "isn't judged here; mockpilot judge takes a trace of any length")  # fmt: skip
            return Findings(judged_until=old.judged_until, why_not=why_not, findings=old.findings)
        events, first_line = self._recording.since(0), self._recording.first_line
        if begins and first_line is not None:
            events = [msgspec.structs.replace(first_line, index=begins - 1), *events]
        return await trio.to_thread.run_sync(_judged, events, until, abandon_on_cancel=True)


def _judged(events: list[Event], until: int) -> Findings:
    begins = events[0].index
    try:
        verdict = judge(History([_moved(one, -begins) for one in events] if begins else events))
    except Exception:
        last = traceback.format_exc().strip().splitlines()[-1]
        return Findings(judged_until=until, why_not=f"a bug of mockpilot: {last}", findings=[])
    return Findings(judged_until=until, why_not="", findings=[finding(one, begins) for one in verdict.findings])


def _moved(event: Event, by: int) -> Event:
    """The event with its own index, and those that it names, counted from elsewhere."""
    named = {name: at + by for name in _NAMED if isinstance(at := getattr(event, name, None), int)}
    return msgspec.structs.replace(event, index=event.index + by, **named)
