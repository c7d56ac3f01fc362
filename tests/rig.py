"""The package's own stage in memory, under the name that tests use, and what several of them set up on it."""

from __future__ import annotations

from dataclasses import replace

from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Verdict, judge
from mockpilot.presystem.settings import QUICK_BACK_OFF, QUICK_PACE, Settings
from mockpilot.profile import load_profile
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.cast import Role
from mockpilot.selftest.memory import EPOCH, MemoryStream, VirtualClock, certificates, connection, opener
from mockpilot.selftest.rehearsal import PROFILE, Adjust, MemoryProduct, catalogue, perform, surroundings
from mockpilot.selftest.trial import scenarios_for
from running import DEMO

__all__ = [
    "EPOCH", "PROFILE", "Adjust", "MemoryProduct", "MemoryStream", "VirtualClock", "catalogue", "certificates",
    "claiming", "connection", "in_short", "opener", "perform", "quick", "surroundings",
]  # fmt: skip

IN_SHORT = load_profile(DEMO)


def quick(settings: Settings) -> Settings:
    """As ``mockpilot presystem --quick`` has them, for whom short limits are made."""
    return replace(settings, back_off=QUICK_BACK_OFF, pace=QUICK_PACE)


def in_short(role: Role, scenario: Scenario) -> Verdict:
    """The verdict on a quick presystem of that kind with the demo profile's limits, in its dialect, at its address."""
    host = role.profile.cms.host
    profile = replace(IN_SHORT, presystem=role.profile.presystem, presystems=(), cms=replace(IN_SHORT.cms, host=host))
    return judge(perform(scenario, role.conduct, profile, lambda told: role.adjust(quick(told))))


def claiming(offender: Role) -> list[Scenario]:
    """The scenarios that are about an offender's rule, among those that its profile allows, or else all of these."""
    allowed = scenarios_for(offender)
    row = RULES[offender.name].requirement
    return [one for one in allowed if row in (*one.exercises, *one.also)] or list(allowed)
