"""The summary of a run on a terminal, as plain text: marks with words, never colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.durations import format_duration
from mockpilot.report.repairs import Repair, remarks, repairs
from mockpilot.report.wording import (
    FILTER,
    MARKS,
    WORDS,
    count_words,
    decisive,
    deviation_words,
    fault_words,
    level_words,
    outcome_words,
    requirement_words,
    run_words,
    scenario_words,
    times_words,
    visible,
)
from mockpilot.results import RunResult, ScenarioResult

_NAME, _TOOK, _OUTCOME = 34, 12, 22
_LABEL = 10
_MOST = 3


def render_text(result: RunResult, *, report: str = "", run: str = "", scenarios: bool = True) -> str:
    """Write the summary.

    Args:
        result: of the run.
        report: path of the report page, for the last line.
        run: path of the run folder.
        scenarios: False leaves out the line for each scenario, where they were shown before.
    """
    return visible("\n".join(_lines(result, report, run, scenarios))) + "\n"


def scenario_line(scenario: ScenarioResult) -> str:
    """One scenario on one line, as it is also shown while the run goes on."""
    outcome = f"{MARKS[scenario.outcome]} {scenario_words(scenario)}"
    took = format_duration(scenario.duration_s) if scenario.selected else ""
    return f"  {outcome:<{_OUTCOME}} {scenario.name:<{_NAME}} {took:>{_TOOK}}   {visible(_note(scenario))}".rstrip()


def _note(scenario: ScenarioResult) -> str:
    if not scenario.selected:
        return scenario.reason
    if scenario.cause is not None:
        return f"{scenario.cause}: {scenario.detail}" if scenario.detail else str(scenario.cause)
    met = dict.fromkeys(
        f"{requirement_words(one)}{' (expected)' if one.expected_deviation else ''}" for one in decisive(scenario)
    )
    return ", ".join(met)


def _lines(result: RunResult, report: str, run: str, scenarios: bool) -> Iterator[str]:
    if scenarios:
        yield " · ".join(run_words(result))
        yield ""
        yield from (scenario_line(one) for one in result.scenarios if one.selected)
    yield from _left_out(result)
    yield ""
    yield f"{' · '.join(count_words(result))} · {format_duration(result.duration_s)}"
    yield from _deviations(result)
    if not result.finished:
        yield "the run did not finish"
    for repair in (*repairs(result), *remarks(result)):
        yield from _finding(result, repair, run)
    yield ""
    yield f"{MARKS[result.outcome]} {outcome_words(result).upper()}"
    yield f"  VDV 463 {WORDS[result.columns.vdv463]} · ChargePilot {WORDS[result.columns.chargepilot]}"
    if run:
        yield f"run     {run}"
    if report:
        yield f"report  {report}"


def _deviations(result: RunResult) -> Iterator[str]:
    met = sum(finding.expected_deviation for one in result.scenarios for finding in one.findings)
    if met:
        yield f"{met} expected deviation{'s' * (met != 1)} met"
    yield from deviation_words(result)


def _left_out(result: RunResult) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for one in result.scenarios:
        if not one.selected and one.reason != FILTER:  # whoever selected knows what was not meant
            by_reason.setdefault(one.reason, []).append(one.name)
    for reason, names in by_reason.items():
        yield f"  {MARKS['not_selected']} {len(names)} not selected, {reason}: {', '.join(names)}"


def _finding(result: RunResult, repair: Repair, run: str) -> Iterator[str]:
    finding, scenario = repair.finding, result.scenario(repair.scenarios[0])
    mark = {"must": "✗", "should": "!", "may": "·"}[finding.level]
    yield ""
    yield f"{mark} {scenario.name:<{_NAME}} {finding.requirement or '–':<6} {repair.statement}"
    yield from _labelled("also", _also(repair.scenarios[1:]))
    yield from _labelled("rule", f"{finding.rule}, {level_words(finding)}{times_words(repair.count)}")
    yield from _labelled("expected", finding.expected)
    yield from _labelled("observed", finding.observed)
    for fault in scenario.faults:
        yield from _labelled("fault", fault_words(fault))
    yield from _labelled("perhaps", repair.perhaps)
    if run:
        yield from _labelled("again", f"mockpilot again {run} {scenario.name}")


def _also(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or [""]
    if first:
        yield f"    {label:<{_LABEL}} {first}"
        yield from (f"    {'':<{_LABEL}} {line}" for line in rest)
