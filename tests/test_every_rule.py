"""For every rule its offender is convicted of it and of nothing else: the checkers' own mutation test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Verdict, judge
from mockpilot.history.events import SimulatorBroke
from mockpilot.presystem.offences import OFFENCES
from rig import PROFILE, catalogue, perform

OTHER_LEVELS = {
    "handshake.offers-subprotocol": Level.MAY,  # a remark in dialect chargepilot, in which the offenders are tried
    "envelope.clock": Level.MUST,  # off by whole hours on our own host: local time called UTC
}


def tried(rule: str) -> list[Verdict]:
    """The verdict of every scenario on the offender against that rule."""
    histories = [perform(scenario, OFFENCES[rule].conduct) for scenario in catalogue().values()]
    assert not any(history.of(SimulatorBroke) for history in histories)
    return [judge(history) for history in histories]


def test_every_rule_has_an_offender() -> None:
    """A rule without a presystem that breaks it proves nothing."""
    assert set(OFFENCES) == set(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_offender_is_convicted_of_its_rule_and_of_nothing_else(rule: str) -> None:
    """Some scenario finds it, at the level of the rule; others are violated only where the rule says so."""
    verdicts = tried(rule)
    findings = [one for verdict in verdicts for one in verdict.findings]
    expected = OTHER_LEVELS.get(rule, RULES[rule].level)
    assert expected in {one.level for one in findings if one.rule == rule}
    assert set(RULES[rule].brings) == {one.rule for one in findings if one.rule != rule and one.level is not Level.MAY}
    worst = Outcome.worst(verdict.outcome for verdict in verdicts)
    assert (worst is Outcome.FAILED) is (expected is Level.MUST)


def test_remark_of_chargepilot_is_a_warning_elsewhere() -> None:
    """Only ChargePilot's text is silent on the subprotocol; in dialect vdv-1.1 its absence is a should."""
    profile = replace(PROFILE, presystem=replace(PROFILE.presystem, dialect="vdv-1.1"), presystems=())
    conduct = OFFENCES["handshake.offers-subprotocol"].conduct
    verdict = judge(perform(catalogue()["boot_accepted"], conduct, profile))
    assert [(one.rule, one.level) for one in verdict.findings] == [("handshake.offers-subprotocol", Level.SHOULD)]
    assert verdict.outcome is Outcome.WARNED
