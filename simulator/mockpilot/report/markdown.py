"""The summary for a pull request: about twenty lines of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from mockpilot.durations import format_duration
from mockpilot.report.repairs import remarks, repairs
from mockpilot.report.run_words import count_words, deviation_words, outcome_words, product_words, run_words
from mockpilot.report.short_limits import limits_line
from mockpilot.report.wording import MARKS, STATEMENTS, WORDS, requirement_words, visible, why
from mockpilot.results import RunResult

_REPAIRS, _DEVIATIONS, _UNCLEAR = 4, 2, 3
"""Rows of each list, so that the whole stays within twenty lines; the report page has the rest."""


def render_markdown(result: RunResult) -> str:
    """Write ``summary.md``."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: RunResult) -> Iterator[str]:
    yield f"## {MARKS[result.outcome]} {outcome_words(result).capitalize()}: {_plain(product_words(result))}"
    yield ""
    unfinished = [] if result.finished else ["**the run did not finish**"]
    yield f"{' · '.join([*count_words(result), *unfinished])} · {format_duration(result.duration_s)}  "
    yield " · ".join([
        f"VDV 463: {WORDS[result.columns.vdv463]}", f"ChargePilot: {WORDS[result.columns.chargepilot]}",
        *_remarked(result),
    ]) + "  "  # fmt: skip
    yield _plain(" · ".join(filter(None, [*run_words(result), limits_line(result)])))
    yield from _deviations(result)
    yield from _repairs(result)
    yield from _unclear(result)
    yield ""
    again = "; `mockpilot again` with the run folder repeats what failed" if result.counts["failed"] else ""
    yield f"{STATEMENTS[0]} {STATEMENTS[1]} `report.html` has the evidence{again}."


def _remarked(result: RunResult) -> Iterator[str]:
    told = dict.fromkeys(one.finding.requirement or one.finding.rule for one in remarks(result))
    if told:
        yield f"remarked: {', '.join(told)}"


def _deviations(result: RunResult) -> Iterator[str]:
    if not result.deviations:
        return
    yield ""
    failing = sorted(result.deviations, key=lambda one: one.state not in ("gone", "overdue"))
    told = [_plain(one) for one in deviation_words(replace(result, deviations=tuple(failing)))]
    more = [f"; and {len(told) - _DEVIATIONS} more expected deviations"] if len(told) > _DEVIATIONS else []
    *others, last = told[:_DEVIATIONS]
    yield from (f"- {line}" for line in others)
    yield "".join([f"- {last}", *more])


def _repairs(result: RunResult) -> Iterator[str]:
    found = repairs(result)
    if not found:
        return
    yield ""
    yield "| Repair first | Requirement | Scenarios |"
    yield "|---|---|---|"
    for one in found[:_REPAIRS]:
        names = ", ".join(one.scenarios[:3]) + (f" and {len(one.scenarios) - 3} more" if len(one.scenarios) > 3 else "")
        perhaps = f" *Perhaps {_plain(one.perhaps)}.*" if one.perhaps else ""
        yield f"| {_plain(one.statement)}{perhaps} | {requirement_words(one.finding)} | {_plain(names)} |"
    if len(found) > _REPAIRS:
        yield f"| and {len(found) - _REPAIRS} more | | |"


def _unclear(result: RunResult) -> Iterator[str]:
    unclear = [one for one in result.scenarios if one.outcome == "inconclusive"]
    if not unclear:
        return
    yield ""
    told = "; ".join(f"{_plain(one.name)} ({_plain(str(one.cause or why(one)))})" for one in unclear[:_UNCLEAR])
    more = f" and {len(unclear) - _UNCLEAR} more" if len(unclear) > _UNCLEAR else ""
    yield f"? Not shown: {told}{more}"


def _plain(text: str) -> str:
    # Product text stands in a comment of somebody's repository: no markup, no mentions, one line.
    return re.sub(r"([\\`*_\[\]<>|#@])", r"\\\1", " ".join(visible(text).split()))
