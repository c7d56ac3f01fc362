"""Link after link: pauses, losses, the end."""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
import trio.testing

from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.conduct import EndKind, LinkEnd
from presystem.fake_cms import CmsLink, FakeCms, PresystemLeft, play_through, playing, with_settings

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
