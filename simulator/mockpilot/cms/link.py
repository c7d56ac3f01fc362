"""One open WebSocket, as everybody who serves it shares it: whose it is, its streams, its tasks, its way out.

It reads and says nothing by itself: ``reading``, ``answering``, ``sending``, ``pushing`` and ``parting`` do that, each
over a link, and ``serving`` brings them together. It judges nothing and knows no scenario.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import trio

from mockpilot.cms.ending import Ending
from mockpilot.cms.net_stream import NetStream
from mockpilot.cms.outbox import Handed, Outbox, Said
from mockpilot.cms.pressure import Pressure
from mockpilot.cms.wire_stream import WireStream
from mockpilot.cms.world import World
from mockpilot.faults.injector import Armed, Occasion
from mockpilot.history.events import PingSent
from mockpilot.protocol.session import Session

UNWRITTEN_FRAMES = 64
"""Frames waiting for a peer that does not read, beyond which the link is given up: a quarter of an hour of pushes."""
UNWRITTEN_ANSWERS = 16
"""Frames waiting beyond which nothing more is read, so that a peer that asks faster than it listens waits for us."""

Task = Callable[[], Awaitable[None]]


class Link:
    """One link, from its 101 to its end.

    Args:
        world: what all links share.
        number: of the TCP connection.
        presystem_id: whose account it came in on.
        net, wire: the streams below and above TLS; the caller closes them.
    """

    def __init__(self, world: World, number: int, presystem_id: str, net: NetStream, wire: WireStream) -> None:
        self.world, self.number, self.presystem_id = world, number, presystem_id
        self.net, self.wire = net, wire
        self.session = Session()
        self.ending: Ending | None = None
        self.booted, self.over = trio.Event(), trio.Event()
        self.next_push_at: float | None = None
        """When the rhythm brings the next push, in seconds of trio's clock; None before the first."""
        self.outbox = Outbox(world.recorder, number)
        self.pressure = Pressure(world.recorder, number, net, wire, self.start, self.ping_in_turn)
        self._nursery: trio.Nursery | None = None
        self._not_started: list[Task] = []

    def live_in(self, nursery: trio.Nursery) -> None:
        """Run the link's tasks there from now on, those that wait for it first."""
        self._nursery = nursery
        for task in self._not_started:
            nursery.start_soon(task)

    def start(self, task: Task) -> None:
        """Run a task as long as the link."""
        if self._nursery is not None:
            self._nursery.start_soon(task)
        else:
            self._not_started.append(task)  # the link is about to open

    def wake_in(self, seconds: float) -> None:
        """Look again for what is due after some time, if the link is still there."""
        self.start(partial(self._wake_in, seconds))

    async def _wake_in(self, seconds: float) -> None:
        await trio.sleep(seconds)
        self.world.on_occasion()

    @property
    def occasion(self) -> Occasion:
        """This link at this moment, as faults see it."""
        return Occasion(self.world.clock.now(), self.number, self.presystem_id)

    def fired(self, armed: Armed, of: int | None) -> None:
        """Say that a fault struck here.

        Args:
            of: index of the message that it touched, if there is one.
        """
        self.world.on_fired(armed.name, armed.fault.do, of, self.number)

    def end(self, ending: Ending) -> None:
        """Take note of how the link ends; whoever says so first is right."""
        self.ending = self.ending or ending

    def hand(self, event: Handed, said: Said = ()) -> None:
        """Have a frame written after those before it, and give the link up if its peer does not read them.

        Args:
            said: the message, if it is one.
        """
        self.outbox.hand(event, said)
        if len(self.outbox) > UNWRITTEN_FRAMES and not self.pressure.is_slow:
            self.end(Ending("us", "broken on purpose", "the peer no longer reads"))
            self.net.reset()

    @property
    def unwritten(self) -> int:
        """Frames that were handed to the link and not yet written."""
        return len(self.outbox)

    def ping(self, payload: bytes = b"seen?") -> None:
        """Ask for a sign of life."""
        self.hand(self.world.recorder.record(PingSent(link=self.number, payload=payload.hex())))

    async def ping_in_turn(self, payload: bytes) -> None:
        """Wait until few frames are unwritten, and ping unless the link is ending."""
        await self.outbox.wait_shorter(UNWRITTEN_ANSWERS)
        if self.ending is None:
            self.ping(payload)
