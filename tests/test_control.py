"""The one door for whoever drives a CMS."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import trio

from cms.raw_client import frame
from cms.stand import stand
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.cms.tls import Certificates
from mockpilot.control import Control
from mockpilot.errors import MockpilotError, ScenarioError, UsageError
from mockpilot.faults import certificate, drop, lose, refuse, repeat
from mockpilot.faults.holding import hold
from mockpilot.history.events import (
    DepotChanged,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    FaultSeen,
    ListenerDown,
    Mark,
    MessageHeld,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    TcpAccepted,
)
from rig import EPOCH, certificates

if TYPE_CHECKING:
    from trio.testing import MockClock

PUSH = "ProvideChargingInformation"


async def test_arming_and_disarming_are_recorded(autojump_clock: MockClock) -> None:
    """Once each, with parameters; disarming twice is disarming."""
    async with stand() as cms:
        armed = cms.control.arm(lose("request", PUSH, optional=True, name="mine"))
        cms.control.disarm(armed)
        cms.control.disarm_all()
        assert [event.kind for event in cms.history] == ["fault_armed", "fault_disarmed"]
        assert cms.history.of(FaultArmed)[0] == FaultArmed(
            index=0, at=0.0, wall=cms.history[0].wall, name="mine", do="lose", how={"type": 1, "action": PUSH},
            optional=True,
        )  # fmt: skip


async def test_drop_without_a_link_is_the_authors_mistake(autojump_clock: MockClock) -> None:
    """Nothing is recorded."""
    async with stand() as cms:
        with pytest.raises(ScenarioError, match="a live link is expected"):
            cms.control.drop("reset")
        assert len(cms.history) == 0


async def test_drop_ends_every_live_link(autojump_clock: MockClock) -> None:
    """Fired once, of the newest."""
    async with stand() as cms:
        clients = [await cms.boot(), await cms.boot()]
        cms.control.drop("close", 1012)
        for client in clients:
            assert [one.code for one in await client.frames_to_end() if one.opcode == 8] == [1012]
        assert [event.link for event in cms.history.of(FaultFired)] == [2]


async def test_certificate_needs_the_key_of_the_authority(autojump_clock: MockClock) -> None:
    """A folder without ca.key can show the good one only."""
    async with stand() as cms:
        good = certificates()
        server = Server(cms.server.world, Certificates(good.context("good"), good.ca_pem))
        with pytest.raises(ScenarioError, match=r"ca\.key"):
            Control(server).arm(certificate("unknown-ca"))
        with pytest.raises(ScenarioError, match=r"ca\.key.* or a location"):
            Control(server).arm(refuse("redirect"))
        Control(server).arm(refuse("redirect", location="https://elsewhere.example/"))


async def test_refused_tcp_fires_at_once_and_is_seen_by_who_comes_back(autojump_clock: MockClock) -> None:
    """The attempts themselves are invisible to us."""
    async with stand() as cms:
        cms.server.open_port()
        armed = cms.control.arm(refuse("tcp"))
        assert not cms.server.is_listening
        assert [len(cms.history.of(kind)) for kind in (FaultFired, ListenerDown, FaultSeen)] == [1, 1, 0]
        cms.control.disarm(armed)
        assert cms.server.is_listening
        await cms.serves()
        assert [cms.history[event.proof or 0].kind for event in cms.history.of(FaultSeen)] == ["tcp_accepted"]


async def test_fault_that_fires_often_is_seen_once(autojump_clock: MockClock) -> None:
    """One proof is enough."""
    async with stand() as cms:
        cms.control.arm(repeat("request", PUSH))
        client = await cms.boot()
        for _ in range(4):
            push = await client.next_of(1, PUSH)
            await client.confirm(push)
        assert len(cms.history.of(FaultFired)) == 2
        assert len(cms.history.of(FaultSeen)) == 1


async def test_fault_seen_follows_its_proof_in_every_subscribers_eyes(autojump_clock: MockClock) -> None:
    """A trace that is written along is in the order of the indexes."""
    async with stand() as cms:
        written: list[int] = []
        cms.server.world.recorder.subscribe(lambda event: written.append(event.index))
        cms.control.arm(lose("confirmation", "BootNotification", nth=1))
        client = await cms.open()
        await client.request("BootNotification", {"presystem": "BMS"})
        await client.boot()
        assert cms.history.of(FaultSeen)
        assert written == list(range(len(cms.history)))


async def test_wait_event_misses_nothing_between_two_waits(autojump_clock: MockClock) -> None:
    """The cursor stands behind what the last wait found; a mark moves it to the end."""
    async with stand() as cms:
        for text in ("a", "b", "c"):
            cms.server.world.recorder.record(Mark(text=text))
        found = [await cms.control.wait_event(lambda event: isinstance(event, Mark)) for _ in range(2)]
        assert [getattr(event, "text", "") for event in found] == ["a", "b"]
        cms.control.mark("now")
        begun = trio.current_time()
        assert await cms.control.wait_event(lambda event: True, 5.0) is None
        assert trio.current_time() == begun + 5


async def test_wait_event_wakes_for_what_comes(autojump_clock: MockClock) -> None:
    """On whichever link it comes."""
    async with stand() as cms:
        await cms.open()
        client = await cms.open()

        async def later() -> None:
            await trio.sleep(7)
            await client.send(frame(b"hello"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(later)
            event = await cms.control.wait_event(lambda event: isinstance(event, MessageReceived), 60)
        assert event is not None
        assert (event.link, event.at) == (2, 7.0)


async def test_push_goes_to_every_booted_link_beside_the_rhythm(autojump_clock: MockClock) -> None:
    """Who is not booted gets none, and the next tick comes when it was due."""
    async with stand() as cms:
        booted, fresh = await cms.boot(), await cms.open()
        await booted.next_of(1, PUSH)
        begun = trio.current_time()
        await trio.sleep(4)
        cms.control.push()
        await booted.next_of(1, PUSH)
        assert trio.current_time() == begun + 4
        await booted.next_of(1, PUSH)
        assert trio.current_time() == begun + 15
        with trio.move_on_after(60) as scope:
            await fresh.next_message()
        assert scope.cancelled_caught


async def test_closed_control_hears_no_more(autojump_clock: MockClock) -> None:
    """What fires afterwards is not recorded by it."""
    async with stand() as cms:
        cms.control.arm(drop("reset", action="BootNotification", when="before-read"))
        cms.control.close()
        client = await cms.open()
        await client.request("BootNotification", {"presystem": "BMS"})
        assert await client.frames_to_end() == []
        assert cms.history.of(FaultFired) == []
        assert cms.history.of(FaultDisarmed) == []
        assert len(cms.history.of(TcpAccepted)) == 1


async def test_what_is_done_by_hand_leaves_a_line(autojump_clock: MockClock) -> None:
    """Pushes paused and resumed, the depot changed; and pausing keeps pushes back."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.pause_pushes()
        assert cms.control.pushes_paused
        before = len(cms.history.of(MessageSent))
        await trio.sleep(60)
        assert len(cms.history.of(MessageSent)) == before
        cms.control.resume_pushes()
        await trio.sleep(1)
        assert len(cms.history.of(MessageSent)) == before + 1
        point = cms.server.world.site.real_points()[0]
        cms.control.meddle("a bus comes", lambda depot: depot.plug_in("bus", point))
        assert [one.text for one in cms.history.of(Mark)] == ["by hand: pushes paused", "by hand: pushes resumed"]
        assert cms.history.of(DepotChanged)[-1].detail == "by hand: a bus comes"
        await client.leave()


async def test_depot_that_cannot_be_changed_is_not_recorded(autojump_clock: MockClock) -> None:
    """Nothing happened."""
    async with stand() as cms:
        with pytest.raises(MockpilotError, match="nowhere"):
            cms.control.meddle("a bus leaves", lambda depot: depot.unplug("nowhere"))
        assert cms.history.of(DepotChanged) == []


async def test_held_boot_confirmation_keeps_the_link_unbooted(autojump_clock: MockClock) -> None:
    """Until it is let go; nothing overtakes it."""
    async with stand() as cms:
        held = cms.control.arm(hold("confirmation", "BootNotification"))
        client = await cms.open()
        await client.request("BootNotification", {"systemType": "BMS"})
        await trio.sleep(60)
        assert cms.history.of(MessageSent) == []
        [kept] = cms.history.of(MessageHeld)
        cms.control.let_go(held)
        assert cms.history.of(MessageSent)[0].text == kept.text
        await client.next_of(1, PUSH)
        with pytest.raises(ScenarioError, match="it keeps none"):
            cms.control.let_go(held)
        await client.leave()


async def test_message_that_is_held_when_the_link_ends_is_withheld(autojump_clock: MockClock) -> None:
    """It is lost visibly."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.arm(hold("request"))
        cms.control.push()
        await client.leave()
        await cms.idle()
        assert [one.fault for one in cms.history.of(MessageWithheld)] == ["hold"]


async def test_discarded_message_never_leaves(autojump_clock: MockClock) -> None:
    """And nobody waits for it any more."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        held = cms.control.arm(hold("request"))
        cms.control.push()
        cms.control.discard(held)
        assert held.held == {}
        assert len(cms.history.of(MessageWithheld)) == 1
        await client.leave()


async def test_simulated_time_is_advanced(autojump_clock: MockClock) -> None:
    """And the wall's is not."""
    async with stand(clock=RunClock(EPOCH, factor=60.0)) as cms:
        cms.control.advance(3600)
        assert cms.server.world.clock.instant() == EPOCH + timedelta(hours=1)
        assert cms.history.of(Mark)[0].text == "by hand: clock advanced by 1 h"
    async with stand() as cms:
        with pytest.raises(UsageError, match="--time-factor"):
            cms.control.advance(3600)
