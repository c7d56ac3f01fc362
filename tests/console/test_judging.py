"""What the rules say of the recording so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cms.stand import stand
from mockpilot.console.judging import MOST_JUDGED, Judging, _judged
from mockpilot.console.recording import Recording
from mockpilot.console.told import Findings
from mockpilot.history.events import Event, Mark, MessageReceived, Presystem, ScenarioStarted, TcpAccepted

if TYPE_CHECKING:
    from trio.testing import MockClock

STARTED = ScenarioStarted(
    scenario="serve", exercises=(), dialect="chargepilot", push_interval_s=15.0, limits={}, seed=0, mockpilot="0.1.0",
    catalogue="1", presystem=Presystem(id="Presystem1", kind="BMS", user="u", path="/vdv463/Presystem1"), index=0,
)  # fmt: skip


def test_recording_so_far_is_judged_as_any_recording_is() -> None:
    """Although it goes on."""
    events: list[Event] = [STARTED, Mark(index=1, text="x")]
    found = _judged(events, 2)
    assert (found.judged_until, found.why_not, found.findings) == (2, "", [])


def test_bug_of_ours_is_told_as_such() -> None:
    """And is nobody's finding."""
    found = _judged([TcpAccepted(index=0, link=1, peer="x"), MessageReceived(index=1, link=1, text="x")], 2)
    assert found.why_not.startswith("a bug of mockpilot: ")
    assert found.findings == []


async def test_long_recording_is_judged_no_more_and_says_so(autojump_clock: MockClock) -> None:
    """What was found stays."""
    recording = Recording(most_events=10)
    for index in range(20):
        recording.append(Mark(index=index, text="x"))
    found = await Judging(recording)._judge(20)
    assert "isn't judged here" in found.why_not
    assert str(MOST_JUDGED) in found.why_not


async def test_recording_that_began_anew_is_judged_by_itself(autojump_clock: MockClock) -> None:
    """The same mistake afterwards is found again, and names the events as they are counted here."""
    async with stand() as cms:
        recording = Recording()
        cms.server.world.recorder.subscribe(recording.append)
        cms.server.world.recorder.record(STARTED)
        judging = Judging(recording)
        found: list[Findings] = []
        for _ in range(2):
            client = await cms.boot()
            await client.say(2, "BMS", "Presystem1", "no time", "no id", "BootNotification", {})
            await client.leave()
            found.append(await judging._judge(recording.end))
            recording.begin_anew()
    before, after = found
    assert (before.why_not, after.why_not) == ("", "")
    assert [one.rule for one in before.findings] == [one.rule for one in after.findings] != []
    assert {index for one in before.findings for index in one.events} < set(range(before.judged_until))
    assert {index for one in after.findings for index in one.events} < set(range(before.judged_until, recording.end))


async def test_nobody_who_looks_means_nothing_is_judged(autojump_clock: MockClock) -> None:
    """A look says what is known already."""
    assert Judging(Recording()).look().why_not == "nothing was looked at so far"
