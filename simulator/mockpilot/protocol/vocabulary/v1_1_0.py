"""VDV 463 version 1.1.0: every struct that this version changed, and its dialect.

Objects are closed, with the one exception that the official schema makes. Identifiers are free strings, lists may be
empty, states of charge lie in 0…100 where the schema says so (predictions are unbounded).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import MappingProxyType

from msgspec import UNSET, UnsetType, field

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.common import (
    BootNotificationConfirmation,
    BootNotificationRequest,
    BootStatus,
    ChargingInstruction,
    ChargingPointFaultCode,
    ChargingPointFaultInfo,
    ChargingPointStatus,
    ChargingStationFaultCode,
    ChargingStationFaultInfo,
    ChargingStationStatus,
    Closed,
    DateTime,
    EmptyConfirmation,
    Open,
    Percent,
    PreconditioningInfo,
    PresystemKind,
    ProcessStatus,
    VehicleFaultInfo,
    VehicleStatusInfo,
)
from mockpilot.protocol.vocabulary.dialect import Dialect
from mockpilot.protocol.vocabulary.v1_0_0 import (
    ChargingPredictionDataFinalSoc,
    ChargingPredictionDataMinSoc,
    ElectricData,
    ErrorAnswer,
    ManualPreconditioning,
    PreconditioningRequest,
    VehicleChargingStatus,
    vehicle_charging_status,
)

__all__ = [
    "DIALECT", "AutomaticPreconditioning", "BootNotificationConfirmation", "BootNotificationRequest", "BootStatus",
    "ChargingInstruction", "ChargingPointFaultCode", "ChargingPointFaultInfo", "ChargingPointInfo",
    "ChargingPointStatus", "ChargingPredictionData", "ChargingProcessInfo", "ChargingRequest", "ChargingRequestData",
    "ChargingStationFaultCode", "ChargingStationFaultInfo", "ChargingStationInfo", "ChargingStationStatus",
    "DepotInfo", "ElectricData", "EmptyConfirmation", "ErrorAnswer", "ManualPreconditioning", "PreconditioningInfo",
    "PreconditioningRequest", "PresystemKind", "ProcessStatus", "ProvideChargingInformationRequest",
    "ProvideChargingRequestsRequest", "ScheduledChargingProcess", "TractionBatteryInfo", "VehicleChargingStatus",
    "VehicleFaultInfo", "VehicleInfo", "VehicleStatusInfo", "charging_point_info", "charging_prediction",
    "charging_station_info", "information_request", "scheduled_prediction", "vehicle_charging_status",
]  # fmt: skip


# -- ProvideChargingRequests ---------------------------------------------------------------------------------------


class AutomaticPreconditioning(Closed, frozen=True, kw_only=True):
    """Preconditioning whose course the vehicle decides."""

    preconditioning_request: PreconditioningRequest = field(name="preconditioningRequest")
    ambient_temperature: float | UnsetType = field(default=UNSET, name="ambientTemperature")
    """Degrees Celsius."""
    requested_start_time: DateTime | UnsetType = field(default=UNSET, name="requestedStartTime")
    requested_finish_time: DateTime | UnsetType = field(default=UNSET, name="requestedFinishTime")

    @property
    def target_soc(self) -> UnsetType:
        """Unknown to this version."""
        return UNSET


class ChargingRequestData(Closed, frozen=True, kw_only=True):
    """When a vehicle stays, and how full it comes and has to leave."""

    expected_arrival_time_at_charging_point: DateTime | UnsetType = field(
        default=UNSET, name="expectedArrivalTimeAtChargingPoint"
    )
    expected_soc_at_arrival: Percent | UnsetType = field(default=UNSET, name="expectedSocAtArrival")
    min_target_soc: Percent = field(name="minTargetSoc")
    max_target_soc: Percent = field(name="maxTargetSoc")
    requested_time_for_departure: DateTime | UnsetType = field(default=UNSET, name="requestedTimeForDeparture")
    ad_hoc_charging: bool | UnsetType = field(default=UNSET, name="adHocCharging")


class ChargingRequest(Closed, frozen=True, kw_only=True):
    """What a presystem asks for one vehicle."""

    charging_point_id: str | UnsetType = field(default=UNSET, name="chargingPointId")
    vehicle_id: str = field(name="vehicleId")
    charging_request_id: str = field(name="chargingRequestId")
    charging_process_id: str | UnsetType = field(default=UNSET, name="chargingProcessId")
    priority: int | UnsetType = UNSET
    charging_instruction: ChargingInstruction | UnsetType = field(default=UNSET, name="chargingInstruction")
    charging_request_data: ChargingRequestData = field(name="chargingRequestData")
    automatic_preconditioning: AutomaticPreconditioning | UnsetType = field(
        default=UNSET, name="automaticPreconditioning"
    )
    manual_preconditioning: ManualPreconditioning | UnsetType = field(default=UNSET, name="manualPreconditioning")


class ProvideChargingRequestsRequest(Closed, frozen=True, kw_only=True):
    """All charging requests that a presystem has: the list replaces the one before."""

    charging_request_list: tuple[ChargingRequest, ...] = field(name="chargingRequestList")


# -- ProvideChargingInformation ------------------------------------------------------------------------------------


class TractionBatteryInfo(Closed, frozen=True, kw_only=True):
    """State of a traction battery."""

    state_of_health: Percent | UnsetType = field(default=UNSET, name="stateOfHealth")
    state_of_charge: Percent | UnsetType = field(default=UNSET, name="stateOfCharge")
    temperature: int | UnsetType = UNSET
    """Degrees Celsius."""


class VehicleInfo(Closed, frozen=True, kw_only=True):
    """The vehicle at a charging point."""

    vehicle_id: str = field(name="vehicleId")
    evcc_id: str | UnsetType = field(default=UNSET, name="evccId")
    """MAC address of the vehicle's communication controller, ISO 15118."""
    mileage: int | UnsetType = UNSET
    traction_battery_info: TractionBatteryInfo | UnsetType = field(default=UNSET, name="tractionBatteryInfo")
    vehicle_status_info: VehicleStatusInfo = field(name="vehicleStatusInfo")
    vehicle_charging_status: VehicleChargingStatus = field(name="vehicleChargingStatus")
    vehicle_fault_info: VehicleFaultInfo | UnsetType = field(default=UNSET, name="vehicleFaultInfo")
    preconditioning_info: PreconditioningInfo = field(name="preconditioningInfo")


class ChargingPredictionDataDepartureTime(Open, frozen=True, kw_only=True):
    """How full the vehicle will be when it leaves; the only object that 1.1 leaves open."""

    predicted_departure_time_soc: float = field(name="predictedDepartureTimeSoc")
    """%, unbounded in the schema."""
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionData(Closed, frozen=True, kw_only=True):
    """Forecasts for one charging process; may be empty."""

    charging_prediction_data_min_soc: ChargingPredictionDataMinSoc | UnsetType = field(
        default=UNSET, name="chargingPredictionDataMinSoc"
    )
    charging_prediction_data_final_soc: ChargingPredictionDataFinalSoc | UnsetType = field(
        default=UNSET, name="chargingPredictionDataFinalSoc"
    )
    charging_prediction_data_departure_time: ChargingPredictionDataDepartureTime | UnsetType = field(
        default=UNSET, name="chargingPredictionDataDepartureTime"
    )


class ChargingProcessInfo(Closed, frozen=True, kw_only=True):
    """The charging process that is running at a point."""

    presystem_id: str | UnsetType = field(default=UNSET, name="presystemId")
    charging_request_id: str | UnsetType = field(default=UNSET, name="chargingRequestId")
    charging_process_id: str = field(name="chargingProcessId")
    process_status: ProcessStatus = field(name="processStatus")
    start_time: DateTime = field(name="startTime")
    charging_prediction_data: ChargingPredictionData = field(name="chargingPredictionData")
    electric_data: ElectricData = field(name="electricData")
    delivered_energy: float | UnsetType = field(default=UNSET, name="deliveredEnergy")
    """Wh."""


class ScheduledChargingProcess(Closed, frozen=True, kw_only=True):
    """A charging process to come."""

    presystem_id: str | UnsetType = field(default=UNSET, name="presystemId")
    charging_request_id: str = field(name="chargingRequestId")
    charging_process_id: str | UnsetType = field(default=UNSET, name="chargingProcessId")
    vehicle_id: str = field(name="vehicleId")
    start_time: DateTime | UnsetType = field(default=UNSET, name="startTime")
    charging_prediction_data: ChargingPredictionData = field(name="chargingPredictionData")


class ChargingPointInfo(Closed, frozen=True, kw_only=True):
    """One charging point."""

    charging_point_id: str = field(name="chargingPointId")
    charging_point_status: ChargingPointStatus = field(name="chargingPointStatus")
    inside_temperature: float | UnsetType = field(default=UNSET, name="insideTemperature")
    """Degrees Celsius, like the other two."""
    outside_temperature: float | UnsetType = field(default=UNSET, name="outsideTemperature")
    connector_temperature: float | UnsetType = field(default=UNSET, name="connectorTemperature")
    present_power: float | UnsetType = field(default=UNSET, name="presentPower")
    """kW; 2.0 makes clear that the limit is meant."""
    energy_meter_reading: float | UnsetType = field(default=UNSET, name="energyMeterReading")
    """Wh."""
    charging_point_fault_info: ChargingPointFaultInfo | UnsetType = field(
        default=UNSET, name="chargingPointFaultInfo"
    )
    vehicle_info: VehicleInfo | UnsetType = field(default=UNSET, name="vehicleInfo")
    charging_process_info: ChargingProcessInfo | UnsetType = field(default=UNSET, name="chargingProcessInfo")
    scheduled_charging_process_list: tuple[ScheduledChargingProcess, ...] | UnsetType = field(
        default=UNSET, name="scheduledChargingProcessList"
    )


class ChargingStationInfo(Closed, frozen=True, kw_only=True):
    """One charging station with its points."""

    charging_station_id: str = field(name="chargingStationId")
    charging_station_status: ChargingStationStatus = field(name="chargingStationStatus")
    charging_point_info_list: tuple[ChargingPointInfo, ...] = field(name="chargingPointInfoList")
    charging_station_fault_info: ChargingStationFaultInfo | UnsetType = field(
        default=UNSET, name="chargingStationFaultInfo"
    )
    total_power: float | UnsetType = field(default=UNSET, name="totalPower")
    """kW, on the side of the grid."""


class DepotInfo(Closed, frozen=True, kw_only=True):
    """One depot with its stations."""

    depot_id: str = field(name="depotId")
    name: str | UnsetType = UNSET
    charging_station_info_list: tuple[ChargingStationInfo, ...] = field(name="chargingStationInfoList")


class ProvideChargingInformationRequest(Closed, frozen=True, kw_only=True):
    """A complete picture of the depots: what the CMS pushes."""

    depot_info_list: tuple[DepotInfo, ...] = field(name="depotInfoList")


# -- what the view needs --------------------------------------------------------------------------------------------


def charging_station_info(
    station_id: str, status: ChargingStationStatus, points: tuple[ChargingPointInfo, ...],
    fault: ChargingStationFaultInfo | UnsetType = UNSET, total_power: float | UnsetType = UNSET,
) -> ChargingStationInfo:  # fmt: skip
    """One station as this version shows it."""
    return ChargingStationInfo(
        charging_station_id=station_id, charging_station_status=status, charging_point_info_list=points,
        charging_station_fault_info=fault, total_power=total_power,
    )  # fmt: skip


def charging_point_info(
    point_id: str, status: ChargingPointStatus, *, power_limit_kw: float | UnsetType = UNSET,
    energy_meter_reading: float | UnsetType = UNSET, fault: ChargingPointFaultInfo | UnsetType = UNSET,
    vehicle: VehicleInfo | UnsetType = UNSET, process: ChargingProcessInfo | UnsetType = UNSET,
    scheduled: tuple[ScheduledChargingProcess, ...] | UnsetType = UNSET,
) -> ChargingPointInfo:  # fmt: skip
    """One point; ``presentPower`` tells its limit."""
    return ChargingPointInfo(
        charging_point_id=point_id, charging_point_status=status, present_power=power_limit_kw,
        energy_meter_reading=energy_meter_reading, charging_point_fault_info=fault, vehicle_info=vehicle,
        charging_process_info=process, scheduled_charging_process_list=scheduled,
    )  # fmt: skip


def charging_prediction(
    *, min_soc: float, min_time: str | None, max_soc: float, max_time: str | None, departure: str | None,
    departure_soc: float, horizon: str, progress: Sequence[tuple[str, float]] = (), finished: bool = False,
) -> ChargingPredictionData:  # fmt: skip
    """Forecasts as this version has them, each left out if it cannot be made."""
    return ChargingPredictionData(
        charging_prediction_data_min_soc=UNSET if min_time is None else ChargingPredictionDataMinSoc(
            requested_min_soc=min_soc, predicted_time=min_time
        ),
        charging_prediction_data_final_soc=UNSET if max_time is None else ChargingPredictionDataFinalSoc(
            predicted_final_soc=max_soc, predicted_time=max_time
        ),
        charging_prediction_data_departure_time=UNSET if departure is None else ChargingPredictionDataDepartureTime(
            predicted_departure_time_soc=departure_soc, predicted_time=departure
        ),
    )  # fmt: skip


scheduled_prediction = charging_prediction
"""Processes to come are forecast like those that run."""


def information_request(
    depots: tuple[DepotInfo, ...], rejected: Sequence[tuple[str, str, str]] = ()
) -> ProvideChargingInformationRequest:
    """A push; this version has no place for rejected requests."""
    return ProvideChargingInformationRequest(depot_info_list=depots)


DIALECT = Dialect(
    name="vdv-1.1",
    title="VDV 463 version 1.1.0",
    # Error answers are missing on purpose: no schema before 2.0 says what stands in them.
    payloads=MappingProxyType({
        (Action.BOOT_NOTIFICATION, MessageType.REQUEST): BootNotificationRequest,
        (Action.BOOT_NOTIFICATION, MessageType.CONFIRMATION): BootNotificationConfirmation,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST): ProvideChargingRequestsRequest,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.CONFIRMATION): EmptyConfirmation,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST): ProvideChargingInformationRequest,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.CONFIRMATION): EmptyConfirmation,
    }),
    error_key="errorMessage",
    subprotocols=("v1.463.vdv.de",),
    guideline_only=False,
    vocabulary=sys.modules[__name__],
)
