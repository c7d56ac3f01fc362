"""Slow links and control frames, from the moment a fault fires until it is over, and what is left of it then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from cms.raw_client import PING, PONG, TEXT, RawClient, frame
from cms.stand import Stand, stand
from mockpilot.faults import drop, ping, slow
from mockpilot.history.events import (
    Event,
    FaultFired,
    FaultSeen,
    LinkEnded,
    MessageReceived,
    PingReceived,
    PingSent,
    PongSent,
    ReadingPaused,
    ReadingResumed,
    UpgradeAnswered,
)

if TYPE_CHECKING:
    from trio.testing import MockClock


async def booted(cms: Stand, presystem_id: str = "Presystem1") -> RawClient:
    """A link whose first push has come."""
    client = await cms.boot(presystem_id)
    await client.next_of(1, "ProvideChargingInformation")
    return client


async def seconds_of_a_push(cms: Stand, client: RawClient) -> float:
    """How long a push takes from being handed to being read."""
    begun = trio.current_time()
    cms.control.push()
    await client.next_of(1, "ProvideChargingInformation")
    return trio.current_time() - begun


# -- trickling ---------------------------------------------------------------------------------------------------------


async def test_trickling_link_sends_at_its_rate(autojump_clock: MockClock) -> None:
    """In small pieces, whole in the end; another link isn't slow, and afterwards neither is this one."""
    async with stand(push_interval_s=3600.0) as cms:
        client, other = await booted(cms), await booted(cms, "Presystem2")
        armed = cms.control.arm(slow(rate=1000, chunk=50, link=1))
        under = cms.server.links[1].net.inner
        pieces: list[int] = []
        send_all = under.send_all

        async def note(data: bytes | bytearray | memoryview) -> None:
            pieces.append(len(data))
            await send_all(data)

        under.send_all = note  # type: ignore[method-assign]
        taken = await seconds_of_a_push(cms, client)
        assert taken == pytest.approx(sum(pieces[:-1]) / 1000, abs=0.1)
        assert max(pieces) == 50
        await other.next_of(1, "ProvideChargingInformation")
        cms.control.disarm(armed)
        assert await seconds_of_a_push(cms, client) == 0
        assert [event.link for event in cms.history.of(FaultFired)] == [1]


async def test_disarming_lets_the_rest_out_at_once(autojump_clock: MockClock) -> None:
    """Nothing that was under way stays slow."""
    async with stand(push_interval_s=3600.0) as cms:
        client = await booted(cms)
        armed = cms.control.arm(slow(rate=1, chunk=10))
        cms.control.push()
        await trio.sleep(15)
        cms.control.disarm(armed)
        begun = trio.current_time()
        await client.next_of(1, "ProvideChargingInformation")
        assert trio.current_time() == begun


async def test_trickling_is_not_taken_for_a_peer_that_no_longer_reads(autojump_clock: MockClock) -> None:
    """However much waits: it is we who are slow."""
    async with stand() as cms:
        await booted(cms)
        cms.control.arm(slow(rate=1, chunk=1))
        for _ in range(100):
            cms.control.push()
        await trio.sleep(60)
        assert cms.history.of(LinkEnded) == []


# -- not reading -------------------------------------------------------------------------------------------------------


async def test_nothing_is_read_until_the_fault_is_over(autojump_clock: MockClock) -> None:
    """Pushes go on meanwhile; what came is read afterwards, in order."""
    async with stand() as cms:
        client = await booted(cms)
        armed = cms.control.arm(slow("no-read"))
        before = len(cms.history.of(MessageReceived))
        await client.send(frame(b"[1]") + frame(b"[2]"))
        await client.next_of(1, "ProvideChargingInformation")
        assert len(cms.history.of(MessageReceived)) == before
        cms.control.disarm(armed)
        await trio.sleep(1)
        assert [event.text for event in cms.history.of(MessageReceived)[before:]] == ["[1]", "[2]"]
        assert [(event.link, event.fault) for event in cms.history.of(ReadingPaused)] == [(1, "slow")]
        assert [(event.link, event.fault) for event in cms.history.of(ReadingResumed)] == [(1, "slow")]
        assert [event.name for event in cms.history.of(FaultSeen)] == ["slow"]


async def test_two_that_leave_unread_are_both_to_end(autojump_clock: MockClock) -> None:
    """The first to go leaves the other at work."""
    async with stand() as cms:
        client = await booted(cms)
        first, second = cms.control.arm(slow("no-read")), cms.control.arm(slow("no-read"))
        before = len(cms.history.of(MessageReceived))
        await client.send(frame(b"[1]"))
        cms.control.disarm(first)
        await trio.sleep(1)
        assert len(cms.history.of(MessageReceived)) == before
        cms.control.disarm(second)
        await trio.sleep(1)
        assert len(cms.history.of(MessageReceived)) == before + 1
        assert [len(cms.history.of(kind)) for kind in (ReadingPaused, ReadingResumed)] == [1, 1]


@pytest.mark.parametrize("how", ["reset", "tcp-end", "tls-end", "tls-cut", "close"])
async def test_link_that_is_not_read_can_be_ended(how: str, autojump_clock: MockClock) -> None:
    """The reader that waits does not outlive it."""
    async with stand() as cms:
        client = await booted(cms)
        cms.control.arm(slow("no-read"))
        cms.control.drop(how)
        with trio.fail_after(30):
            await client.frames_to_end()
            await client.leave()
            await cms.idle()
        assert [event.by for event in cms.history.of(LinkEnded)] == ["us"]


# -- control frames ----------------------------------------------------------------------------------------------------


async def test_flood_pings_at_its_rate_until_it_is_over(autojump_clock: MockClock) -> None:
    """Each with a payload of its own, and messages go on between them."""
    async with stand() as cms:
        client = await booted(cms)
        armed = cms.control.arm(ping(rate=50))
        pings: list[bytes] = []
        with trio.move_on_after(10):
            while (one := await client.next_frame()) is not None:
                pings += [one.payload] if one.opcode == PING else []
                await client.send(frame(one.payload, PONG)) if one.opcode == PING else None
        cms.control.disarm(armed)
        assert 499 <= len(pings) <= 501
        assert len(set(pings)) == len(pings)
        await trio.sleep(5)
        assert len(cms.history.of(PingSent)) - len(pings) in (0, 1)
        assert [event.name for event in cms.history.of(FaultSeen)] == ["ping"]


async def test_flood_waits_for_a_peer_that_does_not_read(autojump_clock: MockClock) -> None:
    """It piles nothing up, and the link is not given up for it."""
    async with stand(push_interval_s=3600.0) as cms:
        await booted(cms)
        full = trio.Event()

        async def wait(data: bytes | bytearray | memoryview) -> None:
            await full.wait()  # nothing of the data leaves

        cms.server.links[1].net.inner.send_all = wait  # type: ignore[method-assign]
        cms.control.arm(ping(rate=1000))
        await trio.sleep(60)
        assert 0 < len(cms.history.of(PingSent)) < 20
        assert cms.history.of(LinkEnded) == []


async def test_withheld_pongs_are_neither_sent_nor_recorded(autojump_clock: MockClock) -> None:
    """Everything else is; afterwards pings are answered again."""
    async with stand() as cms:
        client = await booted(cms)
        armed = cms.control.arm(ping("withhold-pong"))
        await client.send(frame(b"one", PING))
        assert (await client.boot())[6] == {"status": "Accepted"}
        await client.send(frame(b"two", PING))
        await trio.sleep(1)
        cms.control.disarm(armed)
        await client.send(frame(b"three", PING))
        while (one := await client.next_frame()) is not None and one.opcode != PONG:
            assert one.opcode in (TEXT, PING)
        assert one is not None
        assert one.payload == b"three"
        assert [bytes.fromhex(event.payload) for event in cms.history.of(PongSent)] == [b"three"]
        assert len(cms.history.of(PingReceived)) == 3
        assert [event.name for event in cms.history.of(FaultSeen)] == ["ping"]


async def test_pongs_are_withheld_on_a_link_that_is_just_opening(autojump_clock: MockClock) -> None:
    """The fault comes between our answer to the upgrade and the link's first task."""
    async with stand() as cms:

        def arm(event: Event) -> None:
            if isinstance(event, UpgradeAnswered):
                cms.control.arm(ping("withhold-pong"))

        cms.server.world.recorder.subscribe(arm)
        client = await booted(cms)
        await client.send(frame(b"one", PING))
        await trio.sleep(1)
        assert len(cms.history.of(PingReceived)) == 1
        assert cms.history.of(PongSent) == []


# -- from when to when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [slow("no-read"), slow(rate=10_000, chunk=100), ping(rate=1), ping("withhold-pong")])
async def test_pressure_fires_on_every_link_meant_and_on_those_that_open_later(
    fault: object, autojump_clock: MockClock
) -> None:
    """Once each."""
    async with stand() as cms:
        await booted(cms)
        await booted(cms, "Presystem2")
        cms.control.arm(fault)  # type: ignore[arg-type]
        await cms.connect()
        await cms.open()
        await trio.sleep(1)
        assert [event.link for event in cms.history.of(FaultFired)] == [1, 2, 4]


async def test_pressure_lies_on_a_link_from_after_until(autojump_clock: MockClock) -> None:
    """By the clock, although nothing else happens."""
    async with stand(push_interval_s=3600.0) as cms:
        await booted(cms)
        begun = cms.server.world.clock.now()
        cms.control.arm(slow("no-read", after="10 s", until="25 s"))
        await trio.sleep(60)
        moments = [event.at - begun for event in (*cms.history.of(ReadingPaused), *cms.history.of(ReadingResumed))]
        assert moments == pytest.approx([10, 25])


async def test_pressure_begins_after_another_fault(autojump_clock: MockClock) -> None:
    """The next link is slow once the first was dropped."""
    async with stand() as cms:
        await booted(cms)
        cms.control.arm(slow("no-read", after="cut"))
        cms.control.arm(drop("reset", name="cut"))
        await cms.open()
        await trio.sleep(1)
        assert [event.link for event in cms.history.of(ReadingPaused)] == [2]
