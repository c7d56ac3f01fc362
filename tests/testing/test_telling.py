"""What a failed test is told."""

from __future__ import annotations

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.verdict import judge
from mockpilot.history import events as ev
from mockpilot.history.recorder import History
from mockpilot.results import FaultResult, FindingResult, ScenarioResult, scenario_result
from mockpilot.testing.telling import (
    LAST_LINES,
    closest,
    in_vain,
    line_of,
    state_of,
    unfired_words,
    unwelcome,
    verdict_text,
)


def recorded(play: Play) -> History:
    """A made recording."""
    return History(play.events)


def result(play: Play) -> ScenarioResult:
    """What the rules say of it."""
    return scenario_result("test", judge(recorded(play)), recorded(play), duration_s=1.0)


def test_line_has_number_time_link_and_what_happened() -> None:
    """A fault, too, and a message that never left."""
    armed = ev.FaultArmed(index=7, at=1.5, name="lost", do="lose")
    assert line_of(armed).split() == ["#7", "1.500", "s", "–", "fault", "armed:", "lose", "“lost”"]
    boot = '[2, "CMS", "P", "2031-03-04T17:20:00Z", "00000000-0000-4000-8000-000000000001", "BootNotification", {}]'
    withheld = ev.MessageWithheld(index=8, at=2.0, link=1, text=boot, fault="lost")
    assert line_of(withheld).endswith("BootNotification confirmed #00000000 (fault lost)")


def test_control_characters_of_the_product_are_shown() -> None:
    """They must not steer a terminal."""
    assert "\x1b" not in line_of(ev.Mark(text="\x1b[31mred"))


def test_vain_wait_tells_what_came_instead() -> None:
    """What came, what was closest, how far the product is, and the end of the history."""
    history = recorded(Play().exchange())
    text = in_vain("ProvideChargingRequests", "within 5 s", history[0:], history, [], ["look there"])
    assert text.startswith("ProvideChargingRequests: nothing of that kind came within 5 s")
    assert "← BootNotification" in text.partition("closest")[0]
    assert "hint     look there" in text
    assert len(text.partition("lines of the history:\n")[2].splitlines()) == min(LAST_LINES, len(history))


def test_closest_is_a_message_with_the_right_action() -> None:
    """Though it came before the wait, or was an answer; without one, the last sign of life."""
    history = recorded(Play().exchange())
    (near,) = closest("ProvideChargingInformation", history)
    assert isinstance(near, ev.MessageReceived)
    (arrival,) = closest("BootNotification", recorded(Play().tcp()))
    assert arrival.kind in ("tcp_accepted", "first_bytes")
    assert closest("BootNotification", recorded(Play())) == []


def test_state_says_how_far_the_product_came() -> None:
    """From nobody to an exchange."""
    assert state_of(recorded(Play())) == "nobody has connected"
    assert "none of them got through the upgrade" in state_of(recorded(Play().tcp()))
    assert state_of(recorded(Play().exchange())).startswith("link 1 open, 2 messages of the product")


def test_unwelcome_message_is_shown_with_a_way_out() -> None:
    """Since what came before the wait counts, too."""
    history = recorded(Play().exchange())
    text = unwelcome("BootNotification", history[-1], "real time", history)
    assert "should not have come and did (real time)" in text
    assert "mark()" in text


def test_verdict_has_findings_before_near_misses_and_history() -> None:
    """A must before a should, remarks last."""
    play = Play().connect().wait(7).boot().accept().pushed()
    text = verdict_text("title", ["why it fails"], result(play), recorded(play))
    title, reason, *_ = text.splitlines()
    assert (title, reason.strip()) == ("title", "why it fails")
    assert "! B-02" in text
    assert text.index("! B-02") < text.index("lines of the history")
    assert "lines of the history" not in verdict_text("title", [], result(play), recorded(play), lines=0)


def found(rule: str, *events: int, level: Level = Level.MUST) -> FindingResult:
    """A made finding."""
    return FindingResult(
        rule=rule, requirement="X-00", level=level, basis=Basis.STANDARD, inferred=False, message=f"about {rule}",
        expected="", observed="", events=events,
    )  # fmt: skip


def test_finding_within_a_vain_wait_comes_first() -> None:
    """It explains what the test stumbled over."""
    play = Play().line(ev.Mark(text="before")).line(ev.WaitStarted(awaited="an answer", within_s=5))
    play.line(ev.Mark(text="inside")).line(ev.WaitEnded(awaited="an answer", ran_out=True))
    inside = next(event.index for event in play.events if isinstance(event, ev.Mark) and event.text == "inside")
    made = ScenarioResult(name="test", outcome="failed", findings=(
        found("early", inside - 2), found("apt", inside, level=Level.SHOULD),
    ))  # fmt: skip
    text = verdict_text("title", [], made, recorded(play), lines=0)
    assert 0 < text.index("about apt") < text.index("about early")


def test_fault_that_nothing_can_show_is_no_near_miss() -> None:
    """Others that fired and were not seen are."""
    faults = tuple(
        FaultResult(name=how, do="drop", armed_s=1.0, fired_s=2.0, seen=False, how={"how": how})
        for how in ("silence", "reset")
    )
    made = ScenarioResult(name="test", outcome="failed", faults=faults)
    text = verdict_text("title", [], made, recorded(Play()), lines=0)
    assert text.count("nothing shows that the product met the fault: drop reset") == 1
    assert "silence" not in text


def test_unfired_fault_is_told_what_came_closest() -> None:
    """A message with its type or its action; or that nothing like it passed by."""
    armed = ev.FaultArmed(name="lost", do="lose", how={"type": 2, "action": "ProvideChargingRequests"})
    fault = FaultResult(name="lost", do="lose", armed_s=0.0, fired_s=None, seen=False)
    near = recorded(Play().line(armed).exchange())
    assert "closest was #" in unfired_words(fault, near)
    assert "BootNotification confirmed" in unfired_words(fault, near).partition("closest was")[2]
    assert unfired_words(fault, recorded(Play().exchange().line(armed))).endswith("nothing like it passed by since")
