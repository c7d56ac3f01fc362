"""Results: how verdicts, causes and known deviations fold into result.json and an exit status."""

from __future__ import annotations

import json
from datetime import date

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.conformance import reading
from mockpilot.conformance.levels import Basis, Cause, Level
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Finding
from mockpilot.errors import MockpilotError
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.profile import Expected
from mockpilot.results import (
    About,
    Columns,
    FaultResult,
    RunResult,
    ScenarioResult,
    decode_result,
    encode_result,
    exit_status,
    not_selected,
    run_result,
    scenario_result,
)
from mockpilot.results.coverage import NO_SCENARIO, why_not_exercised
from mockpilot.results.folding import columns_of
from mockpilot.results.records import schema_text
from sample_run import (
    LOST_LIST,
    NO_BACK_OFF,
    NO_SUBPROTOCOL,
    TODAY,
    facts,
    found,
    recording,
    sample_run,
    verdict,
)


def scenario(
    name: str = "one", *findings: Finding, cause: Cause | None = None, expected: tuple[str, ...] = ()
) -> ScenarioResult:
    """A scenario with these findings, whose rules were exercised."""
    history = recording(exercises=tuple(one.requirement for one in findings if one.requirement))
    return scenario_result(name, verdict(*findings, cause=cause), history, duration_s=1.0, expected=expected)


def fold(*scenarios: ScenarioResult, expected: tuple[Expected, ...] = ()) -> RunResult:
    """The run of these scenarios."""
    return run_result(facts(), scenarios, expected=expected, today=TODAY)


def test_a_scenario_takes_over_what_its_verdict_says() -> None:
    """Outcome, requirements, rules and columns, where nothing is expected."""
    judged = verdict(LOST_LIST)
    result = scenario_result("one", judged, recording(), duration_s=1.0)
    assert (result.exercised, result.exercised_rules) == (judged.exercised, judged.rules_exercised)
    assert (result.outcome, result.columns.vdv463) == (judged.outcome, judged.columns["vdv463"])


def test_a_fault_is_told_with_its_times() -> None:
    """Armed, fired and seen come from the recording, in seconds since its start."""
    expected = FaultResult(name="lost", do="lose", armed_s=4.0, fired_s=9.0, seen=True)
    assert scenario().faults == (expected,)


def test_a_fault_that_never_fired_has_no_time() -> None:
    """Neither fired nor seen."""
    history = History([e.FaultArmed(name="lost", do="lose", at=3.0, optional=True)])
    result = scenario_result("one", verdict(), history, duration_s=1.0)
    assert result.faults == (
        FaultResult(name="lost", do="lose", armed_s=0.0, fired_s=None, seen=False, optional=True),
    )


@pytest.mark.parametrize(
    ("by", "how", "words"),
    [
        ("us", "cleanly", "by us, cleanly"),
        ("us", "broken on purpose", "by us, broken on purpose"),
        ("us", "broken off", "by us, broken on purpose"),
        ("product", "cleanly", "by the product, cleanly"),
        ("product", "broken off", "by the product, broken off"),
        ("unknown", "broken off", "by the product, broken off"),
    ],
)
def test_the_end_of_the_link_is_told_in_words(by: str, how: str, words: str) -> None:
    """Who ended it, and how."""
    ended = e.LinkEnded(link=1, by=by, how=how)  # type: ignore[arg-type]
    assert scenario_result("one", verdict(), recording(ended=ended), duration_s=1.0).link_ended == words


def test_a_link_that_nothing_ended_is_still_open() -> None:
    """The recording stops first."""
    history = History(recording()[:-1])
    assert scenario_result("one", verdict(), history, duration_s=1.0).link_ended == "still open"


def test_a_link_that_was_refused_never_opened() -> None:
    """Only 101 opens one."""
    history = History([e.UpgradeAnswered(link=1, status=401), e.LinkEnded(link=1, by="us", how="cleanly")])
    assert scenario_result("one", verdict(), history, duration_s=1.0).link_ended == "never opened"


@pytest.mark.parametrize(
    ("findings", "inconclusive", "columns"),
    [
        ((), False, Columns("passed", "passed")),
        ((LOST_LIST,), False, Columns("passed", "limit")),
        ((NO_BACK_OFF,), False, Columns("warned", "warned")),
        ((found("boot.comes-first", "B-01", basis=Basis.GUIDELINE),), False, Columns("passed", "failed")),
        ((found("envelope.action", "E-06", Level.MAY),), False, Columns("passed", "passed")),
        ((found("product.keeps-running", None, basis=Basis.POLICY),), False, Columns("passed", "passed")),
        ((), True, Columns("inconclusive", "inconclusive")),
        ((LOST_LIST, NO_BACK_OFF), True, Columns("inconclusive", "inconclusive")),
        ((LOST_LIST, NO_BACK_OFF), False, Columns("warned", "warned")),
    ],
)
def test_the_columns_read_standard_and_guideline(
    findings: tuple[Finding, ...], inconclusive: bool, columns: Columns
) -> None:
    """A product can satisfy one and not the other; limits of this tool alone are called that."""
    results = scenario("one", *findings).findings
    assert columns_of(results, inconclusive=inconclusive) == columns


@given(
    st.lists(
        st.builds(
            found, st.sampled_from([*RULES]), st.none(), st.sampled_from(Level), st.sampled_from(Basis)
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_both_folds_agree(findings: list[Finding], doubtful: bool) -> None:
    """Where nothing is left out, a result folds as its verdict did; remarks count for neither."""
    theirs = reading.columns_of(findings, inconclusive=doubtful)
    results = scenario("one", *findings).findings
    assert columns_of(results, inconclusive=doubtful) == Columns(**theirs)


def test_a_known_deviation_leaves_every_outcome() -> None:
    """It is shown, and counts for nothing."""
    result = scenario("one", LOST_LIST, expected=(LOST_LIST.rule,))
    assert result.findings[0].expected_deviation
    assert (result.outcome, result.columns) == ("passed", Columns("passed", "passed"))


def test_a_known_deviation_does_not_hide_a_cause() -> None:
    """What was inconclusive beside it stays so."""
    result = scenario("one", NO_BACK_OFF, cause=Cause.FAULT_NEVER_SEEN, expected=(NO_BACK_OFF.rule,))
    assert (result.outcome, result.cause) == ("inconclusive", Cause.FAULT_NEVER_SEEN)


def test_a_known_deviation_uncovers_a_cause() -> None:
    """A verdict that failed has not asked why it might be inconclusive."""
    history = recording(exercises=("L-03", "I-01"))
    result = scenario_result("one", verdict(LOST_LIST), history, duration_s=1.0, expected={LOST_LIST.rule})
    assert (result.outcome, result.cause) == ("inconclusive", Cause.NEVER_EXERCISED)
    assert "I-01" in result.detail


def test_a_finding_outweighs_a_cause() -> None:
    """A failed scenario has no cause for being inconclusive."""
    result = scenario("one", LOST_LIST, cause=Cause.FAULT_NEVER_SEEN)
    assert (result.outcome, result.cause) == ("failed", None)


def test_half_a_surrogate_pair_can_be_written() -> None:
    """What a product sends as an escape must not keep its result from the disk."""
    finding = found("boot.comes-first", "B-01", observed="id \ud800")
    result = fold(scenario("one", finding))
    assert decode_result(encode_result(result)).scenario("one").findings[0].observed == "id \\ud800"


def test_a_run_is_as_good_as_its_worst_scenario() -> None:
    """Outcome, counts and columns fold over the selected scenarios."""
    result, _ = sample_run()
    assert result.outcome == "failed"
    assert result.counts == {"passed": 2, "warned": 1, "failed": 1, "inconclusive": 1, "not_selected": 1}
    assert result.columns == Columns("inconclusive", "inconclusive")


def test_a_run_that_only_limits_speak_against_says_so() -> None:
    """Without findings of class policy it would not have failed."""
    assert fold(scenario("one", LOST_LIST)).by_limits
    assert not fold(scenario("one", found("boot.comes-first", "B-01"))).by_limits
    assert not fold(scenario("one")).by_limits


def test_a_run_of_nothing_is_inconclusive() -> None:
    """It shows nothing, so it is not passed."""
    assert fold(not_selected("one", "filter")).outcome == "inconclusive"


def test_scenarios_stand_in_the_catalogues_order() -> None:
    """Whatever order they ended in."""
    result = run_result(facts(), [scenario("b"), scenario("z"), scenario("a")], today=TODAY, order=("a", "b"))
    assert [one.name for one in result.scenarios] == ["a", "b", "z"]


@pytest.mark.parametrize(
    ("occurs", "until", "state", "outcome"),
    [
        (True, None, "occurred", "passed"),
        (True, TODAY, "occurred", "passed"),
        (True, date(2027, 1, 13), "overdue", "failed"),
        (False, None, "gone", "failed"),
    ],
)
def test_a_deviation_that_is_gone_or_overdue_fails_the_run(
    occurs: bool, until: date | None, state: str, outcome: str
) -> None:
    """The list of known deviations must be kept true."""
    rule = "boot.comes-first"
    findings = (found(rule, "B-01"),) if occurs else ()
    result = fold(scenario("one", *findings, expected=(rule,)), expected=(Expected(rule, "known", "", until),))
    assert (result.deviations[0].state, result.outcome) == (state, outcome)


def test_a_deviation_nothing_met_is_not_exercised() -> None:
    """That proves neither."""
    result = fold(scenario("one"), expected=(Expected("link.backs-off", "known"),))
    assert (result.deviations[0].state, result.outcome) == ("not exercised", "passed")


def test_every_requirement_has_an_outcome() -> None:
    """Also those that nothing exercised, and those that cannot be judged."""
    result, _ = sample_run()
    said = {row: one.outcome for row, one in result.requirements.items()}
    assert list(said) == list(REQUIREMENTS)
    expected = {"L-03": "failed", "C-06": "warned", "B-01": "passed", "B-03": "not exercised", "R-16": "not judged",
                "L-02": "passed"}  # fmt: skip
    assert {row: said[row] for row in expected} == expected
    assert result.requirements["L-03"].scenarios == ("confirmation_missing",)
    assert result.requirements["L-02"].expected_deviations == ("outage_503",)


def test_what_holds_of_the_product_is_told_once() -> None:
    """The second scenario is not charged for it again."""
    result = fold(scenario("one", NO_SUBPROTOCOL), scenario("two", NO_SUBPROTOCOL, NO_BACK_OFF))
    assert [len(one.findings) for one in result.scenarios] == [1, 1]
    assert result.scenario("two").findings[0].rule == "link.backs-off"


def test_a_must_is_told_every_time() -> None:
    """Two ids in one link are a defect wherever they are seen."""
    finding = found("envelope.presystem-id", "E-05")
    result = fold(scenario("one", finding), scenario("two", finding))
    assert result.counts["failed"] == 2


def test_a_dropped_list_explains_what_follows_from_it() -> None:
    """The consequence is undecided, not charged again."""
    consequence = found("requests.offline-change", "L-17")
    result = fold(scenario("one", LOST_LIST), scenario("two", consequence), scenario("three", consequence, NO_BACK_OFF))
    two = result.scenario("two")
    assert (two.outcome, two.cause, two.findings) == ("inconclusive", Cause.NEVER_EXERCISED, ())
    assert two.detail == "L-17 is not shown by itself, since L-03, found in this run, explains what was seen of it"
    assert result.requirements["L-17"].outcome == "not exercised"
    assert result.scenario("three").outcome == "inconclusive"


def test_json_has_the_published_fields_in_order() -> None:
    """Readers find what the contract prints, and more after it."""
    result, _ = sample_run()
    data = json.loads(encode_result(result))
    assert list(data)[:14] == [
        "schema", "mockpilot", "outcome", "dialect", "seed", "started", "duration_s", "scenarios", "finished",
        "catalogue", "counts", "columns", "deviations", "requirements",
    ]  # fmt: skip
    one = data["scenarios"][1]
    assert list(one)[:10] == [
        "name", "outcome", "cause", "duration_s", "link_ended", "exercised", "columns", "findings", "faults", "trace",
    ]  # fmt: skip
    assert list(one["findings"][0])[:10] == [
        "rule", "requirement", "level", "class", "inferred", "expected_deviation", "message", "expected", "observed",
        "events",
    ]  # fmt: skip
    assert data["schema"] == "mockpilot.result/1"
    assert data["requirements"]["L-03"]["scenarios"] == ["confirmation_missing"]
    assert data["deviations"][0]["until"] == "2027-03-31"


def test_json_reads_back() -> None:
    """Nothing gets lost on the way."""
    result, _ = sample_run()
    assert decode_result(encode_result(result)) == result


@pytest.mark.parametrize("data", [b"", b"{}", b'{"schema": "other/1"}', b"\xff"])
def test_what_is_no_result_is_refused_with_its_name(data: bytes) -> None:
    """The file is named, and what was expected."""
    with pytest.raises(MockpilotError, match=r"^runs/x\.json: a result of mockpilot\.result/1 is expected"):
        decode_result(data, "runs/x.json")


def test_another_schema_is_refused() -> None:
    """A newer result is not read as this one."""
    result, _ = sample_run()
    with pytest.raises(MockpilotError, match=r"found 'mockpilot\.result/2'"):
        decode_result(encode_result(result).replace(b"mockpilot.result/1", b"mockpilot.result/2"))


def test_an_unknown_scenario_is_named() -> None:
    """As a mapping would."""
    result, _ = sample_run()
    with pytest.raises(KeyError, match="nobody"):
        result.scenario("nobody")


WARNED = (scenario("one", NO_BACK_OFF),)
UNCLEAR = (scenario("one", cause=Cause.NEVER_EXERCISED),)
FAILED = (*UNCLEAR, scenario("two", LOST_LIST))


@pytest.mark.parametrize(
    ("scenarios", "options", "status"),
    [
        ((scenario("one"),), {}, 0),
        (WARNED, {}, 0),
        (WARNED, {"strict": True}, 1),
        (UNCLEAR, {}, 2),
        (UNCLEAR, {"strict": True}, 2),
        ((*WARNED, *UNCLEAR), {"strict": True}, 1),
        (FAILED, {}, 1),
        ((), {}, 4),
        ((not_selected("one", "filter"),), {}, 4),
        (FAILED, {"nobody_connected": True}, 4),
        (FAILED, {"nobody_connected": True, "interrupted": True}, 130),
        (FAILED, {"terminated": True}, 143),
    ],
)
def test_the_exit_status_follows_the_published_precedence(
    scenarios: tuple[ScenarioResult, ...], options: dict[str, bool], status: int
) -> None:
    """130 or 143, then 4, 1, 2, 0."""
    assert exit_status(fold(*scenarios), **options) == status


# -- the schema of result.json -----------------------------------------------------------------------------------------


def test_results_keep_to_their_schema() -> None:
    """What is written is what the schema in the repository promises."""
    schema = jsonschema_rs.validator_for(json.loads(schema_text()))
    result, _ = sample_run()
    assert [error.message for error in schema.iter_errors(json.loads(encode_result(result)))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"mockpilot.result/1"', b'"mockpilot.result/2"'),
        (b'"outcome": "failed"', b'"outcome": "broken"'),
        (b'"level": "must"', b'"level": "shall"'),
        (b'"finished": true', b'"finished": "yes"'),
        (b'"by us, cleanly"', b'"somehow"'),
        (b'"seed": 7', b'"seed": null'),
    ],
)
def test_the_schema_refuses_what_is_none(old: bytes, new: bytes) -> None:
    """A validator that accepts everything would show nothing."""
    schema = jsonschema_rs.validator_for(json.loads(schema_text()))
    encoded = encode_result(sample_run()[0])
    assert old in encoded
    assert not schema.is_valid(json.loads(encoded.replace(old, new)))


# -- why nothing was shown ---------------------------------------------------------------------------------------------


def gap(id_: str, *scenarios: ScenarioResult) -> str:
    """The reason beside a requirement."""
    return fold(*scenarios).requirements[id_].reason


def test_a_gap_has_its_reason() -> None:
    """Every requirement that nothing exercised tells why."""
    result, _ = sample_run()
    silent = [one for one in result.requirements.values() if one.outcome in {"not exercised", "not judged"}]
    assert silent
    assert all(one.reason for one in silent)
    assert not result.requirements["L-03"].reason


def test_a_row_that_no_run_decides_says_so() -> None:
    """In the catalogue's own words."""
    row = next(row for row in REQUIREMENTS.values() if row.not_judged)
    assert gap(row.id, scenario()) == row.not_judged


def test_scenarios_that_are_about_a_row_say_what_became_of_them() -> None:
    """Not selected, inconclusive, or something else came first."""
    doubtful = scenario_result("two", verdict(cause=Cause.PRODUCT_LEFT, rules=()), recording(), duration_s=1)
    failed = scenario_result("three", verdict(LOST_LIST, rules=()), recording(), duration_s=1)
    absent = [not_selected(name, "filter") for name in ("four", "five")]
    assert gap("L-05", scenario()) == NO_SCENARIO
    told = why_not_exercised(REQUIREMENTS["I-01"], [
        ScenarioResult(name=one.name, outcome=one.outcome, cause=one.cause, reason=one.reason,
                       about=About(claims=("I-01",)))
        for one in (*absent, doubtful, failed)
    ])  # fmt: skip
    assert told == ("two was inconclusive (product left); three did not come to it; four was not selected (filter); "
                    "and 1 more")  # fmt: skip


def test_what_no_scenario_can_bring_about_is_named() -> None:
    """A server name is asked for only where the address has one."""
    one = ScenarioResult(name="one", outcome="passed", about=About(claims=("C-13",)))
    assert why_not_exercised(REQUIREMENTS["C-13"], [one]) == (
        'one did not come to it; it takes an address with a host name, such as host = "localhost" in [cms]'
    )


# -- known deviations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "state", "status"), [
    (date(2027, 1, 14), "occurred", 0), (date(2027, 1, 13), "overdue", 1), (None, "occurred", 0),
])  # fmt: skip
def test_a_deviation_that_is_overdue_fails_the_run(until: date | None, state: str, status: int) -> None:
    """Up to its day it is expected, afterwards it is not."""
    result = fold(scenario("one", NO_BACK_OFF, expected=(NO_BACK_OFF.rule,)),
                  expected=(Expected(NO_BACK_OFF.rule, "planned", "", until),))  # fmt: skip
    assert (result.deviations[0].state, exit_status(result)) == (state, status)
    assert result.scenario("one").outcome == "passed"


def test_a_deviation_that_is_gone_fails_the_run_and_nothing_else() -> None:
    """Its scenario passed; that limits of this tool had a hand in it would be wrong to say."""
    kept = scenario_result("one", verdict(rules=(NO_BACK_OFF.rule,)), recording(), duration_s=1.0)
    result = fold(kept, scenario("two", LOST_LIST), expected=(Expected(NO_BACK_OFF.rule, "planned"),))
    assert (result.deviations[0].state, result.outcome, exit_status(result)) == ("gone", "failed", 1)
    assert not result.by_limits


def test_a_fold_can_be_folded_again() -> None:
    """A run that was killed is read, added to, and folded once more."""
    result, _ = sample_run()
    expected = (Expected("link.backs-off", "planned for 8.3", "it@acme.example", date(2027, 3, 31)),)
    assert run_result(facts(), result.scenarios, expected=expected, today=TODAY) == result
