"""One link: its conversation, its rhythm, its ends."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import trio

from cms.raw_client import (
    BINARY,
    CLOSE,
    CONTINUATION,
    GOOD_HEAD,
    PING,
    PONG,
    STAMP,
    TEXT,
    RawClient,
    close_frame,
    entry,
    frame,
)
from cms.stand import PASSWORD, PUSH_INTERVAL_S, Stand, stand
from mockpilot.faults import answer, delay, drop, lose, repeat
from mockpilot.faults.injector import Injector
from mockpilot.history.events import (
    CloseReceived,
    CloseSent,
    DepotChanged,
    FaultFired,
    FaultSeen,
    LinkEnded,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    PongSent,
    ProtocolBroken,
    SendFailed,
    WentSilent,
)
from mockpilot.history.recorder import Recorder
from mockpilot.protocol.vocabulary import dialect

if TYPE_CHECKING:
    from trio.testing import MockClock

PUSH = "ProvideChargingInformation"
LIST = "ProvideChargingRequests"
BOOT = "BootNotification"


async def pushes(client: RawClient, count: int) -> list[float]:
    """When the next pushes arrive."""
    times = []
    for _ in range(count):
        await client.next_of(1, PUSH)
        times.append(trio.current_time())
    return times


def short(value: object) -> str | None:
    """How bytes are called in the name of a test."""
    return value[:12].hex() or "nothing" if isinstance(value, bytes) else None


# -- the conversation --------------------------------------------------------------------------------------------------


async def test_boot_is_accepted_and_the_first_push_follows_at_once(autojump_clock: MockClock) -> None:
    """Confirmation and push come in that order, without any time between."""
    async with stand() as cms:
        client = await cms.open()
        begun = trio.current_time()
        confirmation = await client.boot()
        push = await client.next_message()
        assert trio.current_time() == begun
        assert confirmation[:3] == [2, "CMS", "Presystem1"]
        assert confirmation[5:] == [BOOT, {"status": "Accepted"}]
        assert (push[:3], push[5]) == ([1, "CMS", "Presystem1"], PUSH)
        assert push[6]["depotInfoList"]


async def test_events_of_a_link_come_in_their_order(autojump_clock: MockClock) -> None:
    """From TCP to the end, each step is recorded before the next."""
    async with stand() as cms:
        client = await cms.boot()
        await client.confirm(await client.next_message())
        await client.send(frame(b"x", PING) + close_frame(1001, b"bye"))
        await client.frames_to_end()
        await client.leave()
        await cms.idle()
        assert cms.kinds(1) == [
            "tcp_accepted", "first_bytes", "tls_established", "upgrade_requested", "upgrade_answered",
            "message_received", "boot_read", "message_sent", "message_sent", "message_received", "ping_received",
            "close_received", "close_sent", "link_ended",
        ]  # fmt: skip


async def test_password_in_a_message_is_told_and_masked(autojump_clock: MockClock) -> None:
    """The recording says that it was there, and does not hold it."""
    async with stand() as cms:
        client = await cms.boot()
        await client.ask(entry(1) | {"vehicleId": f"bus of {PASSWORD}"})
        told = [event for event in cms.history.of(MessageReceived) if event.password_in]
        assert len(told) == 1
        assert PASSWORD not in (told[0].text or "")


async def test_pushes_keep_absolute_ticks_for_an_hour(autojump_clock: MockClock) -> None:
    """First push plus n intervals to the last bit, though nobody confirms any."""
    async with stand() as cms:
        client = await cms.boot()
        times = await pushes(client, 241)
        assert times == [times[0] + n * PUSH_INTERVAL_S for n in range(241)]


async def test_slow_confirmations_leave_the_rhythm_alone(autojump_clock: MockClock) -> None:
    """Whether and when a push is confirmed delays nothing."""
    async with stand() as cms:
        client = await cms.boot()
        first = await client.next_of(1, PUSH)
        begun = trio.current_time()
        await trio.sleep(PUSH_INTERVAL_S - 1)
        await client.confirm(first)
        assert await pushes(client, 2) == [begun + PUSH_INTERVAL_S, begun + 2 * PUSH_INTERVAL_S]


async def test_pushes_repeat_no_id(autojump_clock: MockClock) -> None:
    """Each push is a request of its own."""
    async with stand() as cms:
        client = await cms.boot()
        ids = [(await client.next_of(1, PUSH))[4] for _ in range(20)]
        assert len(set(ids)) == 20


async def test_second_boot_is_accepted_and_changes_no_rhythm(autojump_clock: MockClock) -> None:
    """It gets its answer and no push of its own."""
    async with stand() as cms:
        client = await cms.boot()
        (begun,) = await pushes(client, 1)
        await trio.sleep(4)
        assert (await client.boot())[6] == {"status": "Accepted"}
        assert await pushes(client, 2) == [begun + PUSH_INTERVAL_S, begun + 2 * PUSH_INTERVAL_S]


async def test_several_links_of_one_presystem_all_get_pushes(autojump_clock: MockClock) -> None:
    """Each in a rhythm of its own; the first is not ended by the second."""
    async with stand() as cms:
        first = await cms.boot()
        await trio.sleep(4)
        second = await cms.boot()
        assert len(cms.server.live_links()) == 2
        await pushes(first, 1)
        (late,) = await pushes(second, 1)
        assert await pushes(first, 1) == [late + PUSH_INTERVAL_S - 4]
        assert await pushes(second, 1) == [late + PUSH_INTERVAL_S]


async def test_two_presystems_have_lists_of_their_own(autojump_clock: MockClock) -> None:
    """What one asks for deletes nothing of the other, and each is answered under its id."""
    async with stand() as cms:
        one, two = await cms.boot("Presystem1"), await cms.boot("Presystem2")
        assert (await one.ask(entry(1)))[:3] == [2, "CMS", "Presystem1"]
        assert (await two.ask(entry(2), presystem_id="Presystem2"))[:3] == [2, "CMS", "Presystem2"]
        assert set(cms.server.world.site.requests_of("Presystem1")) == {"request-1"}
        assert set(cms.server.world.site.requests_of("Presystem2")) == {"request-2"}


async def test_lists_create_change_and_delete(autojump_clock: MockClock) -> None:
    """Each is confirmed with an empty object, and the recording says what became of it."""
    async with stand() as cms:
        client = await cms.boot()
        for entries in ([entry(1), entry(2)], [entry(1, minTargetSoc=90), entry(2)], [entry(1, minTargetSoc=90)], []):
            assert (await client.ask(*entries))[:1] + (await client.ask(*entries))[5:] == [2, LIST, {}]
        found = [(e.created, e.changed, e.deleted) for e in cms.history.of(DepotChanged)]
        changes = [one for one in found if any(one)]
        assert changes == [
            (("request-1", "request-2"), (), ()), ((), ("request-1",), ()), ((), (), ("request-2",)),
            ((), (), ("request-1",)),
        ]  # fmt: skip
        assert {event.what for event in cms.history.of(DepotChanged)} == {"list applied"}


@pytest.mark.parametrize(("name", "key"), [("chargepilot", "message"), ("vdv-1.1", "message")])
async def test_list_that_comes_too_early_is_refused(name: str, key: str, autojump_clock: MockClock) -> None:
    """Before a boot: an error answer in the dialect's form, nothing applied, and the link stays."""
    spoken = dialect(name)
    async with stand(dialect=spoken) as cms:
        client = await cms.open()
        refused = await client.ask(entry(1))
        assert (refused[0], refused[5]) == (3, LIST)
        assert list(refused[6]) == [spoken.error_key]
        assert not cms.server.world.site.requests_of("Presystem1")
        assert cms.history.of(DepotChanged) == []
        assert (await client.boot())[6] == {"status": "Accepted"}


@pytest.mark.parametrize("payload", [
    {}, [], None, {"chargingRequestList": 1}, {"chargingRequestList": [{}]}, {"chargingRequestList": [], "more": 1},
    {"chargingRequestList": [entry(1, minTargetSoc="x")]},
])  # fmt: skip
async def test_list_that_is_not_valid_is_refused(payload: object, autojump_clock: MockClock) -> None:
    """With an error under the same id and action; nothing is applied, the link stays."""
    async with stand() as cms:
        client = await cms.boot()
        message_id = await client.request(LIST, payload)
        refused = await client.next_of(3, LIST)
        assert refused[4] == message_id
        assert [event.what for event in cms.history.of(DepotChanged)] == ["list not applied"]
        assert (await client.ask())[0] == 2


@pytest.mark.parametrize("text", [
    b"", b"hello", b"{}", b"[]", b"[1,2,3,4,5,6]", b"null", b"[" * 5000, b"[1,,]", b"NaN",
    b'[9,"BMS","Presystem1","x","y","BootNotification",{}]',
    b'[2,"BMS","Presystem1","x","y","ProvideChargingInformation",{}]',
    b'[3,"BMS","Presystem1","x","y","ProvideChargingInformation",{"message":"no"}]',
])  # fmt: skip
async def test_frames_that_ask_for_nothing_are_ignored(text: bytes, autojump_clock: MockClock) -> None:
    """No envelope, an unknown action, an answer that nobody asked for: recorded, not answered, and the link stays."""
    async with stand() as cms:
        client = await cms.open()
        await client.send(frame(text))
        assert (await client.boot())[6] == {"status": "Accepted"}
        assert next(event.text for event in cms.history.of(MessageReceived)) == text.decode()
        assert len(cms.history.of(MessageSent)) <= 2


async def test_answer_repeats_what_the_recording_masks(autojump_clock: MockClock) -> None:
    """A password where the action should stand comes back as it came, or the answer would correlate with nothing."""
    async with stand() as cms:
        world = cms.server.world
        hiding = Recorder(world.clock.now, world.clock.wall, mask=lambda text: text.replace(PASSWORD, "***"))
        cms.server.begin_episode(hiding, Injector(), random.Random(7))
        client = await cms.open()
        await client.say(1, "BMS", "Presystem1", STAMP, "00000000-0000-4000-8000-000000000001", PASSWORD, {})
        assert (await client.next_message())[5] == PASSWORD
        assert [PASSWORD in (event.text or "") for event in cms.history.of(MessageSent)] == [False]


@pytest.mark.parametrize("value", ["\\ud800", "\\udc00x", "\\ud800\\ud800"])
@pytest.mark.parametrize("slot", ["Presystem1", "00000000-0000-4000-8000-000000000001", "BMS"])
async def test_half_surrogates_are_answered_under_a_mended_id(slot: str, value: str, autojump_clock: MockClock) -> None:
    """Text that no UTF-8 can hold ends neither the link nor the recording."""
    async with stand() as cms:
        client = await cms.open()
        text = f'[1,"BMS","Presystem1","{STAMP}","00000000-0000-4000-8000-000000000001","{BOOT}",{{"presystem":"BMS"}}]'
        await client.send(frame(text.replace(slot, value, 1).encode()))
        assert (await client.next_message())[6] == {"status": "Accepted"}


async def test_binary_and_fragmented_messages_are_read(autojump_clock: MockClock) -> None:
    """Binary is read with good will, fragments are one message though a ping comes between."""
    async with stand() as cms:
        client = await cms.open()
        text = f'[1,"BMS","Presystem1","{STAMP}","00000000-0000-4000-8000-000000000001","{BOOT}",{{"presystem":"BMS"}}]'
        data = text.encode()
        await client.send(frame(data, BINARY))
        assert (await client.next_message())[6] == {"status": "Accepted"}
        pieces = [frame(data[:9], fin=False), frame(b"?", PING), frame(data[9:50], CONTINUATION, fin=False)]
        await client.send(b"".join(pieces) + frame(data[50:], CONTINUATION))
        assert (await client.next_of(2, BOOT))[6] == {"status": "Accepted"}
        received = cms.history.of(MessageReceived)
        assert [event.binary for event in received] == [True, False]
        assert received[1].text == text
        assert len(cms.history.of(PongSent)) == 1


async def test_ping_is_answered_with_its_payload(autojump_clock: MockClock) -> None:
    """By a pong, at once, booted or not."""
    async with stand() as cms:
        client = await cms.open()
        await client.send(frame(b"are you there", PING))
        pong = await client.next_frame()
        assert pong is not None
        assert (pong.opcode, pong.payload) == (PONG, b"are you there")


async def test_frames_right_behind_the_head_are_read(autojump_clock: MockClock) -> None:
    """A presystem that cannot wait for our 101 loses nothing."""
    async with stand() as cms:
        client = await cms.connect()
        boot = f'[1,"BMS","Presystem1","{STAMP}","00000000-0000-4000-8000-000000000001","{BOOT}",{{"presystem":"BMS"}}]'
        response = await client.upgrade(GOOD_HEAD + b"\r\n" + frame(b"!", PING) + frame(boot.encode()))
        assert response.status == 101
        pong = await client.next_frame()
        assert pong is not None
        assert pong.opcode == PONG
        assert (await client.next_message())[6] == {"status": "Accepted"}
        kinds = cms.kinds(1)
        assert kinds.index("upgrade_answered") < kinds.index("ping_received") < kinds.index("message_received")


async def test_burst_of_requests_is_answered_whole(autojump_clock: MockClock) -> None:
    """Five hundred lists in one piece are five hundred confirmations in their order."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(500)]
        lists = (f'[1,"BMS","Presystem1","{STAMP}","{one}","{LIST}",{{"chargingRequestList":[]}}]' for one in ids)
        await client.send(b"".join(frame(text.encode()) for text in lists))
        assert [(await client.next_of(2, LIST))[4] for _ in ids] == ids


# -- faults on the wire ------------------------------------------------------------------------------------------------


async def test_lost_boot_confirmation_leaves_the_link_unbooted(autojump_clock: MockClock) -> None:
    """No answer and no push; the next boot is accepted, and both ways afterwards prove that the loss was met."""
    async with stand() as cms:
        cms.control.arm(lose("confirmation", BOOT, nth=1))
        client = await cms.open()
        await client.request(BOOT, {"presystem": "BMS"})
        with trio.move_on_after(60) as scope:
            await client.next_message()
        assert scope.cancelled_caught
        assert [event.fault for event in cms.history.of(MessageWithheld)] == ["lose"]
        assert (await client.boot())[6] == {"status": "Accepted"}
        assert len(cms.history.of(FaultSeen)) == 1


async def test_late_confirmation_comes_late_and_moves_the_link_then(autojump_clock: MockClock) -> None:
    """Boot confirmation and first push come together, after the delay."""
    async with stand() as cms:
        cms.control.arm(delay("confirmation", BOOT, by=20.0))
        client = await cms.open()
        begun = trio.current_time()
        assert (await client.boot())[6] == {"status": "Accepted"}
        assert trio.current_time() == begun + 20
        assert await pushes(client, 1) == [begun + 20]
        assert [event.fault for event in cms.history.of(MessageSent)] == ["delay", None]


async def test_rejected_boot_leaves_the_link_open_for_another(autojump_clock: MockClock) -> None:
    """No pushes until a boot is accepted; a delayed push of before does not break the link."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.arm(delay("request", PUSH, nth=1, by=5.0))
        cms.control.arm(answer(BOOT, "rejected", nth=1))
        await trio.sleep(PUSH_INTERVAL_S)
        assert (await client.boot())[6] == {"status": "Rejected"}
        await client.next_of(1, PUSH)
        with trio.move_on_after(60) as scope:
            await client.next_of(1, PUSH)
        assert scope.cancelled_caught
        assert (await client.boot())[6] == {"status": "Accepted"}
        await client.next_of(1, PUSH)


async def test_repeated_push_comes_twice_with_one_id(autojump_clock: MockClock) -> None:
    """And a ping behind it, whose pong proves that it was met."""
    async with stand() as cms:
        cms.control.arm(repeat("request", PUSH, nth=1, gap=2.0))
        client = await cms.boot()
        first = await client.next_of(1, PUSH)
        begun = trio.current_time()
        assert await client.next_of(1, PUSH) == first
        assert trio.current_time() == begun + 2
        ping = await client.next_frame()
        assert ping is not None
        assert ping.opcode == PING
        assert cms.history.of(FaultSeen) == []
        await client.send(frame(ping.payload, PONG))
        await trio.sleep(1)
        assert [event.name for event in cms.history.of(FaultSeen)] == ["repeat"]


async def test_error_answer_applies_nothing(autojump_clock: MockClock) -> None:
    """The list is refused on the wire and in the depot."""
    async with stand() as cms:
        cms.control.arm(answer(LIST, "error", nth=1, text="Not today."))
        client = await cms.boot()
        refused = await client.ask(entry(1))
        assert (refused[0], refused[6]) == (3, {"message": "Not today."})
        assert not cms.server.world.site.requests_of("Presystem1")
        assert (await client.ask(entry(1)))[0] == 2


# -- ends --------------------------------------------------------------------------------------------------------------


CLOSES = [(1000, b""), (1001, b"going"), (None, b""), (3000, b""), (4999, b""), (1014, b"")]


@pytest.mark.parametrize(("code", "reason"), CLOSES)
async def test_close_of_the_presystem_is_answered(code: int | None, reason: bytes, autojump_clock: MockClock) -> None:
    """With the same code; then the connection ends, and it was the product that ended it."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        await client.send(close_frame(code, reason))
        (closing,) = await client.frames_to_end()
        assert (closing.opcode, closing.code) == (CLOSE, code)
        await client.leave()
        await cms.idle()
        assert [(e.code, e.reason) for e in cms.history.of(CloseReceived)] == [(code, reason.decode())]
        assert [e.code for e in cms.history.of(CloseSent)] == [code]
        assert [(e.by, e.how) for e in cms.history.of(LinkEnded)] == [("product", "cleanly")]


@pytest.mark.parametrize(("data", "code", "what"), [
    (frame(b"[1]", masked=False), 1002, "unmasked frame"), (frame(b"[1]", masked=False)[:2], 1002, "unmasked frame"),
    (frame(b"[]", reserved=4), 1002, "reserved bits"), (frame(b"[]", reserved=1), 1002, "reserved bits"),
    (b"\xc1", None, None), (frame(b"[]", reserved=4)[:2], 1002, "reserved bits"),
    (frame(b"", 3), 1002, "reserved opcode"), (frame(b"", 11), 1002, "reserved opcode"),
    (frame(b"", PING, fin=False), 1002, "bad control frame"), (frame(b"x" * 126, PING), 1002, "bad control frame"),
    (frame(b"x", CONTINUATION), 1002, "bad continuation"),
    (frame(b"x", fin=False) + frame(b"y"), 1002, "bad continuation"),
    (frame(b"x", size=2), 1002, "bad length"), (frame(b"x" * 126, size=8), 1002, "bad length"),
    (frame(b"", length=1 << 63, size=8), 1002, "bad length"),
    (frame(b"\x03", CLOSE), 1002, "bad Close frame"), (close_frame(1005), 1002, "bad Close frame"),
    (close_frame(1006), 1002, "bad Close frame"), (close_frame(999), 1002, "bad Close frame"),
    (close_frame(5000), 1002, "bad Close frame"), (close_frame(0), 1002, "bad Close frame"),
    (close_frame(1000, b"\xff"), 1007, "bad Close frame"),
    (frame(b"\xff\xfe"), 1007, "bad UTF-8"), (frame(b"[\xed\xa0\x80]"), 1007, "bad UTF-8"),
    (frame(b"\xff", fin=False), 1007, "bad UTF-8"), (frame(b"\xff" * 200)[:50], 1007, "bad UTF-8"),
    (frame(b"ab\xc3", fin=False) + frame(b"\x28", CONTINUATION), 1007, "bad UTF-8"),
    (frame(b"", length=(1 << 24) + 1, size=8), 1009, "message too big"),
    (frame(b"", length=1 << 62, size=8), 1009, "message too big"),
    (frame(b"\xff", BINARY) + frame(b"\xff"), 1007, "bad UTF-8"),
], ids=short)  # fmt: skip
async def test_violations_of_rfc_6455_are_answered_by_name(
    data: bytes, code: int | None, what: str | None, autojump_clock: MockClock
) -> None:
    """A Close frame with 1002, 1007 or 1009, then the end; half a frame is none yet, and leaves the link open."""
    async with stand() as cms:
        client = await cms.open()
        await client.send(data)
        if code is None:
            await trio.sleep(60)
            assert len(cms.server.live_links()) == 1
            return
        frames = await client.frames_to_end()
        assert [(one.opcode, one.code) for one in frames] == [(CLOSE, code)]
        await client.leave()
        await cms.idle()
        assert [(event.what, event.code) for event in cms.history.of(ProtocolBroken)] == [(what, code)]
        assert [event.code for event in cms.history.of(CloseSent)] == [code]
        assert [(event.by, event.how) for event in cms.history.of(LinkEnded)] == [("us", "cleanly")]
        await cms.serves()


async def test_message_beyond_the_limit_is_refused_in_fragments_too(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    """The limit counts bytes of the whole message; one that just fits is read."""
    monkeypatch.setattr("mockpilot.cms.frames.MESSAGE_LIMIT", 1000)
    async with stand() as cms:
        client = await cms.open()
        await client.send(frame("ä".encode() * 500))
        await client.send(frame(b"a" * 600, fin=False) + frame(b"a" * 401, CONTINUATION))
        assert [(one.opcode, one.code) for one in await client.frames_to_end()] == [(CLOSE, 1009)]
        assert len(cms.history.of(MessageReceived)) == 1


async def test_our_close_is_answered_though_a_ping_crosses_it(autojump_clock: MockClock) -> None:
    """Nothing follows our Close, not even a pong; the answer ends the link, which we ended cleanly."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.drop("close", 1012)
        closing = await client.next_frame()
        assert closing is not None
        assert (closing.opcode, closing.code) == (CLOSE, 1012)
        await client.send(frame(b"crossing", PING) + close_frame(1012))
        assert await client.frames_to_end() == []
        await client.leave()
        await cms.idle()
        assert [(e.by, e.how) for e in cms.history.of(LinkEnded)] == [("us", "cleanly")]
        assert [(e.code, e.fault) for e in cms.history.of(CloseSent)] == [(1012, "drop")]
        assert cms.kinds(1)[-5:] == ["close_sent", "ping_received", "close_received", "fault_seen", "link_ended"]


async def test_our_close_that_nobody_answers_ends_after_its_time(autojump_clock: MockClock) -> None:
    """What comes meanwhile is recorded as coming too late, and not answered."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        begun = trio.current_time()
        cms.control.drop("close", None)
        await client.request(LIST, {"chargingRequestList": [entry(1)]})
        (closing,) = await client.frames_to_end()
        assert (closing.opcode, closing.code) == (CLOSE, None)
        assert trio.current_time() == begun + 10
        assert cms.history.of(MessageReceived)[-1].ending
        assert cms.history.of(DepotChanged) == []


@pytest.mark.parametrize("how", ["tls-end", "tcp-end", "reset"])
async def test_drops_without_a_close_frame_end_at_once(how: str, autojump_clock: MockClock) -> None:
    """No Close frame; the recording says that it was on purpose."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        begun = trio.current_time()
        cms.control.drop(how)
        assert await client.frames_to_end() == []
        assert trio.current_time() == begun
        await client.leave()
        await cms.idle()
        assert [(e.by, e.how) for e in cms.history.of(LinkEnded)] == [("us", "broken on purpose")]
        assert cms.history.of(CloseSent) == []
        assert [e.link for e in cms.history.of(FaultFired)] == [1]
        await cms.serves()
        assert [e.name for e in cms.history.of(FaultSeen)] == ["drop"]


async def test_tls_end_says_goodbye_in_tls_and_tcp_end_does_not(autojump_clock: MockClock) -> None:
    """A client that asks for close_notify can tell one from the other."""
    async with stand() as cms:
        for how, ends_well in (("tls-end", True), ("tcp-end", False)):
            client = await cms.open()
            assert isinstance(client.stream, trio.SSLStream)
            client.stream._https_compatible = False
            cms.control.drop(how)
            if ends_well:
                assert await client.stream.receive_some() == b""
            else:
                with pytest.raises(trio.BrokenResourceError):
                    await client.stream.receive_some()


async def test_silence_neither_reads_nor_writes_nor_ends(autojump_clock: MockClock) -> None:
    """An hour of nothing; the end of the presystem is noticed, and it was we who broke the link."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.drop("silence")
        await client.send(frame(b"x", PING))
        await client.request(BOOT, {"presystem": "BMS"})
        with trio.move_on_after(3600) as scope:
            await client.next_frame()
        assert scope.cancelled_caught
        assert len(cms.server.links) == 1
        assert cms.server.live_links() == []
        await client.leave()
        await cms.idle()
        assert [e.fault for e in cms.history.of(WentSilent)] == ["drop"]
        assert [(e.by, e.how) for e in cms.history.of(LinkEnded)] == [("us", "broken on purpose")]
        assert len(cms.history.of(MessageReceived)) == 1


@pytest.mark.parametrize("how", ["close", "tls-end", "tcp-end", "silence"])
async def test_drop_after_the_answer_lets_the_answer_out(how: str, autojump_clock: MockClock) -> None:
    """The confirmation arrives, then the link ends; firing is recorded then, of the message that set it off."""
    async with stand() as cms:
        cms.control.arm(drop(how, action=LIST, when="after-answer"))
        client = await cms.boot()
        assert (await client.ask(entry(1)))[0] == 2
        await trio.sleep(1)
        kinds = [event.kind for event in cms.history if event.kind in ("message_sent", "fault_fired", "depot_changed")]
        assert kinds[-3:] == ["depot_changed", "message_sent", "fault_fired"]
        fired = cms.history.of(FaultFired)[0]
        assert fired.of == cms.history.of(MessageReceived)[-1].index
        assert cms.history.of(SendFailed) == []


@pytest.mark.parametrize(("when", "unread", "kinds"), [
    ("before-read", True, ["message_received", "fault_fired"]),
    ("before-answer", False, ["message_received", "depot_changed", "fault_fired"]),
])  # fmt: skip
async def test_drop_before_the_answer_keeps_it_back(
    when: str, unread: bool, kinds: list[str], autojump_clock: MockClock
) -> None:
    """Unread: shown to neither session nor depot. Unanswered: read, and not taken over."""
    async with stand() as cms:
        cms.control.arm(drop("reset", action=LIST, when=when))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        await client.request(LIST, {"chargingRequestList": [entry(1)]})
        assert await client.frames_to_end() == []
        await client.leave()
        await cms.idle()
        received = cms.history.of(MessageReceived)[-1]
        assert (received.unread, received.ending) == (unread, False)
        assert [event.kind for event in cms.history[received.index :]][: len(kinds)] == kinds
        assert not cms.server.world.site.requests_of("Presystem1")


async def test_presystem_that_vanishes_broke_the_link_off(autojump_clock: MockClock) -> None:
    """An end without a Close frame is its doing."""
    async with stand() as cms:
        client = await cms.boot()
        await client.leave()
        await cms.idle()
        assert [(e.by, e.how) for e in cms.history.of(LinkEnded)] == [("product", "broken off")]
        await cms.serves()


async def test_list_that_comes_right_before_the_end_is_taken_over(autojump_clock: MockClock) -> None:
    """It came in time; that nobody is there for the answer changes nothing."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        one = "00000000-0000-4000-8000-00000000000a"
        text = f'[1,"BMS","Presystem1","{STAMP}","{one}","{LIST}",{{"chargingRequestList":[]}}]'
        await client.send(frame(text.encode(), TEXT) + close_frame())
        assert [one.opcode for one in await client.frames_to_end()][-1] == CLOSE
        assert [event.what for event in cms.history.of(DepotChanged)] == ["list applied"]


async def test_held_pushes_go_out_once_released_and_keep_their_phase(autojump_clock: MockClock) -> None:
    """What was due goes at once, what comes after as if nothing had been; holding twice holds once."""
    async with stand() as cms:
        client = await cms.boot()
        (begun,) = await pushes(client, 1)
        cms.control.hold_pushes()
        cms.control.hold_pushes()
        await trio.sleep(40)
        cms.control.hold_pushes()
        cms.control.release_pushes()
        assert await pushes(client, 2) == [begun + 40, begun + 45]


def fired_and_seen(cms: Stand) -> tuple[int, int]:
    """How often faults fired and were seen."""
    return len(cms.history.of(FaultFired)), len(cms.history.of(FaultSeen))


async def test_fault_that_nobody_meets_is_not_seen(autojump_clock: MockClock) -> None:
    """Fired, and the presystem says nothing more."""
    async with stand() as cms:
        cms.control.arm(answer(BOOT, "wrong-id"))
        client = await cms.open()
        await client.request(BOOT, {"presystem": "BMS"})
        await trio.sleep(600)
        assert fired_and_seen(cms) == (1, 0)
