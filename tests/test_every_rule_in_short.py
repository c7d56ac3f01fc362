"""Every offender is convicted under the demo profile's short limits, too: whoever tries the tool tries it with them.

What no scenario shows with them is named here, with the reason; what looks like a pass and is none would be worse.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import judge
from mockpilot.presystem.settings import QUICK_BACK_OFF, QUICK_PACE, Settings
from mockpilot.profile import Profile, load_profile
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.cast import Role, level_found, offender
from mockpilot.selftest.rehearsal import perform
from mockpilot.selftest.trial import scenarios_for

DEMO = load_profile(Path(__file__).parent.parent / "scenarios/profiles/demo.toml")
UNDECIDED = {
    "link.backs-off": "a fixed pause of two seconds takes longer than spacing_observe to be told from a back-off",
}
"""Rules whose offender may come away undecided, never as one that kept them."""


def quick(settings: Settings) -> Settings:
    """As ``mockpilot presystem --quick`` has them."""
    return replace(settings, back_off=QUICK_BACK_OFF, pace=QUICK_PACE)


def in_demo(role: Role) -> Profile:
    """The demo profile, in the offender's dialect and at its address."""
    host = role.profile.cms.host
    return replace(DEMO, presystem=role.profile.presystem, presystems=(), cms=replace(DEMO.cms, host=host))


def claiming(role: Role) -> list[Scenario]:
    """The scenarios that are about its rule; where none is, all that suit it."""
    suiting = scenarios_for(role)
    row = RULES[role.name].requirement
    return [one for one in suiting if row in (*one.exercises, *one.also)] or list(suiting)


def is_convicted(role: Role, scenario: Scenario) -> bool:
    """Whether a scenario finds it, at the level that it has in the selftest."""
    findings = judge(perform(scenario, role.conduct, in_demo(role), quick)).findings
    return (role.name, level_found(role.name)) in {(one.rule, one.level) for one in findings}


@pytest.mark.parametrize("rule", sorted(set(RULES) - set(UNDECIDED)))
def test_offender_is_convicted_under_short_limits(rule: str) -> None:
    """Some scenario that is about its rule finds it."""
    role = offender(rule)
    assert any(is_convicted(role, one) for one in claiming(role))


@pytest.mark.parametrize("rule", sorted(UNDECIDED))
def test_what_short_limits_do_not_show_is_no_pass(rule: str) -> None:
    """No scenario says that the rule was kept."""
    role = offender(rule)
    verdicts = [judge(perform(one, role.conduct, in_demo(role), quick)) for one in claiming(role)]
    assert rule not in {kept for one in verdicts for kept in one.rules_exercised} - {
        one.rule for verdict in verdicts for one in verdict.findings
    }
