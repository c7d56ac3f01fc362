"""A run of the lab bench as the control API tells it: from its folder to records."""

from __future__ import annotations

from mockpilot.console.following import Played
from mockpilot.console.told import FindingShown, RunShown, RunTold, ScenarioShown
from mockpilot.results import FindingResult, ScenarioResult


def run_shown(number: str, played: Played) -> RunShown:
    """How far it is and what came of it so far, without the single scenarios."""
    told = run_told(number, played)
    return RunShown(**{name: getattr(told, name) for name in RunShown.__struct_fields__})


def run_told(number: str, played: Played) -> RunTold:
    """The same with all scenarios that have been played."""
    result = played.folder.result()
    run = [one for one in result.scenarios if one.selected]
    return RunTold(
        id=number, folder=str(played.folder.path), state=played.state, selection=played.selection,
        started=result.started, playing=played.playing, done=len(run), of=played.of, outcome=str(result.outcome),
        trouble=played.trouble, scenarios=[_scenario(one) for one in run],
    )  # fmt: skip


def _scenario(one: ScenarioResult) -> ScenarioShown:
    why = ": ".join(part for part in (str(one.cause or ""), one.detail) if part)
    return ScenarioShown(name=one.name, outcome=str(one.outcome), why=why, duration_s=one.duration_s,
                         findings=[_finding(two) for two in one.findings])  # fmt: skip


def _finding(one: FindingResult) -> FindingShown:
    return FindingShown(
        rule=one.rule, requirement=one.requirement or "", level=str(one.level), message=one.message,
        expected=one.expected, observed=one.observed, perhaps=one.perhaps, count=one.count, events=list(one.events),
    )  # fmt: skip
