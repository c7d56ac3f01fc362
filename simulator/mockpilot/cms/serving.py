"""Serves one open link until it is over: a nursery with a reader, a writer, the push rhythm and what faults send later.

The reader is the one who notices the end; with it go all tasks, and what was handed or held and never left is recorded
as such. The TCP stream underneath is closed by whoever serves the connection.
"""

from __future__ import annotations

import trio

from mockpilot.cms import answering, parting, pushing, sending
from mockpilot.cms.link import UNWRITTEN_ANSWERS, Link
from mockpilot.cms.reading import Reading
from mockpilot.cms.transport import LinkOver, Socket


async def serve(link: Link, reading: Reading, socket: Socket) -> None:
    """Serve a link until it is over."""
    reading.socket = socket
    try:
        async with trio.open_nursery() as nursery:
            _start(link, nursery, socket)
            await _read(link, reading, socket)
            nursery.cancel_scope.cancel()
    finally:
        for armed in link.world.injector.armed:
            sending.discard(link, armed)
        link.outbox.give_up()
        link.over.set()


def _start(link: Link, nursery: trio.Nursery, socket: Socket) -> None:
    nursery.start_soon(link.outbox.write, socket, link.wire)
    nursery.start_soon(pushing.push_on_time, link)
    link.live_in(nursery)
    link.world.on_occasion()
    for seconds in link.world.injector.waits(link.world.clock.now()):
        link.wake_in(seconds)


async def _read(link: Link, reading: Reading, socket: Socket) -> None:
    try:
        while True:
            await socket.wait_message()
            while reading.inbox:
                answering.act_on(link, reading.inbox.popleft())
                await link.outbox.wait_shorter(UNWRITTEN_ANSWERS)
    except LinkOver:
        reading.before_close()
        parting.note_gone(link)
        while reading.inbox:
            answering.act_on(link, reading.inbox.popleft())
