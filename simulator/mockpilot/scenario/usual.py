"""How long a scenario usually takes with a product's limits and push interval. An estimate, never a bound.

The catalogue tells what it takes with the defaults. What is waited out in any case lasts as long as its limit; the rest
goes with the pushes, or with the product's own pace, which short limits promise to be quicker by as much.
"""

from __future__ import annotations

from mockpilot.limits import Limits
from mockpilot.scenario.definition import Scenario

WAITED_OUT = ("hold", "guard", "spacing_observe", "steady_observe", "open_observe")
"""Limits that last whatever the product does: we hold back, or look on."""
WITH_PUSHES = ("Information", "Requests")
"""Groups whose scenarios wait for pushes and their answers above all."""
CATALOGUE_PUSHES_S = 15.0
"""The push interval that the catalogue's times are told for."""


def usual_s(scenario: Scenario, limits: Limits, push_interval_s: float) -> float:
    """Seconds that it usually takes; with the default limits and push interval what the catalogue says."""
    before, after = _waited_out(scenario, Limits()), _waited_out(scenario, limits)
    waiting = min(before, scenario.typical_s)
    share = waiting / before if before else 0.0
    rest = (scenario.typical_s - waiting) * _pace(scenario, limits, push_interval_s)
    return min(after * share + rest, scenario.worst_s(limits))


def _waited_out(scenario: Scenario, limits: Limits) -> float:
    values = limits.as_seconds()
    return sum(values[name] for name in scenario.bounded_by if name in WAITED_OUT)


def _pace(scenario: Scenario, limits: Limits, push_interval_s: float) -> float:
    """Which part of its catalogue time whatever is not waited out takes."""
    if scenario.group in WITH_PUSHES:
        return push_interval_s / CATALOGUE_PUSHES_S
    # A start state is reached at once or not at all, so the limit of the boot tells nothing of the pace.
    names = [name for name in scenario.bounded_by if name not in (*WAITED_OUT, "boot_never")]
    before, after = Limits().as_seconds(), limits.as_seconds()
    return min(1.0, sum(after[one] for one in names) / sum(before[one] for one in names)) if names else 1.0
