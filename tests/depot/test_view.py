"""What the CMS says about its depot."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.made import (
    DEPOT,
    NOW,
    after,
    busy,
    crowded,
    demand,
    faults_of,
    forecast,
    let_flow,
    points_of,
    present,
    process,
    requests_shown,
    scheduled,
    stations_of,
)
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Vehicle
from mockpilot.depot.present import Fault, Present, VehicleFault
from mockpilot.depot.view import Rejected, View
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, dialect
from mockpilot.protocol.vocabulary.common import ProcessStatus
from protocol.strategies import UNHURRIED

CHARGEPILOT, VDV_1_0, VDV_1_1, VDV_2_0 = map(dialect, ("chargepilot", "vdv-1.0", "vdv-1.1", "vdv-2.0-rc1"))
EACH_DIALECT = pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)
UUID = "0d0f7c55-5c62-4b58-8a7c-94a1a0b7f9d2"


def stamp(minutes: float) -> str:
    return format_timestamp(after(minutes))


def told(now: Present, spoken: Dialect = VDV_1_1, rejected: tuple[Rejected, ...] = ()) -> Any:
    encoded = View(spoken, NOW).information(now, rejected)
    assert faults_of(encoded, spoken) == []
    return json.loads(encoded)


@pytest.mark.parametrize("spoken", [CHARGEPILOT, VDV_1_1], ids=lambda spoken: spoken.name)
def test_information_shows_the_whole_depot(spoken: Dialect) -> None:
    """The default station comes first and is never more than its status; real ones tell limits and meters."""
    point = {"chargingPointStatus": "Available", "presentPower": 150.0, "energyMeterReading": 1000}
    default = {"chargingPointId": "d/0/0", "chargingPointStatus": "Unavailable"}
    assert told(present(), spoken) == {"depotInfoList": [{"depotId": "d", "name": "North", "chargingStationInfoList": [
        {"chargingStationId": "d/0", "chargingStationStatus": "Unavailable", "chargingPointInfoList": [default]},
        {"chargingStationId": "s", "chargingStationStatus": "Available", "totalPower": 0.0,
         "chargingPointInfoList": [{"chargingPointId": "p1"} | point, {"chargingPointId": "p2"} | point]},
    ]}]}  # fmt: skip


def test_a_running_process_is_told_with_its_vehicle() -> None:
    """Numbers as exact as anybody needs them; forecasts of what was asked for."""
    point = points_of(told(busy()))["p1"]
    assert point == {
        "chargingPointId": "p1", "chargingPointStatus": "Occupied", "presentPower": 80.0, "energyMeterReading": 1700,
        "vehicleInfo": {
            "vehicleId": "bus of cr-1", "tractionBatteryInfo": {"stateOfHealth": 95.0, "stateOfCharge": 44.0},
            "vehicleStatusInfo": {"systemPreconditioningActive": False, "hvacPreconditioningActive": False},
            "vehicleChargingStatus": "Charging", "preconditioningInfo": {},
        },
        "chargingProcessInfo": {
            "presystemId": "P", "chargingRequestId": "cr-1", "chargingProcessId": "process of cr-1",
            "processStatus": "Charging", "startTime": stamp(-30),
            "chargingPredictionData": {
                "chargingPredictionDataMinSoc": {"requestedMinSoc": 80.0, "predictedTime": stamp(60)},
                "chargingPredictionDataFinalSoc": {"predictedFinalSoc": 95.0, "predictedTime": stamp(120)},
                "chargingPredictionDataDepartureTime": {"predictedDepartureTimeSoc": 95.0, "predictedTime": stamp(600)},
            },
            "electricData": {"chargingCurrent": 109.6, "chargingVoltage": 677.3, "chargingPower": 74.3},
            "deliveredEnergy": 700,
        },
    }  # fmt: skip
    assert stations_of(told(busy()))["s"]["totalPower"] == 74.3


def test_a_vehicle_tells_whatever_is_known_of_it() -> None:
    """Its controller's address from 1.1 on, its mileage, and what is wrong with it."""
    fault = VehicleFault("HV-17", after(-5), "insulation")
    now = busy(vehicle=Vehicle("bus", evcc_id="00:11:22:33:44:55", mileage=81_234), fault=fault)
    vehicle = points_of(told(now))["p1"]["vehicleInfo"]
    assert (vehicle["evccId"], vehicle["mileage"]) == ("00:11:22:33:44:55", 81_234)
    assert vehicle["vehicleChargingStatus"] == "ChargingImpossible"
    assert vehicle["vehicleFaultInfo"] == {
        "vehicleFaultCode": "HV-17", "faultText": "insulation", "faultTimeStamp": stamp(-5),
    }  # fmt: skip
    (older,) = [point["vehicleInfo"] for point in points_of(told(now, VDV_1_0)).values() if "vehicleInfo" in point]
    assert "evccId" not in older
    assert older["vehicleId"] == "bus"


@pytest.mark.parametrize(
    ("spoken", "status", "said"),
    [
        (VDV_1_1, ProcessStatus.CHARGING, "Charging"),
        (VDV_1_1, ProcessStatus.FINISHING, "ReadyToCharge"),
        (VDV_2_0, ProcessStatus.CHARGING, "ChargingAndPreconditioning"),
        (VDV_2_0, ProcessStatus.FINISHING, "Preconditioning"),
        (VDV_2_0, ProcessStatus.REJECTED_TECHNICALLY, "ChargingImpossible"),
    ],
)
def test_preconditioning_is_told(spoken: Dialect, status: ProcessStatus, said: str) -> None:
    """What is on, and what is still needed: whole minutes, begun ones counted, and watt-hours."""
    now = busy(status=status, hvac_kw=20.0, preconditioning_left_s=61.0, preconditioning_left_wh=338.6)
    vehicle = points_of(told(now, spoken))["p1"]["vehicleInfo"]
    assert vehicle["vehicleStatusInfo"] == {"systemPreconditioningActive": False, "hvacPreconditioningActive": True}
    assert vehicle["preconditioningInfo"] == {"vehiclePreconditioningTime": 2, "vehiclePreconditioningEnergy": 339}
    assert vehicle["vehicleChargingStatus"] == said


def test_a_process_that_nobody_asked_for_has_no_request() -> None:
    """It is told all the same."""
    running = points_of(told(busy(demand=None)))["p1"]["chargingProcessInfo"]
    assert {"presystemId", "chargingRequestId"} & set(running) == set()
    assert running["chargingProcessId"] == "process of cr-1"


@UNHURRIED
@given(st.floats(0.0, 1e7), st.lists(st.floats(0.0, 1e5), min_size=1, max_size=5))
def test_meter_and_delivered_energy_agree_to_the_watt_hour(start: float, steps: list[float]) -> None:
    """Delivered is what the meter reads less what it read at the start, as both were told."""
    now = busy(delivered_wh=0.0)
    point, view = now.stations[1].points[0], View(VDV_1_1, NOW)
    assert point.process is not None
    point.meter_wh = start
    first = points_of(json.loads(view.information(now)))["p1"]["energyMeterReading"]
    for step in steps:
        point.process.delivered_wh += step
        point.meter_wh = start + point.process.delivered_wh
        read = points_of(json.loads(view.information(now)))["p1"]
        difference = read["energyMeterReading"] - first
        assert abs(read["chargingProcessInfo"]["deliveredEnergy"] - difference) <= (1 if start % 1 == 0.5 else 0)


@EACH_DIALECT
def test_processes_to_come_are_told_at_their_point(spoken: Dialect) -> None:
    """Each says whose request it is; those without a point wait at the default point."""
    now = present()
    now.stations[0].points[0].scheduled = scheduled("a"), scheduled("b", "Q")
    now.stations[1].points[1].scheduled = (scheduled("c"),)
    out = spoken.spelling.out
    expected = [("d/0/0", "P", "a"), ("d/0/0", "Q", "b"), ("p2", "P", "c")]
    payload = told(now, spoken)
    assert [tuple(map(out, row)) for row in expected] == requests_shown(payload)
    (process_to_come,) = points_of(payload)[out("p2")]["scheduledChargingProcessList"]
    assert process_to_come["vehicleId"] == "bus of c"
    assert process_to_come["startTime"] == stamp(30)
    assert process_to_come["chargingProcessId"] == out("process of c")


def test_chargepilot_predicts_no_time_for_processes_to_come() -> None:
    """It echoes what was asked for at least."""
    now = present()
    now.stations[1].points[0].scheduled = (scheduled(),)
    (to_come,) = points_of(told(now, CHARGEPILOT))["p1"]["scheduledChargingProcessList"]
    assert to_come["chargingPredictionData"] == {"chargingPredictionDataMinSoc": {"requestedMinSoc": 80.0}}


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({}, 120),
        ({"progress": ()}, 600),
        ({"progress": (), "departs": None, "max_reached": None}, -30),
        ({"progress": ((after(-10), 40.0),), "departs": None}, 120),
    ],
)
def test_version_1_0_names_a_time_for_a_target_that_is_not_reached(changes: dict[str, Any], time: int) -> None:
    """The end of what is foreseen, because its schema demands one."""
    foreseen = replace(forecast(), **({"min_reached": None} | changes))
    info = points_of(told(busy(forecast=foreseen), VDV_1_0))["urn:mockpilot:p1"]["chargingProcessInfo"]
    assert info["chargingPredictionData"]["chargingPredictionDataMinSoc"]["predictedTime"] == stamp(time)


def test_version_2_0_tells_the_course_that_lies_ahead() -> None:
    """States of charge that have passed are told no longer."""
    now, view = busy(), View(VDV_2_0, NOW)
    seen = []
    for minutes in (0, 60, 120):
        now.now = after(minutes)
        running = points_of(json.loads(view.information(now)))["p1"]["chargingProcessInfo"]
        course = running["chargingPredictionData"].get("chargingProgressPredictionList", [])
        seen.append([step["predictedSoc"] for step in course])
    assert seen == [[80.0, 95.0], [95.0], []]


def test_faults_are_told_with_code_text_and_time() -> None:
    """A code may come with any state; without words of its own it speaks for itself."""
    now = present()
    station = now.stations[1]
    station.fault = Fault(OcppError.LOCAL_LIST_CONFLICT, after(-7))
    first, second = station.points
    first.fault, first.state = Fault(OcppError.GROUND_FAILURE, after(-9), "wet"), PointState.ERROR
    second.fault = Fault(OcppError.WEAK_SIGNAL, after(-8))
    payload = told(now)
    assert stations_of(payload)["s"]["chargingStationStatus"] == "Faulted"
    assert stations_of(payload)["s"]["chargingStationFaultInfo"] == {
        "chargingStationFaultCode": "ConfigurationFailure", "faultText": "LocalListConflict",
        "faultTimeStamp": stamp(-7),
    }  # fmt: skip
    points = points_of(payload)
    assert [points[id_]["chargingPointStatus"] for id_ in ("p1", "p2")] == ["Faulted", "Available"]
    assert points["p1"]["chargingPointFaultInfo"] == {
        "chargingPointFaultCode": "UsageFailure", "faultText": "wet", "faultTimeStamp": stamp(-9),
    }  # fmt: skip
    assert points["p2"]["chargingPointFaultInfo"]["chargingPointFaultCode"] == "CommunicationFailure"


def test_a_station_without_a_sign_of_life_for_a_minute_is_unavailable() -> None:
    """Until then it is as it was."""
    now, seen = present(), []
    now.stations[1].silent_since = NOW
    for minutes in (0.9, 1):
        now.now = after(minutes)
        seen.append(stations_of(told(now))["s"]["chargingStationStatus"])
    assert seen == ["Available", "Unavailable"]


def test_health_is_a_fault_info_where_a_dialect_wants_it_so() -> None:
    """Since the beginning."""
    payload = told(present(), replace(VDV_1_1, no_error_has_fault_info=True))
    expected = {"chargingPointFaultCode": "NoFaultKnown", "faultText": "NoError", "faultTimeStamp": stamp(0)}
    assert points_of(payload)["p1"]["chargingPointFaultInfo"] == expected
    assert stations_of(payload)["s"]["chargingStationFaultInfo"]["faultTimeStamp"] == stamp(0)


def test_without_a_default_station_none_is_told() -> None:
    """Where a dialect wants it so."""
    assert list(stations_of(told(present(), replace(VDV_1_1, default_station=False)))) == ["s"]


@EACH_DIALECT
def test_a_station_without_points_is_told_where_that_can_be_said(spoken: Dialect) -> None:
    """Version 1.0 allows no empty list."""
    depot = Depot("d", (Station("empty", ()), *DEPOT.stations))
    shown = "urn:mockpilot:empty" in stations_of(told(present(depot), spoken))
    assert (spoken is not VDV_1_0) == (shown or "empty" in stations_of(told(present(depot), spoken)))


def test_version_1_0_spells_ids_as_uris() -> None:
    """UUIDs and texts get a scheme, URIs stay as they are; a vehicle's id is any text."""
    depot = Depot(UUID, (Station("uri://depot/cs1", (Point("50 %/hall ü"),)),))
    now = present(depot)
    point = now.stations[1].points[0]
    point.process = process(demand=demand("cr 1", UUID))
    point.scheduled = (scheduled("50 %"),)
    payload = told(now, VDV_1_0)
    assert payload["depotInfoList"][0]["depotId"] == f"urn:uuid:{UUID}"
    assert list(stations_of(payload))[1] == "uri://depot/cs1"
    shown = points_of(payload)["urn:mockpilot:50%20%25%2Fhall%20%C3%BC"]
    running, (to_come,) = shown["chargingProcessInfo"], shown["scheduledChargingProcessList"]
    assert (running["presystemId"], running["chargingRequestId"], to_come["chargingRequestId"]) == (
        f"urn:uuid:{UUID}", "urn:mockpilot:cr%201", "urn:mockpilot:50%20%25",
    )  # fmt: skip
    assert to_come["vehicleId"] == "bus of 50 %"


@EACH_DIALECT
def test_texts_are_told_as_they_are(spoken: Dialect) -> None:
    """Whatever may look like a place for a number in a text of a presystem is none."""
    text = "50 % %(soc).1f %s \x01(kw)d \u0001(kw)d"
    now = busy(vehicle=Vehicle(text), demand=demand(text))
    point = now.stations[1].points[0]
    point.fault, point.scheduled = Fault(OcppError.WEAK_SIGNAL, NOW, text), (scheduled(text),)
    now.stations[1].fault = Fault(OcppError.WEAK_SIGNAL, NOW, text)
    now.stations[0].points[0].scheduled = (scheduled(text, text),)
    payload = told(now, spoken)
    shown = points_of(payload)[spoken.spelling.out("p1")]
    assert shown["vehicleInfo"]["vehicleId"] == text
    assert shown["chargingPointFaultInfo"]["faultText"] == text
    assert shown["chargingProcessInfo"]["chargingRequestId"] == spoken.spelling.out(text)
    assert shown["scheduledChargingProcessList"][0]["vehicleId"] == f"bus of {text}"
    assert stations_of(payload)[spoken.spelling.out("s")]["chargingStationFaultInfo"]["faultText"] == text
    assert requests_shown(payload)[0][1:] == (spoken.spelling.out(text), spoken.spelling.out(text))


def test_rejected_requests_are_told_in_2_0_alone() -> None:
    """Earlier versions have no place for them."""
    rejected = (("P", "cr-1", "no such point"),)
    expected = [{"presystemId": "P", "chargingRequestId": "cr-1", "reason": "no such point"}]
    assert told(present(), VDV_2_0, rejected)["rejectedChargingRequestInfoList"] == expected
    assert list(told(present(), VDV_1_1, rejected)) == ["depotInfoList"]


def test_a_view_tells_what_has_changed_since_it_told_it_last() -> None:
    """Words are kept as long as they are true, and no longer."""
    now, view = busy(), View(VDV_1_1, NOW)
    point = now.stations[1].points[0]
    running = point.process
    assert running is not None

    def change(name: str, value: Any) -> None:
        setattr(running, name, value)

    def leave() -> None:
        point.process, point.state = None, PointState.AVAILABLE

    changes: list[Callable[[], None]] = [
        lambda: change("soc_percent", 45.0), lambda: change("charging_kw", 60.0),
        lambda: change("delivered_wh", 702.0), lambda: change("status", ProcessStatus.SUSPENDED_EV),
        lambda: change("demand", demand("other")), lambda: change("forecast", forecast(min_reached=after(61))),
        lambda: change("hvac_kw", 5.0), lambda: change("systems_kw", 5.0),
        lambda: change("preconditioning_left_s", 60.0), lambda: change("preconditioning_left_wh", 100.0),
        lambda: change("fault", VehicleFault("V", NOW)), lambda: setattr(point, "limit_kw", 50.0),
        lambda: setattr(point, "meter_wh", 2000.0), lambda: setattr(point, "fault", Fault(OcppError.WEAK_SIGNAL, NOW)),
        lambda: setattr(point, "scheduled", (scheduled("next"),)), leave,
        lambda: setattr(now.stations[1], "total_kw", 12.0),
        lambda: setattr(now.stations[1], "fault", Fault(OcppError.READER_FAILURE, NOW)),
        lambda: setattr(now.stations[0].points[0], "scheduled", (scheduled("waiting"),)),
    ]  # fmt: skip
    seen = [view.information(now)]
    for make in changes:
        make()
        seen.append(view.information(now))
        assert View(VDV_1_1, NOW).information(now) == seen[-1]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("state", PointState)
@EACH_DIALECT
def test_every_state_can_be_told(state: PointState, spoken: Dialect) -> None:
    """In every dialect, with a process and without."""
    for now in (present(), busy()):
        now.stations[1].points[0].state = state
        assert told(now, spoken)


@EACH_DIALECT
def test_a_thousand_busy_points_are_told_in_milliseconds(spoken: Dialect) -> None:
    """A push must not keep the links waiting; benchmarks/bench_view.py has the figures."""
    now, view = crowded(1000), View(spoken, NOW)
    assert len(points_of(json.loads(view.information(now)))) == 1001
    spent = []
    for _ in range(20):
        let_flow(now)
        begun = time.process_time()
        view.information(now)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.025
