"""What changed from one run to another."""

from __future__ import annotations

from dataclasses import replace

from mockpilot.conformance.levels import Cause, Level
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.changes import Changes, changes
from mockpilot.report.shapes import shapes
from mockpilot.results import RunResult, ScenarioResult, run_result, scenario_result
from report.recorded_events import frame, opened, recorded
from sample_run import LOST_LIST, NO_BACK_OFF, NO_SUBPROTOCOL, TODAY, facts, found, recording, verdict

LIST = "ProvideChargingRequests"
TOLD = f"✗ one: L-03 MUST  {LOST_LIST.message}"
FAILED = scenario_result("one", verdict(LOST_LIST), recording(), duration_s=1.0)
HELD = scenario_result("one", verdict(rules=(LOST_LIST.rule,)), recording(), duration_s=1.0)
UNCLEAR = scenario_result("one", verdict(cause=Cause.PRODUCT_LEFT), recording(), duration_s=1.0)


def run(*scenarios: ScenarioResult) -> RunResult:
    """A run of these."""
    return run_result(facts(limits={"close_within": 10.0}), scenarios, today=TODAY)


def changed(before: ScenarioResult, now: ScenarioResult, old: History = History(), new: History = History()) -> Changes:  # noqa: B008
    """Changes between two runs of one scenario."""
    return changes(run(before), run(now), {"one": old}, {"one": new})


def test_equal_runs_have_no_changes() -> None:
    """Nothing else is told."""
    assert changed(FAILED, FAILED, recording(), recording()) == Changes()


def test_a_rule_that_is_broken_now_is_a_new_failure() -> None:
    """In a scenario that passed, or that was not run."""
    assert changed(HELD, FAILED) == Changes(new=(TOLD,))
    assert changes(run(), run(FAILED), {}, {}) == Changes(new=(TOLD,))
    assert changed(HELD, FAILED).worse


def test_a_should_that_became_a_must_is_a_new_failure() -> None:
    """It weighs more than before."""
    mild = scenario_result("one", verdict(found("boot.comes-first", "B-01", level=NO_BACK_OFF.level)), recording(),
                           duration_s=1.0)  # fmt: skip
    hard = scenario_result("one", verdict(found("boot.comes-first", "B-01")), recording(), duration_s=1.0)
    assert changed(mild, hard).new == ("✗ one: B-01 MUST  It must not. · was a should",)
    assert changed(hard, mild).new == ()


def test_healed_is_what_was_put_to_the_test_again() -> None:
    """What nobody looked at is not healed."""
    assert changed(FAILED, HELD) == Changes(healed=(TOLD.replace("✗", "✓"),))
    blind = scenario_result("one", verdict(rules=()), recording(), duration_s=1.0)
    assert changed(FAILED, blind) == Changes(not_shown=(TOLD.replace("✗", "?") + " · not exercised now",))


def test_what_passed_and_is_inconclusive_got_worse() -> None:
    """And what is shown again got better."""
    worse = changed(HELD, UNCLEAR)
    assert worse == Changes(unclear=("? one: inconclusive, product left; was passed",))
    assert worse.worse
    assert changed(UNCLEAR, HELD) == Changes(healed=("✓ one: passed; was inconclusive, product left",))


def test_what_failed_and_is_inconclusive_is_neither_new_nor_healed() -> None:
    """The second run has nothing to say about it; the other way round it is a new failure."""
    told = changed(FAILED, UNCLEAR)
    assert told == Changes(not_shown=(TOLD.replace("✗", "?") + " · inconclusive now, product left",))
    assert not told.worse
    assert changed(UNCLEAR, FAILED) == Changes(new=(TOLD,))


def test_a_scenario_that_is_inconclusive_is_told_although_its_rule_held() -> None:
    """What it is there for is not shown."""
    now = scenario_result("one", verdict(cause=Cause.FAULT_NEVER_SEEN, rules=(LOST_LIST.rule,)), recording(),
                          duration_s=1.0)  # fmt: skip
    assert changed(FAILED, now) == Changes(
        healed=(TOLD.replace("✗", "✓"),), not_shown=("? one: inconclusive, fault never seen; was failed",)
    )


def test_what_failed_and_was_not_run_is_not_healed() -> None:
    """What was never run and is inconclusive is no new failure either; nor is what passed and was not run."""
    assert changes(run(FAILED), run(), {}, {}) == Changes(not_shown=(TOLD.replace("✗", "–") + " · not run now",))
    assert changes(run(), run(UNCLEAR), {}, {}) == Changes(
        not_shown=("? one: inconclusive, product left; was not run",)
    )
    assert changes(run(HELD), run(), {}, {}) == Changes()


def test_what_is_expected_or_a_remark_now_is_not_healed() -> None:
    """It happened again; only its weight is another. Without the excuse it is a new failure."""
    known = scenario_result("one", verdict(LOST_LIST), recording(), duration_s=1.0, expected={LOST_LIST.rule})
    remark = scenario_result("one", verdict(replace(LOST_LIST, level=Level.MAY)), recording(), duration_s=1.0)
    told = TOLD.replace("✗", "?")
    assert changed(FAILED, known) == Changes(not_shown=(f"{told} · an expected deviation now",))
    assert changed(FAILED, remark) == Changes(not_shown=(f"{told} · a remark now",))
    assert changed(known, FAILED) == Changes(new=(TOLD,))


def test_the_most_binding_finding_of_a_rule_counts() -> None:
    """A warning beside a failure of the same rule hides nothing."""
    mild = replace(LOST_LIST, level=Level.SHOULD, message="It should.")
    both = scenario_result("one", verdict(LOST_LIST, mild), recording(), duration_s=1.0)
    only_mild = scenario_result("one", verdict(mild), recording(), duration_s=1.0)
    assert changed(only_mild, both).new == (f"{TOLD} · was a should",)
    assert changed(both, FAILED) == Changes()


def test_what_is_told_once_per_run_is_compared_over_the_run() -> None:
    """In which scenario it is told depends on what was selected."""
    first, second = (
        scenario_result(name, verdict(NO_SUBPROTOCOL), recording(), duration_s=1.0) for name in ("one", "two")
    )
    assert changes(run(first, second), run(second), {}, {}) == Changes()
    assert changes(run(second), run(first, second), {}, {}) == Changes()


def closing(*took_s: float) -> History:
    """A recording in which closing took so long, each time."""
    events: list[tuple[float, e.Event]] = []
    for number, took in enumerate(took_s, 1):
        events += opened(number, 10.0 * number)
        events += [(10.0 * number + 1, e.CloseSent(link=number, code=1001)),
                   (10.0 * number + 1 + took, e.CloseReceived(link=number, code=1001))]  # fmt: skip
    return recorded(*events)


def test_a_timing_that_is_another_is_told() -> None:
    """By its median, if there are enough values, and if chance does not explain it."""
    slow, fast = closing(1.0, 1.0, 1.0), closing(0.2, 0.2, 0.2)
    assert changed(HELD, HELD, fast, slow).timings == (
        "answer to a Close frame: median 200 ms → 1 s (limit 10 s, close_within)",
    )
    assert changed(HELD, HELD, fast, closing(1.0, 1.0)).timings == ()
    assert changed(HELD, HELD, closing(0.2, 0.2, 0.2), closing(0.3, 0.3, 0.3)).timings == ()
    assert changed(HELD, HELD, closing(0.01, 0.01, 0.01), closing(0.04, 0.04, 0.04)).timings == ()


def sent(payload: str) -> History:
    """A recording of one list with this payload."""
    return recorded(*opened(), (2.0, e.MessageReceived(link=1, text=frame(1, LIST, payload=payload))))


def test_a_payload_of_another_shape_is_told() -> None:
    """Keys and types, never values."""
    old = sent('{"chargingRequestList":[{"id":"a","soc":3}]}')
    new = sent('{"chargingRequestList":[{"id":"b","soc":3.5},{"id":"c","soc":4,"more":null}]}')
    kind = "ProvideChargingRequests request"
    assert changed(HELD, HELD, old, new).shapes == (
        f"{kind}: chargingRequestList[].more absent → null",
        f"{kind}: chargingRequestList[].soc integer → integer or number",
    )
    assert changed(HELD, HELD, old, sent('{"chargingRequestList":[{"id":"z","soc":9}]}')).shapes == ()


def test_a_message_that_is_new_or_gone_is_told() -> None:
    """As a whole."""
    assert changed(HELD, HELD, sent("{}"), recorded()).shapes == (
        "ProvideChargingRequests request: no longer sent",
    )
    assert changed(HELD, HELD, recorded(), sent("{}")).shapes == ("ProvideChargingRequests request: not sent before",)


def test_shapes_know_every_type() -> None:
    """And what cannot be read has none."""
    found_shapes = shapes([
        sent('{"a":[true,"x",1,1.5,null,{}]}'), recorded((1.0, e.MessageReceived(text="no envelope"))),
    ])  # fmt: skip
    assert found_shapes == {"ProvideChargingRequests request": {
        "payload": {"object"}, "a": {"array"},
        "a[]": {"boolean", "string", "integer", "number", "null", "object"},
    }}  # fmt: skip
