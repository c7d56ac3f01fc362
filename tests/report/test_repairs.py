"""What to repair first."""

from __future__ import annotations

from dataclasses import replace

from mockpilot.conformance.levels import Level
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Finding
from mockpilot.report.repairs import Repair, repairs
from mockpilot.results import run_result, scenario_result
from sample_run import LOST_LIST, NO_BACK_OFF, NO_SUBPROTOCOL, TODAY, facts, found, recording, verdict


def repaired(*scenarios: tuple[Finding, ...], expected: tuple[str, ...] = ()) -> list[Repair]:
    """Repairs of a run whose scenarios, a, b, …, have these findings."""
    made = [
        scenario_result(name, verdict(*findings), recording(), duration_s=1.0, expected=expected)
        for name, findings in zip("abcdef", scenarios, strict=False)
    ]
    return repairs(run_result(facts(), made, today=TODAY))


def test_one_cause_is_one_repair() -> None:
    """Whatever number of scenarios show it, and how often each."""
    (repair,) = repaired((replace(LOST_LIST, count=3),), (LOST_LIST,))
    assert (repair.scenarios, repair.count) == (("a", "b"), 4)
    assert repair.statement == LOST_LIST.message


def test_another_likely_cause_is_another_repair() -> None:
    """The same rule can be broken in two ways."""
    found_twice = repaired((LOST_LIST,), (replace(LOST_LIST, perhaps="the queue is kept in memory only"),))
    assert [one.scenarios for one in found_twice] == [("a",), ("b",)]


def test_messages_that_differ_give_way_to_the_rules_statement() -> None:
    """It holds for all of them."""
    (repair,) = repaired((LOST_LIST,), (replace(LOST_LIST, message="The list acme-42 did not come again."),))
    assert repair.statement == RULES[LOST_LIST.rule].statement


def test_statement_fits_the_level_of_what_was_found() -> None:
    """Where all that was found is milder than its rule."""
    stray = found("correlation.answers-only-requests", "I-14", Level.SHOULD)
    (repair,) = repaired((replace(stray, message="One."),), (replace(stray, message="Another."),))
    assert repair.statement == "The presystem should answer requests only, never an answer."


def test_musts_come_before_shoulds_and_many_before_few() -> None:
    """The most urgent first."""
    must = found("boot.comes-first", "B-01")
    order = repaired((NO_SUBPROTOCOL, NO_BACK_OFF), (NO_BACK_OFF,), (must,))
    assert [one.finding.rule for one in order] == [must.rule, NO_BACK_OFF.rule, NO_SUBPROTOCOL.rule]


def test_remarks_and_known_deviations_are_no_repairs() -> None:
    """Nobody has to do anything about them now."""
    remark = found("envelope.action", "E-06", Level.MAY)
    assert repaired((remark, NO_BACK_OFF), expected=(NO_BACK_OFF.rule,)) == []
