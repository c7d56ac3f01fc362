"""The report page: one file without network, from a result and its recordings.

What the page says is gathered here as plain data; how it looks is the template's. It reads without its script, which
only folds and filters, and is the only one that the page lets run.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockpilot.conformance.requirements import AREAS, REQUIREMENTS, Requirement
from mockpilot.durations import format_duration
from mockpilot.history.recorder import History
from mockpilot.report import wording
from mockpilot.report.evidence import Section, anchored, remark_anchors, section
from mockpilot.report.reasons import reason
from mockpilot.report.repairs import Repair, remarks, repairs
from mockpilot.report.run_words import outcome_words, product_words, run_words
from mockpilot.report.short_limits import MARK, limits_words
from mockpilot.report.templates import rendered, source
from mockpilot.report.timing import bands
from mockpilot.report.timing_table import timing_table
from mockpilot.results import RequirementResult, RunResult, ScenarioResult
from mockpilot.results.coverage import NO_RULE, NO_SCENARIO

ROOM = 3_000_000
"""Characters for all wire logs together, so that the page still fits an e-mail."""
_LEAST_ROOM, _MOST_ROOM = 12_000, 400_000

MOST_OPEN = 12
"""Vehicles of a picture that is shown without being asked for: a page has many scenarios."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A file of the run folder."""

    name: str
    sha256: str
    holds: bool | None = None
    """Whether it still is what it was when the run ended; None: nobody knows."""


def render_html(
    result: RunResult, histories: Mapping[str, History], *, profile: str = "", digests: Sequence[Digest] = (),
    run: str = "RUN",
) -> str:  # fmt: skip
    """Write ``report.html``.

    Args:
        result: of the run.
        histories: recordings by scenario; what is missing is left out of the page.
        profile: the effective profile as TOML, without secrets.
        digests: of the files beside the page.
        run: what a reader calls the run folder.
    """
    selected = [one for one in result.scenarios if one.selected]
    script = source("script.js")
    page: dict[str, object] = {
        "result": result,
        "facts": result.facts,
        "outcome": outcome_words(result),
        "reason": reason(result),
        "product": product_words(result),
        "run_words": run_words(result),
        "short": MARK,
        "limits_words": limits_words(result),
        "run": wording.visible(run),
        "took": format_duration(result.duration_s),
        "started": wording.moment_words(result.started),
        "limits": {name: format_duration(value) for name, value in result.facts.limits.items()},
        "push_interval": format_duration(result.facts.push_interval_s),
        "repairs": repairs(result),
        "remarks": [(one, _first_anchor(result, one)) for one in remarks(result)],
        "groups": _groups([section(one, histories.get(one.name, History()), _room(len(selected))) for one in selected]),
        "left_out": [one for one in result.scenarios if not one.selected],
        "occurred": _occurred(selected),
        "expected_findings": sum(one.expected_deviation for scenario in selected for one in scenario.findings),
        "coverage": _coverage(result),
        "gaps": _gaps(result),
        "exercised": sum(one.outcome in {"passed", "warned", "failed"} for one in result.requirements.values()),
        "timing": timing_table(bands(histories.values(), result.facts.limits)),
        "profile": profile,
        "digests": digests,
        "requirements": REQUIREMENTS,
        "most_open": MOST_OPEN,
        "script": script,
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return rendered("page.html.j2", **page)


def _first_anchor(result: RunResult, repair: Repair) -> str:
    """Where the finding stands that a repair or remark begins with."""
    found = anchored(result.scenario(repair.scenarios[0]))
    return next(anchor for anchor, one in found if one is repair.finding)


def _room(scenarios: int) -> int:
    return min(_MOST_ROOM, max(_LEAST_ROOM, ROOM // max(1, scenarios)))


def _groups(sections: Sequence[Section]) -> dict[str, list[Section]]:
    made: dict[str, list[Section]] = {}
    for one in sections:
        made.setdefault(one.scenario.about.group, []).append(one)
    return made


def _occurred(scenarios: Sequence[ScenarioResult]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for scenario in scenarios:
        for rule in dict.fromkeys(one.rule for one in scenario.findings if one.expected_deviation):
            made.setdefault(rule, []).append(scenario.name)
    return made


@dataclass(frozen=True, slots=True)
class _Covered:
    row: Requirement
    level: str
    result: RequirementResult
    remarks: list[str]
    """Where a remark stands on the page, beside a pass or where nothing was shown."""


def _coverage(result: RunResult) -> dict[str, list[_Covered]]:
    table: dict[str, list[_Covered]] = {area: [] for area in AREAS.values()}
    for name, one in result.requirements.items():
        if row := REQUIREMENTS.get(name):
            weighs = one.outcome in {"warned", "failed"}
            remarks = [] if weighs else [at for of in result.scenarios for at in remark_anchors(of, row.id)]
            table[row.area].append(_Covered(row, wording.row_words(row, result.dialect), one, remarks))
    return {area: rows for area, rows in table.items() if rows}


def _gaps(result: RunResult) -> dict[str, int]:
    """How many requirements nobody exercised, by the shared part of the reason, the most frequent first."""
    silent = [one for one in result.requirements.values() if one.outcome in {"not exercised", "not judged"}]
    counted = Counter(_kind_of_gap(one) for one in silent)
    return dict(counted.most_common())


def _kind_of_gap(one: RequirementResult) -> str:
    if one.outcome == "not judged":
        return "cannot be judged from outside"
    if one.reason == NO_RULE:
        return "without a rule yet"
    if one.reason == NO_SCENARIO:
        return "that no scenario is about"
    return "whose scenarios were not selected or did not come to it"
