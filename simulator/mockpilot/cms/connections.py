"""The TCP connections that are served at this moment: each from its acceptance to its end, and the end of all of them.

Whatever a connection raises ends that connection alone, and how it ended is recorded. Nothing outlives its episode.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import trio

from mockpilot.cms.arrival import Arrival
from mockpilot.cms.ending import Ending, NoLink
from mockpilot.cms.link import Link
from mockpilot.cms.net_stream import NetStream
from mockpilot.cms.reception import Reception
from mockpilot.cms.tls import GOOD, Certificates
from mockpilot.cms.transport import LinkOver
from mockpilot.faults.injector import Armed
from mockpilot.history.events import LinkEnded, SimulatorBroke, TcpAccepted

GIVE_UP_TIMES = 2.5
"""So many times as long as they had to leave they may take once their streams are closed, with all that lingers, before
whatever serves them is cancelled."""
_EPISODE_OVER = Ending("us", "broken on purpose", "the episode was over")


class Connections:
    """Whoever is connected.

    Args:
        certificates: what they can be shown.
    """

    def __init__(self, certificates: Certificates) -> None:
        self.links: dict[int, Link] = {}
        """Those of them that became links, by number."""
        self._certificates = certificates
        self._serving: dict[NetStream, trio.CancelScope] = {}
        self._ended_by_us: set[NetStream] = set()
        self._left = trio.lowlevel.ParkingLot()

    def __iter__(self) -> Iterator[NetStream]:
        return iter(self._serving)

    async def serve(self, arrival: Arrival, peer: str, elsewhere: int) -> None:
        """Serve one connection to its end and close it; never raises, whatever the peer does.

        Args:
            peer: its address.
            elsewhere: where the other host of ours listens.
        """
        bad = _note_accepted(arrival, peer)
        ending = Ending("unknown", "broken off", "")
        try:
            ending = await self._receive(arrival, bad, elsewhere)
        except Exception:
            arrival.world.recorder.record(SimulatorBroke(link=arrival.number, traceback=traceback.format_exc()))
        finally:
            await self._leave(arrival, ending)

    async def _receive(self, arrival: Arrival, bad: Armed | None, elsewhere: int) -> Ending:
        ending: Ending | None = None
        served = False
        reception = Reception(self._certificates, self.links, elsewhere)
        try:
            async with trio.open_nursery() as nursery:
                self._serving[arrival.net] = serving = nursery.cancel_scope
                _drop_at_once(arrival)
                await reception.receive(arrival, nursery, bad)
                served = True
                serving.cancel()
        except* NoLink as group:
            ending = _first(group).ending
        except* (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError, LinkOver):
            pass  # the peer left at a moment when the library was writing; the link knows who ended it
        if serving.cancelled_caught and not served:
            return _EPISODE_OVER
        known = arrival.link.ending if arrival.link is not None else None
        if known is None and arrival.net in self._ended_by_us:
            return _EPISODE_OVER
        return known or ending or Ending("product", "broken off", "the peer ended the connection")

    async def _leave(self, arrival: Arrival, ending: Ending) -> None:
        del self._serving[arrival.net]
        self._ended_by_us.discard(arrival.net)
        self.links.pop(arrival.number, None)
        _note_ended(arrival, ending)
        with trio.move_on_after(0, shield=True):
            await arrival.net.aclose()
        self._left.unpark_all()

    async def end(self, within_s: float) -> None:
        """Wait until nobody is connected.

        Args:
            within_s: how long that may take before their streams are closed.
        """
        with trio.move_on_after(within_s):
            await self._wait_none()
        for net in list(self._serving):
            self._ended_by_us.add(net)
            await trio.aclose_forcefully(net)
        with trio.move_on_after(GIVE_UP_TIMES * within_s):
            await self._wait_none()
        for serving in self._serving.values():
            serving.cancel()
        await self._wait_none()

    async def _wait_none(self) -> None:
        await trio.lowlevel.checkpoint()
        while self._serving:
            await self._left.park()


def _note_accepted(arrival: Arrival, peer: str) -> Armed | None:
    """Record a connection; answers the fault whose certificate it will be shown."""
    world = arrival.world
    bad = None if arrival.is_elsewhere else world.injector.certificate_for_handshake(arrival.occasion())
    kind = bad.fault.kind if bad else GOOD
    world.recorder.record(
        TcpAccepted(link=arrival.number, peer=peer, certificate=kind, elsewhere=arrival.is_elsewhere)
    )
    return bad


def _note_ended(arrival: Arrival, ending: Ending) -> None:
    received = arrival.wire.received if arrival.wire else 0
    arrival.world.recorder.record(LinkEnded(
        link=arrival.number, by=ending.by, how=ending.how, detail=ending.detail, application_bytes=received,
    ))  # fmt: skip


def _drop_at_once(arrival: Arrival) -> None:
    injector = arrival.world.injector
    dropped_by = None if arrival.is_elsewhere else injector.refusal_of_connection(arrival.occasion())
    if dropped_by is not None:
        arrival.world.on_fired(dropped_by.name, "refuse", None, arrival.number)
        arrival.net.reset()  # an end would become a reset by itself as soon as the peer has written something
        raise NoLink(Ending("us", "broken on purpose", "accepted and dropped: TCP reset"))


def _first(group: BaseExceptionGroup[NoLink]) -> NoLink:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, NoLink)
    return found
