"""The form of charging-request lists, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import LISTS, Play, entry
from mockpilot.conformance.levels import Basis, Level

SCHEMA, SOC_RANGE, EMPTY = "requests.schema", "requests.soc-range", "requests.empty-list-is-there"

A, B = entry("a"), entry("b")


def without(holder: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The same with some keys left out."""
    return {key: value for key, value in holder.items() if key not in keys}


def test_valid_list_holds() -> None:
    """An empty one too, in 1.1."""
    assert Play().exchange().asks(A).held(SCHEMA)
    assert Play().exchange().asks().held(SCHEMA)


def test_invalid_list_gives_one_finding_per_path() -> None:
    """Entries of one kind are one cause."""
    bad = [without(entry(str(n)), "vehicleId") | {"extra": 1} for n in range(3)]
    findings = Play().exchange().asks(*bad).judged().findings
    assert [f.count for f in findings if f.rule == SCHEMA] == [3, 3]
    assert {Level.MUST} == {f.level for f in findings if f.rule == SCHEMA}


def test_fraction_in_an_integer_is_unclean_json_alone() -> None:
    """JSON Schema takes 3.0 for an integer."""
    play = Play().exchange().asks(A | {"priority": 3.0})
    assert play.complaints() == {"envelope.clean-json"}


def test_list_that_is_no_object_is_judged_by_its_envelope() -> None:
    """The first cause counts."""
    assert Play().exchange().says(1, LISTS, []).musts() == {"envelope.payload-is-object"}


# -- what one version alone says -----------------------------------------------------------------------------------

URIS, INSTRUCTION = "envelope.ids-are-uris", "requests.no-instruction"


def _as_uris(one: dict[str, Any]) -> dict[str, Any]:
    ids = ("chargingRequestId", "chargingPointId")
    return {key: f"urn:mockpilot:{value}" if key in ids else value for key, value in one.items()}


def test_ids_that_are_no_uris_are_a_warning_in_1_0_alone() -> None:
    """The next version dropped the form again, so it is never a must, and no violation of the schema beside it."""
    play = Play(dialect="vdv-1.0", presystem="urn:x").exchange().asks(_as_uris(A) | {"chargingRequestId": "a"})
    assert play.convicted_of(URIS).level is Level.SHOULD
    assert SCHEMA not in play.complaints()
    assert Play(dialect="vdv-1.0", presystem="urn:x").exchange().asks(_as_uris(A)).held(URIS)
    assert URIS not in Play(dialect="vdv-1.1").exchange().asks(A).judged().rules_exercised


def test_text_of_an_id_is_not_taken_for_its_format() -> None:
    """A broken time stamp stays a violation of the schema, whatever stands in it."""
    broken = entry("a")
    broken["chargingRequestData"]["expectedArrivalTimeAtChargingPoint"] = "a uri"
    play = Play(dialect="vdv-1.0", presystem="urn:x").exchange().asks(_as_uris(broken))
    assert play.convicted_of(SCHEMA).level is Level.MUST


def test_instruction_is_convicted_in_2_0_alone() -> None:
    """It is gone there; elsewhere it is one of the keys."""
    told = A | {"chargingInstruction": "Normal"}
    play = Play(dialect="vdv-2.0-rc1").exchange().asks(told)
    assert play.convicted_of(INSTRUCTION).level is Level.MUST
    assert SCHEMA not in play.complaints()
    assert Play(dialect="vdv-2.0-rc1").exchange().asks(A).held(INSTRUCTION)
    assert INSTRUCTION not in Play(dialect="vdv-1.1").exchange().asks(told).judged().rules_exercised
    elsewhere = entry("a")
    elsewhere["chargingRequestData"]["chargingInstruction"] = "Normal"
    assert Play(dialect="vdv-2.0-rc1").exchange().asks(elsewhere).convicted_of(SCHEMA).level is Level.MUST


# -- states of charge, and nothing at all --------------------------------------------------------------------------


def asking(**data: Any) -> dict[str, Any]:
    """An entry that asks for something else."""
    one = entry("a")
    return one | {"chargingRequestData": one["chargingRequestData"] | data}


@pytest.mark.parametrize(("dialect", "level", "basis"), [
    ("chargepilot", Level.MUST, Basis.STANDARD), ("vdv-1.1", Level.MUST, Basis.STANDARD),
    ("vdv-1.0", Level.SHOULD, Basis.POLICY),
])  # fmt: skip
def test_state_of_charge_outside_its_range(dialect: str, level: Level, basis: Basis) -> None:
    """A must where the schema says so, and then no violation of the schema beside it; a should in 1.0."""
    play = Play(dialect=dialect).exchange().asks(asking(maxTargetSoc=120))
    found = play.convicted_of(SOC_RANGE)
    assert (level, basis) == (found.level, found.basis)
    assert SCHEMA not in play.complaints()


def test_ends_of_the_range_belong_to_it() -> None:
    """Nought and a hundred are percent."""
    assert Play().exchange().asks(asking(minTargetSoc=0, maxTargetSoc=100)).held(SOC_RANGE)


@pytest.mark.parametrize("payload", [{}, {"chargingRequestList": None}])
def test_list_that_is_left_out_is_convicted_alone(payload: Any) -> None:
    """Whoever has nothing to ask for says so by an empty list; the schema says nothing beside."""
    play = Play().exchange().says(1, LISTS, payload)
    assert play.convicted_of(EMPTY).level is Level.MUST
    assert SCHEMA not in play.complaints()


def test_empty_list_is_convicted_in_1_0_alone() -> None:
    """There the last request is taken back by Terminate."""
    assert Play(dialect="vdv-1.0", presystem="urn:x").exchange().asks().convicted_of(EMPTY).level is Level.MUST
    assert cancelled_all(A, dialect="vdv-1.1").asks().held(EMPTY)
    assert cancelled_all(A, dialect="vdv-1.1").asks(A | {"chargingInstruction": "Terminate"}).held(EMPTY)


def cancelled_all(*stood: dict[str, Any], **play: Any) -> Play:
    """Everything that stood in the list is cancelled."""
    return Play(**play).exchange().asks(*stood).takes().wait(5).step("cancel-all-requests").wait(2)


def test_empty_list_shows_nothing_unless_something_was_taken_back() -> None:
    """Many products open their links with one."""
    assert not Play().exchange().asks().takes().pushed(2).exercised(EMPTY)
    assert not cancelled_all().asks().exercised(EMPTY)
    assert not Play().exchange().asks(A).takes().closed().exchange().asks().takes().exercised(EMPTY)


def test_other_keys_instead_of_the_list_are_a_matter_of_the_schema() -> None:
    """A misspelt key is not an empty list that a serializer dropped."""
    play = Play().exchange().says(1, LISTS, {"chargingRequests": []})
    assert play.exercised(SCHEMA)
    assert EMPTY not in play.complaints()


def test_violation_tells_which_version_would_fit() -> None:
    """A hint at what the product speaks."""
    play = Play(dialect="vdv-2.0-rc1").exchange().asks(A | {"chargingInstruction": "Normal", "priority": "high"})
    assert "would fit" not in play.convicted_of(SCHEMA).message
    later = A | {"automaticPreconditioning": {"preconditioningRequest": "SNA"}}
    found = Play(dialect="vdv-1.1").exchange().asks(later).convicted_of(SCHEMA)
    assert "would fit VDV 463 version 2.0.0" in found.message
    assert "the product speaks VDV 463 version 2.0.0" in found.perhaps
    assert "mockpilot explain" in play.convicted_of(SCHEMA).perhaps
