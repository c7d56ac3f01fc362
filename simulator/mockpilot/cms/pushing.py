"""When pushes leave on a link: in their rhythm once it is booted, on demand, and early because of a fault.

What a push says is the behaviour's, what becomes of it the sending's.
"""

from __future__ import annotations

import trio

from mockpilot.cms import behaviour
from mockpilot.cms.link import Link
from mockpilot.cms.sending import depart, send
from mockpilot.faults.injector import Departure
from mockpilot.protocol.session import next_tick


async def push_on_time(link: Link) -> None:
    """Push from the accepted boot on, for ever; ticks keep the phase of the first push."""
    await link.booted.wait()
    first_at: float | None = None
    while True:
        await link.world.release_pushes.wait()
        if link.session.is_booted:
            push(link)
        now = trio.current_time()
        first_at = now if first_at is None else first_at
        link.next_push_at = next_tick(first_at, link.world.push_interval_s, now)
        await trio.sleep_until(link.next_push_at)


def push(link: Link) -> None:
    """Tell the presystem the depot as it stands."""
    if link.ending is None:
        send(link, behaviour.push(link.world, link.presystem_id))


def push_early(link: Link, fault: str) -> None:
    """Push although the link may not be booted, charged to a fault."""
    if link.ending is None:
        depart(link, Departure(behaviour.push(link.world, link.presystem_id), fault=fault))
