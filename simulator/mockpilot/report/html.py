"""The report page: one file without network and without scripts, from a result and its recordings.

What the page says is gathered here as plain data; how it looks is the template's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.requirements import AREAS, REQUIREMENTS, Requirement
from mockpilot.durations import format_duration
from mockpilot.history.recorder import History
from mockpilot.report import wording
from mockpilot.report.night import night_of
from mockpilot.report.night_drawing import drawing
from mockpilot.report.templates import rendered
from mockpilot.report.text import fault_words
from mockpilot.report.wire import Row, rows
from mockpilot.results import FindingResult, RunResult, ScenarioResult

MOST_ROWS = 1_500
"""Of one wire log in the page; the trace has them all."""

MOST_OPEN = 12
"""Vehicles of a picture that is shown without being asked for: a page has many scenarios."""


@dataclass(frozen=True, slots=True)
class About:
    """What a scenario says of itself."""

    does: str
    """What the CMS does."""
    asks: str = ""
    """What a conforming presystem must do."""


@dataclass(frozen=True, slots=True)
class _Finding:
    finding: FindingResult
    level: str
    frames: list[Row]


@dataclass(frozen=True, slots=True)
class _Section:
    scenario: ScenarioResult
    about: About | None
    why: str
    took: str
    fired: str
    """How many of its faults."""
    findings: list[_Finding]
    faults: list[str]
    log: list[Row]
    left_out: int
    vehicles: int
    """In the picture."""
    picture: str
    """Markup; empty where no power flowed."""


def render_html(
    result: RunResult, histories: Mapping[str, History], *, about: Mapping[str, About] | None = None, profile: str = ""
) -> str:
    """Write ``report.html``.

    Args:
        result: of the run.
        histories: recordings by scenario; what is missing is left out of the page.
        about: what the scenarios say of themselves.
        profile: the effective profile as TOML, without secrets.
    """
    selected = [one for one in result.scenarios if one.selected]
    page: dict[str, object] = {
        "result": result,
        "facts": result.facts,
        "outcome": wording.outcome_words(result),
        "product": wording.product_words(result),
        "run": wording.run_words(result, short_limits=False),
        "took": format_duration(result.duration_s),
        "limits": {name: format_duration(value) for name, value in result.facts.limits.items()},
        "push_interval": format_duration(result.facts.push_interval_s),
        "repairs": wording.repairs(result),
        "sections": [_section(one, histories.get(one.name, History()), about or {}) for one in selected],
        "left_out": [one for one in result.scenarios if not one.selected],
        "deviations": wording.deviation_words(result),
        "expected_findings": sum(one.expected_deviation for scenario in selected for one in scenario.findings),
        "coverage": _coverage(result),
        "exercised": sum(one.outcome in {"passed", "warned", "failed"} for one in result.requirements.values()),
        "profile": profile,
        "requirements": REQUIREMENTS,
        "most_open": MOST_OPEN,
    }
    return rendered("page.html.j2", **page)


def _section(scenario: ScenarioResult, history: History, about: Mapping[str, About]) -> _Section:
    log = rows(history)
    night = night_of(history)
    return _Section(
        scenario=scenario,
        about=about.get(scenario.name),
        why=wording.why(scenario),
        took=format_duration(scenario.duration_s),
        fired=_fired(scenario),
        findings=[
            _Finding(one, wording.level_words(one), rows(history, one.events)) for one in wording.decisive(scenario)
        ],
        faults=[fault_words(one) for one in scenario.faults],
        log=log[:MOST_ROWS],
        left_out=max(0, len(log) - MOST_ROWS),
        vehicles=0 if night is None else len(night.buses),
        picture="" if night is None else drawing(night),
    )


def _coverage(result: RunResult) -> dict[str, list[tuple[Requirement, str, str, tuple[str, ...]]]]:
    table: dict[str, list[tuple[Requirement, str, str, tuple[str, ...]]]] = {area: [] for area in AREAS.values()}
    for name, one in result.requirements.items():
        if row := REQUIREMENTS.get(name):
            table[row.area].append((row, _row_level(row, result.dialect), one.outcome, one.scenarios))
    return table


def _row_level(row: Requirement, dialect: str) -> str:
    level = Level.SHOULD if row.cp and dialect != "chargepilot" else row.level
    basis = "policy of this tool" if row.basis is Basis.POLICY else wording.BASES[row.basis]
    return f"{level.upper()}, {basis}{', level inferred' if row.inferred else ''}"


def _fired(scenario: ScenarioResult) -> str:
    fired = [one for one in scenario.faults if one.fired_s is not None]
    return f"{len(fired)} of {len(scenario.faults)}" if scenario.faults else "–"
