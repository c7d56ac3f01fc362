"""An episode ends: in order, in time, and with a sentence when a script does not end by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trio

from mockpilot.certification.episode import OVERTIME, OVERTIME_S
from mockpilot.conformance.verdict import judge
from mockpilot.history.events import LinkEnded, ScenarioEnded, TcpAccepted
from mockpilot.limits import Limits
from mockpilot.scenario.definition import Scenario, Script
from mockpilot.scenario.stage import Stage
from rig import catalogue, perform


def made(script: Script) -> Scenario:
    """A scenario with that script, which names no limit that it waits out."""
    return replace(catalogue()["boot_accepted"], name="made_up", script=script, bounded_by=())


async def for_ever(cms: Stage) -> None:
    """Wait for what never comes, as a script can that waits by itself."""
    await cms.reach("exchange")
    await trio.sleep_forever()


async def once_settled(cms: Stage) -> None:
    """Do what everybody does."""
    await cms.reach("exchange")


def test_script_that_waits_for_ever_is_ended_with_a_sentence() -> None:
    """Long after its worst time; whoever wrote it is told what to do, and links are closed all the same."""
    history = perform(made(for_ever))
    verdict = judge(history)
    worst_s = made(for_ever).worst_s(Limits())
    ended = history.of(ScenarioEnded)[0]
    assert (verdict.outcome, verdict.cause) == ("inconclusive", "checker broke")
    assert verdict.detail.startswith("made_up was ended after 11 min 45 s; with these limits it takes 2 min 15 s")
    assert ended.at == pytest.approx(OVERTIME * worst_s + OVERTIME_S, abs=1)
    assert len(history.of(TcpAccepted)) == len(history.of(LinkEnded)) == 1


def test_script_that_ends_in_time_is_left_alone() -> None:
    """Its end says that it is done."""
    assert [(event.why, event.detail) for event in perform(made(once_settled)).of(ScenarioEnded)] == [("done", "")]
