"""The words that all reports share: marks, outcomes, levels, and what to repair first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.rules import RULES
from mockpilot.results import FindingResult, RunResult, ScenarioResult

MARKS = {"passed": "✓", "warned": "!", "inconclusive": "?", "failed": "✗", "not_selected": "–"}
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
    "mockpilot runs on Linux and macOS; on Windows it is untested.",
)
_STATES = {
    "occurred": "expected deviation occurred",
    "gone": "expected deviation is gone, take it out of the profile",
    "overdue": "expected deviation is overdue",
    "not exercised": "expected deviation was not exercised",
}
_LEVELS = list(Level)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """Show control characters instead of obeying them: a product's text must not steer a terminal or a page."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def level_words(finding: FindingResult) -> str:
    """How binding, who says so, and whether that was concluded."""
    inferred = ", level inferred" if finding.inferred else ""
    return f"{finding.level.upper()}, {BASES[finding.basis]}{inferred}"


def requirement_words(finding: FindingResult) -> str:
    """Requirement and level, such as ``L-03 MUST``; the rule where no requirement says it."""
    return f"{finding.requirement or finding.rule} {finding.level.upper()}"


def outcome_words(result: RunResult) -> str:
    """The run's outcome in words, and what it rests on where that matters."""
    return WORDS[result.outcome] + (", by this tool's limits" if result.by_limits else "")


def decisive(scenario: ScenarioResult) -> list[FindingResult]:
    """Its findings, the most binding first, known deviations and remarks last."""
    return sorted(scenario.findings, key=lambda one: (one.expected_deviation, _LEVELS.index(one.level)))


def why(scenario: ScenarioResult) -> str:
    """The one sentence behind an outcome."""
    if not scenario.selected:
        return scenario.reason
    if scenario.cause is not None:
        return f"{scenario.cause}: {scenario.detail}" if scenario.detail else str(scenario.cause)
    counted = [one for one in decisive(scenario) if not one.expected_deviation and one.level is not Level.MAY]
    return counted[0].message if counted else "Every must that it exercised held."


@dataclass(frozen=True, slots=True)
class Repair:
    """One rule that did not hold, over all scenarios."""

    finding: FindingResult
    """Of the first scenario."""
    statement: str
    scenarios: tuple[str, ...]


def repairs(result: RunResult) -> list[Repair]:
    """What to repair first: musts before shoulds, what many scenarios met before what one did."""
    by_rule: dict[str, list[tuple[str, FindingResult]]] = {}
    for scenario in result.scenarios:
        for finding in decisive(scenario):
            if not finding.expected_deviation and finding.level is not Level.MAY:
                by_rule.setdefault(finding.rule, []).append((scenario.name, finding))
    return sorted(map(_repair, by_rule.values()), key=_urgency)


def _repair(met: list[tuple[str, FindingResult]]) -> Repair:
    worst = min((finding for _, finding in met), key=lambda one: _LEVELS.index(one.level))
    rule = RULES.get(worst.rule)
    return Repair(worst, rule.statement if rule else worst.message, tuple(dict.fromkeys(name for name, _ in met)))


def _urgency(repair: Repair) -> tuple[int, int]:
    return _LEVELS.index(repair.finding.level), -len(repair.scenarios)


def count_words(result: RunResult) -> Iterator[str]:
    """How many of which outcome, those that occurred."""
    selected = sum(result.counts.values()) - result.counts["not_selected"]
    yield f"{selected} selected"
    for outcome in ("passed", "warned", "failed", "inconclusive", "not_selected"):
        if result.counts[outcome]:
            yield f"{result.counts[outcome]} {WORDS[outcome]}"


def deviation_words(result: RunResult) -> list[str]:
    """What became of the known deviations, one line each."""
    return [
        f"{_STATES[one.state]}: {one.rule} ({one.reason}{f', until {one.until}' if one.until else ''})"
        for one in result.deviations
    ]


def run_words(result: RunResult, *, short_limits: bool = True) -> list[str]:
    """What the run was, in short pieces, with or without the mark for short limits."""
    facts = result.facts
    pieces = [
        f"mockpilot {result.mockpilot}",
        f"catalogue {result.catalogue} ({len(result.scenarios)} scenarios)",
        f"dialect {result.dialect}",
        f"seed {result.seed}",
        "real time",
    ]
    if facts.short_limits and short_limits:
        pieces.append(f"short limits: {', '.join(facts.short_limits)}")
    return pieces


def product_words(result: RunResult) -> str:
    """The product as people call it."""
    product = result.facts.product
    name = " ".join(filter(None, (product.name, product.version))) or "unnamed product"
    way = "two-way" if product.sends_requests else "receive-only"
    return f"{name} · {product.kind} {product.id} · {way}"
