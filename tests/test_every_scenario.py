"""Every shipped scenario against the exemplary presystem, with the limits that real products get."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mockpilot.conformance.verdict import judge
from mockpilot.history.events import SimulatorBroke
from mockpilot.history.recorder import History
from mockpilot.history.trace import from_lines, to_line
from mockpilot.limits import Limits
from mockpilot.selftest.cast import speaking
from rig import PROFILE, catalogue, perform
from sly.lists import beginning_with_nothing

SCENARIOS = sorted(catalogue())


def played(name: str) -> History:
    """The recording of the exemplary presystem, in the scenario's own dialect where it has one."""
    dialects = catalogue()[name].dialects
    elsewhere = dialects and PROFILE.presystem.dialect not in dialects
    return perform(catalogue()[name], profile=speaking(dialects[0]) if elsewhere else PROFILE)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_passes_without_a_warning(name: str) -> None:
    """A conforming presystem gets no finding, and everything that the scenario claims is put to the test."""
    history = played(name)
    verdict = judge(history)
    assert (verdict.outcome, verdict.findings, verdict.detail) == ("passed", (), "")
    assert set(catalogue()[name].exercises) <= set(verdict.exercised)
    assert not history.of(SimulatorBroke)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_judged_alike_from_its_trace(name: str) -> None:
    """The verdict of a recording that was written down and read back is the same."""
    history = played(name)
    assert judge(from_lines(b"".join(map(to_line, history)))) == judge(history)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_ends_within_its_worst_time(name: str) -> None:
    """What --dry-run promises holds, even for the presystem that waits the longest."""
    history = played(name)
    assert history.end - history[0].at <= catalogue()[name].worst_s(Limits())


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_takes_about_its_typical_time(name: str) -> None:
    """The exemplary presystem is as quick as the catalogue says, give or take a factor of two and a second."""
    took = played(name)
    typical_s = catalogue()[name].typical_s
    assert typical_s / 2 - 1 <= took.end - took[0].at <= typical_s * 2 + 1


@pytest.mark.parametrize("name", ["confirmation_missing", "confirmation_late", "link_reset_after_request"])
def test_list_that_never_comes_leaves_it_unexercised(name: str, tmp_path: Path) -> None:
    """A product with nothing to send, and no way to provoke it, is told what did not come, not that a fault slept."""
    nothing = tmp_path / "requests.json"
    nothing.write_text("[]")
    history = perform(
        catalogue()[name], profile=replace(PROFILE, provoke=None),
        adjust=lambda settings: replace(settings, requests_file=nothing),
    )  # fmt: skip
    verdict = judge(history)
    assert (verdict.outcome, verdict.cause) == ("inconclusive", "never exercised")
    assert "ProvideChargingRequests did not come in 60 s" in verdict.detail


def test_profile_of_the_rig_has_the_default_limits() -> None:
    """The tests above stand for real products, not for a quick look."""
    assert PROFILE.limits == Limits()


@pytest.mark.parametrize("name", ["confirmation_missing", "confirmation_wrong_id", "link_closed_before_confirmation"])
def test_fault_is_not_spent_on_a_list_that_asks_for_nothing(name: str) -> None:
    """A product may begin with an empty list; what it is asked to plan then meets the fault."""
    verdict = judge(perform(catalogue()[name], beginning_with_nothing()))
    assert (verdict.outcome, verdict.findings, verdict.detail) == ("passed", (), "")
