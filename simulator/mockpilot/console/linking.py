"""Links and pushes by hand: a link is dropped and seen to end, pushes are sent now, kept back and let out again."""

from __future__ import annotations

from mockpilot.console.bench import Bench, NotDoneError
from mockpilot.console.told import Done
from mockpilot.console.waiting import came
from mockpilot.counts import counted
from mockpilot.faults import drop as drop_fault
from mockpilot.history.events import Event, FaultArmed, FaultFired, LinkEnded, WentSilent


async def drop(bench: Bench, number: int, how: str, code: int | None, down: str | float) -> Done:
    """End a link and see it end."""
    bench.link(number)
    before, within_s = bench.recording.end, bench.settles_within_s
    bench.control.arm(drop_fault(how, link=number, code=code, down=down))
    shows = WentSilent if how == "silence" else LinkEnded

    def is_over(event: Event) -> bool:
        return isinstance(event, shows) and event.link == number

    if await came(bench.recording, is_over, before, within_s):
        return bench.shown(f"dropped link {number} by {how}", before, (FaultArmed, FaultFired, shows))
    raise NotDoneError(f"link {number} is still there after {within_s:g} s; the recording tells what was done")


def push(bench: Bench) -> Done:
    """Push now."""
    booted = [link for link in bench.control.server.live_links() if link.session.is_booted]
    if not booted:
        raise NotDoneError("push: a link that has booted is expected, there is none; wait for one first")
    return bench.do(f"pushed to {counted(len(booted), 'link')}", bench.control.push)


def pause(bench: Bench, paused: bool) -> Done:
    """Keep pushes back, or let them out again."""
    if paused == bench.control.pushes_paused:
        raise NotDoneError(f"pushes are {'paused' if paused else 'not paused'} already")
    act = bench.control.pause_pushes if paused else bench.control.resume_pushes
    return bench.do(f"pushes {'paused' if paused else 'resumed'}", act)
