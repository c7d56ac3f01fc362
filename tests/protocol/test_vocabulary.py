"""Dialects, the names that all of them export, and the tolerant reading."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from mockpilot.errors import UsageError
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS, Dialect, Unreadable, dialect, read_payload
from mockpilot.protocol.vocabulary.common import ChargingInstruction, PresystemKind
from protocol.strategies import UNHURRIED, damaged, payloads, strange_values

BOOT = (Action.BOOT_NOTIFICATION, MessageType.REQUEST)
LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
EACH_DIALECT = pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)


def words(spoken: Dialect) -> ModuleType:
    assert spoken.vocabulary is not None
    return spoken.vocabulary


def messages() -> st.SearchStrategy[tuple[Dialect, tuple[Action, MessageType]]]:
    return st.sampled_from([(spoken, key) for spoken in DIALECTS.values() for key in sorted(spoken.payloads)])


def test_dialect_finds_each_by_its_name() -> None:
    """Names lead to the records that carry them; the default is ChargePilot's."""
    assert [dialect(name).name for name in DIALECTS] == list(DIALECTS)
    assert dialect("chargepilot") is DEFAULT_DIALECT


def test_dialect_names_the_known_ones_when_asked_for_another() -> None:
    """An unknown name is a usage error of one sentence."""
    with pytest.raises(UsageError, match=r"^dialect: one of chargepilot, vdv-1\.1.* is expected, found 'vdv-9'$"):
        dialect("vdv-9")


def test_vocabularies_export_the_same_names() -> None:
    """Whoever takes a word from a dialect finds it in every other."""
    exported = [set(words(spoken).__all__) for spoken in DIALECTS.values()]
    assert all(names == exported[0] for names in exported)
    assert all(hasattr(words(spoken), name) for spoken in DIALECTS.values() for name in exported[0])


@EACH_DIALECT
def test_dialect_records_are_hashable_and_agree_with_their_words(spoken: Dialect) -> None:
    """Records serve as keys, and the error key is the one that their error answer has."""
    assert {spoken: 1}[spoken] == 1
    assert words(spoken).DIALECT is spoken
    assert json.loads(msgspec.json.encode(words(spoken).ErrorAnswer(text="no"))) == {spoken.error_key: "no"}


def test_quirks_are_named_and_reasoned() -> None:
    """ChargePilot deviates in three ways, the standard in none."""
    names = [quirk.name for quirk in dialect("chargepilot").quirks]
    assert names == ["boot-key", "error-key", "no-prediction-time"]
    assert all(len(quirk.reason) > 40 for quirk in dialect("chargepilot").quirks)
    assert dialect("vdv-1.1").quirks == ()


@UNHURRIED
@given(messages().flatmap(lambda case: st.tuples(st.just(case), payloads(case[0].payloads[case[1]]))))
def test_valid_payloads_survive_a_round_trip(case: tuple[tuple[Dialect, tuple[Action, MessageType]], Any]) -> None:
    """Read and written again, a valid payload says the same."""
    (spoken, key), payload = case
    try:
        strictly = msgspec.convert(payload, spoken.payloads[key])
    except msgspec.ValidationError:
        assert key == BOOT
        assert isinstance(read_payload(spoken, *key, payload), Unreadable)
        return
    message = read_payload(spoken, *key, payload)
    assert message == strictly
    assert json.loads(msgspec.json.encode(message)) == payload


@UNHURRIED
@given(messages(), strange_values())
def test_read_payload_never_raises_on_strange_values(
    case: tuple[Dialect, tuple[Action, MessageType]], payload: Any
) -> None:
    """What is no object is unreadable, and says so."""
    spoken, key = case
    message = read_payload(spoken, *key, payload)
    assert isinstance(message, Unreadable) or isinstance(payload, dict)


@UNHURRIED
@given(
    messages().flatmap(
        lambda case: st.tuples(st.just(case), payloads(case[0].payloads[case[1]]).flatmap(damaged).flatmap(damaged))
    )
)
def test_read_payload_never_raises_on_damaged_payloads(
    case: tuple[tuple[Dialect, tuple[Action, MessageType]], Any],
) -> None:
    """A damaged payload is read or unreadable, never an exception."""
    (spoken, key), payload = case
    assert isinstance(read_payload(spoken, *key, payload), Unreadable | msgspec.Struct)


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"presystem": "BMS"}, PresystemKind.BMS),
        ({"systemType": "ITCS"}, PresystemKind.ITCS),
        ({"presystem": "ITCS", "systemType": "BMS"}, PresystemKind.ITCS),
        ({"presystem": "depot", "systemType": "BMS"}, PresystemKind.BMS),
        ({"presystem": "BMS", "vendor": "Acme", "version": 3}, PresystemKind.BMS),
    ],
)
def test_boot_is_read_past_what_does_not_matter(payload: object, kind: PresystemKind) -> None:
    """ChargePilot's two keys are equally good, further keys are passed over."""
    assert read_payload(dialect("chargepilot"), *BOOT, payload).kind is kind


def test_boot_of_the_standard_is_read_alike() -> None:
    """The kind has one name in every dialect."""
    assert read_payload(dialect("vdv-1.1"), *BOOT, {"presystem": "BMS", "systemType": "ITCS"}).kind is PresystemKind.BMS


@pytest.mark.parametrize("payload", [{}, {"presystem": "depot"}, {"kind": "BMS"}, [], None, {"presystem": []}])
@EACH_DIALECT
def test_boot_without_a_kind_is_unreadable(spoken: Dialect, payload: object) -> None:
    """Without a sensible kind there is no boot."""
    message = read_payload(spoken, *BOOT, payload)
    assert isinstance(message, Unreadable)
    assert message.reason.startswith("$")


def test_list_with_bad_optional_values_is_read_without_them() -> None:
    """Optional values that make no sense count as missing; ranges and formats are not looked at."""
    message = read_payload(dialect("vdv-1.1"), *LIST, {"chargingRequestList": [{
        "chargingRequestId": "cr-1", "vehicleId": "bus", "priority": 3.0, "chargingPriority": 1,
        "chargingInstruction": "changed", "chargingPointId": 7, "automaticPreconditioning": {"ambientTemperature": 3},
        "chargingRequestData": {"minTargetSoc": 120, "maxTargetSoc": 95.5, "expectedArrivalTimeAtChargingPoint": "soon",
                                "expectedSocAtArrival": "half", "adHocCharging": 1},
    }]})  # fmt: skip
    (request,) = message.charging_request_list
    assert (request.charging_request_id, request.priority) == ("cr-1", 3)
    assert request.charging_instruction is UNSET
    assert request.charging_point_id is UNSET
    assert request.automatic_preconditioning is UNSET
    assert request.charging_request_data.min_target_soc == 120
    assert request.charging_request_data.expected_arrival_time_at_charging_point == "soon"
    assert request.charging_request_data.expected_soc_at_arrival is UNSET
    assert request.charging_request_data.ad_hoc_charging is UNSET


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"vehicleId": "bus", "chargingRequestData": {}}, "$.chargingRequestList[0].chargingRequestId: is missing"),
        ("cr-1", "$.chargingRequestList[0]: an object is expected"),
        (
            {"chargingRequestId": "1", "vehicleId": "2", "chargingRequestData": {"minTargetSoc": "3"}},
            "$.chargingRequestList[0].chargingRequestData.minTargetSoc: a number is expected",
        ),
    ],
)
def test_list_with_a_senseless_entry_is_unreadable(entry: object, reason: str) -> None:
    """What is required and makes no sense is named by its place."""
    assert Unreadable(reason) == read_payload(dialect("vdv-1.1"), *LIST, {"chargingRequestList": [entry]})


@EACH_DIALECT
def test_errors_are_handed_through(spoken: Dialect) -> None:
    """Where a dialect says nothing about a message, its payload stays as it is."""
    payload = {"whatever": [1, None]}
    assert read_payload(spoken, Action.PROVIDE_CHARGING_INFORMATION, MessageType.ERROR, payload) is payload


def test_instruction_is_read_as_its_member() -> None:
    """Enumerated values become members."""
    message = read_payload(dialect("chargepilot"), *LIST, {"chargingRequestList": [{
        "chargingRequestId": "1", "vehicleId": "2", "chargingInstruction": "Terminate",
        "chargingRequestData": {"minTargetSoc": 1, "maxTargetSoc": 2},
    }]})  # fmt: skip
    assert message.charging_request_list[0].charging_instruction is ChargingInstruction.TERMINATE
