"""Our own lateness: a beat that comes late is recorded, since nobody may be convicted by what we slept through."""

from __future__ import annotations

import trio

from mockpilot.history.events import Stalled
from mockpilot.history.recorder import Recorder

HEARTBEAT_S = 0.25
"""How often we look whether our own loop is late."""


async def heartbeat(own_stall_s: float, recorder: Recorder) -> None:
    """Record when our own loop comes late, until cancelled."""
    due = trio.current_time() + HEARTBEAT_S
    while True:
        await trio.sleep_until(due)
        late_s = trio.current_time() - due
        if late_s > own_stall_s:
            recorder.record(Stalled(late_s=round(late_s, 3)))
        due = max(due + HEARTBEAT_S, trio.current_time())
