"""What ``mockpilot explain`` tells of payloads and depots is what the schemas and the depots say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mockpilot.cli.main import main
from mockpilot.cli.meanings import MEANINGS
from mockpilot.cli.payloads import ACTIONS, example, fields, tell
from mockpilot.protocol.envelope import Action, MessageType, read, write
from mockpilot.protocol.schema import schemas, violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS, Dialect

TITLES = {MessageType.REQUEST: "Request", MessageType.CONFIRMATION: "Response"}
PAYLOADS = [(action, message_type) for action in Action for message_type in TITLES]
EACH_DIALECT = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))


def properties(schema: Any, definitions: Any) -> Iterator[str]:
    """All property names of a schema, through lists and references, depth first."""
    if "$ref" in schema:
        yield from properties(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    elif "items" in schema:
        yield from properties(schema["items"], definitions)
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from properties(inner, definitions)


@EACH_DIALECT
@pytest.mark.parametrize(("action", "message_type"), PAYLOADS)
def test_every_field_of_the_schema_is_told(action: Action, message_type: MessageType, dialect: Dialect) -> None:
    """The fields come in the order of the schema, and each stands on a line that begins with its name."""
    schema = schemas(dialect)[action + TITLES[message_type]]
    names = list(properties(schema, schema["$defs"]))
    assert [field.name for field in fields(action, message_type, dialect)] == names
    told = re.findall(r"^ +(\w+) +(?:required|optional|either) ", tell(action, dialect), re.MULTILINE)
    assert [name for name in names if name not in told] == []


@EACH_DIALECT
@pytest.mark.parametrize(("action", "message_type"), PAYLOADS)
def test_every_field_has_a_meaning(action: Action, message_type: MessageType, dialect: Dialect) -> None:
    """A field that a version brings along cannot be forgotten."""
    assert all(field.meaning for field in fields(action, message_type, dialect))


def test_every_meaning_belongs_to_a_field() -> None:
    """No phrase is left over from a field that is gone."""
    known = {name for dialect in DIALECTS.values() for payload in PAYLOADS for field in fields(*payload, dialect)
             for name in (field.name, f"{field.owner}.{field.name}")}  # fmt: skip
    assert set(MEANINGS) - known == set()


@EACH_DIALECT
@pytest.mark.parametrize("action", list(Action))
def test_example_is_valid(action: Action, dialect: Dialect) -> None:
    """The example is a frame without defects, and its payload one without violations."""
    frame = example(action, dialect)
    reading = read(write(frame))
    assert (reading.envelope, reading.defects) == (frame, ())
    assert violations(frame.payload, dialect, action, MessageType.REQUEST) == []


@pytest.mark.parametrize("action", list(Action))
def test_example_can_be_copied_from_the_terminal(action: Action) -> None:
    """What is printed is the frame itself as JSON."""
    printed = tell(action, DEFAULT_DIALECT).split("for example:\n\n")[1].split("\n\nfields")[0]
    assert json.loads(printed) == json.loads(write(example(action, DEFAULT_DIALECT)))


def test_example_push_shows_where_requests_without_a_point_wait() -> None:
    """The default point holds the charging request that names no point, the real one the other."""
    (depot,) = example(Action.PROVIDE_CHARGING_INFORMATION, DEFAULT_DIALECT).payload["depotInfoList"]
    points = [point for station in depot["chargingStationInfoList"] for point in station["chargingPointInfoList"]]
    assert [point["scheduledChargingProcessList"][0]["chargingRequestId"] for point in points] == [
        "request-4712", "request-4711",
    ]  # fmt: skip
    assert points[0]["chargingPointId"] == f"{depot['depotId']}/0/0"


@pytest.mark.parametrize(("line", "action"), [
    (r"presystem +either +one of BMS, ITCS — ", "BootNotification"),
    (r"status +required +one of Accepted, Rejected — ", "BootNotification"),
    (r"minTargetSoc +required +number 0…100 — %", "ProvideChargingRequests"),
    (r"priority +optional +whole number — ", "ProvideChargingRequests"),
    (r"requestedTimeForDeparture +optional +date-time — ", "ProvideChargingRequests"),
    (r"adHocCharging +optional +true or false — ", "ProvideChargingRequests"),
    (r"chargingRequestList +required +list of objects — ", "ProvideChargingRequests"),
    (r"chargingPointStatus +required +one of Available, Faulted, Occupied, Reserved, Unavailable\s+—",
     "ProvideChargingInformation"),
    (r"chargingPredictionDataDepartureTime +optional +object, further keys allowed — ", "ProvideChargingInformation"),
])  # fmt: skip
def test_type_range_and_values_are_told(line: str, action: str) -> None:
    """Whether it must be there, and what may stand there."""
    assert re.search(line, tell(action, DEFAULT_DIALECT))


@EACH_DIALECT
@pytest.mark.parametrize("action", list(Action))
def test_fields_fit_on_a_terminal(action: Action, dialect: Dialect) -> None:
    """No line of the lists is longer than 120 characters."""
    lists = tell(action, dialect).split("\n\nfields")[1:]
    assert [line for text in lists for line in text.splitlines() if len(line) > 120] == []


@pytest.mark.parametrize("action", list(Action))
def test_action_is_explained_in_the_dialect_asked_for(action: Action, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a choice it is the default one."""
    assert main(["explain", action]) == 0
    assert capsys.readouterr().out.startswith(f"action {action} · dialect chargepilot\n")
    assert main(["explain", action, "--dialect", "vdv-1.1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"action {action} · dialect vdv-1.1\n")
    assert "systemType" not in told


def test_unknown_dialect_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence that names the known ones."""
    assert main(["explain", "BootNotification", "--dialect", "vdv-9"]) == 3
    assert "one of chargepilot, vdv-1.0, vdv-1.1, vdv-2.0-rc1 is expected, found 'vdv-9'" in capsys.readouterr().err


def test_actions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """All three, each with its direction."""
    assert main(["list", "actions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(ACTIONS) == sorted(Action)


def test_depot_is_explained_with_all_its_points(capsys: pytest.CaptureFixture[str]) -> None:
    """Stations and points with id, status and name, the default ones first."""
    assert main(["explain", "small"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("depot small · Betriebshof Süd\n")
    assert len(re.findall(r"^station +\S+", told, re.MULTILINE)) == 3
    assert len(re.findall(r"^  point +\S+ +(?:available|unavailable)", told, re.MULTILINE)) == 5
    assert told.index("/0/0") < told.index("Halle 1")
