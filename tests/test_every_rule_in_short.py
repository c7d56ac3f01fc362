"""Every offender is convicted under the demo profile's short limits, too: whoever tries the tool tries it with them.

What no scenario shows with them is named here, with the reason; what looks like a pass and is none would be worse.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.presystem.conduct import CONFORMING
from mockpilot.scenario.definition import Scenario
from mockpilot.selftest.cast import Role, level_found, offender
from rig import catalogue, claiming, in_short

UNDECIDED = {
    "link.backs-off": "a fixed pause of two seconds takes longer than spacing_observe to be told from a back-off",
}
"""Rules whose offender may come away undecided, never as one that kept them."""


def is_convicted(role: Role, scenario: Scenario) -> bool:
    """Whether a scenario finds it, at the level that it has in the selftest."""
    return (role.name, level_found(role.name)) in {(one.rule, one.level) for one in in_short(role, scenario).findings}


@pytest.mark.parametrize("rule", sorted(set(RULES) - set(UNDECIDED)))
def test_offender_is_convicted_under_short_limits(rule: str) -> None:
    """Some scenario that is about its rule finds it."""
    role = offender(rule)
    assert any(is_convicted(role, one) for one in claiming(role))


@pytest.mark.parametrize("rule", sorted(UNDECIDED))
def test_what_short_limits_do_not_show_is_no_pass(rule: str) -> None:
    """No scenario says that the rule was kept."""
    role = offender(rule)
    verdicts = [in_short(role, one) for one in claiming(role)]
    assert rule not in {kept for one in verdicts for kept in one.rules_exercised} - {
        one.rule for verdict in verdicts for one in verdict.findings
    }


def test_unanswered_pings_are_missed_and_answered_ones_are_not() -> None:
    """Pings that lie far apart convict, however short the limits are; and nothing else does."""
    role, scenario = offender("link.answers-pings"), catalogue()["ping_often"]
    assert [(one.rule, one.level) for one in in_short(role, scenario).findings] == [(role.name, Level.MUST)]
    assert in_short(replace(role, conduct=CONFORMING), scenario).outcome is Outcome.PASSED
