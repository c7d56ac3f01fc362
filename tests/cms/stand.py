"""A CMS on a test stand: memory streams, a clock that jumps, and what must be true after every peer has gone."""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import trio

from cms.raw_client import GOOD_HEAD, RawClient
from mockpilot.certification.setting import site_for
from mockpilot.cms.server import Server
from mockpilot.cms.world import World
from mockpilot.control import Control
from mockpilot.faults.injector import Injector
from mockpilot.history.events import LinkEnded, SimulatorBroke, TcpAccepted
from mockpilot.history.recorder import History, Recorder
from mockpilot.profile import Profile
from mockpilot.protocol.handshake import Account
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, Dialect
from rig import EPOCH, MemoryStream, VirtualClock, certificates, connection

PASSWORD = "a password for tests"
PUSH_INTERVAL_S = 15.0


def client_context(*, verify: bool = True) -> ssl.SSLContext:
    """What a presystem trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificates().ca_pem.decode())
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def nobody_left(nursery: trio.Nursery) -> None:
    """Wait until a nursery has no tasks any more."""
    with trio.fail_after(600):
        while nursery.child_tasks:  # noqa: ASYNC110 - trio has no event for that
            await trio.sleep(0.1)


@dataclass
class Stand:
    """A CMS with its recording."""

    server: Server
    control: Control
    nursery: trio.Nursery

    @property
    def history(self) -> History:
        """The recording."""
        return self.server.world.recorder.history

    def kinds(self, link: int) -> list[str]:
        """Kinds of the events of one link, in order."""
        return [event.kind for event in self.history if event.link == link]

    def dial(self, *, elsewhere: bool = False) -> MemoryStream:
        """A TCP connection, to the CMS or to the other host of ours."""
        here, there = connection()
        self.nursery.start_soon(self.server.serve_stream, there, "memory", elsewhere)
        return here

    async def connect(self, *, verify: bool = True, elsewhere: bool = False) -> RawClient:
        """A connection with TLS."""
        return await RawClient.over_tls(self.dial(elsewhere=elsewhere), client_context(verify=verify))

    async def open(self, presystem_id: str = "Presystem1") -> RawClient:
        """An open link."""
        client = await self.connect()
        head = GOOD_HEAD.replace(b"/Presystem1", b"/" + presystem_id.encode())
        response = await client.upgrade(head + b"\r\n")
        assert response.status == 101
        return client

    async def boot(self, presystem_id: str = "Presystem1") -> RawClient:
        """An open link on which a boot was accepted; the first push is under way."""
        client = await self.open(presystem_id)
        assert (await client.boot(presystem_id))[6] == {"status": "Accepted"}
        return client

    async def idle(self) -> None:
        """Wait until nobody is connected, and make sure that nothing is left of anybody."""
        await nobody_left(self.nursery)
        assert self.server.links == {}
        accepted = [event.link or 0 for event in self.history.of(TcpAccepted)]
        ended = [event.link or 0 for event in self.history.of(LinkEnded)]
        assert sorted(ended) == sorted(accepted) == list(range(1, len(accepted) + 1))
        assert self.history.of(SimulatorBroke) == []

    async def serves(self) -> None:
        """Make sure that another presystem is served."""
        with trio.fail_after(30):
            client = await self.boot()
            await client.confirm(await client.next_of(1, "ProvideChargingInformation"))
            await client.leave()
        await self.idle()


@contextlib.asynccontextmanager
async def stand(**changes: object) -> AsyncIterator[Stand]:
    """A CMS for two presystems, and whatever of its world should be otherwise; at the end all is as it was before."""
    clock, spoken = VirtualClock(EPOCH), changes.get("dialect", DEFAULT_DIALECT)
    assert isinstance(spoken, Dialect)
    settings: dict[str, object] = {
        "dialect": spoken, "push_interval_s": PUSH_INTERVAL_S, "site": site_for(Profile(), EPOCH), "clock": clock,
        "recorder": Recorder(clock.now, clock.wall), "injector": Injector(spoken, random.Random, "7"),
        "chance": random.Random(7),
        "accounts": {f"/vdv463/{name}": Account(name, "depot", PASSWORD) for name in ("Presystem1", "Presystem2")},
    }  # fmt: skip
    world = World(**(settings | changes))  # type: ignore[arg-type]
    world.release_pushes.set()
    server = Server(world, certificates())
    async with trio.open_nursery() as nursery:
        yield Stand(server, Control(server), nursery)
        await server.end_links()
        await nobody_left(nursery)
    assert server.links == {}
    assert world.recorder.history.of(SimulatorBroke) == []
