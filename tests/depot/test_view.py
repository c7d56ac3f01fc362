"""What the CMS says about its depot."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.made import DEPOT, NOW, request
from mockpilot.depot.view import Stored, charging_process_id, encode, information
from mockpilot.protocol.envelope import Action, MessageType, format_timestamp, parse_timestamp
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, dialect, read_payload
from protocol.strategies import UNHURRIED, payloads

PUSH = (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST)
LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
EACH_DIALECT = pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)


def shown(stored: Stored, spoken: Dialect = DIALECTS["chargepilot"]) -> Any:
    return json.loads(encode(information(DEPOT, stored, spoken, NOW)))


def scheduled(stored: Stored, spoken: Dialect = DIALECTS["chargepilot"]) -> dict[str, list[Any]]:
    return {
        point["chargingPointId"]: point["scheduledChargingProcessList"]
        for station in shown(stored, spoken)["depotInfoList"][0]["chargingStationInfoList"]
        for point in station["chargingPointInfoList"]
        if "scheduledChargingProcessList" in point
    }


def test_information_shows_the_whole_depot() -> None:
    """The default station comes first, everything has its status, nothing else is said without requests."""
    point = {"chargingPointStatus": "Available"}
    default = {"chargingPointId": "d/0/0", "chargingPointStatus": "Unavailable"}
    expected = {"depotInfoList": [{"depotId": "d", "name": "North", "chargingStationInfoList": [
        {"chargingStationId": "d/0", "chargingStationStatus": "Unavailable", "chargingPointInfoList": [default]},
        {"chargingStationId": "s", "chargingStationStatus": "Available",
         "chargingPointInfoList": [{"chargingPointId": "p1"} | point, {"chargingPointId": "p2"} | point]},
    ]}]}  # fmt: skip
    assert expected == shown({})
    assert expected == shown({}, dialect("vdv-1.1"))


def test_a_request_is_a_scheduled_process_at_its_point() -> None:
    """ChargePilot echoes the ids and the requested state of charge, and predicts no time."""
    data = {"minTargetSoc": 80, "maxTargetSoc": 95, "expectedArrivalTimeAtChargingPoint": "2031-03-04T20:00:00+01:00"}
    one = request("cr-1", chargingPointId="p2", chargingRequestData=data)
    expected = {
        "presystemId": "Presystem1", "chargingRequestId": "cr-1", "vehicleId": "bus of cr-1",
        "chargingProcessId": charging_process_id("Presystem1", "cr-1"), "startTime": "2031-03-04T19:00:00.000Z",
        "chargingPredictionData": {"chargingPredictionDataMinSoc": {"requestedMinSoc": 80}},
    }  # fmt: skip
    assert {"p2": [expected]} == scheduled({"Presystem1": {"cr-1": one}})


def test_requests_without_a_known_point_wait_at_the_default_point() -> None:
    """No point, or one that has vanished since, leads to the default point."""
    stored = {"P": {"a": request("a"), "b": request("b", chargingPointId="vanished")}, "Q": {"a": request("a")}}
    (waiting,) = scheduled(stored).items()
    assert waiting[0] == "d/0/0"
    assert [
        (process["presystemId"], process["chargingRequestId"]) for process in waiting[1]
    ] == [("P", "a"), ("P", "b"), ("Q", "a")]


@pytest.mark.parametrize(
    ("data", "start", "reached"),
    [
        ({}, 0, 2 * 60),
        ({"expectedSocAtArrival": 65}, 0, 30),
        ({"expectedSocAtArrival": 90}, 0, 0),
        ({"expectedArrivalTimeAtChargingPoint": "2031-03-04T18:20:00Z", "expectedSocAtArrival": 50}, 60, 120),
        ({"expectedArrivalTimeAtChargingPoint": "2031-03-04T10:00:00Z", "expectedSocAtArrival": 50}, 0, 60),
        ({"expectedSocAtArrival": 50, "requestedTimeForDeparture": "2031-03-04T17:50:00Z"}, 0, 30),
        ({"expectedSocAtArrival": 50, "requestedTimeForDeparture": "2031-03-04T17:00:00Z"}, 0, 60),
        ({"expectedArrivalTimeAtChargingPoint": "0001-01-01T00:00:00+05:00", "expectedSocAtArrival": 80}, 0, 0),
    ],
)
def test_predicted_time_is_plausible(data: dict[str, Any], start: int, reached: int) -> None:
    """Charging begins on arrival, not in the past, goes on at 30 % an hour, and ends by a departure to come."""
    one = request("a", chargingRequestData={"minTargetSoc": 80, "maxTargetSoc": 95} | data)
    (process,) = scheduled({"P": {"a": one}}, dialect("vdv-1.1"))["d/0/0"]
    prediction = process["chargingPredictionData"]["chargingPredictionDataMinSoc"]
    assert process["startTime"] == format_timestamp(NOW + timedelta(minutes=start))
    assert prediction["predictedTime"] == format_timestamp(NOW + timedelta(minutes=reached))


def test_predicted_time_stays_in_the_calendar() -> None:
    """A plan for the last hour of all is no accident."""
    data = {"minTargetSoc": 80, "maxTargetSoc": 95, "expectedArrivalTimeAtChargingPoint": "9999-12-31T23:30:00Z"}
    (process,) = scheduled({"P": {"a": request("a", chargingRequestData=data)}}, dialect("vdv-1.1"))["d/0/0"]
    assert parse_timestamp(process["chargingPredictionData"]["chargingPredictionDataMinSoc"]["predictedTime"])


def test_charging_process_id_belongs_to_presystem_and_request() -> None:
    """The same request keeps its process id, another one has another."""
    assert charging_process_id("P", "a") == charging_process_id("P", "a")
    pairs = [("P", "a"), ("P", "b"), ("Q", "a"), ("P a", ""), ("", "P a")]
    assert len({charging_process_id(*pair) for pair in pairs}) == len(pairs)


@EACH_DIALECT
@UNHURRIED
@given(data=st.data())
def test_information_is_valid_in_its_dialect(spoken: Dialect, data: st.DataObject) -> None:
    """Whatever presystems validly ask for, what is said about it is valid."""
    payload = data.draw(payloads(spoken.payloads[LIST]))
    message = read_payload(spoken, *LIST, payload)
    stored = {"P": {one.charging_request_id: one for one in message.charging_request_list}}
    assert violations(shown(stored, spoken), spoken, *PUSH) == []
