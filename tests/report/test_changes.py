"""What changed from one run to another."""

from __future__ import annotations

from mockpilot.conformance.levels import Cause
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.report.changes import Changes, changes
from mockpilot.report.shapes import shapes
from mockpilot.results import RunResult, ScenarioResult, run_result, scenario_result
from report.recorded_events import frame, opened, recorded
from sample_run import LOST_LIST, NO_BACK_OFF, TODAY, facts, found, recording, verdict

LIST = "ProvideChargingRequests"
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
    assert changed(FAILED, FAILED, recording(), recording()) == Changes((), (), (), ())


def test_a_rule_that_is_broken_now_is_a_new_failure() -> None:
    """In a scenario that passed, or that was not run."""
    told = (f"✗ one: L-03 MUST  {LOST_LIST.message}",)
    assert changed(HELD, FAILED).new == told
    assert changes(run(), run(FAILED), {}, {}).new == told


def test_a_should_that_became_a_must_is_a_new_failure() -> None:
    """It weighs more than before."""
    mild = scenario_result("one", verdict(found("boot.comes-first", "B-01", level=NO_BACK_OFF.level)), recording(),
                           duration_s=1.0)  # fmt: skip
    hard = scenario_result("one", verdict(found("boot.comes-first", "B-01")), recording(), duration_s=1.0)
    assert changed(mild, hard).new == ("✗ one: B-01 MUST  It must not.",)
    assert changed(hard, mild).new == ()


def test_healed_is_what_was_put_to_the_test_again() -> None:
    """What nobody looked at is not healed."""
    assert changed(FAILED, HELD).healed == (f"✓ one: L-03 MUST  {LOST_LIST.message}",)
    blind = scenario_result("one", verdict(rules=()), recording(), duration_s=1.0)
    assert changed(FAILED, blind) == Changes((), (), (), ())


def test_what_is_not_shown_any_more_is_told() -> None:
    """And so is what is shown again."""
    assert changed(HELD, UNCLEAR).new == ("? one: inconclusive, product left; was passed before",)
    assert changed(UNCLEAR, HELD).healed == ("✓ one: passed; was inconclusive, product left",)


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
