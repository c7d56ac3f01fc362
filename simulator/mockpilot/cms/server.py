"""Listeners, connections and outages of one CMS; knows nothing of scenarios.

The accept loop is ours: a nursery per connection, a deadline for every step, and whatever a connection raises ends
that connection alone. Started means accepting.
"""

from __future__ import annotations

import errno
import random
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import trio

from mockpilot.cms.ending import Ending
from mockpilot.cms.link import Link
from mockpilot.cms.reception import NoLink, Reception
from mockpilot.cms.streams import NetStream
from mockpilot.cms.tls import GOOD, Certificates
from mockpilot.cms.transport import LinkOver
from mockpilot.cms.world import World
from mockpilot.errors import UsageError
from mockpilot.faults.injector import Armed, Injector, Occasion
from mockpilot.history.events import LinkEnded, ListenerDown, ListenerUp, SimulatorBroke, TcpAccepted
from mockpilot.history.recorder import Recorder

BACKLOG = 512
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED, errno.EPROTO, errno.EPERM)
"""What accept may report of one connection or of the moment; none of it is the listener's end."""
PORT_IN_MEMORY = 8463
"""Where redirects point while nothing listens on a socket."""
END_WITHIN_S = 2.0
"""How long open links may take to close at the end of an episode before their connections are ended."""
GIVE_UP_TIMES = 2.5
"""So many times as long they may take after that, with all that lingers, before whatever serves them is cancelled."""
_EPISODE_OVER = Ending("us", "broken on purpose", "the episode was over")


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
        self.links: dict[int, Link] = {}
        self.connections = 0
        """TCP connections ever accepted."""
        self._host, self.port = host, port
        self.elsewhere_port = 0
        """Where the other host of ours listens, to which redirects point; 0: nowhere yet."""
        self._nursery: trio.Nursery | None = None
        self._guard: socket.socket | None = None
        self._open_gate = trio.Event()
        self._listening = trio.CancelScope()
        self._connections: dict[NetStream, trio.CancelScope] = {}
        self._ended_by_us: set[NetStream] = set()
        self._idle = trio.Condition()
        self._outage: object | None = None  # while the port is closed for a time
        self._turns_away = False  # between two episodes, or before the port is opened again
        world.refuse_tcp_for = self.close_port_for

    async def serve(
        self, held: bool = False, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Listen until cancelled; reports the port once connections are accepted.

        Args:
            held: keep the port, but refuse connections until the first episode begins.

        Raises:
            UsageError: the address cannot be listened on.
        """
        self._guard = self._bind()
        self.port = self._guard.getsockname()[1]
        try:
            async with trio.open_nursery() as self._nursery:
                nursery = self._nursery
                if held:
                    nursery.start_soon(self._keep_listening, nursery)
                else:
                    self._open_gate.set()
                    await nursery.start(self._keep_listening, nursery)
                task_status.started(self.port)
        finally:
            self._nursery = None
            self._guard.close()

    async def _keep_listening(
        self, nursery: trio.Nursery, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        tell: Callable[[], None] = task_status.started
        while True:
            while not self._open_gate.is_set():  # waiting takes a moment, in which the gate may be another one
                await self._open_gate.wait()
            # From here on without a pause, so that whoever closes the port finds the scope to cancel.
            with trio.CancelScope() as self._listening:
                await self._listen(nursery, tell)
            tell = _nobody

    @property
    def _family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self._host else socket.AF_INET

    def _bind(self) -> socket.socket:
        # Bound but never listening: while the listener is closed the port refuses connections and stays ours.
        family = self._family
        guard = socket.socket(family, socket.SOCK_STREAM)
        try:
            if self.port:
                self._refuse_if_taken(family)
            guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            guard.bind((self._host, self.port))
        except OSError as error:
            guard.close()
            raise UsageError(_cannot_listen(self._host, self.port, error)) from error
        return guard

    def _refuse_if_taken(self, family: int) -> None:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self._host, self.port))

    async def _listen(self, nursery: trio.Nursery, tell: Callable[[], None]) -> None:
        with trio.socket.socket(self._family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            await listener.bind((self._host, self.port))
            listener.listen(BACKLOG)
            self.world.recorder.record(ListenerUp(port=self.port))
            tell()
            while True:
                await self._accept(listener, nursery)

    def open_elsewhere(self) -> None:
        """Make sure that somebody listens where redirects point, as long as this CMS serves."""
        if self.elsewhere_port:
            return
        if self._nursery is None:
            self.elsewhere_port = PORT_IN_MEMORY
            return
        listener = socket.create_server((self._host, 0), family=self._family, backlog=BACKLOG)
        listener.setblocking(False)
        self.elsewhere_port = listener.getsockname()[1]
        self._nursery.start_soon(self._listen_elsewhere, trio.socket.from_stdlib_socket(listener), self._nursery)

    async def _listen_elsewhere(self, listener: trio.socket.SocketType, nursery: trio.Nursery) -> None:
        with listener:
            while True:
                await self._accept(listener, nursery, is_elsewhere=True)

    async def _accept(
        self, listener: trio.socket.SocketType, nursery: trio.Nursery, *, is_elsewhere: bool = False
    ) -> None:
        try:
            connection, address = await listener.accept()
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            await trio.sleep(0.1)  # out of descriptors: let some connections end first
            return
        with suppress(OSError):  # some systems refuse options once the peer has gone
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        nursery.start_soon(self.serve_stream, trio.SocketStream(connection), f"{address[0]}", is_elsewhere)

    def close_port(self) -> None:
        """Refuse TCP connections until ``open_port``; open links live on."""
        if self._open_gate.is_set():
            self._open_gate, self._outage = trio.Event(), None
            self._listening.cancel()
            self.world.recorder.record(ListenerDown(port=self.port))

    def close_port_for(self, seconds: float) -> None:
        """Refuse TCP connections for a while, unless somebody refuses them already; an episode's end ends it, too."""
        if self._open_gate.is_set():
            self.close_port()
            self._outage = outage = object()
            # Of nobody's nursery: the link that is dropped will be gone by then.
            trio.lowlevel.spawn_system_task(self._open_port_in, seconds, outage)

    async def _open_port_in(self, seconds: float, outage: object) -> None:
        await trio.sleep(seconds)
        if self._outage is outage:
            self.open_port()

    def end_outage(self) -> None:
        """Accept connections again if the port is closed for a time only."""
        if self._outage is not None:
            self.open_port()

    def open_port(self) -> None:
        """Accept connections again, whatever has ended before."""
        if self._nursery is None and not self._open_gate.is_set():
            self.world.recorder.record(ListenerUp(port=self.port))  # no socket that could do so
        self._outage, self._turns_away = None, False
        self._open_gate.set()

    @property
    def is_listening(self) -> bool:
        """Whether a connection that comes now is accepted."""
        return self._open_gate.is_set()

    async def serve_stream(
        self, stream: trio.abc.HalfCloseableStream, peer: str, is_elsewhere: bool = False
    ) -> None:
        """Serve one connection to its end and close it; never raises, whatever the peer does.

        Args:
            is_elsewhere: it came to the other host of ours.
        """
        if self._turns_away:
            # Accepted in the very moment in which an episode ended: like all who wait in the closed socket's backlog.
            NetStream(stream).reset()
            await trio.aclose_forcefully(stream)
            return
        self.connections += 1
        number, net = self.world.next_link(), NetStream(stream)
        self._connections[net] = serving = trio.CancelScope()
        now = Occasion(self.world.clock.now(), number)
        bad = None if is_elsewhere else self.world.injector.certificate_for_handshake(now)
        kind = bad.fault.kind if bad else GOOD
        self.world.recorder.record(TcpAccepted(link=number, peer=peer, certificate=kind, elsewhere=is_elsewhere))
        reception = Reception(self.world, self.certificates, number, net, self.links, self.elsewhere_port,
                              is_elsewhere=is_elsewhere)  # fmt: skip
        ending = Ending("unknown", "broken off", "")
        try:
            with serving:
                ending = await self._serve(reception, net, bad)
            if serving.cancelled_caught:
                ending = _EPISODE_OVER
        except Exception:
            self.world.recorder.record(SimulatorBroke(link=number, traceback=traceback.format_exc()))
        finally:
            del self._connections[net]
            self._ended_by_us.discard(net)
            self.links.pop(number, None)
            self._record_end(number, reception, ending)
            with trio.CancelScope(shield=True):
                await trio.aclose_forcefully(net)
                async with self._idle:
                    self._idle.notify_all()

    async def _serve(self, reception: Reception, net: NetStream, bad: Armed | None) -> Ending:
        ending: Ending | None = None
        try:
            async with trio.open_nursery() as nursery:
                self._drop_at_once(reception, net)
                await reception.receive(nursery, bad)
                nursery.cancel_scope.cancel()
        except* NoLink as group:
            ending = _first(group).ending
        except* (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError, LinkOver):
            pass  # the peer left at a moment when the library was writing; the link knows who ended it
        known = reception.link.ending if reception.link is not None else None
        if known is None and net in self._ended_by_us:
            return _EPISODE_OVER
        return known or ending or Ending("product", "broken off", "the peer ended the connection")

    def _drop_at_once(self, reception: Reception, net: NetStream) -> None:
        dropped_by = None if reception.is_elsewhere else self.world.injector.refusal_of_connection(reception.occasion())
        if dropped_by is not None:
            self.world.on_fired(dropped_by.name, "refuse", None, reception.number)
            net.reset()  # an end would become a reset by itself as soon as the peer has written something
            raise NoLink(Ending("us", "broken on purpose", "accepted and dropped: TCP reset"))

    def _record_end(self, number: int, reception: Reception, ending: Ending) -> None:
        received = reception.wire.received if reception.wire else 0
        self.world.recorder.record(LinkEnded(
            link=number, by=ending.by, how=ending.how, detail=ending.detail, application_bytes=received,
        ))  # fmt: skip

    def begin_episode(self, recorder: Recorder, injector: Injector, chance: random.Random) -> None:
        """Start over with an empty recording and accept connections; call it while no link is open."""
        self.world.recorder, self.world.injector, self.world.chance = recorder, injector, chance
        self.world.links_opened = 0
        self.world.release_pushes.set()
        self._outage, self._turns_away = None, False
        self._open_gate.set()

    def live_links(self) -> list[Link]:
        """Open links that nobody has begun to end, oldest first."""
        return [link for link in self.links.values() if link.ending is None]

    async def end_links(self, code: int = 1001, within_s: float = END_WITHIN_S) -> None:
        """Close every link politely, accept nobody until the next episode; end what is left when time is up.

        What does not end even then is cancelled, so that nothing outlives its episode.
        """
        self._hold_connections()
        for link in list(self.links.values()):
            link.close(code)
        with trio.move_on_after(within_s):
            await self._wait_idle()
        for net in list(self._connections):
            self._ended_by_us.add(net)
            await trio.aclose_forcefully(net)
        with trio.move_on_after(GIVE_UP_TIMES * within_s):
            await self._wait_idle()
        for serving in self._connections.values():
            serving.cancel()
        await self._wait_idle()

    @asynccontextmanager
    async def lend(self, world: World) -> AsyncIterator[None]:
        """Serve another world within a block; no link outlives either end of it, and the own world is as it was.

        In the own recording the port refuses connections meanwhile. Connections come in when an episode begins.
        """
        own = self.world
        self.close_port()
        try:
            await self.end_links(within_s=own.close_within_s)
            self.world, world.refuse_tcp_for = world, self.close_port_for
            yield
        finally:
            with trio.CancelScope(shield=True):
                await self.end_links()
            self.world = own
            self.open_port()

    def _hold_connections(self) -> None:
        # The listening socket closes: whoever comes meanwhile is refused and tries again in the next episode.
        self._outage, self._turns_away = None, True
        if self._open_gate.is_set():
            self._open_gate = trio.Event()
            self._listening.cancel()

    async def _wait_idle(self) -> None:
        async with self._idle:
            while self._connections:
                await self._idle.wait()


def _nobody() -> None:
    """Whoever waited for the first time has been told."""


def _first(group: BaseExceptionGroup[NoLink]) -> NoLink:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, NoLink)
    return found


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"listen: port {port} of {host} is in use; end what holds it or choose another port (0: any free one)"
    return f"listen: an address of this machine is expected, found {where!r}: {error.strerror}"
