"""A CMS for the presystem's tests: scripts play one link each, over memory channels, on the autojump clock."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import trio

from mockpilot.presystem.conduct import CONFORMING, Conduct, EndKind, LinkEnd
from mockpilot.presystem.links import Presystem
from mockpilot.presystem.run import presystem_for
from mockpilot.presystem.settings import QUICK_BACK_OFF, QUICK_PACE, Settings
from mockpilot.presystem.transport import Converse, LinkLost
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType, format_timestamp

QUICK = Settings(
    url="wss://cms.test:8463/vdv463/Presystem1", user="u", password="p",
    push_interval_s=1.0, pace=QUICK_PACE, back_off=QUICK_BACK_OFF,
)  # fmt: skip
EPOCH = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
POINTS = ("point-1", "point-2", "point-3")


def wall() -> datetime:
    """The time of day that goes with trio's clock."""
    return EPOCH + timedelta(seconds=trio.current_time())


def information(points: Sequence[str] = POINTS, shown: Sequence[str] = ()) -> dict[str, Any]:
    """Payload of a push: a default point with these scheduled requests, and real points."""
    scheduled = [{"chargingRequestId": one, "presystemId": QUICK.presystem_id} for one in shown]
    default = {"chargingPointId": "depot/0/0", "scheduledChargingProcessList": scheduled}
    real = [{"chargingPointId": point, "chargingPointStatus": "Available"} for point in points]
    return {"depotInfoList": [{"chargingStationInfoList": [{"chargingPointInfoList": [default, *real]}]}]}


class PresystemLeft(Exception):  # noqa: N818 - news, not an error
    """The presystem closed the link."""


@dataclass(slots=True)
class CmsLink:
    """The CMS's end of one link."""

    into: trio.MemorySendChannel[str | bytes]
    out: trio.MemoryReceiveChannel[str | bytes]
    number: int
    seen: list[Envelope] = field(default_factory=list)
    raw: list[str | bytes] = field(default_factory=list)

    async def receive(self) -> Envelope:
        """The next message."""
        try:
            frame = await self.out.receive()
        except trio.EndOfChannel:
            raise PresystemLeft from None
        self.raw.append(frame)
        message = envelope.read(frame).envelope
        if message is None:
            return await self.receive()
        self.seen.append(message)
        return message

    async def quiet(self, seconds: float) -> list[Envelope]:
        """What comes within so many seconds."""
        before = len(self.seen)
        with trio.move_on_after(seconds):
            while True:
                await self.receive()
        return self.seen[before:]

    async def send(self, message: Envelope) -> None:
        """Send one message."""
        await self.into.send(envelope.write(message))

    async def answer(self, request: Envelope, payload: Any, kind: MessageType = MessageType.CONFIRMATION) -> None:
        """Answer a request of the presystem."""
        await self.send(envelope.answer_to(request, kind, payload, source="CMS", timestamp="2031-03-04T17:20:00Z"))

    async def push(self, payload: Any = None, at: datetime | None = None) -> Envelope:
        """Push charging information, stamped now or as told; returns the push."""
        message_id = envelope.new_message_id(random.getrandbits(128))
        push = Envelope(
            MessageType.REQUEST, "CMS", QUICK.presystem_id, format_timestamp(at or wall()), message_id,
            Action.PROVIDE_CHARGING_INFORMATION, information() if payload is None else payload,
        )  # fmt: skip
        await self.send(push)
        return push

    async def accept(self) -> Envelope:
        """Wait for a boot and accept it."""
        boot = await self.receive()
        assert boot.action is Action.BOOT_NOTIFICATION
        await self.answer(boot, {"status": "Accepted"})
        return boot

    async def exchange(self) -> Envelope:
        """Accept, push, and wait for answer and list; returns the list, unconfirmed."""
        await self.accept()
        await self.push()
        await self.receive()
        return await self.receive()


Script = Callable[[CmsLink], Awaitable[object]]


@dataclass(slots=True)
class _PresystemLink:
    into: trio.MemorySendChannel[str | bytes]
    out: trio.MemoryReceiveChannel[str | bytes]
    closed: list[int] = field(default_factory=list)

    async def send(self, frame: str | bytes) -> None:
        try:
            await self.into.send(frame)
        except trio.BrokenResourceError:
            raise LinkLost("ended") from None

    async def receive(self) -> str | bytes:
        try:
            return await self.out.receive()
        except trio.EndOfChannel:
            raise LinkLost("ended") from None

    async def close(self, code: int) -> None:
        self.closed.append(code)


@dataclass(slots=True)
class FakeCms:
    """Plays one script a link; what follows the last script is refused."""

    scripts: list[Script | LinkEnd]
    attempts: list[float] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    links: list[CmsLink] = field(default_factory=list)
    played: trio.Event = field(default_factory=trio.Event)

    async def dial(self, converse: Converse) -> LinkEnd:
        """One attempt."""
        self.attempts.append(trio.current_time())
        script: Script | LinkEnd = LinkEnd(EndKind.REFUSED, "HTTP status 503", 503)
        if self.scripts:
            script = self.scripts.pop(0)
        if isinstance(script, LinkEnd):
            return script
        to_cms, from_presystem = trio.open_memory_channel[str | bytes](100)
        to_presystem, from_cms = trio.open_memory_channel[str | bytes](100)
        cms_link = CmsLink(to_presystem, from_presystem, len(self.attempts))
        self.links.append(cms_link)
        link = _PresystemLink(to_cms, from_cms)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._play, script, cms_link)
            how = await converse(link)
            self.closes += link.closed
            await to_cms.aclose()
        return LinkEnd(EndKind.LOST, how)

    async def _play(self, script: Script, link: CmsLink) -> None:
        try:
            await script(link)
        except PresystemLeft:
            pass
        finally:
            await link.into.aclose()
            if not self.scripts:
                self.played.set()


@dataclass(slots=True)
class Playing:
    """A presystem at work against a fake CMS."""

    cms: FakeCms
    presystem: Presystem
    steps: trio.MemorySendChannel[str]
    log: list[str]
    status: list[int] = field(default_factory=list)

    async def step(self, text: str) -> None:
        """Provoke a step."""
        await self.steps.send(text)


@asynccontextmanager
async def playing(
    *scripts: Script | LinkEnd, conduct: Conduct = CONFORMING, settings: Settings = QUICK
) -> AsyncIterator[Playing]:
    """Run a presystem against these scripts until the block ends."""
    log: list[str] = []
    presystem = presystem_for(settings, conduct, wall=wall, chance=random.Random(7), log=log.append)
    steps, lines = trio.open_memory_channel[str](10)
    play = Playing(FakeCms(list(scripts)), presystem, steps, log)

    async def keep_linked() -> None:
        play.status.append(await presystem.keep_linked(play.cms.dial))

    with trio.fail_after(100_000):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(keep_linked)
            nursery.start_soon(presystem.follow, lines)
            yield play
            nursery.cancel_scope.cancel()


async def play_through(
    *scripts: Script | LinkEnd, conduct: Conduct = CONFORMING, settings: Settings = QUICK
) -> Playing:
    """Run a presystem until all scripts have been played."""
    async with playing(*scripts, conduct=conduct, settings=settings) as play:
        await play.cms.played.wait()
    return play


def with_settings(**changes: Any) -> Settings:
    """The quick settings with some replaced."""
    return replace(QUICK, **changes)


def ids(message: Envelope) -> list[str]:
    """Charging request ids of a list."""
    return [entry["chargingRequestId"] for entry in message.payload["chargingRequestList"]]
