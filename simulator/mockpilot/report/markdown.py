"""The summary for a pull request: about twenty lines of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockpilot.durations import format_duration
from mockpilot.report.repairs import repairs
from mockpilot.report.wording import (
    MARKS,
    STATEMENTS,
    WORDS,
    count_words,
    deviation_words,
    outcome_words,
    product_words,
    requirement_words,
    run_words,
    visible,
    why,
)
from mockpilot.results import RunResult

_MOST = 6
"""Rows of a list; the report page has the rest."""


def render_markdown(result: RunResult) -> str:
    """Write ``summary.md``."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: RunResult) -> Iterator[str]:
    yield f"## {MARKS[result.outcome]} {outcome_words(result).capitalize()}: {_plain(product_words(result))}"
    yield ""
    yield f"{' · '.join(count_words(result))} · {format_duration(result.duration_s)}"
    yield f"VDV 463: {WORDS[result.columns.vdv463]} · ChargePilot: {WORDS[result.columns.chargepilot]}  "
    yield _plain(" · ".join(run_words(result)))
    yield from (f"- {_plain(line)}" for line in deviation_words(result))
    yield from _repairs(result)
    yield from _unclear(result)
    if not result.finished:
        yield ""
        yield "The run did not finish."
    yield ""
    yield f"{STATEMENTS[0]} {STATEMENTS[1]} `report.html` has the evidence."


def _repairs(result: RunResult) -> Iterator[str]:
    found = repairs(result)
    if not found:
        return
    yield ""
    yield "| Repair first | Requirement | Scenarios |"
    yield "|---|---|---|"
    for one in found[:_MOST]:
        names = ", ".join(one.scenarios[:3]) + (f" and {len(one.scenarios) - 3} more" if len(one.scenarios) > 3 else "")
        yield f"| {_plain(one.statement)} | {requirement_words(one.finding)} | {_plain(names)} |"
    if len(found) > _MOST:
        yield f"| and {len(found) - _MOST} more | | |"


def _unclear(result: RunResult) -> Iterator[str]:
    unclear = [one for one in result.scenarios if one.outcome == "inconclusive"]
    if unclear:
        yield ""
    yield from (f"- ? {_plain(one.name)}: {_plain(why(one))}" for one in unclear[:_MOST])
    if len(unclear) > _MOST:
        yield f"- and {len(unclear) - _MOST} more inconclusive"


def _plain(text: str) -> str:
    # Product text stands in a comment of somebody's repository: no markup, no mentions, one line.
    return re.sub(r"([\\`*_\[\]<>|#@])", r"\\\1", " ".join(visible(text).split()))
