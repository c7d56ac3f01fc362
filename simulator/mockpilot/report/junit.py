"""``junit.xml``: a suite for each area, a case for each scenario, for whatever shows the results of a build.

What was not shown is an *error*, so that it is never green; a warning or remark passes, and is told in the suite's
properties and output. The file keeps to what the schemas of Ant and of Jenkins have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from mockpilot.report.fault_words import fault_words
from mockpilot.report.text import scenario_line
from mockpilot.report.wording import decisive, level_words, reason_words, requirement_words, times_words, visible, why
from mockpilot.results import DeviationResult, FindingResult, RunResult, ScenarioResult

NO_AREA = "Scenarios"
DEVIATIONS = "Expected deviations"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_NO_XML = re.compile("[\ufffe\uffff]")


def render_junit(result: RunResult) -> str:
    """Write ``junit.xml``."""
    root = Xml.Element("testsuites")
    for number, (area, scenarios) in enumerate(_areas(result).items()):
        root.append(_suite(result, area, number, scenarios))
    if result.deviations:
        root.append(_deviations(result, len(root)))
    Xml.indent(root)
    return _HEAD + Xml.tostring(root, encoding="unicode") + "\n"


def _areas(result: RunResult) -> dict[str, list[ScenarioResult]]:
    areas: dict[str, list[ScenarioResult]] = {}
    for one in result.scenarios:
        areas.setdefault(one.about.group or NO_AREA, []).append(one)
    return areas


def _suite(result: RunResult, area: str, number: int, scenarios: Sequence[ScenarioResult]) -> Xml.Element:
    outcomes = [one.outcome for one in scenarios]
    suite = _empty_suite(
        result, area, number, tests=len(scenarios), failures=outcomes.count("failed"),
        errors=outcomes.count("inconclusive"), skipped=outcomes.count("not_selected"),
        seconds=sum(one.duration_s for one in scenarios),
    )  # fmt: skip
    properties = Xml.SubElement(suite, "properties")
    for name, value in _facts(result, scenarios):
        Xml.SubElement(properties, "property", name=_clean(name), value=_clean(value))
    for one in scenarios:
        suite.append(_case(one, area))
    _ended(suite, "\n".join(line for one in scenarios if one.selected for line in _told(one)))
    return suite


def _empty_suite(
    result: RunResult, area: str, number: int, *, tests: int, failures: int, errors: int, skipped: int, seconds: float
) -> Xml.Element:
    return Xml.Element("testsuite", {
        "name": area, "package": "mockpilot", "id": str(number), "timestamp": result.started[:19],
        "hostname": "localhost", "tests": str(tests), "failures": str(failures), "errors": str(errors),
        "skipped": str(skipped), "time": _seconds(seconds),
    })  # fmt: skip


def _ended(suite: Xml.Element, said: str = "") -> None:
    Xml.SubElement(suite, "system-out").text = _clean(said) or None
    Xml.SubElement(suite, "system-err")


def _told(scenario: ScenarioResult) -> Iterator[str]:
    """What viewers show beside a case: also of one that passed, which has no other place for it."""
    yield scenario_line(scenario).strip()
    for finding in decisive(scenario):
        if finding.level != "must" or finding.expected_deviation:
            observed = " ".join(finding.observed.split())
            yield f"    {_kind(finding)}: {requirement_words(finding)}: {finding.message} Observed: {observed}"


def _kind(finding: FindingResult) -> str:
    if finding.expected_deviation:
        return "expected deviation"
    return "warning" if finding.level == "should" else "remark"


def _facts(result: RunResult, scenarios: Sequence[ScenarioResult]) -> Iterator[tuple[str, str]]:
    product = result.facts.product
    yield "product", " ".join(filter(None, (product.name, product.version))) or product.id
    yield "mockpilot", f"{result.mockpilot}, catalogue {result.catalogue}, dialect {result.dialect}, seed {result.seed}"
    for one in scenarios:
        for finding in decisive(one):
            if finding.level != "must" or finding.expected_deviation:
                yield f"{_kind(finding)}: {one.name}", f"{requirement_words(finding)}: {finding.message}"


def _case(scenario: ScenarioResult, area: str) -> Xml.Element:
    case = Xml.Element("testcase", {
        "name": scenario.name, "classname": f"mockpilot.{area}", "time": _seconds(scenario.duration_s),
    })  # fmt: skip
    if scenario.outcome == "failed":
        musts = [one for one in decisive(scenario) if one.level == "must" and not one.expected_deviation]
        kind = musts[0].rule if musts else "failed"
        failure = Xml.SubElement(case, "failure", type=kind, message=_clean(why(scenario)))
        failure.text = _clean("\n\n".join([*map(_finding, musts), "\n".join(_about(scenario))]))
    elif scenario.outcome == "inconclusive":
        kind = str(scenario.cause or "inconclusive")
        error = Xml.SubElement(case, "error", type=kind, message=_clean(why(scenario)))
        error.text = _clean("\n".join([scenario.detail, *scenario.broken, "", *_about(scenario)]))
    elif scenario.outcome == "not_selected":
        Xml.SubElement(case, "skipped", message=_clean(reason_words(scenario.reason)))
    return case


def _about(scenario: ScenarioResult) -> Iterator[str]:
    """What a reader without the report page needs to understand a trouble."""
    faults = [("fault", fault_words(one)) for one in scenario.faults]
    said = [("CMS", scenario.about.does), ("required", scenario.about.asks), *faults, ("trace", scenario.trace or "")]
    yield from (f"{label:<10}{' '.join(text.split())}" for label, text in said if text)


def _finding(finding: FindingResult) -> str:
    lines = [
        f"{finding.requirement or 'no requirement'}: {finding.message}",
        f"rule      {finding.rule}, {level_words(finding)}{times_words(finding.count)}",
        f"expected  {finding.expected}",
        f"observed  {finding.observed}",
    ]
    return "\n".join([*lines, *([f"perhaps   {finding.perhaps}"] if finding.perhaps else [])])


def _deviations(result: RunResult, number: int) -> Xml.Element:
    stale = [one for one in result.deviations if one.state in ("gone", "overdue")]
    unseen = [one for one in result.deviations if one.state == "not exercised"]
    suite = _empty_suite(
        result, DEVIATIONS, number, tests=len(result.deviations), failures=len(stale), errors=0, skipped=len(unseen),
        seconds=0,
    )  # fmt: skip
    Xml.SubElement(suite, "properties")
    for one in result.deviations:
        suite.append(_deviation(one))
    _ended(suite)
    return suite


def _deviation(one: DeviationResult) -> Xml.Element:
    case = Xml.Element("testcase", {"name": one.rule, "classname": f"mockpilot.{DEVIATIONS}", "time": "0"})
    said = _clean(f"{one.state}: {one.reason}{f', until {one.until}' if one.until else ''}")
    if one.state in ("gone", "overdue"):
        Xml.SubElement(case, "failure", type=one.state, message=said)
    elif one.state == "not exercised":
        Xml.SubElement(case, "skipped", message=said)
    return case


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _clean(text: str) -> str:
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))
