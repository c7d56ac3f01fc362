"""The package's own stage in memory, under the name that tests use, and what several of them set up on it."""

from __future__ import annotations

from dataclasses import replace

from mockpilot.conformance.rules import RULES
from mockpilot.presystem.settings import QUICK_BACK_OFF, QUICK_PACE, Settings
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.cast import Role
from mockpilot.selftest.memory import EPOCH, MemoryStream, VirtualClock, certificates, connection, opener
from mockpilot.selftest.rehearsal import PROFILE, Adjust, MemoryProduct, catalogue, perform, surroundings
from mockpilot.selftest.trial import scenarios_for

__all__ = [
    "EPOCH", "PROFILE", "Adjust", "MemoryProduct", "MemoryStream", "VirtualClock", "catalogue", "certificates",
    "claiming", "connection", "opener", "perform", "quick", "surroundings",
]  # fmt: skip


def quick(settings: Settings) -> Settings:
    """As ``mockpilot presystem --quick`` has them, for whom short limits are made."""
    return replace(settings, back_off=QUICK_BACK_OFF, pace=QUICK_PACE)


def claiming(offender: Role) -> list[Scenario]:
    """The scenarios that are about an offender's rule, among those that its profile allows, or else all of these."""
    allowed = scenarios_for(offender)
    row = RULES[offender.name].requirement
    return [one for one in allowed if row in (*one.exercises, *one.also)] or list(allowed)
