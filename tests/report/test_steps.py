"""A scenario, step by step."""

from __future__ import annotations

import pytest

from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.steps import steps
from report.recorded_events import recorded


def told(*events: tuple[float, e.Event] | e.Event) -> list[tuple[str, str, str]]:
    """Mark, time and words of each step."""
    return [(one.mark, one.after, one.what) for one in steps(recorded(*events))]


def test_an_empty_recording_has_no_steps() -> None:
    """There is nothing to tell."""
    assert steps(History()) == []


def test_a_wait_is_told_when_it_is_over() -> None:
    """With what came of it, and how long it took."""
    waited = e.WaitStarted(awaited="a boot", within_s=5.0, limit="boot_within")
    assert told((1.0, waited), (1.5, e.WaitEnded(awaited="a boot", ran_out=False))) == [
        ("✓", "1.5", "waited for a boot: it came, 500 ms")
    ]
    assert told((1.0, waited), (6.0, e.WaitEnded(awaited="a boot", ran_out=True))) == [
        ("?", "6.0", "waited for a boot: nothing, 5 s (boot_within)")
    ]


def test_waits_may_lie_in_one_another() -> None:
    """The inner one ends first."""
    outer, inner = e.WaitStarted(awaited="all", within_s=9.0), e.WaitStarted(awaited="part", within_s=5.0)
    ended = [(3.0, e.WaitEnded(awaited="part", ran_out=False)), (4.0, e.WaitEnded(awaited="all", ran_out=False))]
    assert [what for _, _, what in told((1.0, outer), (2.0, inner), *ended)] == [
        "waited for part: it came, 1 s", "waited for all: it came, 3 s",
    ]  # fmt: skip


def test_holding_back_is_no_wait_in_vain() -> None:
    """Nothing should come."""
    began, ended = e.WaitStarted(awaited=e.HASTE, within_s=3.0), e.WaitEnded(awaited=e.HASTE, ran_out=True)
    assert told((1.0, began), (4.0, ended)) == [("✓", "4.0", "held an answer back, 3 s, to see who cannot wait")]


def test_a_wait_that_never_ended_is_told_too() -> None:
    """The recording stopped first."""
    assert told((2.0, e.WaitStarted(awaited="a boot", within_s=5.0))) == [
        ("?", "2.0", "waited for a boot when the recording ended")
    ]


@pytest.mark.parametrize(
    ("event", "mark", "what"),
    [
        (e.ProductStarted(command=("./acme",)), "✓", "started the product"),
        (e.ProductExited(status=7, by_us=False), "✗", "the product ended by itself, status 7"),
        (e.StateReached(state="exchange"), "✓", "reached the state “exchange”"),
        (e.StepEnded(step="create-request", happened=False, detail="no bus"), "✗",
         "asked the product for create-request: no bus"),
        (e.FaultFired(name="lost", do="lose"), "·", "fault lost fired"),
        (e.Mark(text="here"), "·", "here"),
        (e.Stalled(late_s=0.7), "·", "mockpilot itself stalled for 700 ms"),
        (e.SimulatorBroke(traceback="…"), "✗", "mockpilot broke while serving: a bug of this tool"),
        (e.ScenarioEnded(why="interrupted"), "?", "ended, interrupted"),
        (e.ScenarioEnded(why="done", detail="no list came"), "?", "ended: no list came"),
    ],
)  # fmt: skip
def test_an_event_is_a_step(event: e.Event, mark: str, what: str) -> None:
    """Each with its mark."""
    assert told((2.0, event)) == [(mark, "2.0", what)]


@pytest.mark.parametrize("event", [e.ProductExited(status=0, by_us=True), e.ScenarioEnded(why="done"), e.PingSent()])
def test_what_is_clearing_up_is_no_step(event: e.Event) -> None:
    """Nor is traffic."""
    assert told((2.0, event)) == []


def test_a_mark_is_told_in_words_too() -> None:
    """For whoever cannot see it."""
    assert [one.word for one in steps(recorded((2.0, e.StateReached(state="fresh"))))] == ["done"]
