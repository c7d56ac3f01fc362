"""Faults on the wire: what leaves, what is recorded, and what proves that it was met."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import trio

from cms.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, RawClient, entry, frame
from cms.stand import PUSH_INTERVAL_S, Stand, stand
from mockpilot.errors import ScenarioError
from mockpilot.faults import (
    Fault,
    answer,
    certificate,
    change,
    clock,
    damage,
    delay,
    drop,
    forget,
    inject,
    lose,
    ping,
    refuse,
    repeat,
    slow,
    swap,
)
from mockpilot.history.events import (
    DepotChanged,
    FaultArmed,
    FaultFired,
    FaultSeen,
    LinkEnded,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    PingSent,
)
from mockpilot.protocol.vocabulary import DIALECTS

if TYPE_CHECKING:
    from trio.testing import MockClock

PUSH = "ProvideChargingInformation"
LIST = "ProvideChargingRequests"
BOOT = "BootNotification"


async def answer_pings(client: RawClient) -> Frame:
    """The next frame that is no ping; pings are answered as any library does."""
    while True:
        one = await client.next_frame()
        assert one is not None
        if one.opcode != PING:
            return one
        await client.send(frame(one.payload, PONG))


async def frames(client: RawClient, count: int) -> list[Frame]:
    """The next frames that are no pings."""
    return [await answer_pings(client) for _ in range(count)]


async def confirmed(client: RawClient, count: int = 1) -> list[Any]:
    """The next pushes, each confirmed."""
    pushes = []
    for _ in range(count):
        pushes.append(await client.next_of(1, PUSH))
        await client.confirm(pushes[-1])
    return pushes


def evidence(cms: Stand) -> list[tuple[str, bool]]:
    """Names of the faults that fired, in order, and whether each was seen."""
    seen = {event.name for event in cms.history.of(FaultSeen)}
    return [(name, name in seen) for name in dict.fromkeys(event.name for event in cms.history.of(FaultFired))]


def ids(push: list[Any]) -> list[str]:
    """Of the points that a push names."""
    return [point["chargingPointId"] for depot in push[6]["depotInfoList"]
            for station in depot["chargingStationInfoList"] for point in station["chargingPointInfoList"]]  # fmt: skip


# -- lose, in the other direction --------------------------------------------------------------------------------------


async def test_unread_list_is_neither_taken_nor_answered(autojump_clock: MockClock) -> None:
    """It is recorded as unread; the same list again is proof, and is taken."""
    async with stand() as cms:
        cms.control.arm(lose("request", LIST, direction="in", nth=1))
        client = await cms.boot()
        await client.request(LIST, {"chargingRequestList": [entry(1)]})
        await confirmed(client, 2)
        assert not cms.server.world.site.requests_of("Presystem1")
        assert [event.unread for event in cms.history.of(MessageReceived) if LIST in (event.text or "")] == [True]
        assert (await client.ask(entry(1)))[0] == 2
        assert evidence(cms) == [("lose", True)]


async def test_unread_confirmation_leaves_the_rest_alone(autojump_clock: MockClock) -> None:
    """A push counts as unanswered, and the next comes as ever."""
    async with stand() as cms:
        cms.control.arm(lose("confirmation", PUSH, direction="in", nth=1))
        client = await cms.boot()
        await confirmed(client, 2)
        await trio.sleep(1)
        unread = [event.unread for event in cms.history.of(MessageReceived) if PUSH in (event.text or "")]
        assert unread == [True, False]


# -- selectors on the wire ---------------------------------------------------------------------------------------------


async def test_link_selector_leaves_other_links_alone(autojump_clock: MockClock) -> None:
    """By number, or by the presystem's id."""
    async with stand() as cms:
        cms.control.arm(lose("request", PUSH, link=2))
        cms.control.arm(repeat("request", PUSH, link="Presystem2", times=3))
        one, two = await cms.boot("Presystem1"), await cms.boot("Presystem2")
        three = await cms.boot("Presystem2")
        await confirmed(one)
        assert len({json.dumps(await three.next_of(1, PUSH)) for _ in range(3)}) == 1
        with trio.move_on_after(60) as scope:
            await two.next_of(1, PUSH)
        assert scope.cancelled_caught


async def test_fault_waits_for_its_moment(autojump_clock: MockClock) -> None:
    """After a fault's last firing, until so many seconds: two lost confirmations, then the link is reset."""
    async with stand() as cms:
        cms.control.arm(lose("confirmation", LIST, nth=[1, 2], name="lost"))
        cms.control.arm(drop("reset", after="lost"))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        await client.request(LIST, {"chargingRequestList": [entry(1)]})
        await trio.sleep(5)
        assert len(cms.server.live_links()) == 1
        await client.request(LIST, {"chargingRequestList": [entry(1)]})
        await client.frames_to_end()
        await client.leave()
        await cms.idle()
        assert [event.name for event in cms.history.of(FaultFired)] == ["lost", "lost", "drop"]
        await cms.serves()
        assert evidence(cms) == [("lost", True), ("drop", True)]


async def test_drop_comes_at_its_second(autojump_clock: MockClock) -> None:
    """Counted from the arming, on a link that is there and on one that comes later; once."""
    async with stand() as cms:
        cms.control.arm(drop("reset", after="10 s", name="first"))
        begun = trio.current_time()
        client = await cms.boot()
        await client.frames_to_end()
        assert trio.current_time() == begun + 10
        again = await cms.boot()
        cms.control.arm(drop("tcp-end", after="5 s"))
        await again.frames_to_end()
        assert trio.current_time() == begun + 15
        assert [event.link for event in cms.history.of(FaultFired)] == [1, 2]


async def test_refused_tcp_has_its_time_and_its_end(autojump_clock: MockClock) -> None:
    """After a fault's last firing, or some seconds; until some seconds after arming."""
    async with stand() as cms:
        cms.server.open_port()
        cms.control.arm(lose("confirmation", LIST, nth=1, name="lost"))
        cms.control.arm(refuse("tcp", after="lost", until="60 s"))
        client = await cms.boot()
        await trio.sleep(20)
        assert cms.server.is_listening
        await client.request(LIST, {"chargingRequestList": []})
        await trio.sleep(1)
        assert not cms.server.is_listening
        await trio.sleep(38)
        assert not cms.server.is_listening
        await trio.sleep(2)
        assert cms.server.is_listening
        cms.control.arm(refuse("tcp", after="30 s", name="later"))
        await trio.sleep(31)
        assert not cms.server.is_listening
        assert [event.name for event in cms.history.of(FaultFired)] == ["lost", "refuse", "later"]


# -- swap --------------------------------------------------------------------------------------------------------------


async def test_swapped_answers_change_places(autojump_clock: MockClock) -> None:
    """The first confirmation waits for the second; the depot has taken both lists in their order."""
    async with stand() as cms:
        cms.control.arm(swap("confirmation", LIST, nth=1))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        asked = [await client.request(LIST, {"chargingRequestList": [entry(n)]}) for n in (1, 2)]
        answered = [json.loads(one.payload)[4] for one in await frames(client, 2)]
        assert answered == asked[::-1]
        assert set(cms.server.world.site.requests_of("Presystem1")) == {"request-2"}
        await confirmed(client)
        await trio.sleep(1)
        assert evidence(cms) == [("swap", True)]


async def test_swapped_pushes_go_in_pairs(autojump_clock: MockClock) -> None:
    """The partner of one is not held for the next."""
    async with stand() as cms:
        cms.control.arm(swap("request", PUSH))
        client = await cms.boot()
        stamps = [(await client.next_of(1, PUSH))[3] for _ in range(4)]
        assert stamps == [sorted(stamps)[n] for n in (1, 0, 3, 2)]


async def test_first_push_overtakes_the_boot_confirmation(autojump_clock: MockClock) -> None:
    """It leaves only because of the fault; the confirmation behind it boots the link, and pushes begin as ever."""
    async with stand() as cms:
        cms.control.arm(swap("confirmation", BOOT, nth=1))
        client = await cms.open()
        begun = trio.current_time()
        await client.request(BOOT, {"presystem": "BMS"})
        got = [json.loads(one.payload) for one in await frames(client, 3)]
        assert [(one[0], one[5]) for one in got] == [(1, PUSH), (2, BOOT), (1, PUSH)]
        assert got[1][6] == {"status": "Accepted"}
        assert trio.current_time() == begun
        await client.next_of(1, PUSH)
        assert trio.current_time() == begun + PUSH_INTERVAL_S
        assert [event.fault for event in cms.history.of(MessageSent)] == ["swap", "swap", None, None]
        assert evidence(cms) == [("swap", True)]


async def test_held_message_leaves_when_the_fault_is_taken_out(autojump_clock: MockClock) -> None:
    """Nothing followed that it could change places with; a link that ends first takes it along."""
    async with stand() as cms:
        armed = cms.control.arm(swap("request", PUSH))
        client = await cms.boot()
        await trio.sleep(1)
        cms.control.disarm(armed)
        await client.next_of(1, PUSH)
        assert [event.fault for event in cms.history.of(MessageSent)] == [None, "swap"]
        cms.control.arm(swap("confirmation", LIST))
        await client.request(LIST, {"chargingRequestList": []})
        await trio.sleep(1)
        await client.leave()
        await cms.idle()
        assert [event.fault for event in cms.history.of(MessageWithheld)] == ["swap-2"]


# -- damage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [
    "not-json", "object", "six-slots", "eight-slots", "type", "cut", "absurd", "extra-field", "unknown-value",
])  # fmt: skip
async def test_damaged_push_leaves_as_text(how: str, autojump_clock: MockClock) -> None:
    """Recorded as it leaves; a ping behind it proves that it was met, and the next push is whole."""
    async with stand() as cms:
        cms.control.arm(damage(how, action=PUSH, nth=2))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        (damaged,) = await frames(client, 1)
        sent = [event for event in cms.history.of(MessageSent) if event.fault == "damage"]
        assert [event.text for event in sent] == [damaged.payload.decode()]
        assert damaged.opcode == TEXT
        assert cms.history.of(PingSent)
        await confirmed(client, 1)
        await trio.sleep(1)
        assert evidence(cms) == [("damage", True)]


@pytest.mark.parametrize(("how", "opcode"), [("binary", BINARY), ("bad-utf8", TEXT)])
async def test_damaged_push_leaves_as_bytes(how: str, opcode: int, autojump_clock: MockClock) -> None:
    """Recorded as base64."""
    async with stand() as cms:
        cms.control.arm(damage(how, action=PUSH, nth=1))
        client = await cms.boot()
        (damaged,) = await frames(client, 1)
        sent = [event for event in cms.history.of(MessageSent) if event.fault]
        assert [(event.text, bool(event.base64)) for event in sent] == [(None, True)]
        assert damaged.opcode == opcode
        await confirmed(client, 1)


@pytest.mark.parametrize(("how", "opcodes"), [
    ("fragments", [TEXT, CONTINUATION, CONTINUATION]), ("split-utf8", [TEXT, CONTINUATION]),
    ("ping-between", [TEXT, PING, CONTINUATION]),
])  # fmt: skip
async def test_push_leaves_in_several_frames(how: str, opcodes: list[int], autojump_clock: MockClock) -> None:
    """They make up the very push that is recorded; a list may follow it as any other."""
    async with stand() as cms:
        cms.control.arm(damage(how, action=PUSH, nth=1))
        client = await cms.boot()
        got = []
        for _ in opcodes:
            one = await client.next_frame()
            assert one is not None
            got.append(one)
        assert [one.opcode for one in got] == opcodes
        assert [one.fin for one in got] == [one.opcode == PING for one in got[:-1]] + [True]
        text = b"".join(one.payload for one in got if one.opcode != PING).decode()
        assert [event.text for event in cms.history.of(MessageSent) if event.fault] == [text]
        await client.confirm(json.loads(text))
        assert (await client.ask(entry(1)))[0] == 2
        assert evidence(cms) == [("damage", True)]


async def test_ping_between_frames_is_recorded_and_its_pong_too(autojump_clock: MockClock) -> None:
    """Two pings: the one inside, and the one for evidence."""
    async with stand() as cms:
        cms.control.arm(damage("ping-between", action=PUSH, nth=1))
        client = await cms.boot()
        await frames(client, 2)
        await trio.sleep(1)
        assert [bytes.fromhex(event.payload) for event in cms.history.of(PingSent)] == [b"between", b"seen?"]


async def test_huge_push_is_valid_and_comes_once(autojump_clock: MockClock) -> None:
    """Four mebibytes, and the next one is as ever."""
    async with stand() as cms:
        cms.control.arm(damage("huge", action=PUSH, size=4 * 2**20, nth=1))
        client = await cms.boot()
        huge, plain = await confirmed(client, 2)
        assert len(json.dumps(huge)) > 4 * 2**20
        assert len(ids(plain)) == 5
        assert set(ids(plain)) < set(ids(huge))


async def test_damaged_boot_confirmation_boots_nobody(autojump_clock: MockClock) -> None:
    """No push follows what cannot be read."""
    async with stand() as cms:
        cms.control.arm(damage("cut", "confirmation", BOOT, nth=1))
        client = await cms.open()
        await client.request(BOOT, {"presystem": "BMS"})
        await frames(client, 1)
        with trio.move_on_after(60) as scope:
            await frames(client, 1)
        assert scope.cancelled_caught
        assert (await client.boot())[6] == {"status": "Accepted"}


# -- inject ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "message_type"), [("confirmation", 2), ("error", 3)])
async def test_stray_answer_comes_once_a_link(kind: str, message_type: int, autojump_clock: MockClock) -> None:
    """Fresh id, the action that was asked for; on links that are there and on those that come."""
    async with stand() as cms:
        client = await cms.boot()
        await client.next_of(1, PUSH)
        cms.control.arm(inject(kind, PUSH))
        stray = await client.next_message()
        assert (stray[0], stray[1], stray[5]) == (message_type, "CMS", PUSH)
        second = await cms.open()
        other = await second.next_message()
        assert (other[0], other[5]) == (message_type, PUSH)
        assert other[4] != stray[4]
        await confirmed(client, 3)
        assert [event.link for event in cms.history.of(FaultFired)] == [1, 2]
        assert [event.fault for event in cms.history.of(MessageSent) if event.fault] == ["inject", "inject"]
        assert evidence(cms) == [("inject", True)]


async def test_text_is_injected_as_it_is_once_its_moment_has_come(autojump_clock: MockClock) -> None:
    """After the first push, whatever it says."""
    async with stand() as cms:
        cms.control.arm(inject("message", text="Grüß Gott", after=PUSH))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        (stray,) = await frames(client, 1)
        assert stray.payload.decode() == "Grüß Gott"


# -- forget ------------------------------------------------------------------------------------------------------------


async def test_forgotten_requests_are_gone_from_the_next_push(autojump_clock: MockClock) -> None:
    """Recorded with what was lost; the first push that is answered afterwards proves it."""
    async with stand() as cms:
        client = await cms.boot()
        await client.ask(entry(1), entry(2))
        await confirmed(client)
        cms.control.arm(forget("requests"))
        lost = [event for event in cms.history.of(DepotChanged) if event.what == "requests forgotten"]
        assert [(event.presystem_id, event.deleted) for event in lost] == [
            ("Presystem1", ("request-1", "request-2")), ("Presystem2", ())
        ]  # fmt: skip
        assert not cms.server.world.site.requests_of("Presystem1")
        assert evidence(cms) == [("forget", False)]
        (push,) = await confirmed(client)
        assert "request-1" not in json.dumps(push)
        await trio.sleep(1)
        assert evidence(cms) == [("forget", True)]


async def test_forgotten_sessions_need_a_boot(autojump_clock: MockClock) -> None:
    """No pushes, lists come too early; the stored requests stay."""
    async with stand() as cms:
        client = await cms.boot()
        await client.ask(entry(1))
        cms.control.arm(forget("sessions", link="Presystem1"))
        assert (await client.ask(entry(1)))[0] == 3
        assert set(cms.server.world.site.requests_of("Presystem1")) == {"request-1"}
        assert (await client.boot())[6] == {"status": "Accepted"}
        await confirmed(client)
        await trio.sleep(1)
        assert evidence(cms) == [("forget", True)]


async def test_everything_is_forgotten_at_its_second(autojump_clock: MockClock) -> None:
    """Requests and sessions, once."""
    async with stand() as cms:
        client = await cms.boot()
        await client.ask(entry(1))
        cms.control.arm(forget(after="20 s"))
        await trio.sleep(19)
        assert cms.server.world.site.requests_of("Presystem1")
        await trio.sleep(60)
        assert not cms.server.world.site.requests_of("Presystem1")
        assert not cms.server.live_links()[0].session.is_booted
        assert len(cms.history.of(FaultFired)) == 1


# -- change ------------------------------------------------------------------------------------------------------------


async def test_changed_depot_is_pushed_while_the_fault_is_at_work(autojump_clock: MockClock) -> None:
    """The same point is gone from two pushes and back in the third; the recording says when it began."""
    async with stand() as cms:
        client = await cms.boot()
        whole = ids((await confirmed(client))[0])
        armed = cms.control.arm(change("vanish"))
        gone = [set(whole) - set(ids(push)) for push in await confirmed(client, 2)]
        assert gone[0] == gone[1] != set()
        cms.control.disarm(armed)
        assert ids((await confirmed(client))[0]) == whole
        begun = [event.detail for event in cms.history.of(DepotChanged) if event.what == "depot"]
        assert begun == [f"vanish: point {gone[0].pop()} is gone"]
        assert [event.fault for event in cms.history.of(MessageSent) if PUSH in (event.text or "")] == [
            None, "change", "change", None
        ]  # fmt: skip
        assert evidence(cms) == [("change", True)]


async def test_change_that_the_dialect_does_not_know_is_refused(autojump_clock: MockClock) -> None:
    """When it is armed, and nothing is armed then."""
    async with stand(dialect=DIALECTS["vdv-1.0"]) as cms:
        with pytest.raises(ScenarioError, match=r"cannot be said in dialect vdv-1\.0"):
            cms.control.arm(change("odd-ids"))
        assert cms.history.of(FaultArmed) == []


async def test_twin_waits_until_there_is_a_request(autojump_clock: MockClock) -> None:
    """The first push that could say so carries it."""
    async with stand() as cms:
        cms.control.arm(change("foreign-twin", times=1))
        client = await cms.boot()
        await confirmed(client)
        assert cms.history.of(FaultFired) == []
        await client.ask(entry(1))
        (push,) = await confirmed(client)
        assert json.dumps(push).count('"request-1"') == 2


async def test_several_faults_work_on_one_push(autojump_clock: MockClock) -> None:
    """What it says, when it says it and how it leaves: all are named, all are seen."""
    async with stand() as cms:
        cms.control.arm(change("status", to="Occupied"))
        cms.control.arm(clock(skew="1 h"))
        cms.control.arm(delay("request", PUSH, by=2.0, nth=1))
        client = await cms.boot()
        begun = trio.current_time()
        (push,) = await confirmed(client)
        assert trio.current_time() == begun + 2
        assert push[3] == "2031-03-04T18:20:00.000Z"
        sent = next(event for event in cms.history.of(MessageSent) if PUSH in (event.text or ""))
        assert (sent.fault, sent.faults) == ("delay", ("change", "clock", "delay"))
        await confirmed(client)
        await trio.sleep(1)
        assert sorted(evidence(cms)) == [("change", True), ("clock", True), ("delay", True)]


# -- clock -------------------------------------------------------------------------------------------------------------


async def test_clock_that_is_off_stamps_everything(autojump_clock: MockClock) -> None:
    """Confirmations, pushes and the times in them; a link is booted as ever, and lists are taken."""
    async with stand() as cms:
        cms.control.arm(clock(skew="-2 h"))
        client = await cms.open()
        assert (await client.boot())[3] == "2031-03-04T15:20:00.000Z"
        assert (await client.ask(entry(1)))[3] == "2031-03-04T15:20:00.000Z"
        (push,) = await confirmed(client)
        assert push[3] == "2031-03-04T15:20:15.000Z"
        told = json.dumps(push[6])
        assert "T15:" in told or "T18:" in told
        assert "T20:" not in told
        await trio.sleep(1)
        assert evidence(cms) == [("clock", True)]


async def test_clock_jumps_and_comes_back(autojump_clock: MockClock) -> None:
    """With after and until."""
    async with stand() as cms:
        cms.control.arm(clock(skew="1 h", after="10 s", until="20 s"))
        client = await cms.boot()
        hours = [push[3][11:16] for push in await confirmed(client, 3)]
        assert hours == ["17:20", "18:20", "17:20"]


# -- answers and delays ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["error", "wrong-id", "wrong-action", "wrong-presystem"])
async def test_wrong_answer_comes_later_if_asked(kind: str, autojump_clock: MockClock) -> None:
    """By so many seconds, and otherwise in exactly one thing."""
    async with stand() as cms:
        cms.control.arm(answer(LIST, kind, by="4 s", nth=1))
        client = await cms.boot()
        await client.next_of(1, PUSH)
        begun = trio.current_time()
        asked = await client.request(LIST, {"chargingRequestList": [entry(1)]})
        message = await client.next_message()
        assert trio.current_time() == begun + 4
        found = (message[0] == 3, message[4] != asked, message[5] != LIST, message[2] != "Presystem1")
        assert found == tuple(kind == one for one in ("error", "wrong-id", "wrong-action", "wrong-presystem"))


async def test_delay_varies_by_chance_and_seed(autojump_clock: MockClock) -> None:
    """Between by and by plus jitter, the same for the same seed."""
    late: list[list[float]] = []
    for _ in range(2):
        async with stand() as cms:
            cms.control.arm(delay("request", PUSH, by=1.0, jitter=5.0, seed=4))
            client = await cms.boot()
            begun = trio.current_time()
            late.append([])
            for tick in range(6):
                await client.next_of(1, PUSH)
                late[-1].append(round(trio.current_time() - begun - tick * PUSH_INTERVAL_S, 6))
    assert late[0] == late[1]
    assert all(1 <= one < 6 for one in late[0])
    assert len(set(late[0])) == 6


# -- nothing armed, nothing changed ------------------------------------------------------------------------------------

IDLE: list[Fault] = [
    lose("request", nth=99), lose("request", LIST, direction="in", nth=99), delay("error", by=5.0, jitter=1.0),
    repeat("request", nth=99), swap("error"), answer(BOOT, "rejected", nth=99), damage("cut", nth=99),
    inject("error", after=7200), drop("reset", after=7200), forget(after=7200), change("vanish", nth=99),
    clock(skew=5, after=7200), lose("request", share=1e-12), change("foreign-twin", link="Presystem2"),
    refuse(503, nth=99), refuse("tcp", after=7200), certificate("expired", nth=99), slow("no-read", after=7200),
    slow(rate=9, chunk=3, link="Presystem2"), ping(rate=5, after=7200), ping("withhold-pong", after=7200),
]  # fmt: skip


async def conversation(fault: Fault | None, *, disarmed: bool) -> bytes:
    """Every byte that leaves in a conversation with boots, pushes and lists, under one seed and one clock."""
    async with stand() as cms:
        if fault is not None:
            armed = cms.control.arm(fault)
            if disarmed:
                cms.control.disarm(armed)
        client, said = await cms.open(), b""
        await client.request(BOOT, {"presystem": "BMS"})
        for number in range(4):
            said += (await answer_pings(client)).payload
            await client.request(LIST, {"chargingRequestList": [entry(number)]})
        with trio.move_on_after(120):
            while True:
                said += (await answer_pings(client)).payload
        return said


@pytest.mark.parametrize("disarmed", [True, False])
@pytest.mark.parametrize("fault", IDLE, ids=lambda one: one.do)
async def test_fault_that_never_strikes_changes_no_byte(
    fault: Fault, disarmed: bool, autojump_clock: MockClock
) -> None:
    """Armed and taken out at once, or at work and never struck."""
    assert await conversation(fault, disarmed=disarmed) == await conversation(None, disarmed=False)


async def test_taken_out_faults_that_would_strike_change_no_byte(autojump_clock: MockClock) -> None:
    """Even those that would have struck everything."""
    plain = await conversation(None, disarmed=False)
    assert len(plain) > 5000
    for fault in (lose("request"), swap("request"), clock(skew=60), change("rename"), damage("binary")):
        assert await conversation(fault, disarmed=True) == plain


async def test_product_that_leaves_has_met_what_it_got(autojump_clock: MockClock) -> None:
    """Ending the link is proof enough."""
    async with stand() as cms:
        cms.control.arm(damage("bad-utf8", action=PUSH, nth=1))
        client = await cms.boot()
        await frames(client, 1)
        await client.leave()
        await cms.idle()
        assert [event.by for event in cms.history.of(LinkEnded)] == ["product"]
        assert evidence(cms) == [("damage", True)]
