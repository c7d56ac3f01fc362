"""Every shipped scenario against the exemplary presystem, in every dialect."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mockpilot.conformance.verdict import judge
from mockpilot.history.events import BootRead, MessageReceived, MessageSent, SimulatorBroke
from mockpilot.profile import PresystemSettings, Profile
from mockpilot.protocol.envelope import read
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DIALECTS, dialect
from rig import PROFILE, catalogue, perform

OTHERS = sorted(set(DIALECTS) - {PROFILE.presystem.dialect})


def in_dialect(name: str) -> Profile:
    """The profile of the rig, for a presystem that speaks that dialect."""
    return replace(PROFILE, presystem=PresystemSettings(dialect=name), presystems=())


PLAYED = [
    (scenario.name, name) for scenario in catalogue().values() for name in OTHERS
    if not scenario.dialects or name in scenario.dialects
]  # fmt: skip


@pytest.mark.parametrize(("scenario", "name"), PLAYED)
def test_scenario_passes_in_every_dialect(scenario: str, name: str) -> None:
    """Where it can be played at all; the default dialect has tests of its own."""
    history = perform(catalogue()[scenario], profile=in_dialect(name))
    verdict = judge(history)
    assert (verdict.outcome, verdict.findings, verdict.detail) == ("passed", (), "")
    assert set(catalogue()[scenario].exercises) <= set(verdict.exercised)
    assert not history.of(SimulatorBroke)


@pytest.mark.parametrize("name", DIALECTS)
def test_both_sides_keep_to_the_schemas(name: str) -> None:
    """Whatever travels is valid in its dialect, and its ids are spelt as the dialect wants them."""
    history = perform(catalogue()["request_changed"], profile=in_dialect(name))
    said = [*history.of(MessageSent), *history.of(MessageReceived)]
    frames = [envelope for one in said if (envelope := read(one.text or "").envelope) is not None]
    spoken = dialect(name)
    found = [violations(one.payload, spoken, one.action, one.message_type) for one in frames]
    assert [one for one in found if one] == []
    assert {one.presystem_id for one in frames} == {spoken.default_presystem_id}
    requests = {
        entry["chargingRequestId"] for one in frames if isinstance(one.payload, dict)
        for entry in one.payload.get("chargingRequestList", ())
    }  # fmt: skip
    assert requests
    assert all(spoken.spelling.out(spoken.spelling.back(one)) == one for one in requests)
    told = [one.payload for one in frames if isinstance(one.payload, dict) and "depotInfoList" in one.payload]
    pushes = json.dumps(told)
    assert all(json.dumps(one) in pushes for one in requests)


@pytest.mark.parametrize(("name", "key"), [("chargepilot", "systemType"), ("vdv-1.1", "presystem")])
def test_trace_says_under_which_key_a_boot_was_read(name: str, key: str) -> None:
    """ChargePilot's guideline has one of its own."""
    history = perform(catalogue()["boot_accepted"], profile=in_dialect(name))
    assert {(one.key, one.presystem_kind) for one in history.of(BootRead)} == {(key, "BMS")}
