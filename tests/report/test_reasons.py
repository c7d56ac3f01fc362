"""Why a run has its outcome, in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mockpilot.conformance.levels import Cause, Level
from mockpilot.conformance.verdict import Finding
from mockpilot.profile import Expected
from mockpilot.report.reasons import reason
from mockpilot.results import not_selected, run_result, scenario_result
from sample_run import LOST_LIST, NO_BACK_OFF, TODAY, facts, recording, verdict

REMARK = replace(NO_BACK_OFF, level=Level.MAY)
MUST = "L-03 MUST, in 2 scenarios: A list that was not confirmed is not delivered; it must come again."


def reason_of(*scenarios: tuple[Finding, ...], until: date | None = None, known: bool = False) -> str:
    """The reason of a run whose scenarios, a, b, …, have these findings."""
    expected = (Expected(NO_BACK_OFF.rule, "planned", "", until),) if known else ()
    rules, history = ("boot.comes-first", NO_BACK_OFF.rule), recording(exercises=("B-01",))
    made = [
        scenario_result(name, verdict(*findings, rules=rules), history, duration_s=1.0,
                        expected={one.rule for one in expected})
        for name, findings in zip("abcdef", scenarios, strict=False)
    ]  # fmt: skip
    return reason(run_result(facts(), made, expected=expected, today=TODAY))


@pytest.mark.parametrize(("scenarios", "said"), [
    ([(LOST_LIST,), (LOST_LIST, NO_BACK_OFF)], f"{MUST} 1 more to repair."),
    ([(NO_BACK_OFF,)], "L-02 SHOULD, in 1 scenario: It must not."),
    ([(), ()], "Every must and should that 2 scenarios exercised held."),
    ([(REMARK,)], "Every must and should that 1 scenario exercised held. 1 remark below."),
])  # fmt: skip
def test_the_weightiest_thing_is_told(scenarios: list[tuple[Finding, ...]], said: str) -> None:
    """And how much more there is."""
    assert reason_of(*scenarios) == said


def test_a_known_deviation_is_no_reason_until_it_is_stale() -> None:
    """Gone or overdue it comes before warnings, and after a broken must."""
    told = "Every must and should that 1 scenario exercised held, but for expected deviations."
    assert reason_of((NO_BACK_OFF,), known=True) == told
    overdue = "The expected deviation from link.backs-off should have been repaired by 2027-01-13."
    assert reason_of((NO_BACK_OFF,), known=True, until=date(2027, 1, 13)) == overdue
    gone = "The expected deviation from link.backs-off no longer happens: take it out of the profile."
    assert reason_of((), known=True) == gone
    assert reason_of((LOST_LIST,), (LOST_LIST,), known=True) == f"{MUST} 1 more to repair."


def test_what_was_not_shown_is_told_with_its_cause() -> None:
    """A run without findings may still show nothing."""
    unclear = scenario_result("one", verdict(cause=Cause.PRODUCT_LEFT, detail="status 0"), recording(), duration_s=1.0)
    assert reason(run_result(facts(), [unclear], today=TODAY)) == "one is inconclusive, product left: status 0."


def test_a_run_of_nothing_says_so() -> None:
    """It has no outcome to give a reason for."""
    assert reason(run_result(facts(), [not_selected("one", "filter")], today=TODAY)) == "No scenario was selected."
