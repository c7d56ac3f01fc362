"""A run in words: what it was and of which product, what came out, and what became of known deviations."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.report.time_mode import time_words
from mockpilot.report.wording import WORDS
from mockpilot.results import RunResult

_STATES = {
    "occurred": "expected deviation occurred",
    "gone": "expected deviation is gone, take it out of the profile",
    "overdue": "expected deviation is overdue",
    "not exercised": "expected deviation was not exercised",
}


def outcome_words(result: RunResult) -> str:
    """The run's outcome in words, and what it rests on where that matters."""
    return WORDS[result.outcome] + (", by this tool's limits" if result.by_limits else "")


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


def run_words(result: RunResult) -> list[str]:
    """What the run was, in short pieces."""
    return [
        f"mockpilot {result.mockpilot}",
        f"catalogue {result.catalogue} ({len(result.scenarios)} scenarios)",
        f"dialect {result.dialect}",
        f"seed {result.seed}",
        time_words(result.facts.time),
    ]


def product_words(result: RunResult) -> str:
    """The product as people call it."""
    product = result.facts.product
    name = " ".join(filter(None, (product.name, product.version))) or "unnamed product"
    way = "two-way" if product.sends_requests else "receive-only"
    return f"{name} · {product.kind} {product.id} · {way}"
