"""The strict reading, against the official schemas where they are at hand, and by table."""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import Violation, schemas, violations
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, dialect
from protocol.strategies import UNHURRIED, damages, payloads, strange_values

OFFICIAL = Path(__file__).parents[2].parent / "shared" / "vdv463" / "schemas"
FOLDERS = {"vdv-1.0": "1.0.0", "vdv-1.1": "1.1.0", "vdv-2.0-rc1": "2.0.0-rc1"}
CHARGEPILOT, VDV_1_0, VDV_1_1, VDV_2_0 = map(dialect, ("chargepilot", *FOLDERS))
BOOT = (Action.BOOT_NOTIFICATION, MessageType.REQUEST)
LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
PUSH = (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST)
TITLES = [
    "BootNotificationRequest", "BootNotificationResponse", "ProvideChargingRequestsRequest",
    "ProvideChargingRequestsResponse", "ProvideChargingInformationRequest", "ProvideChargingInformationResponse",
]  # fmt: skip

ENTRY = {
    "chargingRequestId": "cr-1", "vehicleId": "WTEST00000000A001",
    "chargingRequestData": {"minTargetSoc": 80, "maxTargetSoc": 95},
}  # fmt: skip


def entry(**changes: Any) -> dict[str, Any]:
    return {"chargingRequestList": [copy.deepcopy(ENTRY) | changes]}


def found(
    payload: object, spoken: Dialect = VDV_1_1, message: tuple[Action, MessageType] = LIST
) -> set[tuple[str, str]]:
    return {(violation.path, violation.keyword) for violation in violations(payload, spoken, *message)}


@functools.cache
def official(version: str, title: str) -> jsonschema_rs.Validator:
    """The official schema under the draft that it names: 4 up to 1.1, 7 from 2.0 on."""
    schema = json.loads((OFFICIAL / FOLDERS[version] / f"{title}.json").read_text(encoding="utf-8"))
    draft = {"draft-04": jsonschema_rs.Draft4Validator, "draft-07": jsonschema_rs.Draft7Validator}
    return draft[schema["$schema"].split("/")[-2]](schema, validate_formats=True)


MESSAGES = [(name, key) for name in FOLDERS for key in sorted(dialect(name).payloads)]
EACH_MESSAGE = pytest.mark.parametrize(
    ("version", "key"), MESSAGES, ids=[f"{name}-{key[0]}-{key[1].name.lower()}" for name, key in MESSAGES]
)
EACH_VERSION = pytest.mark.parametrize("version", FOLDERS)


def messages() -> st.SearchStrategy[tuple[Action, MessageType]]:
    return st.sampled_from(sorted(VDV_1_1.payloads))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official schemas are not at hand")
class TestAgainstTheOfficialSchemas:
    @EACH_MESSAGE
    @UNHURRIED
    @given(st.data())
    def test_generated_payloads_are_judged_alike(
        self, version: str, key: tuple[Action, MessageType], data: st.DataObject
    ) -> None:
        """What our structs allow, the official schemas allow; damaged, it is refused by both or by neither."""
        spoken, judge = dialect(version), official(version, title(key))
        payload = data.draw(payloads(spoken.payloads[key]))
        assert judge.is_valid(payload)
        assert violations(payload, spoken, *key) == []
        broken = data.draw(damages())(payload)
        assert judge.is_valid(broken) == (violations(broken, spoken, *key) == [])

    @EACH_VERSION
    @UNHURRIED
    @given(strange_values())
    def test_strange_payloads_are_judged_alike(self, version: str, payload: Any) -> None:
        """Payloads of another kind altogether are judged alike, whatever message they are said to be."""
        spoken = dialect(version)
        for key in spoken.payloads:
            judged = violations(payload, spoken, *key)
            assert official(version, title(key)).is_valid(payload) == (judged == [])

    @EACH_VERSION
    def test_every_official_property_is_ours(self, version: str) -> None:
        """Object by object the same keys are known, required and closed; every list and enumeration is alike, too."""
        ours = schemas(dialect(version))
        for name in official_titles(version):
            schema = json.loads((OFFICIAL / FOLDERS[version] / f"{name}.json").read_text(encoding="utf-8"))
            assert shapes(schema) == shapes(ours[name])
            assert enumerations(schema) == enumerations(ours[name])

    @EACH_VERSION
    def test_titles_are_official(self, version: str) -> None:
        """Derived schemas go by the names of the official files, and there is one for each."""
        assert official_titles(version) == set(schemas(dialect(version)))


def official_titles(version: str) -> set[str]:
    return {file.stem for file in (OFFICIAL / FOLDERS[version]).glob("*.json")} - {"MessageStructure"}


def enumerations(node: Any) -> set[frozenset[str]]:
    """The sets of values between which a schema lets choose, wherever they stand."""
    if isinstance(node, list):
        return set().union(*map(enumerations, node))
    if not isinstance(node, dict):
        return set()
    own = {frozenset(node["enum"])} if "enum" in node else set()
    return own.union(*(enumerations(part) for part in node.values()))


def title(key: tuple[Action, MessageType]) -> str:
    if key[1] is MessageType.ERROR:
        return "ErrorResponse"
    return key[0] + ("Request" if key[1] is MessageType.REQUEST else "Response")


def shapes(schema: dict[str, Any]) -> dict[str, tuple[frozenset[str], frozenset[str], bool]]:
    parts = {"": schema, **schema.get("definitions", {}), **schema.get("$defs", {})}
    return {
        name: (frozenset(part.get("properties", ())), frozenset(part.get("required", ())),
               part.get("additionalProperties", True))
        for name, part in parts.items() if part.get("type") == "object"
    }  # fmt: skip


@pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)
def test_schemas_are_named_officially_and_stand_alone(spoken: Dialect) -> None:
    """Every dialect gives one self-contained schema per message."""
    known = schemas(spoken)
    assert set(known) == {*TITLES, *(["ErrorResponse"] if spoken is VDV_2_0 else [])}
    for name, schema in known.items():
        assert schema["title"] == name
        assert jsonschema_rs.meta.is_valid(schema)
        assert all(schema["$defs"].get(target) for target in references(schema))


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {str(node["$ref"]).removeprefix("#/$defs/")} if "$ref" in node else set()
    return own.union(*(references(part) for part in node.values()))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"chargingRequestList": []}, set()),
        ({"chargingRequestList": [ENTRY]}, set()),
        ({}, {("$.chargingRequestList", "required")}),
        ({"chargingRequestList": None}, {("$.chargingRequestList", "type")}),
        ([], {("$", "type")}),
        (entry(chargingPriority=1), {("$.chargingRequestList[0].chargingPriority", "additionalProperties")}),
        (entry(priority="1"), {("$.chargingRequestList[0].priority", "type")}),
        (entry(priority=3.0), set()),
        (entry(chargingInstruction="normal"), {("$.chargingRequestList[0].chargingInstruction", "enum")}),
        (
            entry(chargingRequestData={"minTargetSoc": -1, "maxTargetSoc": 100.5}),
            {
                ("$.chargingRequestList[0].chargingRequestData.minTargetSoc", "minimum"),
                ("$.chargingRequestList[0].chargingRequestData.maxTargetSoc", "maximum"),
            },
        ),
        (
            entry(chargingRequestData={"minTargetSoc": 1, "requestedTimeForDeparture": "2031-02-30T00:00:00Z"}),
            {
                ("$.chargingRequestList[0].chargingRequestData.maxTargetSoc", "required"),
                ("$.chargingRequestList[0].chargingRequestData.requestedTimeForDeparture", "format"),
            },
        ),
    ],
)
def test_violations_of_a_list_are_all_found(payload: object, expected: set[tuple[str, str]]) -> None:
    """Every violation is named by the path of its place and by its keyword."""
    assert expected == found(payload)
    assert expected == found(payload, CHARGEPILOT)


@pytest.mark.parametrize(
    ("payload", "in_1_1", "in_chargepilot"),
    [
        ({"presystem": "BMS"}, set(), set()),
        ({"systemType": "ITCS"}, {("$.presystem", "required"), ("$.systemType", "additionalProperties")}, set()),
        ({}, {("$.presystem", "required")}, {("$", "oneOf")}),
        ({"presystem": "BMS", "systemType": "BMS"}, {("$.systemType", "additionalProperties")}, {("$", "oneOf")}),
        ({"presystem": "bms"}, {("$.presystem", "enum")}, {("$.presystem", "enum")}),
        (
            {"presystem": "BMS", "version": 1},
            {("$.version", "additionalProperties")},
            {("$.version", "additionalProperties")},
        ),
        ([], {("$", "type")}, {("$", "type")}),
        (None, {("$", "type")}, {("$", "type")}),
    ],
)
def test_boot_wants_the_key_of_its_dialect(
    payload: object, in_1_1: set[tuple[str, str]], in_chargepilot: set[tuple[str, str]]
) -> None:
    """The standard wants presystem, ChargePilot exactly one of presystem and systemType."""
    assert in_1_1 == found(payload, VDV_1_1, BOOT)
    assert in_chargepilot == found(payload, CHARGEPILOT, BOOT)


def test_prediction_time_is_optional_in_chargepilot_alone() -> None:
    """A scheduled process without predictedTime is what ChargePilot's sample shows."""
    process = {
        "chargingRequestId": "0", "vehicleId": "v",
        "chargingPredictionData": {"chargingPredictionDataMinSoc": {"requestedMinSoc": 70}},
    }  # fmt: skip
    point = {"chargingPointId": "p", "chargingPointStatus": "Available", "scheduledChargingProcessList": [process]}
    station = {"chargingStationId": "s", "chargingStationStatus": "Available", "chargingPointInfoList": [point]}
    payload = {"depotInfoList": [{"depotId": "d", "chargingStationInfoList": [station]}]}
    assert set() == found(payload, CHARGEPILOT, PUSH)
    assert {"required"} == {keyword for _, keyword in found(payload, VDV_1_1, PUSH)}
    assert {"required"} < {keyword for _, keyword in found(payload, VDV_1_0, PUSH)}


@pytest.mark.parametrize("spoken", [CHARGEPILOT, VDV_1_0, VDV_1_1], ids=lambda spoken: spoken.name)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("payload", [{}, {"message": "no"}, {"anything": [1]}, "text", None])
def test_error_answers_are_not_constrained(spoken: Dialect, action: Action, payload: object) -> None:
    """No schema before 2.0 says what stands in an error answer."""
    assert violations(payload, spoken, action, MessageType.ERROR) == []


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"errorMessage": "no"}, set()),
        ({"message": "no"}, {("$.errorMessage", "required"), ("$.message", "additionalProperties")}),
        ({"errorMessage": 1}, {("$.errorMessage", "type")}),
        ({"errorMessage": "no", "code": 1}, {("$.code", "additionalProperties")}),
        ("no", {("$", "type")}),
    ],
)
def test_error_answers_have_one_form_from_2_0_on(
    action: Action, payload: object, expected: set[tuple[str, str]]
) -> None:
    """Whatever the action, an error answer of 2.0 is an object with errorMessage alone."""
    assert expected == found(payload, VDV_2_0, (action, MessageType.ERROR))


def nested(depth: int) -> object:
    value: object = {}
    for _ in range(depth):
        value = {"chargingRequestList": [value]}
    return value


@pytest.mark.parametrize(
    ("payload", "keyword"),
    [
        ({"chargingRequestList": "\ud800"}, "text"),
        ({"\udfff": 1}, "text"),
        (nested(400), "depth"),
        ({1: 2}, "value"),
        ({"chargingRequestList": b"bytes"}, "value"),
    ],
)
def test_what_the_validator_cannot_take_is_one_violation(payload: object, keyword: str) -> None:
    """Values that are no checkable JSON are violations, not exceptions."""
    assert [keyword] == [violation.keyword for violation in violations(payload, VDV_1_1, *LIST)]


@UNHURRIED
@given(st.sampled_from(sorted(DIALECTS)), messages(), strange_values().flatmap(lambda v: st.just({"presystem": v})))
def test_violations_never_raise(name: str, key: tuple[Action, MessageType], payload: object) -> None:
    """Whatever comes, a list of violations comes back."""
    assert all(isinstance(violation, Violation) for violation in violations(payload, dialect(name), *key))


def test_problems_are_short() -> None:
    """A huge value is not quoted in full."""
    (violation,) = violations({"chargingRequestList": {"x" * 5000: "y" * 5000}}, VDV_1_1, *LIST)
    assert len(violation.problem) <= 200
