"""For every rule its offender is convicted of it and of nothing else: the checkers' own mutation test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Verdict, judge
from mockpilot.history.events import SimulatorBroke
from mockpilot.presystem.offences import OFFENCES
from mockpilot.profile import PresystemSettings, Profile
from rig import PROFILE, catalogue, perform

OTHER_LEVELS = {
    "handshake.offers-subprotocol": Level.MAY,  # a remark in dialect chargepilot, in which the offenders are tried
    "envelope.clock": Level.MUST,  # off by whole hours on our own host: local time called UTC
}


SPOKEN = {
    "envelope.ids-are-uris": "vdv-1.0",
    "information.error-payload": "vdv-2.0-rc1",
    "requests.no-instruction": "vdv-2.0-rc1",
}
"""Rules that one dialect alone has; all others are tried in chargepilot."""


def in_dialect(name: str) -> Profile:
    """The profile of the rig, for a presystem that speaks that dialect."""
    return replace(PROFILE, presystem=PresystemSettings(dialect=name), presystems=())


def tried(rule: str) -> list[Verdict]:
    """The verdict of every scenario on the offender against that rule."""
    profile = in_dialect(SPOKEN.get(rule, "chargepilot"))
    histories = [perform(scenario, OFFENCES[rule].conduct, profile) for scenario in catalogue().values()]
    assert not any(history.of(SimulatorBroke) for history in histories)
    return [judge(history) for history in histories]


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
    verdicts = tried(rule)
    findings = [one for verdict in verdicts for one in verdict.findings]
    expected = OTHER_LEVELS.get(rule, RULES[rule].level)
    assert expected in {one.level for one in findings if one.rule == rule}
    assert set(RULES[rule].brings) == {one.rule for one in findings if one.rule != rule and one.level is not Level.MAY}
    worst = Outcome.worst(verdict.outcome for verdict in verdicts)
    assert (worst is Outcome.FAILED) is (expected is Level.MUST)


def test_remark_of_chargepilot_is_a_warning_elsewhere() -> None:
    """Only ChargePilot's text is silent on the subprotocol; in dialect vdv-1.1 its absence is a should."""
    profile = in_dialect("vdv-1.1")
    conduct = OFFENCES["handshake.offers-subprotocol"].conduct
    verdict = judge(perform(catalogue()["boot_accepted"], conduct, profile))
    assert [(one.rule, one.level) for one in verdict.findings] == [("handshake.offers-subprotocol", Level.SHOULD)]
    assert verdict.outcome is Outcome.WARNED
