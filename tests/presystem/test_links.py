"""Link after link: pauses, losses, the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import trio
import trio.testing

from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.conduct import EndKind, LinkEnd
from mockpilot.presystem.offences import conduct_for
from mockpilot.protocol.envelope import Action, Envelope, parse_timestamp
from presystem.fake_cms import EPOCH, CmsLink, FakeCms, PresystemLeft, ids, play_through, playing, wall, with_settings

LIST = "chargingRequestList"
REFUSED = LinkEnd(EndKind.REFUSED, "HTTP status 503", 503)


def _gaps(cms: FakeCms) -> list[float]:
    return [later - earlier for earlier, later in pairwise(cms.attempts)]


async def _accept(link: CmsLink) -> None:
    await link.accept()
    await trio.sleep(0.1)


async def _only_upgrade(link: CmsLink) -> None:
    await link.receive()


async def test_pauses_grow_while_attempts_fail(autojump_clock: trio.testing.MockClock) -> None:
    """Refusals are followed by longer and longer pauses, up to the cap."""
    async with playing(settings=with_settings(back_off=Backoff(15.0, 300.0))) as play:
        await trio.sleep(3000)
    gaps = _gaps(play.cms)
    assert 12 <= gaps[0] <= 18
    assert gaps[:4] == sorted(gaps[:4])
    assert all(240 <= gap <= 300 for gap in gaps[5:])


async def test_open_link_alone_does_not_reset_the_pauses(autojump_clock: trio.testing.MockClock) -> None:
    """A CMS that lets us in and drops us again isn't hammered."""
    play = await play_through(*[_only_upgrade] * 6)
    assert _gaps(play.cms)[-1] > 1.5


async def test_accepted_boot_resets_the_pauses(autojump_clock: trio.testing.MockClock) -> None:
    """After a boot was accepted the first pause is short again."""
    play = await play_through(*[REFUSED] * 5, _accept, _accept)
    assert _gaps(play.cms)[-1] < 0.1 + 0.25


async def test_stop_leaves_the_link_politely(autojump_clock: trio.testing.MockClock) -> None:
    """Stopping closes with 1001 and ends with status 0."""
    async def cms(link: CmsLink) -> None:
        await link.accept()
        play.presystem.stop()
        with pytest.raises(PresystemLeft):
            await link.quiet(60)

    async with playing(cms) as play:
        await trio.sleep(1)
    assert (play.cms.closes, play.status) == ([1001], [0])


async def test_log_never_shows_the_password(autojump_clock: trio.testing.MockClock) -> None:
    """What is logged may be shown to anybody."""
    play = await play_through(REFUSED, _accept, settings=with_settings(password="very-secret-word"))
    assert play.log
    assert "very-secret-word" not in "\n".join(play.log)


async def test_unreadable_step_is_logged_and_passed_over(autojump_clock: trio.testing.MockClock) -> None:
    """Nonsense on standard input does no harm."""
    async with playing(_accept) as play:
        await play.step("nonsense")
        await play.cms.played.wait()
    assert any("JSON object a line" in line for line in play.log)


# -- the time to plan by -----------------------------------------------------------------------------------------------


def _departures(requests: Envelope) -> list[datetime]:
    texts = [entry["chargingRequestData"]["requestedTimeForDeparture"] for entry in requests.payload[LIST]]
    return [instant for text in texts if (instant := parse_timestamp(text)) is not None]


async def _first_list(link: CmsLink, at: datetime) -> Envelope:
    await link.accept()
    await link.push(at=at)
    confirmed, requests = await link.receive(), await link.receive()
    assert (confirmed.action, requests.action) == (
        Action.PROVIDE_CHARGING_INFORMATION, Action.PROVIDE_CHARGING_REQUESTS,
    )  # fmt: skip
    return requests


async def test_buses_are_planned_by_the_time_of_the_first_push(autojump_clock: trio.testing.MockClock) -> None:
    """Whatever the own clock says; it still writes the time stamps."""
    far = EPOCH + timedelta(days=3)

    async def cms(link: CmsLink) -> None:
        requests = await _first_list(link, far)
        assert all(timedelta(hours=6) < departs - far < timedelta(hours=7) for departs in _departures(requests))
        stamp = parse_timestamp(requests.timestamp)
        assert stamp is not None
        assert abs(stamp - wall()) < timedelta(seconds=1)

    await play_through(cms)


async def test_buses_leave_when_pushes_say_that_it_is_time(autojump_clock: trio.testing.MockClock) -> None:
    """A depot that lives faster sees them come and go within seconds; a new one is planned by its time."""
    later = EPOCH + timedelta(hours=10)

    async def cms(link: CmsLink) -> None:
        await link.answer(await _first_list(link, EPOCH), {})
        await link.push(at=later)
        gone = (await link.quiet(1))[-1]
        assert (gone.action, ids(gone)) == (Action.PROVIDE_CHARGING_REQUESTS, [])
        await link.answer(gone, {})
        await play.step('{"step": "create-request"}')
        assert _departures((await link.quiet(1))[-1])[0] > later

    async with playing(cms) as play:
        await play.cms.played.wait()


@pytest.mark.parametrize("rule", ["requests.after-first-push", "boot.comes-first"])
async def test_offender_that_asks_before_any_push_has_something_to_ask(
    rule: str, autojump_clock: trio.testing.MockClock
) -> None:
    """What it plans then, it plans by its own clock."""
    async def cms(link: CmsLink) -> None:
        boot = next(one for one in await link.quiet(0.5) if one.action is Action.BOOT_NOTIFICATION)
        await link.answer(boot, {"status": "Accepted"})
        await link.quiet(5)
        lists.extend(one for one in link.seen if one.action is Action.PROVIDE_CHARGING_REQUESTS)

    lists: list[Envelope] = []
    await play_through(cms, conduct=conduct_for(rule))
    assert len(ids(lists[0])) == 2
