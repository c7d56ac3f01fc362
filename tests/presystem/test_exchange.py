"""One link's conversation, played by a CMS on the autojump clock."""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
import trio.testing

from mockpilot.protocol.envelope import Action, MessageType
from presystem.fake_cms import (
    POINTS,
    CmsLink,
    PresystemLeft,
    ids,
    information,
    play_through,
    playing,
    with_settings,
)

BOOT, LIST, PUSH = (
    Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION,
)  # fmt: skip


async def test_boot_comes_first_and_alone(autojump_clock: trio.testing.MockClock) -> None:
    """Nothing but the boot is said before it is answered."""
    async def cms(link: CmsLink) -> None:
        seen = await link.quiet(1.9)
        assert [message.action for message in seen] == [BOOT]
        assert seen[0].payload == {"systemType": "BMS"}

    await play_through(cms)


async def test_boot_key_follows_the_dialect(autojump_clock: trio.testing.MockClock) -> None:
    """Outside ChargePilot's guideline the key is presystem."""
    async def cms(link: CmsLink) -> None:
        assert (await link.receive()).payload == {"presystem": "ITCS"}

    await play_through(cms, settings=with_settings(dialect="vdv-1.1", kind="ITCS"))


async def test_list_waits_for_the_first_push(autojump_clock: trio.testing.MockClock) -> None:
    """Accepted is not enough for a list."""
    async def cms(link: CmsLink) -> None:
        await link.accept()
        assert await link.quiet(3) == []
        push = await link.push()
        answer, requests = await link.receive(), await link.receive()
        assert (answer.message_type, answer.message_id, answer.payload) == (2, push.message_id, {})
        assert requests.action is LIST
        assert len(ids(requests)) == 2

    await play_through(cms)


async def test_list_uses_advertised_points(autojump_clock: trio.testing.MockClock) -> None:
    """Entries are bound to real points of the push."""
    async def cms(link: CmsLink) -> None:
        requests = await link.exchange()
        points = [entry["chargingPointId"] for entry in requests.payload["chargingRequestList"]]
        assert points == list(POINTS[:2])

    await play_through(cms)


async def test_confirmed_list_is_not_repeated(autojump_clock: trio.testing.MockClock) -> None:
    """Pushes go on being confirmed, and nothing else is said."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        for _ in range(10):
            await link.push()
            assert [message.action for message in await link.quiet(1)] == [PUSH]

    await play_through(cms)


async def test_repeated_push_is_answered_each_time(autojump_clock: trio.testing.MockClock) -> None:
    """A push that comes twice gets two answers."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        push = await link.push()
        await link.send(push)
        assert [message.message_id for message in await link.quiet(1)] == [push.message_id] * 2

    await play_through(cms)


async def test_unconfirmed_list_comes_again_ever_more_slowly(autojump_clock: trio.testing.MockClock) -> None:
    """The full list returns under new message ids with the same request ids."""
    async def cms(link: CmsLink) -> None:
        first = await link.exchange()
        lists = [first]
        started = trio.current_time()
        while trio.current_time() < started + 60:
            await link.push()
            lists += [message for message in await link.quiet(1) if message.action is LIST]
        assert len(lists) == 5
        assert len({message.message_id for message in lists}) == 5
        assert {tuple(ids(message)) for message in lists} == {tuple(ids(first))}

    await play_through(cms)


async def test_unconfirmed_list_comes_again_after_reconnect(autojump_clock: trio.testing.MockClock) -> None:
    """A list lost with its link follows the first push of the next."""
    lists = []

    async def lose(link: CmsLink) -> None:
        lists.append(await link.exchange())

    async def again(link: CmsLink) -> None:
        await link.accept()
        assert await link.quiet(3) == []
        await link.push()
        await link.receive()
        lists.append(await link.receive())

    await play_through(lose, again)
    assert ids(lists[0]) == ids(lists[1])


async def test_confirmed_list_is_trusted_on_the_next_link(autojump_clock: trio.testing.MockClock) -> None:
    """If the CMS still shows the requests, nothing is sent."""
    shown: list[str] = []

    async def confirm(link: CmsLink) -> None:
        requests = await link.exchange()
        shown.extend(ids(requests))
        await link.answer(requests, {})
        await trio.sleep(1)

    async def next_link(link: CmsLink) -> None:
        await link.accept()
        await link.push(information(shown=shown))
        assert [message.action for message in await link.quiet(4)] == [PUSH]

    await play_through(confirm, next_link)


async def test_forgetful_cms_is_told_again(autojump_clock: trio.testing.MockClock) -> None:
    """If the first push of a link shows none of the requests, the full list comes."""
    async def confirm(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        await trio.sleep(1)

    async def forgetful(link: CmsLink) -> None:
        assert len(ids(await link.exchange())) == 2

    await play_through(confirm, forgetful)


async def test_late_confirmation_of_an_earlier_sending_counts(autojump_clock: trio.testing.MockClock) -> None:
    """Once any sending of this content is confirmed, no more lists follow."""
    async def cms(link: CmsLink) -> None:
        first = await link.exchange()
        assert [message.action for message in await link.quiet(3)] == [LIST]
        await link.answer(first, {})
        await link.answer(first, {})
        await link.push()
        assert [message.action for message in await link.quiet(4)] == [PUSH]

    await play_through(cms)


async def test_stray_answers_are_ignored(autojump_clock: trio.testing.MockClock) -> None:
    """Unknown ids, another action or another presystem close nothing."""
    async def cms(link: CmsLink) -> None:
        boot = await link.receive()
        await link.answer(boot, {"status": "Maybe"})
        push = await link.push()
        assert (await link.receive()).message_id == push.message_id
        await link.answer(push, {"status": "Accepted"})
        assert [message.action for message in await link.quiet(2.5)] == [BOOT]

    await play_through(cms)


async def test_confirmation_for_another_presystem_is_ignored(autojump_clock: trio.testing.MockClock) -> None:
    """Correlation includes the presystem id."""
    async def cms(link: CmsLink) -> None:
        boot = await link.receive()
        await link.send(type(boot)(MessageType.CONFIRMATION, "CMS", "Another", boot.timestamp, boot.message_id,
                                   boot.action, {"status": "Accepted"}))  # fmt: skip
        assert [message.action for message in await link.quiet(2.5)] == [BOOT]

    await play_through(cms)


async def test_unanswered_boots_end_the_link(autojump_clock: trio.testing.MockClock) -> None:
    """After three boots without answer a new link is tried."""
    async def mute(link: CmsLink) -> None:
        with pytest.raises(PresystemLeft):
            await link.quiet(60)
        assert [message.action for message in link.seen] == [BOOT] * 3

    async def then(link: CmsLink) -> None:
        await link.accept()

    await play_through(mute, then)


@pytest.mark.parametrize(("kind", "payload"), [
    (MessageType.CONFIRMATION, {"status": "Rejected"}), (MessageType.ERROR, {"message": "no"}),
])  # fmt: skip
async def test_rejected_boot_comes_again_later(
    autojump_clock: trio.testing.MockClock, kind: MessageType, payload: dict[str, str]) -> None:
    """After Rejected nothing comes but boots, well apart, until one is accepted."""
    async def cms(link: CmsLink) -> None:
        at = []
        for _ in range(5):
            boot = await link.receive()
            assert boot.action is BOOT
            at.append(trio.current_time())
            await link.answer(boot, payload, kind)
        assert min(later - earlier for earlier, later in pairwise(at)) >= 2
        await link.exchange()

    await play_through(cms)


async def test_refused_list_is_not_repeated_in_haste(autojump_clock: trio.testing.MockClock) -> None:
    """After an error answer the same list waits, a changed one doesn't."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {"message": "no"}, MessageType.ERROR)
        for _ in range(5):
            await link.push()
            assert [message.action for message in await link.quiet(1)] == [PUSH]
        await play.step('{"step": "create-request"}')
        assert len(ids(await link.receive())) == 3

    async with playing(cms) as play:
        await play.cms.played.wait()


async def test_step_yields_a_complete_list(autojump_clock: trio.testing.MockClock) -> None:
    """A new request comes with the old ones; a change waits for the open list."""
    async def cms(link: CmsLink) -> None:
        first = await link.exchange()
        await play.step('{"step": "create-request", "charging_point_id": "point-3"}')
        assert await link.quiet(1) == []
        await link.answer(first, {})
        second = await link.receive()
        assert ids(second)[:2] == ids(first)
        assert second.payload["chargingRequestList"][2]["chargingPointId"] == "point-3"
        await link.answer(second, {})
        await play.step('{"step": "cancel-all-requests"}')
        assert (await link.receive()).payload == {"chargingRequestList": []}

    async with playing(cms) as play:
        await play.cms.played.wait()


async def test_step_while_away_is_told_afterwards(autojump_clock: trio.testing.MockClock) -> None:
    """What changed without a link comes after the first push of the next one."""
    async def first(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        await trio.sleep(0.1)

    async def second(link: CmsLink) -> None:
        assert len(ids(await link.exchange())) == 3

    async with playing(first, second) as play:
        await trio.sleep(0.15)
        await play.step('{"step": "create-request"}')
        await play.cms.played.wait()


async def test_absurd_push_gets_an_error_answer(autojump_clock: trio.testing.MockClock) -> None:
    """A push without depots is answered as an error, the next one as usual."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        push = await link.push({"depots": 3})
        answer = await link.receive()
        assert (answer.message_type, answer.message_id) == (MessageType.ERROR, push.message_id)
        await link.push()
        assert (await link.receive()).message_type is MessageType.CONFIRMATION

    await play_through(cms)


@pytest.mark.parametrize("frame", ["", "{}", "[1,2,3]", "null", '[1,"CMS"', b"\xff\x00", '["a","b","c","d","e","f",1]'])
async def test_malformed_frames_are_survived(
    autojump_clock: trio.testing.MockClock, frame: str | bytes) -> None:
    """What is no envelope gets no answer and does no harm."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        await link.into.send(frame)
        assert await link.quiet(1) == []
        await link.push()
        assert (await link.receive()).message_type is MessageType.CONFIRMATION

    await play_through(cms)


async def test_silence_ends_the_link(autojump_clock: trio.testing.MockClock) -> None:
    """Three missed pushes, and no sooner than five seconds."""
    async def mute(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        since = trio.current_time()
        with pytest.raises(PresystemLeft):
            await link.quiet(600)
        assert trio.current_time() - since == pytest.approx(5.0)

    async def then(link: CmsLink) -> None:
        await link.accept()

    play = await play_through(mute, then)
    assert play.cms.closes == [1001]


async def test_silence_may_be_set(autojump_clock: trio.testing.MockClock) -> None:
    """A set patience is kept exactly."""
    async def mute(link: CmsLink) -> None:
        await link.accept()
        with pytest.raises(PresystemLeft):
            await link.quiet(600)
        assert trio.current_time() == pytest.approx(77.0)

    await play_through(mute, settings=with_settings(silence_after_s=77.0))


async def test_push_before_accepted_is_answered_without_a_list(autojump_clock: trio.testing.MockClock) -> None:
    """An early push doesn't make up for the boot confirmation."""
    async def cms(link: CmsLink) -> None:
        boot = await link.receive()
        await link.push()
        assert [message.action for message in await link.quiet(1)] == [PUSH]
        await link.answer(boot, {"status": "Accepted"})
        assert await link.quiet(1) == []
        await link.push()
        assert [message.action for message in await link.quiet(1)] == [PUSH, LIST]

    await play_through(cms)
