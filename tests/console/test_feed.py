"""The feed: batched, resumable, and never a burden to the CMS however slowly somebody reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio

from cms.stand import stand
from console.lab import Lab, lab, parsed
from mockpilot.console.bench import Bench
from mockpilot.console.feed import MOST_BEHIND, MOST_IN_WRITE, Feed
from mockpilot.console.judging import Judging
from mockpilot.console.recording import Recording
from mockpilot.console.tally import Tally

if TYPE_CHECKING:
    from trio.testing import MockClock


def feed_of(cms: Any, most: int = 50_000) -> tuple[Feed, Recording]:
    """A feed without sockets."""
    recording, tally = Recording(most_events=most), Tally()
    cms.server.world.recorder.subscribe(recording.append)
    return Feed(Bench(cms.control, recording, tally), Judging(recording)), recording


def lines(written: bytes) -> list[int]:
    """Indexes of the lines in one write."""
    return [line["index"] for _, name, data in parsed(written.decode()) if name == "lines" for line in data]


def names(written: bytes) -> list[str]:
    """What one write consists of."""
    return [name for _, name, _ in parsed(written.decode())]


async def test_viewer_gets_one_write_in_a_tenth_of_a_second(autojump_clock: MockClock) -> None:
    """With all that happened meanwhile."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        cms.control.note("0")
        viewer = feed.viewer(0)
        assert lines(await anext(viewer)) == [0]
        began = trio.current_time()
        for number in range(50):
            cms.control.note(str(number))
        assert lines(await anext(viewer)) == list(range(1, 51))
        assert round(trio.current_time() - began, 3) == 0.1


async def test_viewer_goes_on_where_it_was(autojump_clock: MockClock) -> None:
    """The id of a write is the index of what follows it."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        for number in range(5):
            cms.control.note(str(number))
        [(id_, _, _), *_] = parsed((await anext(feed.viewer(0))).decode())
        cms.control.note("later")
        assert (id_, lines(await anext(feed.viewer(id_)))) == (5, [5])


async def test_long_recording_comes_in_pieces(autojump_clock: MockClock) -> None:
    """Without a pause between them, and without a gap."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        for number in range(2 * MOST_IN_WRITE + 5):
            cms.control.note(str(number))
        viewer, began = feed.viewer(0), trio.current_time()
        got = [index for _ in range(3) for index in lines(await anext(viewer))]
        assert got == list(range(2 * MOST_IN_WRITE + 5))
        assert trio.current_time() == began


async def test_slow_viewer_is_told_what_it_misses(autojump_clock: MockClock) -> None:
    """It goes on at the present; nothing was kept for it."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        cms.control.note("0")
        viewer = feed.viewer(0)
        await anext(viewer)
        for number in range(MOST_BEHIND + 10):
            cms.control.note(str(number))
        told = parsed((await anext(viewer)).decode())
        assert told[0][1:] == ("resync", {"missed_from": 1, "next": MOST_BEHIND + 11})
        cms.control.note("now")
        assert lines(await anext(viewer)) == [MOST_BEHIND + 11]


async def test_viewer_from_before_the_oldest_event_is_told(autojump_clock: MockClock) -> None:
    """The recording is bounded; what is gone is gone visibly."""
    async with stand() as cms:
        feed, recording = feed_of(cms, most=10)
        for number in range(25):
            cms.control.note(str(number))
        written = await anext(feed.viewer(3))
        assert (recording.first, recording.end, lines(written)) == (15, 25, list(range(15, 25)))
        assert parsed(written.decode())[0][2] == {"missed_from": 3, "next": 15}


async def test_index_of_another_recording_begins_anew(autojump_clock: MockClock) -> None:
    """As after a restart of serve."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        cms.control.note("first")
        assert (names(await anext(feed.viewer(900))))[:2] == ["resync", "lines"]


async def test_viewers_are_told_when_the_recording_begins_anew(autojump_clock: MockClock) -> None:
    """Those who look, and those who come back; whoever has seen the beginning is told nothing."""
    async with stand() as cms:
        feed, recording = feed_of(cms)
        for number in range(3):
            cms.control.note(str(number))
        viewer = feed.viewer(0)
        await anext(viewer)
        recording.begin_anew()
        cms.control.note("3")
        told = parsed((await anext(viewer)).decode())
        assert [(name, id_) for id_, name, _ in told][:2] == [("afresh", 3), ("lines", 4)]
        assert told[0][2] == {"next": 3}
        assert names(await anext(feed.viewer(2)))[:2] == ["afresh", "lines"]
        assert "afresh" not in names(await anext(feed.viewer(4)))


async def test_state_is_told_at_rest_too(autojump_clock: MockClock) -> None:
    """So that a page knows that the connection lives."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        viewer = feed.viewer(0)
        assert names(await anext(viewer)) == ["state"]
        began = trio.current_time()
        assert names(await anext(viewer)) == ["state"]
        assert round(trio.current_time() - began, 3) == 2.0


async def test_half_a_character_is_shown_as_none(autojump_clock: MockClock) -> None:
    """What a broken presystem sends must not end anybody's feed."""
    async with stand() as cms:
        feed, _ = feed_of(cms)
        cms.control.note("x\ud800y")
        assert "x?y" in (await anext(feed.viewer(0))).decode()


async def stream(bench: Lab, more: str = "") -> str:
    """The first write of a feed over a socket."""
    async with await bench.dial() as viewer:
        await viewer.send_all(bench.head("/feed", key=bench.opened.keys.read, more=more))
        got = b""
        while b"event: state" not in got or not got.endswith(b"\n\n"):
            got += bytes(await viewer.receive_some())
    head, _, body = got.decode().partition("\r\n\r\n")
    assert "text/event-stream" in head
    return body


async def test_feed_resumes_by_its_last_event(tmp_path: Path) -> None:
    """As server-sent events do."""
    async with lab(tmp_path) as bench:
        bench.cms.control.note("one")
        assert [one["text"] for one in parsed(await stream(bench))[0][2]][-1] == "one"
        bench.cms.control.note("two")
        told = parsed(await stream(bench, "Last-Event-ID: 2"))
        assert [one["text"] for one in told[0][2]] == ["two"]


async def test_stuck_viewer_slows_nobody(tmp_path: Path) -> None:
    """It never reads; thousands of events later others are served, and the bench can be closed at once."""
    async with lab(tmp_path) as bench:
        stuck = await bench.dial()
        await stuck.send_all(bench.head("/feed"))
        for _ in range(40):
            for _ in range(500):
                bench.cms.control.note("x" * 1000)
            await bench.get("/push")
        assert bench.bench.recording.end > 20_000
        await trio.aclose_forcefully(stuck)


async def test_viewer_who_leaves_is_forgotten(tmp_path: Path) -> None:
    """Nothing goes on for somebody who is gone."""
    async with lab(tmp_path) as bench:
        for _ in range(5):
            await stream(bench)
        bench.cms.control.note("nobody looks")
        assert (await bench.get("/messages"))["lines"][-1]["text"] == "nobody looks"
