"""The summary of a run on a terminal, as plain text: marks with words, never colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.report.fault_words import fault_words
from mockpilot.report.repairs import Repair, remarks, repairs
from mockpilot.report.run_words import count_words, deviation_words, outcome_words, run_words
from mockpilot.report.short_limits import limits_line
from mockpilot.report.wording import (
    LEVEL_MARKS,
    MARKS,
    WORDS,
    decisive,
    left_out_lines,
    level_words,
    requirement_words,
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
        scenarios: False leaves out the lines of what passed, where all were shown while the run went on.
    """
    return visible("\n".join(_lines(result, report, run, scenarios))) + "\n"


def scenario_line(scenario: ScenarioResult, *, goes_on: bool = False) -> str:
    """One scenario on one line.

    Args:
        scenario: what came of it.
        goes_on: the run is not over: what is remarked on every scenario is told once at its end.
    """
    outcome = f"{MARKS[scenario.outcome]} {WORDS[scenario.outcome] if goes_on else scenario_words(scenario)}"
    took = format_duration(scenario.duration_s) if scenario.selected else ""
    note = visible(_note(scenario, remarks=not goes_on))
    return f"  {outcome:<{_OUTCOME}} {scenario.name:<{_NAME}} {took:>{_TOOK}}   {note}".rstrip()


def _note(scenario: ScenarioResult, *, remarks: bool) -> str:
    if not scenario.selected:
        return scenario.reason
    if scenario.cause is not None:
        return f"{scenario.cause}: {scenario.detail}" if scenario.detail else str(scenario.cause)
    met = dict.fromkeys(
        f"{requirement_words(one)}{' (expected)' if one.expected_deviation else ''}"
        for one in decisive(scenario) if remarks or one.level is not Level.MAY
    )  # fmt: skip
    return ", ".join(met)


def changed_lines(shown: Mapping[str, ScenarioResult], result: RunResult) -> Iterator[str]:
    """Outcomes that are others than were shown while the run went on, and why; what explains them came later.

    Args:
        shown: what was said of each scenario when it ended.
        result: of the whole run.
    """
    changed = [one for one in result.scenarios if one.name in shown and shown[one.name].outcome != one.outcome]
    if changed:
        yield f"{counted(len(changed), 'outcome')} changed at the end, with the whole run in sight"
    for one in changed:
        was = shown[one.name]
        words = f"{WORDS[was.outcome]} → {WORDS[one.outcome]}"
        yield f"  {MARKS[one.outcome]} {one.name}: {words}; {visible(_why_changed(was, one))}"


def _why_changed(was: ScenarioResult, now: ScenarioResult) -> str:
    if now.cause is not None:
        return _note(now, remarks=False)
    gone = dict.fromkeys(requirement_words(one) for one in was.findings if one not in now.findings)
    return f"{', '.join(gone)} is told once per run"


def _lines(result: RunResult, report: str, run: str, scenarios: bool) -> Iterator[str]:
    if scenarios:
        yield " · ".join(run_words(result))
    yield ""
    listed = [one for one in result.scenarios if one.selected and (scenarios or one.outcome != Outcome.PASSED)]
    lines = [*map(scenario_line, listed), *_left_out(result)]
    yield from [*lines, ""] if lines else []
    yield f"{' · '.join(count_words(result))} · {format_duration(result.duration_s)}"
    yield from filter(None, [limits_line(result)])
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
        yield f"{counted(met, 'expected deviation')} met"
    yield from deviation_words(result)


def _left_out(result: RunResult) -> Iterator[str]:
    # Whoever selected knows what was not meant.
    for line in left_out_lines({one.name: one.reason for one in result.scenarios if not one.selected}):
        yield f"  {MARKS['not_selected']} {line}"


def _finding(result: RunResult, repair: Repair, run: str) -> Iterator[str]:
    finding, scenario = repair.finding, result.scenario(repair.scenarios[0])
    yield ""
    yield f"{LEVEL_MARKS[finding.level]} {scenario.name:<{_NAME}} {finding.requirement or '–':<6} {repair.statement}"
    yield from _labelled("also", _also(repair.scenarios[1:]))
    yield from _labelled("rule", f"{finding.rule}, {level_words(finding)}{times_words(repair.count)}")
    yield from _labelled("expected", finding.expected)
    yield from _labelled("observed", finding.observed)
    is_remark = finding.level is Level.MAY  # what nobody has to repair needs neither circumstances nor a repetition
    for fault in [] if is_remark else scenario.faults:
        yield from _labelled("fault", fault_words(fault))
    yield from _labelled("perhaps", repair.perhaps)
    if run and not is_remark:
        yield from _labelled("again", f"mockpilot again {run} {scenario.name}")


def _also(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or [""]
    if first:
        yield f"    {label:<{_LABEL}} {first}"
        yield from (f"    {'':<{_LABEL}} {line}" for line in rest)
