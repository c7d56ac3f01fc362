"""ChargePilot's states and error codes in the words of VDV 463."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mockpilot.depot.model import OcppError, PointState
from mockpilot.depot.ocpp_mapping import point_fault_code, point_status, station_fault_code, station_status
from mockpilot.protocol.vocabulary import DIALECTS, dialect

CHARGEPILOT, VDV_1_1 = dialect("chargepilot"), dialect("vdv-1.1")
STANDARD = [spoken for name, spoken in DIALECTS.items() if name != "chargepilot"]

POINT_STATUS = {
    "Available": "available",
    "Occupied": "preparing charging finishing paused_ev paused_lm suspended_ev suspended_evse",
    "Reserved": "reserved",
    "Unavailable": "unavailable offline",
    "Faulted": "error unknown",
}
POINT_FAULT = {
    "": "NoError",
    "CommunicationFailure": "EVCommunicationError WeakSignal",
    "UsageFailure": "ConnectorLockFailure GroundFailure HighTemperature LocalListConflict OverCurrentFailure "
                    "PowerMeterFailure PowerSwitchFailure ReaderFailure ResetFailure UnderVoltage OverVoltage",
    "OtherChargingPointFailure": "InternalError",
    "NoFaultKnown": "OtherError Unknown",
}  # fmt: skip
STATION_FAULT = {
    "": "NoError",
    "CommunicationFailure": "EVCommunicationError WeakSignal",
    "ElectricalOperationFailure": "GroundFailure PowerMeterFailure PowerSwitchFailure HighTemperature OverVoltage "
                                  "UnderVoltage OverCurrentFailure",
    "ConfigurationFailure": "LocalListConflict",
    "OtherChargingStationFailure": "ConnectorLockFailure InternalError ReaderFailure ResetFailure",
    "NoFaultKnown": "OtherError Unknown",
}  # fmt: skip


def rows(table: dict[str, str]) -> dict[str, str]:
    """Table rows, turned round: from each word of ours to the one of VDV 463."""
    return {word: told for told, words in table.items() for word in words.split()}


def test_every_state_of_a_point_has_its_status() -> None:
    """Row by row as the guideline has them; no state is forgotten."""
    told = {str(state): str(point_status(state, VDV_1_1)) for state in PointState}
    assert rows(POINT_STATUS) == told


def test_chargepilot_never_sends_reserved() -> None:
    """There it is unavailable, like whatever else cannot be used; everything else stays."""
    told = {str(state): str(point_status(state, CHARGEPILOT)) for state in PointState}
    assert rows(POINT_STATUS) | {"reserved": "Unavailable"} == told


def test_every_error_code_has_its_fault_code() -> None:
    """In ChargePilot, a point and a station sort them differently, and no error means no fault info."""
    points = {str(error): str(point_fault_code(error, CHARGEPILOT) or "") for error in OcppError}
    stations = {str(error): str(station_fault_code(error, CHARGEPILOT) or "") for error in OcppError}
    assert (rows(POINT_FAULT), rows(STATION_FAULT)) == (points, stations)


@pytest.mark.parametrize("spoken", STANDARD, ids=lambda spoken: spoken.name)
@pytest.mark.parametrize("error", [OcppError.OTHER_ERROR, OcppError.UNKNOWN])
def test_errors_of_no_kind_are_other_errors_in_the_standard(error: OcppError, spoken: object) -> None:
    """NoFaultKnown for what is known to be a fault is ChargePilot's own reading."""
    assert isinstance(spoken, type(CHARGEPILOT))
    assert (point_fault_code(error, spoken), station_fault_code(error, spoken)) == (
        "OtherChargingPointFailure", "OtherChargingStationFailure",
    )  # fmt: skip


def test_health_can_be_told_as_a_code() -> None:
    """Where a dialect wants a fault info at any time, a healthy one says that no fault is known."""
    wordy = replace(VDV_1_1, no_error_has_fault_info=True)
    assert (point_fault_code(OcppError.NO_ERROR, wordy), station_fault_code(OcppError.NO_ERROR, wordy)) == (
        "NoFaultKnown", "NoFaultKnown",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "silent_s", "told"),
    [
        ("NoError", None, "Available"),
        ("NoError", 59.9, "Available"),
        ("NoError", 60, "Unavailable"),
        ("GroundFailure", None, "Faulted"),
        ("WeakSignal", 59.9, "Faulted"),
        ("GroundFailure", 3600, "Unavailable"),
    ],
)
def test_a_station_is_faulted_with_any_code_and_unavailable_when_silent(
    error: str, silent_s: float | None, told: str
) -> None:
    """One minute without a status makes it offline, whatever it said last."""
    silent = None if silent_s is None else timedelta(seconds=silent_s)
    assert told == station_status(OcppError(error), silent)
