"""Presystems that break rules slyly: some scenario convicts each of them, or at least does not clear it."""

from __future__ import annotations

import pytest

import mockpilot.presystem.exchange as exchange
import mockpilot.presystem.run as presystem_run
import mockpilot.selftest.rehearsal as rehearsal
from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Verdict, judge
from rig import catalogue, perform
from sly.cast import CONVICTED, FORGETFUL_FROM_NOTHING, NOT_CLEARED, REMARKED, RIGHT
from sly.making import Sly


def tried(sly: Sly, patch: pytest.MonkeyPatch) -> Verdict:
    """The verdict on it in its scenario."""
    patch.setattr(exchange, "Booting", sly.booting)
    patch.setattr(exchange, "Pushes", sly.pushes)
    patch.setattr(exchange, "Lists", sly.lists)
    patch.setattr(presystem_run, "RequestBook", sly.book)
    patch.setattr(rehearsal, "Dialler", sly.dialler())
    return judge(perform(catalogue()[sly.scenario], sly.conduct()))


@pytest.mark.parametrize("sly", CONVICTED, ids=lambda sly: sly.does)
def test_sly_offender_is_convicted(sly: Sly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the rule that it breaks, and at no milder level than remarks have."""
    found = {one.rule: one.level for one in tried(sly, monkeypatch).findings}
    assert found.get(sly.rule) in (Level.MUST, Level.SHOULD)


@pytest.mark.parametrize("sly", REMARKED, ids=lambda sly: sly.does)
def test_sly_presystem_is_told_and_not_cleared(sly: Sly, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no violation by the letter is a remark, and the scenario undecided."""
    verdict = tried(sly, monkeypatch)
    assert {one.rule: one.level for one in verdict.findings}[sly.rule] is Level.MAY
    assert verdict.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("sly", NOT_CLEARED, ids=lambda sly: sly.does)
def test_sly_presystem_is_not_cleared(sly: Sly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where convicting would hit others too, the scenario stays undecided about the requirement, and says so."""
    verdict = tried(sly, monkeypatch)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert RULES[sly.rule].requirement not in verdict.exercised
    assert str(RULES[sly.rule].requirement) in verdict.detail


@pytest.mark.parametrize("honest", RIGHT, ids=lambda honest: honest.does)
def test_what_looks_like_it_and_is_right_passes(honest: Sly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a finding, and with its requirement put to the test."""
    verdict = tried(honest, monkeypatch)
    assert (verdict.outcome, verdict.findings) == (Outcome.PASSED, ())
    assert RULES[honest.rule].requirement in verdict.exercised


def test_late_confirmation_is_of_a_list_that_asks_for_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list that opens a link stops no scenario half-way."""
    assert "no list with a charging request came" not in tried(FORGETFUL_FROM_NOTHING, monkeypatch).detail
