"""Beginning afresh: links closed, faults out, requests forgotten, pushes let out, the recording begun anew."""

from __future__ import annotations

from collections.abc import Sequence

import trio

from mockpilot.console.bench import Bench
from mockpilot.console.told import Done
from mockpilot.faults import forget


async def reset(bench: Bench, what: Sequence[str]) -> Done:
    """Begin afresh with whatever is named.

    With ``history`` the recording begins anew. Nothing in it may lean on what is gone, so links, faults and
    requests go with it, whoever is halfway through a connection too.
    """
    if "history" in what:
        what = list(dict.fromkeys([*what, "faults", "depot", "links"]))
    before = bench.recording.end
    bench.control.note(f"by hand: reset of {', '.join(what) or 'nothing'}")
    _undo(bench, what)
    if "history" in what:
        return await _begin_anew(bench)
    if "links" in what:
        await _close_links(bench)
    return bench.shown(f"reset {', '.join(what) or 'nothing'}", before)


def _undo(bench: Bench, what: Sequence[str]) -> None:
    if "faults" in what:
        bench.control.disarm_all()
    if "depot" in what:
        bench.control.disarm(bench.control.arm(forget("requests")))
    if "pushes" in what and bench.control.pushes_paused:
        bench.control.resume_pushes()


async def _close_links(bench: Bench) -> None:
    links = bench.control.server.live_links()
    if links:
        bench.control.drop("close", 1001)
    with trio.move_on_after(bench.settles_within_s):
        for link in links:
            await link.over.wait()


async def _begin_anew(bench: Bench) -> Done:
    server = bench.control.server
    try:
        await server.end_links(within_s=server.world.close_within_s)
        bench.recording.begin_anew()
        bench.tally.faults.clear()
        before = bench.recording.end
        bench.control.note("by hand: the recording begins anew; the trace goes on")
        return bench.shown("reset history, and with it links, faults and depot", before)
    finally:
        server.open_port()
