"""What changed from one run to another: new failures, healed ones, timings, shapes of payloads, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockpilot.history.recorder import History
from mockpilot.report import outcome_changes as outcomes
from mockpilot.report.shapes import Shapes, shapes
from mockpilot.report.timing import Band, bands
from mockpilot.report.wording import short_duration
from mockpilot.results import RunResult, ScenarioResult

Histories = Mapping[str, History]

LEAST_TIMES = 3
"""Fewer values have no median worth comparing."""
LEAST_RATIO, LEAST_S = 2.0, 0.05
"""Medians that differ by less, either way, differ by chance."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed, in sentences."""

    new: tuple[str, ...] = ()
    """Failures that the first run did not have."""
    unclear: tuple[str, ...] = ()
    """Scenarios that passed and are inconclusive now."""
    healed: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    """What the second run says nothing about, although it matters: neither new nor healed."""
    timings: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()

    @property
    def worse(self) -> bool:
        """Something that did not fail fails now, or what passed is not shown to."""
        return bool(self.new or self.unclear)


def changes(before: RunResult, now: RunResult, old: Histories, new: Histories) -> Changes:
    """Compare two runs.

    Args:
        before: result of the first run.
        now: result of the second.
        old: recordings of the first.
        new: recordings of the second.
    """
    first, second = _selected(before), _selected(now)
    pairs = [(first[name], one) for name, one in second.items() if name in first]
    both = [one.name for one, _ in pairs if one.name in old and one.name in new]
    return Changes(
        new=tuple(line for name, one in second.items() for line in outcomes.new(before, first.get(name), one)),
        unclear=tuple(line for one, other in pairs for line in outcomes.unclear(one, other)),
        healed=tuple(line for one, other in pairs for line in outcomes.healed(one, other, now)),
        not_shown=tuple(outcomes.not_shown(first, second, now)),
        timings=tuple(_timings(bands([old[name] for name in both], before.facts.limits),
                               bands([new[name] for name in both], now.facts.limits))),
        shapes=tuple(_shapes(shapes(old[name] for name in both), shapes(new[name] for name in both))),
    )  # fmt: skip


def in_both(before: RunResult, now: RunResult) -> int:
    """How many scenarios both runs have: of others, nothing can have changed."""
    return len(_selected(before).keys() & _selected(now).keys())


def _selected(result: RunResult) -> dict[str, ScenarioResult]:
    return {one.name: one for one in result.scenarios if one.selected}


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
