"""The JUnit file: valid for whoever reads such files, and green only where something passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema

from mockpilot.conformance.levels import Cause, Level
from mockpilot.profile import Expected
from mockpilot.report.junit import render_junit
from mockpilot.results import About, RunResult, not_selected, run_result, scenario_result
from sample_run import LOST_LIST, NO_BACK_OFF, NO_SUBPROTOCOL, TODAY, facts, found, recording, sample_run, verdict

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def parsed(result: RunResult) -> Xml.Element:
    """The file of a run, which the schema accepts."""
    text = render_junit(result)
    SCHEMA.validate(text.partition("\n")[2])
    return Xml.fromstring(text.partition("\n")[2])


def cases(root: Xml.Element) -> dict[str, list[str]]:
    """What stands in each case."""
    return {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}


def test_every_outcome_has_its_element() -> None:
    """Only what passed, with warnings or without, is green."""
    result, _ = sample_run()
    assert cases(parsed(result)) == {
        "boot_accepted": [], "confirmation_missing": ["failure"], "confirmation_twice": ["error"], "outage_503": [],
        "login_refused": [], "request_changed": ["skipped"], "link.backs-off": [],
    }  # fmt: skip


def test_a_suite_is_an_area_and_counts_its_cases() -> None:
    """What belongs to none stands together."""
    areas = [("Requests", LOST_LIST), ("Booting", None), ("Requests", None)]
    scenarios = [
        scenario_result(f"s{number}", verdict(*([finding] if finding else [])), recording(), duration_s=1.5,
                        about=About(group))
        for number, (group, finding) in enumerate(areas)
    ]  # fmt: skip
    root = parsed(run_result(facts(), [*scenarios, not_selected("s3", "filter", About("Booting"))], today=TODAY))
    told = [tuple(suite.attrib[name] for name in ("name", "tests", "failures", "errors", "skipped", "time"))
            for suite in root]  # fmt: skip
    assert told == [("Requests", "2", "1", "0", "0", "3.000"), ("Booting", "2", "0", "0", "1", "1.500")]


def test_a_failure_tells_what_a_developer_needs() -> None:
    """Rule, expectation, observation, faults."""
    failure = next(parsed(sample_run()[0]).iter("failure"))
    assert failure.attrib["type"] == LOST_LIST.rule
    assert failure.attrib["message"] == LOST_LIST.message
    assert f"observed  {LOST_LIST.observed}" in (failure.text or "")
    assert "lose “lost” · armed 4.0 s" in (failure.text or "")


def test_a_trouble_says_what_the_scenario_was_about() -> None:
    """Whoever sees it in a list of builds has no report page at hand."""
    failure, error = (next(parsed(sample_run()[0]).iter(kind)).text or "" for kind in ("failure", "error"))
    assert "CMS       The confirmation never arrives.\nrequired  The list must come again.\nfault     lose" in failure
    assert failure.endswith("trace     traces/confirmation_missing.jsonl")
    assert error.startswith("again, armed at 2.1 s")


def test_what_passed_tells_its_warnings_and_remarks_in_the_output() -> None:
    """With what was observed; viewers have no other place for it."""
    findings = replace(NO_SUBPROTOCOL, level=Level.MAY, observed="no\nsubprotocol"), NO_BACK_OFF
    scenario = scenario_result("one", verdict(*findings), recording(), duration_s=1.0)
    (suite,) = parsed(run_result(facts(), [scenario, not_selected("two", "filter")], today=TODAY))
    first, *told = (suite.findtext("system-out") or "").splitlines()
    assert first.split() == ["!", "passed", "with", "warnings", "one", "1", "s", "L-02", "SHOULD,", "C-06", "MAY"]
    assert told[1] == "    remark: C-06 MAY: It must not. Observed: no subprotocol"
    assert told[0].startswith("    warning: L-02 SHOULD: It must not. Observed: ")
    assert next(suite.iter("skipped")).attrib["message"] == "not among what was selected"


def test_warnings_and_known_deviations_are_properties() -> None:
    """They are told, and fail nothing."""
    properties = {one.attrib["name"]: one.attrib["value"] for one in parsed(sample_run()[0]).iter("property")}
    assert properties["warning: login_refused"] == "C-06 SHOULD: It must not."
    assert properties["expected deviation: outage_503"] == "L-02 SHOULD: It must not."
    assert properties["product"] == "Acme DepotManager 8.2.0"


@pytest.mark.parametrize(("finding", "until", "tags"), [
    (NO_BACK_OFF, date(2027, 3, 31), []),
    (NO_BACK_OFF, date(2027, 1, 13), ["failure"]),
    (None, None, ["skipped"]),
])  # fmt: skip
def test_a_deviation_is_a_case_of_its_own(finding: object, until: date | None, tags: list[str]) -> None:
    """Overdue or gone it fails, not exercised it is skipped."""
    findings = [finding] if finding else []
    scenario = scenario_result(
        "one", verdict(*findings, cause=None if finding else Cause.INTERRUPTED),  # type: ignore[arg-type]
        recording(exercises=("L-02",)), duration_s=1.0, expected={NO_BACK_OFF.rule},
    )  # fmt: skip
    expected = (Expected(NO_BACK_OFF.rule, "planned", "", until),)
    root = parsed(run_result(facts(), [scenario], expected=expected, today=TODAY))
    assert cases(root)[NO_BACK_OFF.rule] == tags


def test_a_products_text_is_no_markup() -> None:
    """Nor does it hold what XML cannot."""
    finding = found("boot.comes-first", "B-01", observed="<b>&\x00\ufffe\ud800\x1b", message="]]> \x07")
    scenario = scenario_result("one", verdict(finding), recording(), duration_s=1.0)
    failure = next(parsed(run_result(facts(), [scenario], today=TODAY)).iter("failure"))
    assert failure.attrib["message"] == "]]> \\u0007"
    assert "observed  <b>&\\u0000\\ufffe\\ud800\\u001b" in (failure.text or "")


def test_the_schema_is_strict() -> None:
    """A file that counts wrongly in form or lacks what tools need is refused."""
    good = render_junit(sample_run()[0]).partition("\n")[2]
    for wrong in (good.replace('hostname="localhost"', ""), good.replace('time="4.000"', 'time="4 s"'), "<testsuite/>"):
        assert not SCHEMA.is_valid(wrong)
