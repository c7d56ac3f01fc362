"""One CMS that listens: its port, its connections, and the episodes that begin and end on it; knows no scenario.

The accept loop is ours: a nursery per connection, a deadline for every step. Started means accepting.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from mockpilot.cms import listening, parting
from mockpilot.cms.arrival import Arrival
from mockpilot.cms.connections import Connections
from mockpilot.cms.link import Link
from mockpilot.cms.net_stream import NetStream
from mockpilot.cms.port import Port
from mockpilot.cms.tls import Certificates
from mockpilot.cms.world import World
from mockpilot.faults.injector import Injector
from mockpilot.history.recorder import Recorder

PORT_IN_MEMORY = 8463
"""Where redirects point while nothing listens on a socket."""
END_WITHIN_S = 2.0
"""How long open links may take to close at the end of an episode before their connections are ended."""


class Server:
    """A CMS that listens.

    Args:
        world: its settings and present episode.
        certificates: what it can show.
        host, port: where it listens; port 0 lets the kernel choose.
    """

    def __init__(self, world: World, certificates: Certificates, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = world
        self.certificates = certificates
        self.connections = 0
        """TCP connections ever accepted."""
        self.tcp = Port(host, port, lambda event: self.world.recorder.record(event))
        self.elsewhere_port = 0
        """Where the other host of ours listens, to which redirects point; 0: nowhere yet."""
        self._connections = Connections(certificates)
        self._nursery: trio.Nursery | None = None
        world.refuse_tcp_for = self.tcp.close_for

    async def serve(
        self, held: bool = False, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Listen until cancelled; reports the port once connections are accepted.

        Args:
            held: keep the port, but refuse connections until the first episode begins.

        Raises:
            UsageError: the address cannot be listened on.
        """
        self.tcp.hold()
        try:
            async with trio.open_nursery() as self._nursery:
                if held:
                    self._nursery.start_soon(self.tcp.keep_listening, self._nursery, self.serve_stream)
                else:
                    self.tcp.release()
                    await self._nursery.start(self.tcp.keep_listening, self._nursery, self.serve_stream)
                task_status.started(self.port)
        finally:
            self._nursery = None
            self.tcp.give_up()

    def open_elsewhere(self) -> None:
        """Make sure that somebody listens where redirects point, as long as this CMS serves."""
        if self.elsewhere_port:
            return
        if self._nursery is None:
            self.elsewhere_port = PORT_IN_MEMORY
            return
        listener = listening.listen_anywhere(self.tcp.host)
        self.elsewhere_port = listener.getsockname()[1]
        self._nursery.start_soon(self._listen_elsewhere, listener, self._nursery)

    async def _listen_elsewhere(self, listener: trio.socket.SocketType, nursery: trio.Nursery) -> None:
        with listener:
            await listening.accept_all(listener, nursery, self._serve_elsewhere)

    async def _serve_elsewhere(self, stream: trio.SocketStream, peer: str) -> None:
        await self.serve_stream(stream, peer, is_elsewhere=True)

    # -- the port --------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.tcp.number

    @property
    def is_listening(self) -> bool:
        """Whether a connection that comes now is accepted."""
        return self.tcp.is_open

    def close_port(self) -> None:
        """Refuse TCP connections until ``open_port``; open links live on."""
        self.tcp.close()

    def open_port(self) -> None:
        """Accept connections again, whatever has ended before."""
        self.tcp.open()

    # -- connections -----------------------------------------------------------------------------------------------

    async def serve_stream(
        self, stream: trio.abc.HalfCloseableStream, peer: str, is_elsewhere: bool = False
    ) -> None:
        """Serve one connection to its end and close it; never raises, whatever the peer does.

        Args:
            is_elsewhere: it came to the other host of ours.
        """
        net = NetStream(stream)
        if self.tcp.turns_away:
            # Accepted in the very moment in which an episode ended: like all who wait in the closed socket's backlog.
            net.reset()
            await trio.aclose_forcefully(stream)
            return
        self.connections += 1
        arrival = Arrival(self.world, self.world.next_link(), net, is_elsewhere)
        await self._connections.serve(arrival, peer, self.elsewhere_port)

    @property
    def links(self) -> dict[int, Link]:
        """Open links by number, those that are ending among them."""
        return self._connections.links

    def live_links(self) -> list[Link]:
        """Open links that nobody has begun to end, oldest first."""
        return [link for link in self.links.values() if link.ending is None]

    # -- episodes --------------------------------------------------------------------------------------------------

    def begin_episode(self, recorder: Recorder, injector: Injector, chance: random.Random) -> None:
        """Start over with an empty recording and accept connections; call it while no link is open."""
        self.world.recorder, self.world.injector, self.world.chance = recorder, injector, chance
        self.world.links_opened = 0
        self.world.release_pushes.set()
        self.tcp.release()

    async def end_links(self, code: int = 1001, within_s: float = END_WITHIN_S) -> None:
        """Close every link politely, accept nobody until the next episode; end what is left when time is up.

        What does not end even then is cancelled, so that nothing outlives its episode.
        """
        self.tcp.hold_back()
        for link in list(self.links.values()):
            parting.close(link, code)
        await self._connections.end(within_s)

    @asynccontextmanager
    async def lend(self, world: World) -> AsyncIterator[None]:
        """Serve another world within a block; no link outlives either end of it, and the own world is as it was.

        In the own recording the port refuses connections meanwhile. Connections come in when an episode begins.
        """
        own = self.world
        self.close_port()
        try:
            await self.end_links(within_s=own.close_within_s)
            self.world, world.refuse_tcp_for = world, self.tcp.close_for
            yield
        finally:
            with trio.CancelScope(shield=True):
                await self.end_links()
            self.world = own
            self.open_port()
