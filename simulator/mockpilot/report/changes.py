"""What changed from one run to another: new failures, healed ones, timings, shapes of payloads, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockpilot.conformance.levels import Level
from mockpilot.history.recorder import History
from mockpilot.report.shapes import Shapes, shapes
from mockpilot.report.timing import Band, bands
from mockpilot.report.wording import MARKS, WORDS, requirement_words, short_duration
from mockpilot.results import FindingResult, RunResult, ScenarioResult

Histories = Mapping[str, History]

LEAST_TIMES = 3
"""Fewer values have no median worth comparing."""
LEAST_RATIO, LEAST_S = 2.0, 0.05
"""Medians that differ by less, either way, differ by chance."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed, in sentences."""

    new: tuple[str, ...]
    healed: tuple[str, ...]
    timings: tuple[str, ...]
    shapes: tuple[str, ...]


def changes(before: RunResult, now: RunResult, old: Histories, new: Histories) -> Changes:
    """Compare two runs.

    Args:
        before: result of the first run.
        now: result of the second.
        old: recordings of the first.
        new: recordings of the second.
    """
    first = {one.name: one for one in before.scenarios if one.selected}
    second = {one.name: one for one in now.scenarios if one.selected}
    both = [name for name in second if name in first and name in old and name in new]
    return Changes(
        tuple(line for name, one in second.items() for line in _worse(first.get(name), one)),
        tuple(line for name, one in second.items() if name in first for line in _better(first[name], one)),
        tuple(_timings(bands([old[name] for name in both], before.facts.limits),
                       bands([new[name] for name in both], now.facts.limits))),
        tuple(_shapes(shapes(old[name] for name in both), shapes(new[name] for name in both))),
    )  # fmt: skip


def _counted(scenario: ScenarioResult | None) -> dict[str, FindingResult]:
    findings = scenario.findings if scenario is not None else ()
    return {one.rule: one for one in findings if not one.expected_deviation and one.level is not Level.MAY}


def _worse(before: ScenarioResult | None, now: ScenarioResult) -> Iterator[str]:
    known = _counted(before)
    for rule, finding in _counted(now).items():
        if rule not in known or (finding.level is Level.MUST and known[rule].level is not Level.MUST):
            yield _told(now, finding)
    if now.cause is not None and (before is None or before.cause is None):
        was = "was not run" if before is None else f"was {WORDS[before.outcome]}"
        yield f"? {now.name}: inconclusive, {now.cause}; {was} before"


def _better(before: ScenarioResult, now: ScenarioResult) -> Iterator[str]:
    found = _counted(now)
    for rule, finding in _counted(before).items():
        if rule not in found and rule in now.exercised_rules:
            yield f"✓ {before.name}: {requirement_words(finding)}  {finding.message}"
    if before.cause is not None and now.cause is None and now.outcome != "failed":
        yield f"{MARKS[now.outcome]} {now.name}: {WORDS[now.outcome]}; was inconclusive, {before.cause}"


def _told(scenario: ScenarioResult, finding: FindingResult) -> str:
    mark = "✗" if finding.level is Level.MUST else "!"
    return f"{mark} {scenario.name}: {requirement_words(finding)}  {finding.message}"


def _timings(old: list[Band], new: list[Band]) -> Iterator[str]:
    before = {one.what: one for one in old}
    for one in new:
        first = before.get(one.what)
        if first is not None and _differs(first, one):
            change = f"{short_duration(first.median_s)} → {short_duration(one.median_s)}"
            yield f"{one.what}: median {change} (limit {short_duration(one.limit_s)}, {one.limit})"


def _differs(old: Band, new: Band) -> bool:
    low, high = sorted((old.median_s, new.median_s))
    enough = min(len(old.times_s), len(new.times_s)) >= LEAST_TIMES
    return enough and high - low >= LEAST_S and high >= LEAST_RATIO * low


def _shapes(old: Shapes, new: Shapes) -> Iterator[str]:
    for kind in sorted(old.keys() | new.keys()):
        if kind not in old or kind not in new:
            yield f"{kind}: {'no longer sent' if kind in old else 'not sent before'}"
            continue
        for path in sorted(old[kind].keys() | new[kind].keys()):
            before, now = old[kind].get(path), new[kind].get(path)
            if before != now:
                yield f"{kind}: {path} {_types(before)} → {_types(now)}"


def _types(types: frozenset[str] | None) -> str:
    return " or ".join(sorted(types)) if types else "absent"
