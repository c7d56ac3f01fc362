"""The words that all reports share: marks, outcomes, levels, findings, and what is said of a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from mockpilot.conformance.levels import Basis, Level, Outcome
from mockpilot.conformance.requirements import Requirement
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.report.time_axis import day
from mockpilot.results import FindingResult, ScenarioResult
from mockpilot.results.folding import counting

MARKS = {"passed": "✓", "warned": "!", "inconclusive": "?", "failed": "✗", "not_selected": "–"}
LEVEL_MARKS = {Level.MUST: "✗", Level.SHOULD: "!", Level.MAY: "·"}
WORDS = {
    "passed": "passed",
    "warned": "passed with warnings",
    "inconclusive": "inconclusive",
    "failed": "failed",
    "not_selected": "not selected",
    "limit": "limit of this run",
}
MEANINGS = {
    "passed": "Every must that the scenario exercised held.",
    "warned": "Every must held; a should did not.",
    "failed": "A must did not hold; the finding names it.",
    "inconclusive": "Nothing was shown either way; the cause says why. It is not a pass.",
    "not_selected": "It was not run, for the reason given.",
    "limit": "Nothing spoke against it but this tool's own limits.",
    "remark": "Something that no rule forbids and that is worth a look. It counts for no outcome.",
    "expected": "A finding that the profile lists as known. It counts for no outcome.",
}
BASES = {
    Basis.STANDARD: "VDV 463 schemas or an RFC",
    Basis.GUIDELINE: "ChargePilot guideline",
    Basis.POLICY: "by this tool's limits",
}
STATEMENTS = (
    "A pass is no certificate, neither by the VDV nor by the maker of ChargePilot.",
    "mockpilot is not affiliated with the VDV or with The Mobility House.",
    "What is said “by this tool's limits” is policy of this tool, never a violation of VDV 463.",
    "Where a level is called inferred, no source states it; this tool concluded it.",
    "Mutual TLS (client certificates) is not offered yet, so nothing is said about it.",
    "It says what the product did in these scenarios, on that day, and nothing of what no scenario asked for.",
    "The digests show a change of files, not who wrote them: nothing here is signed.",
    "mockpilot runs on Linux and macOS; on Windows it is untested.",
)
_LEVELS = list(Level)
FILTER = "filter"
"""The reason of a result for what SELECTION or --skip leaves out."""
_WHOLE_S = 1.0
_HELD = "Every must that it exercised held"


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """Show control characters instead of obeying them: a product's text must not steer a terminal or a page."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def level_words(finding: FindingResult) -> str:
    """How binding, who says so, and whether that was concluded."""
    return f"{finding.level.upper()}, {basis_words(finding)}"


def basis_words(finding: FindingResult) -> str:
    """Who says so, and whether that was concluded."""
    return f"{BASES[finding.basis]}{', level inferred' if finding.inferred else ''}"


def row_words(row: Requirement, dialect: str = "chargepilot") -> str:
    """How binding a requirement is in a dialect, whether that was concluded, and where it stands."""
    level = Level.SHOULD if row.cp and dialect != "chargepilot" else row.level
    return f"{level.upper()}{', level inferred' if row.inferred else ''}; {row.source}"


def requirement_words(finding: FindingResult) -> str:
    """Requirement and level, such as ``L-03 MUST``; the rule where no requirement says it."""
    return f"{finding.requirement or finding.rule} {finding.level.upper()}"


def decisive(scenario: ScenarioResult) -> list[FindingResult]:
    """Its findings, the most binding first, known deviations and remarks last."""
    return sorted(scenario.findings, key=lambda one: (one.expected_deviation, _LEVELS.index(one.level)))


def remarks_of(scenario: ScenarioResult, requirement: str = "") -> list[FindingResult]:
    """Its findings of level may, all or those of one requirement; known deviations are told as such."""
    said = [one for one in scenario.findings if one.level is Level.MAY and not one.expected_deviation]
    return [one for one in said if not requirement or one.requirement == requirement]


def remark_words(number: int) -> str:
    """How many remarks, such as ``2 remarks``; empty for none."""
    return _several(number, "remark")


def known_of(scenario: ScenarioResult) -> list[FindingResult]:
    """Its findings that the profile lists as known."""
    return [one for one in scenario.findings if one.expected_deviation]


def known_words(number: int) -> str:
    """How many expected deviations, such as ``2 expected deviations``; empty for none."""
    return _several(number, "expected deviation")


def _several(number: int, one: str) -> str:
    return counted(number, one) if number > 1 else one * number


def scenario_words(scenario: ScenarioResult) -> str:
    """Its outcome; whoever reads *passed* is told of remarks."""
    remarked = remark_words(len(remarks_of(scenario))) if scenario.outcome == Outcome.PASSED else ""
    return " · ".join(filter(None, (WORDS[scenario.outcome], remarked)))


def why(scenario: ScenarioResult) -> str:
    """The one sentence behind an outcome."""
    if not scenario.selected:
        return reason_words(scenario.reason)
    if scenario.cause is not None:
        return f"{scenario.cause}: {scenario.detail}" if scenario.detail else str(scenario.cause)
    against = counting(decisive(scenario))
    return against[0].message if against else _held(scenario)


def _held(scenario: ScenarioResult) -> str:
    known = ", but for what is an expected deviation" if known_of(scenario) else ""
    return f"{_HELD}{known}{'; see what is remarked' if remarks_of(scenario) else ''}."


def reason_words(reason: str) -> str:
    """Why a scenario was not selected."""
    return "not among what was selected" if reason == FILTER else reason


def left_out_lines(reasons: Mapping[str, str]) -> Iterator[str]:
    """A line for each reason why something was not selected, with what; without what nobody meant.

    Args:
        reasons: by the scenario's name.
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason != FILTER:
            by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        yield f"{len(names)} not selected, {reason}: {', '.join(names)}"


def times_words(count: int) -> str:
    """How often something was seen, where that was more than once."""
    return f", seen {count} times" if count > 1 else ""


def moment_words(stamp: str) -> str:
    """A time stamp of a result for people, such as ``14 Jan 2027, 09:12 UTC``; left as it is if it is none."""
    try:
        at = datetime.fromisoformat(stamp).astimezone(UTC)
    except ValueError:
        return stamp
    return f"{day(at)} {at.year}, {at:%H:%M} UTC"


def short_duration(seconds: float) -> str:
    """A measured time: two digits are what anybody reads."""
    if seconds >= _WHOLE_S:
        return format_duration(round(seconds, 1))
    return f"{seconds * 1000:.2g} ms" if seconds < 0.0095 else format_duration(round(seconds, 3))
