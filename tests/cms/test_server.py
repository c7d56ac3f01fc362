"""Many connections: whatever a peer does, nothing is left of it and the next one is served."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock

from cms.raw_client import BINARY, CLOSE, CONTINUATION, GOOD_HEAD, PING, PONG, TEXT, RawClient, close_frame, frame
from cms.stand import Stand, client_context, stand
from mockpilot.faults.injector import Injector
from mockpilot.history.events import LinkEnded, MessageSent, ProtocolBroken, SendFailed, TcpAccepted
from mockpilot.history.recorder import Recorder
from protocol.strategies import A_FIFTH
from rig import MemoryStream

FRAMES = {
    "unmasked": frame(b"[1]", masked=False),
    "bad UTF-8": frame(b"\xff\xfe"),
    "reserved bit": frame(b"[]", reserved=4),
    "reserved opcode": frame(b"", 3),
    "close 1005": close_frame(1005),
    "close 1000": close_frame(),
    "close of one byte": frame(b"\x03", CLOSE),
    "close then data": close_frame() + frame(b"[1]"),
    "data then close": frame(b"[1]") + close_frame(),
    "two closes": close_frame(1000) + close_frame(1001),
    "ping and close": frame(b"p", PING) + close_frame(),
    "close and ping": close_frame() + frame(b"p", PING),
    "fragments": frame(b"[1,", fin=False) + frame(b"2]", CONTINUATION),
    "ping in fragments": frame(b"[1,", fin=False) + frame(b"p", PING) + frame(b"2]", CONTINUATION),
    "ten thousand empty fragments": frame(b"", fin=False) + frame(b"", CONTINUATION, fin=False) * 10_000,
    "huge announced": frame(b"", length=1 << 62, size=8),
    "half a frame": frame(b"[1,2,3]")[:5],
    "one byte": b"\x81",
    "pongs nobody asked for": frame(b"", PONG) * 500,
    "pings": frame(b"p" * 125, PING) * 500,
    "empty messages": frame(b"") * 500,
    "deep nesting": frame(b"[" * 100_000),
    "broken after messages": frame(b"[1]") * 50 + frame(b"[1]", masked=False),
    "binary": frame(bytes(range(256)), BINARY),
    "http again": GOOD_HEAD + b"\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "waits"])
@pytest.mark.parametrize("name", FRAMES)
async def test_hostile_frames_end_their_own_link_alone(name: str, leaves: bool, autojump_clock: MockClock) -> None:
    """Whether the peer runs away at once or waits for what happens."""
    async with stand() as cms:
        client = await cms.open()
        await client.send(FRAMES[name])
        if not leaves:
            with trio.move_on_after(60):
                await client.frames_to_end()
        await client.leave()
        await cms.idle()
        await cms.serves()


def _wild_frames() -> st.SearchStrategy[bytes]:
    made = st.builds(
        frame, st.binary(max_size=200) | st.just(b"[1]"), st.sampled_from([0, 1, 2, 3, 8, 9, 10, 15]),
        fin=st.booleans(),
        reserved=st.sampled_from([0, 0, 0, 1, 4]), masked=st.sampled_from([True, True, True, False]),
        size=st.sampled_from([None, None, None, 2, 8]),
    )  # fmt: skip
    return st.lists(made | st.binary(max_size=30), max_size=6).map(b"".join)


@A_FIFTH
@given(_wild_frames(), st.booleans(), st.lists(st.integers(1, 40), max_size=5))
def test_made_up_frames_end_their_own_link_alone(data: bytes, leaves: bool, cuts: list[int]) -> None:
    """Frames right and wrong in any order, cut anywhere; a broken one is answered by its name."""

    async def talk() -> None:
        async with stand() as cms:
            client = await cms.open()
            rest = data
            for cut in cuts:
                await client.send(rest[:cut])
                await trio.sleep(0.1)
                rest = rest[cut:]
            await client.send(rest)
            frames = []
            if not leaves:
                with trio.move_on_after(60):
                    while (one := await client.next_frame()) is not None:
                        frames.append(one)
            await client.leave()
            await cms.idle()
            broken = [event.code for event in cms.history.of(ProtocolBroken)]
            if broken and not leaves:
                assert frames[-1].code == broken[0]
            await cms.serves()

    trio.run(talk, clock=MockClock(autojump_threshold=0))


STEPS = ["boot", "list", "junk", "ping", "sleep", "close", "leave", "drop", "answer"]


@A_FIFTH
@given(st.lists(st.sampled_from(STEPS), max_size=12), st.integers(0, 1000))
def test_any_conversation_leaves_nothing_behind(steps: list[str], seed: int) -> None:
    """In whatever order a peer speaks and we drop it."""
    chance = random.Random(seed)

    async def talk() -> None:
        async with stand() as cms:
            client = await cms.open()
            for step in steps:
                await _step(cms, step, chance, client)
            await client.leave()
            await cms.idle()
            await cms.serves()

    trio.run(talk, clock=MockClock(autojump_threshold=0))


async def _step(cms: Stand, step: str, chance: random.Random, client: RawClient) -> None:
    match step:
        case "boot":
            await client.request("BootNotification", {"presystem": "BMS"})
        case "list":
            await client.request("ProvideChargingRequests", {"chargingRequestList": []})
        case "junk":
            await client.send(frame(b"junk"))
        case "ping":
            await client.send(frame(b"p", PING))
        case "sleep":
            await trio.sleep(chance.choice([0, 1, 20]))
        case "close":
            await client.send(close_frame())
        case "leave":
            await client.leave()
        case "drop":
            if cms.server.live_links():
                cms.control.drop(chance.choice(["close", "tls-end", "tcp-end", "reset", "silence"]))
        case _:
            await client.say(2, "BMS", "Presystem1", "x", "y", "ProvideChargingInformation", {})


async def test_peer_that_never_reads_is_given_up(autojump_clock: MockClock) -> None:
    """Pushes wait for it for a quarter of an hour; then we end the link, and say which frames never left."""
    async with stand() as cms:
        client = await cms.boot()
        stuck = trio.Event()
        link = cms.server.live_links()[0]
        assert link.wire is not None
        link.wire.inject = lambda data: stuck.wait()  # type: ignore[method-assign]
        begun = trio.current_time()
        await client.read_to_end()
        await client.leave()
        await cms.idle()
        assert 900 <= trio.current_time() - begun <= 1100
        assert [(e.by, e.how, e.detail) for e in cms.history.of(LinkEnded)] == [
            ("us", "broken on purpose", "the peer no longer reads")
        ]
        sent = {event.index for event in cms.history.of(MessageSent)}
        failed = {event.of for event in cms.history.of(SendFailed)}
        assert failed <= sent
        assert len(sent - failed) <= 2


async def test_hundred_connections_at_once_are_all_served(autojump_clock: MockClock) -> None:
    """Each boots and gets its push; each is one connection accepted and one ended."""
    async with stand() as cms:

        async def one() -> None:
            client = await cms.boot()
            await client.next_of(1, "ProvideChargingInformation")
            await client.send(close_frame())
            await client.frames_to_end()
            await client.leave()

        async with trio.open_nursery() as nursery:
            for _ in range(100):
                nursery.start_soon(one)
        await cms.idle()
        assert len(cms.history.of(TcpAccepted)) == 100
        assert {event.how for event in cms.history.of(LinkEnded)} == {"cleanly"}


async def test_bug_of_ours_ends_one_link_and_is_told(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    """Recorded with its traceback; the other links live on."""
    async with stand() as cms:
        other = await cms.boot()
        client = await cms.open()
        with monkeypatch.context() as patch:
            patch.setattr("mockpilot.cms.behaviour.answer", lambda *_: 1 / 0)
            await client.request("BootNotification", {"presystem": "BMS"})
            await client.read_to_end()
        kinds = cms.kinds(2)
        assert kinds[-2:] == ["simulator_broke", "link_ended"]
        assert (await other.boot())[6] == {"status": "Accepted"}
        cms.server.world.recorder.history._events.clear()


async def test_end_links_closes_politely_and_ends_who_does_not_answer(autojump_clock: MockClock) -> None:
    """Two seconds for the answer to our Close, then the end."""
    async with stand() as cms:
        polite, deaf = await cms.boot(), await cms.boot()

        async def answer() -> None:
            while (one := await polite.next_frame()) is not None:
                if one.opcode == CLOSE:
                    await polite.send(close_frame(one.code))
            await polite.leave()

        begun = trio.current_time()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(answer)
            await cms.server.end_links(1001)
        assert trio.current_time() == begun + 2
        assert cms.server.links == {}
        assert [one.code for one in await deaf.frames_to_end() if one.opcode == CLOSE] == [1001]
        assert {(event.by, event.how) for event in cms.history.of(LinkEnded)} == {("us", "cleanly")}


async def _boots_and_stays(connection: MemoryStream) -> None:
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError, AssertionError):
        client = await RawClient.over_tls(connection, client_context())
        await client.upgrade()
        await client.boot()
        await client.read_to_end()
    await trio.aclose_forcefully(connection)


async def _runs_for_ever(*_: object) -> None:
    await trio.sleep_forever()


@pytest.mark.parametrize("ticks", [0, 1, 2, 3, 5, 10, 20, 40])
async def test_connection_accepted_as_an_episode_ends_does_not_outlive_it(
    ticks: int, autojump_clock: MockClock
) -> None:
    """However far it has come at that moment, and whichever of the two the loop runs first."""
    for _ in range(10):  # the loop shuffles what is due at once
        async with stand() as cms:
            cms.nursery.start_soon(_boots_and_stays, cms.dial())
            for _ in range(ticks):
                await trio.lowlevel.checkpoint()
            with trio.fail_after(30):
                await cms.server.end_links()
            assert cms.server.links == {}
            await cms.idle()


async def test_connection_that_nothing_ends_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    """A mistake of ours that waits for ever does not hold the run up."""
    async with stand() as cms:
        monkeypatch.setattr("mockpilot.cms.serving.serve", _runs_for_ever)
        cms.nursery.start_soon(_boots_and_stays, cms.dial())
        await trio.sleep(1)
        with trio.fail_after(30):
            await cms.server.end_links()
        assert [event.detail for event in cms.history.of(LinkEnded)] == ["the episode was over"]


async def test_episode_begins_with_an_empty_recording(autojump_clock: MockClock) -> None:
    """Links are counted anew, held pushes go, and what happens is written into the new recording alone."""
    async with stand() as cms:
        await (await cms.boot()).leave()
        await cms.idle()
        cms.control.hold_pushes()
        world = cms.server.world
        before, count = world.recorder, len(world.recorder.history)
        cms.control.close()
        await cms.server.end_links()
        assert not cms.server.is_listening
        cms.server.begin_episode(Recorder(world.clock.now, world.clock.wall), Injector(), random.Random(1))
        assert cms.server.is_listening
        client = await cms.boot()
        await client.next_of(1, "ProvideChargingInformation")
        assert len(before.history) == count
        assert [event.link for event in cms.history.of(TcpAccepted)] == [1]


async def test_lent_server_serves_another_world_and_finds_its_own_again(autojump_clock: MockClock) -> None:
    """No link outlives either end; the own recording shows a closed port and counts its links on."""
    async with stand() as cms, stand() as other:
        cms.server.open_port()
        own, theirs = cms.server.world, other.server.world
        client = await cms.boot()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.leave)
            async with cms.server.lend(theirs):
                assert (cms.server.links, cms.server.is_listening) == ({}, False)
                cms.server.open_port()
                guest = await cms.boot()
                nursery.start_soon(guest.leave)
        assert cms.server.world is own
        await (await cms.boot()).leave()
        await cms.idle()
        assert [one.link for one in own.recorder.history.of(TcpAccepted)] == [1, 2]
        assert [one.link for one in theirs.recorder.history.of(TcpAccepted)] == [1]
        assert len(own.recorder.history.of(LinkEnded)) == 2
        kinds = [one.kind for one in own.recorder.history]
        assert kinds.index("listener_down") < kinds.index("link_ended") < len(kinds) - kinds[::-1].index("listener_up")


async def test_message_right_before_an_unmasked_frame_is_read(autojump_clock: MockClock) -> None:
    """What came whole before the broken frame counts."""
    async with stand() as cms:
        client = await cms.open()
        await client.send(frame(b"[1]", TEXT) + frame(b"[1]", masked=False))
        assert [one.code for one in await client.frames_to_end()] == [1002]
        assert [kind for kind in cms.kinds(1) if kind in ("message_received", "protocol_broken")] == [
            "message_received", "protocol_broken",
        ]  # fmt: skip
