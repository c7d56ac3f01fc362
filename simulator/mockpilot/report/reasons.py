"""Why a run has the outcome that it has, in one sentence, for whoever reads no further."""

from __future__ import annotations

from mockpilot.conformance.levels import Outcome
from mockpilot.counts import counted
from mockpilot.report.repairs import remarks, repairs
from mockpilot.report.wording import requirement_words, why
from mockpilot.results import DeviationResult, RunResult


def reason(result: RunResult) -> str:
    """The weightiest thing that speaks against a run, and how much more does; or what speaks for it."""
    if not any(one.selected for one in result.scenarios):
        return "No scenario was selected."
    if result.outcome in {Outcome.FAILED, Outcome.WARNED}:
        return _against(result)
    return _unclear(result) if result.outcome == Outcome.INCONCLUSIVE else _for(result)


def stale_words(one: DeviationResult) -> str:
    """What is wrong with a known deviation that is gone or overdue."""
    if one.state == "gone":
        return f"The expected deviation from {one.rule} no longer happens: take it out of the profile."
    return f"The expected deviation from {one.rule} should have been repaired by {one.until}."


def _against(result: RunResult) -> str:
    stale = [stale_words(one) for one in result.deviations if one.state in ("gone", "overdue")]
    urgent = repairs(result)
    found = [
        f"{requirement_words(one.finding)}, in {counted(len(one.scenarios), 'scenario')}: {one.statement}"
        for one in urgent
    ]
    must = any(one.finding.level == "must" for one in urgent)
    first, *more = [*found, *stale] if must else [*stale, *found]
    return f"{first}{f' {len(more)} more to repair.' if more else ''}"


def _unclear(result: RunResult) -> str:
    first, *more = [one for one in result.scenarios if one.outcome == Outcome.INCONCLUSIVE]
    told = f"{first.name} is inconclusive, {why(first).rstrip('.')}."
    return f"{told}{f' {len(more)} more not shown.' if more else ''}"


def _for(result: RunResult) -> str:
    number = counted(sum(one.selected for one in result.scenarios), "scenario")
    but = ", but for expected deviations" if any(one.state == "occurred" for one in result.deviations) else ""
    remarked = len(remarks(result))
    return f"Every must and should that {number} exercised held{but}.{_told(remarked)}"


def _told(remarked: int) -> str:
    return f" {counted(remarked, 'remark')} below." if remarked else ""
