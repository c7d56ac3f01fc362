"""Dialects, the names that all of them export, and the tolerant reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

import mockpilot
from mockpilot.errors import UsageError
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS, Dialect, Quirk, Unreadable, dialect, read_payload
from mockpilot.protocol.vocabulary.common import ChargingInstruction, PresystemKind
from protocol.strategies import UNHURRIED, damages, payloads, strange_values

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
    with pytest.raises(UsageError, match=r"^dialect: one of chargepilot, vdv-1\.0, .*-rc1 is expected, found 'vdv-9'$"):
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


QUIRKS = [
    "boot-key", "presystem-id-free", "ids-free", "no-prediction-time", "station-status", "charging-instruction",
    "prediction-names", "error-key", "error-payload-free", "healthy-without-fault-info", "closed-sources",
    "cyclic-push", "requests-follow-pushes", "default-station", "reserved-never-sent", "no-fault-known-for-unknown",
]  # fmt: skip


def test_quirks_are_named_and_reasoned() -> None:
    """ChargePilot deviates in ways that each have a name and a reason, the standard in none."""
    chargepilot = dialect("chargepilot")
    assert [quirk.name for quirk in chargepilot.quirks] == QUIRKS
    assert all(len(text) > 40 for text in (*chargepilot.notes, *(quirk.reason for quirk in chargepilot.quirks)))
    assert all((one.quirks, one.notes) == ((), ()) for one in DIALECTS.values() if one is not chargepilot)


@pytest.mark.parametrize("quirk", dialect("chargepilot").quirks, ids=lambda quirk: quirk.name)
def test_quirk_switches_something_that_exists(quirk: Quirk) -> None:
    """Every switch is a field of the dialect, or a key that a message of it has."""
    struct, dot, key = quirk.changes.partition(".")
    if not dot:
        assert quirk.changes in Dialect.__dataclass_fields__
    else:
        fields = msgspec.structs.fields(getattr(words(dialect("chargepilot")), struct))
        assert key in {one.encode_name for one in fields}


def test_every_switch_is_asked_by_somebody() -> None:
    """One that nobody outside of the vocabulary reads would change nothing."""
    package = Path(mockpilot.__file__).parent
    readers = [file for file in package.rglob("*.py") if "vocabulary" not in file.parts]
    code = "\n".join(file.read_text(encoding="utf-8") for file in readers)
    fields = {quirk.changes for quirk in dialect("chargepilot").quirks if "." not in quirk.changes}
    assert len(fields) > 5
    assert {name for name in fields if f"dialect.{name}" not in code} == set()


EACH_PAYLOAD = messages().flatmap(lambda case: st.tuples(st.just(case), payloads(case[0].payloads[case[1]])))


@UNHURRIED
@given(EACH_PAYLOAD)
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
@given(EACH_PAYLOAD, damages())
def test_read_payload_never_raises_on_damaged_payloads(
    case: tuple[tuple[Dialect, tuple[Action, MessageType]], Any], damage: Callable[[Any], Any]
) -> None:
    """A damaged payload is read or unreadable, never an exception."""
    (spoken, key), payload = case
    assert isinstance(read_payload(spoken, *key, damage(payload)), Unreadable | msgspec.Struct)


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


@pytest.mark.parametrize("name", ["chargepilot", "vdv-1.0", "vdv-1.1"])
def test_errors_are_handed_through(name: str) -> None:
    """Where a dialect says nothing about a message, its payload stays as it is."""
    spoken = dialect(name)
    payload = {"whatever": [1, None]}
    assert read_payload(spoken, Action.PROVIDE_CHARGING_INFORMATION, MessageType.ERROR, payload) is payload


def test_instruction_is_read_as_its_member() -> None:
    """Enumerated values become members."""
    message = read_payload(dialect("chargepilot"), *LIST, {"chargingRequestList": [{
        "chargingRequestId": "1", "vehicleId": "2", "chargingInstruction": "Terminate",
        "chargingRequestData": {"minTargetSoc": 1, "maxTargetSoc": 2},
    }]})  # fmt: skip
    assert message.charging_request_list[0].charging_instruction is ChargingInstruction.TERMINATE


FORECAST: dict[str, Any] = {
    "min_soc": 80.0, "min_time": "2031-03-04T20:00:00.000Z", "max_soc": 95.0, "max_time": "2031-03-04T21:00:00.000Z",
    "departure": "2031-03-05T04:00:00.000Z", "departure_soc": 94.0, "horizon": "2031-03-05T12:00:00.000Z",
    "progress": [("2031-03-04T19:00:00.000Z", 50.0)],
}  # fmt: skip
UNKNOWN = {"min_time": None, "max_time": None, "departure": None, "progress": (), "finished": True}
MIN, FINAL, DEPARTURE = (f"chargingPredictionData{what}" for what in ("MinSoc", "FinalSoc", "DepartureTime"))


@pytest.mark.parametrize(
    ("name", "keys", "when_unknown"),
    [
        ("chargepilot", {MIN, FINAL, DEPARTURE}, {}),
        ("vdv-1.0", {MIN, FINAL}, {MIN: {"requestedMinSoc": 80, "predictedTime": FORECAST["horizon"]}}),
        ("vdv-1.1", {MIN, FINAL, DEPARTURE}, {}),
        (
            "vdv-2.0-rc1",
            {"chargingPredictionDataStatus", "chargingPredictionDataMinTargetSoc", DEPARTURE,
             "chargingPredictionDataMaxTargetSoc", "chargingProgressPredictionList"},
            {"chargingPredictionDataStatus": "Finished"},
        ),
    ],
)  # fmt: skip
def test_predictions_say_what_the_version_can_say(name: str, keys: set[str], when_unknown: dict[str, Any]) -> None:
    """Every forecast that a version knows is told; an unknown time stays away, or is the horizon where one is due."""
    told = words(dialect(name)).charging_prediction
    assert set(msgspec.to_builtins(told(**FORECAST))) == keys
    assert msgspec.to_builtins(told(**(FORECAST | UNKNOWN))) == when_unknown


def test_processes_to_come_have_no_times_in_chargepilot() -> None:
    """The guideline's sample tells what was asked for at least, nothing more; others forecast as usual."""
    told = msgspec.to_builtins(words(dialect("chargepilot")).scheduled_prediction(**FORECAST))
    assert told == {MIN: {"requestedMinSoc": 80.0}}
    official = words(dialect("vdv-1.1"))
    assert official.scheduled_prediction(**FORECAST) == official.charging_prediction(**FORECAST)


@pytest.mark.parametrize(
    ("charging", "preconditioning", "impossible", "before", "in_2_0"),
    [
        (True, False, False, "Charging", "Charging"),
        (True, True, False, "Charging", "ChargingAndPreconditioning"),
        (False, True, False, "ReadyToCharge", "Preconditioning"),
        (False, False, False, "ReadyToCharge", "ReadyToCharge"),
        (True, True, True, "ChargingImpossible", "ChargingImpossible"),
    ],
)
def test_preconditioning_has_a_word_from_2_0_on(
    charging: bool, preconditioning: bool, impossible: bool, before: str, in_2_0: str
) -> None:
    """Earlier versions say only whether a vehicle charges."""
    expected = {"chargepilot": before, "vdv-1.0": before, "vdv-1.1": before, "vdv-2.0-rc1": in_2_0}
    found = {
        name: str(words(one).vehicle_charging_status(
            charging=charging, preconditioning=preconditioning, impossible=impossible
        )) for name, one in DIALECTS.items()
    }  # fmt: skip
    assert found == expected


@EACH_DIALECT
def test_push_of_a_dialect_is_valid_and_tells_what_it_knows(spoken: Dialect) -> None:
    """Made by the same words in every dialect, a push is valid there; what a version does not know stays away."""
    said: Any = words(spoken)
    id_ = spoken.spelling.out
    prediction = said.scheduled_prediction(**FORECAST)
    process = said.ScheduledChargingProcess(
        charging_request_id=id_("cr 1"), vehicle_id="bus", charging_prediction_data=prediction
    )
    point = said.charging_point_info(
        id_("p"), said.ChargingPointStatus.AVAILABLE, power_limit_kw=7.5, scheduled=(process,)
    )
    station = said.charging_station_info(id_("s"), said.ChargingStationStatus.FAULTED, (point,), total_power=1.5)
    depot = said.DepotInfo(depot_id=id_("d"), charging_station_info_list=(station,))
    rejected = [(id_("Presystem1"), id_("cr 2"), "no such point")]
    payload = json.loads(msgspec.json.encode(said.information_request((depot,), rejected)))
    assert violations(payload, spoken, Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST) == []
    assert ("rejectedChargingRequestInfoList" in payload) is spoken.rejects_in_push
    (told,) = payload["depotInfoList"][0]["chargingStationInfoList"]
    assert told.get("chargingStationStatus", "Faulted") == "Faulted"
    assert {"presentPower", "presentPowerLimit"} & set(told["chargingPointInfoList"][0])


@EACH_DIALECT
def test_readers_find_every_field_in_every_version(spoken: Dialect) -> None:
    """What a version does not know is a property that is UNSET, so that nobody has to ask for the version."""
    said: Any = words(spoken)
    request = said.ChargingRequest(
        vehicle_id="bus", charging_request_id="cr",
        charging_request_data=said.ChargingRequestData(min_target_soc=1, max_target_soc=2),
        automatic_preconditioning=said.AutomaticPreconditioning(
            preconditioning_request=said.PreconditioningRequest.HOT_WATER_AND_HEATING
        ),
        manual_preconditioning=said.ManualPreconditioning(
            hvac_preconditioning_start_time="t", system_preconditioning_start_time="t"
        ),
    )  # fmt: skip
    station = said.charging_station_info("s", said.ChargingStationStatus.AVAILABLE, ())
    assert request.charging_instruction is UNSET
    assert request.automatic_preconditioning.requested_start_time is UNSET
    assert request.automatic_preconditioning.target_soc is UNSET
    assert request.manual_preconditioning.target_soc is UNSET
    assert station.charging_station_status in (UNSET, said.ChargingStationStatus.AVAILABLE)
