"""For every rule its offender is convicted of it and of nothing else: the checkers' own mutation test.

Here each offender meets the scenarios that claim its rule's requirement; ``mockpilot selftest`` has it meet them all.
"""

from __future__ import annotations

import re

import pytest

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import judge
from mockpilot.presystem.offences import OFFENCES
from mockpilot.selftest.cast import SPOKEN, offender, speaking
from mockpilot.selftest.matrix import Played, matrix_of
from mockpilot.selftest.trial import play
from rig import catalogue, claiming, perform


def test_every_rule_has_an_offender() -> None:
    """A rule without a presystem that breaks it proves nothing."""
    assert set(OFFENCES) == set(RULES)


@pytest.mark.parametrize("rule", sorted(SPOKEN))
def test_rule_of_one_dialect_is_silent_in_chargepilot(rule: str) -> None:
    """What only one version asks for is nothing to ask for elsewhere."""
    verdict = judge(perform(catalogue()["boot_accepted"], OFFENCES[rule].conduct))
    assert rule not in {one.rule for one in verdict.findings} | set(verdict.rules_exercised)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_offender_is_convicted_of_its_rule_and_of_nothing_else(rule: str) -> None:
    """Some scenario finds it, at the level of the rule; others are violated only where the rule says so."""
    played = [play(rule, True, scenario.name) for scenario in claiming(offender(rule))]
    assert matrix_of(played, [rule], whole=False).problems == ()
    assert not [contradiction for one in played for contradiction in found_and_untested(one)]


def found_and_untested(played: Played) -> set[str | None]:
    """The requirements about which something was found, though nothing is said to have put them to the test."""
    said = re.match(r"nothing put (.*?) to the test", played.detail)
    untested = {claim.rstrip("abc") for claim in said[1].split(", ")} if said else set()
    return untested & {RULES[rule].requirement for rule, level in played.found if level is not Level.MAY}


def test_remark_of_chargepilot_is_a_warning_elsewhere() -> None:
    """Only ChargePilot's text is silent on the subprotocol; in dialect vdv-1.1 its absence is a should."""
    conduct = OFFENCES["handshake.offers-subprotocol"].conduct
    verdict = judge(perform(catalogue()["boot_accepted"], conduct, speaking("vdv-1.1")))
    assert [(one.rule, one.level) for one in verdict.findings] == [("handshake.offers-subprotocol", Level.SHOULD)]
    assert verdict.outcome is Outcome.WARNED
