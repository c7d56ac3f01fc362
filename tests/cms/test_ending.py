"""Ways to end a link on purpose, told apart at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from cms.raw_client import CLOSE, RawClient, close_frame
from cms.stand import client_context, stand
from mockpilot.history.events import CloseSent, LinkEnded, ListenerDown, ListenerUp

if TYPE_CHECKING:
    from trio.testing import MockClock

DETAILS = {
    "reset": "TCP reset", "tcp-end": "TCP end without a Close frame", "tls-end": "TLS end without a Close frame",
    "tls-cut": "TCP end in the middle of a TLS record",
}  # fmt: skip


@pytest.mark.parametrize("how", DETAILS)
async def test_broken_links_are_told_apart(how: str, autojump_clock: MockClock) -> None:
    """Each in its own words, and all by us on purpose."""
    async with stand() as cms:
        client = await cms.open()
        cms.control.drop(how)
        assert [one.opcode for one in await client.frames_to_end() if one.opcode == CLOSE] == []
        await client.leave()
        await cms.idle()
        (ended,) = cms.history.of(LinkEnded)
        assert (ended.by, ended.how, ended.detail) == ("us", "broken on purpose", DETAILS[how])


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012, 1013, None])
async def test_closed_links_are_told_apart(code: int | None, autojump_clock: MockClock) -> None:
    """By their code, none among them."""
    async with stand() as cms:
        client = await cms.open()
        cms.control.drop("close", code)
        closing = await client.next_frame()
        assert closing is not None
        assert (closing.opcode, closing.code) == (CLOSE, code)
        await client.send(close_frame(code))
        await client.leave()
        await cms.idle()
        (ended,) = cms.history.of(LinkEnded)
        assert ended.detail == (f"Close {code}" if code else "Close without a code")
        assert [event.code for event in cms.history.of(CloseSent)] == [code]


async def test_record_is_cut_in_its_middle(autojump_clock: MockClock) -> None:
    """The head of a TLS record announces more than comes before the end."""
    async with stand() as cms:
        client = await cms.open()
        await trio.sleep(1)
        cms.control.drop("tls-cut")
        came = b""
        while data := await client.under.receive_some():
            came += data
        kind, length, there = came[0], int.from_bytes(came[3:5], "big"), len(came) - 5
        assert kind == 23  # application data, RFC 8446 section 5.1
        assert 0 < there < length
        await client.leave()


@pytest.mark.parametrize("how", [*DETAILS, "silence", "close"])
async def test_port_is_closed_for_a_while_after_a_drop(how: str, autojump_clock: MockClock) -> None:
    """From the drop on, before anybody can come back, until the time is over."""
    async with stand() as cms:
        cms.server.open_port()
        client = await cms.open()
        begun = cms.server.world.clock.now()
        cms.control.drop(how, down="20 s")
        assert not cms.server.is_listening
        await trio.sleep(19)
        assert not cms.server.is_listening
        await trio.sleep(2)
        assert cms.server.is_listening
        await client.leave()
        moments = [event.at - begun for event in (*cms.history.of(ListenerDown), cms.history.of(ListenerUp)[-1])]
        assert moments == pytest.approx([0, 20])


async def test_disarming_a_drop_opens_the_port_that_it_closed(autojump_clock: MockClock) -> None:
    """And no port that somebody else closed."""
    async with stand() as cms:
        cms.server.open_port()
        await cms.open()
        armed = cms.control.drop("reset", down=20)
        cms.control.disarm(armed)
        assert cms.server.is_listening
        await cms.open()
        armed = cms.control.drop("reset", down=20)
        cms.server.open_port()
        cms.server.close_port()
        cms.control.disarm(armed)
        assert not cms.server.is_listening


async def test_outage_after_a_drop_ends_no_other_one(autojump_clock: MockClock) -> None:
    """Whoever closes or opens the port in between is right."""
    async with stand() as cms:
        cms.server.open_port()
        await cms.open()
        cms.control.drop("reset", down=20)
        cms.server.open_port()
        cms.server.close_port()
        await trio.sleep(60)
        assert not cms.server.is_listening


async def test_outage_after_a_drop_ends_with_its_episode(autojump_clock: MockClock) -> None:
    """Nobody comes in between two episodes, and the next one begins at once."""
    async with stand() as cms:
        cms.server.open_port()
        await cms.open()
        cms.control.drop("reset", down=20)
        await cms.server.end_links()
        await trio.sleep(60)
        assert not cms.server.is_listening


async def test_link_that_the_presystem_breaks_off_is_recorded_with_how(autojump_clock: MockClock) -> None:
    """Without a Close frame, but by TLS or by TCP."""
    async with stand() as cms:
        under = cms.dial()
        polite = trio.SSLStream(under, client_context(), server_hostname="localhost")
        assert (await RawClient(polite, under).upgrade()).status == 101
        await polite.aclose()
        second = await cms.open()
        await second.leave()
        await cms.idle()
        assert [(event.by, event.detail) for event in cms.history.of(LinkEnded)] == [
            ("product", "TLS end without a Close frame"), ("product", "TCP end without a Close frame"),
        ]  # fmt: skip
