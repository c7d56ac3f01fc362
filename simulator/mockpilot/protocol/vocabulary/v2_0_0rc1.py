"""VDV 463 version 2.0.0, release candidate 1: every struct that this version changed, and its dialect.

Objects are closed, error answers too. Charging requests carry no instruction and stations no status; predictions are
named after targets, say whether they are finished and may show the course; requests can be rejected in a push.
"""

from __future__ import annotations

import enum
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
    Percent,
    PreconditioningInfo,
    PresystemKind,
    ProcessStatus,
    VehicleFaultInfo,
    VehicleStatusInfo,
)
from mockpilot.protocol.vocabulary.dialect import Dialect
from mockpilot.protocol.vocabulary.v1_1_0 import ChargingRequestData

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


class PreconditioningRequest(enum.StrEnum):
    """What the vehicle is to prepare, as in VDV 261 edition 2."""

    WARM_WATER_AND_VENTILATION = "WarmWaterAndVentilation"
    HOT_WATER_AND_HEATING = "HotWaterAndHeating"
    NO_WATER_COOLING_OR_VENTILATION = "NoWaterCoolingOrVentilation"
    NONE_OR_SIGNAL_NOT_AVAILABLE = "NoClimaticPreconditioningOrSNA"  # kept from edition 1
    NONE_OR_CHOSEN_BY_VEHICLE = "NoClimatePreconditioningOrAutomaticPreselectionByTheVehicle"
    SIGNAL_NOT_AVAILABLE = "SNA"


class AutomaticPreconditioning(Closed, frozen=True, kw_only=True):
    """Preconditioning whose course the vehicle decides."""

    preconditioning_request: PreconditioningRequest = field(name="preconditioningRequest")
    ambient_temperature: float | UnsetType = field(default=UNSET, name="ambientTemperature")
    """Degrees Celsius."""
    requested_start_time: DateTime | UnsetType = field(default=UNSET, name="requestedStartTime")
    requested_finish_time: DateTime | UnsetType = field(default=UNSET, name="requestedFinishTime")
    target_soc: Percent | UnsetType = field(default=UNSET, name="targetSoc")
    """Of the traction battery."""


class ManualPreconditioning(Closed, frozen=True, kw_only=True):
    """Preconditioning whose course the presystem decides."""

    hvac_preconditioning_start_time: DateTime = field(name="hvacPreconditioningStartTime")
    hvac_auxiliary_consumer_power: int | UnsetType = field(default=UNSET, name="hvacAuxiliaryConsumerPower")
    """kW."""
    system_preconditioning_start_time: DateTime = field(name="systemPreconditioningStartTime")
    system_auxiliary_consumer_power: int | UnsetType = field(default=UNSET, name="systemAuxiliaryConsumerPower")
    """kW."""
    target_soc: Percent | UnsetType = field(default=UNSET, name="targetSoc")
    """Of the traction battery."""


class ChargingRequest(Closed, frozen=True, kw_only=True):
    """What a presystem asks for one vehicle."""

    charging_point_id: str | UnsetType = field(default=UNSET, name="chargingPointId")
    vehicle_id: str = field(name="vehicleId")
    charging_request_id: str = field(name="chargingRequestId")
    charging_process_id: str | UnsetType = field(default=UNSET, name="chargingProcessId")
    priority: int | UnsetType = UNSET
    charging_request_data: ChargingRequestData = field(name="chargingRequestData")
    automatic_preconditioning: AutomaticPreconditioning | UnsetType = field(
        default=UNSET, name="automaticPreconditioning"
    )
    manual_preconditioning: ManualPreconditioning | UnsetType = field(default=UNSET, name="manualPreconditioning")

    @property
    def charging_instruction(self) -> UnsetType:
        """Gone: what is to be done shows in the difference between two lists."""
        return UNSET


class ProvideChargingRequestsRequest(Closed, frozen=True, kw_only=True):
    """All charging requests that a presystem has: the list replaces the one before."""

    charging_request_list: tuple[ChargingRequest, ...] = field(name="chargingRequestList")


# -- ProvideChargingInformation ------------------------------------------------------------------------------------


class VehicleChargingStatus(enum.StrEnum):
    """What a vehicle says about charging and preconditioning."""

    READY_TO_CHARGE = "ReadyToCharge"
    CHARGING = "Charging"
    CHARGING_AND_PRECONDITIONING = "ChargingAndPreconditioning"
    PRECONDITIONING = "Preconditioning"
    CHARGING_IMPOSSIBLE = "ChargingImpossible"
    UNKNOWN = "Unknown"


class CondensedStatus(enum.StrEnum):
    """Health in one word."""

    OK = "OK"
    NOT_OK = "NOK"
    NOT_AVAILABLE = "NA"


class TractionBatteryInfo(Closed, frozen=True, kw_only=True):
    """State of a traction battery."""

    state_of_health: Percent | UnsetType = field(default=UNSET, name="stateOfHealth")
    state_of_charge: Percent | UnsetType = field(default=UNSET, name="stateOfCharge")
    temperature: int | UnsetType = UNSET
    """Degrees Celsius."""
    battery_status: CondensedStatus | UnsetType = field(default=UNSET, name="batteryStatus")


class H2TankInfo(Closed, frozen=True, kw_only=True):
    """State of a hydrogen tank."""

    h2_tank_status: CondensedStatus | UnsetType = field(default=UNSET, name="h2TankStatus")


class VehicleInfo(Closed, frozen=True, kw_only=True):
    """The vehicle at a charging point."""

    vehicle_id: str = field(name="vehicleId")
    evcc_id: str | UnsetType = field(default=UNSET, name="evccId")
    """MAC address of the vehicle's communication controller, ISO 15118."""
    mileage: int | UnsetType = UNSET
    h2_tank_info: H2TankInfo | UnsetType = field(default=UNSET, name="h2TankInfo")
    traction_battery_info: TractionBatteryInfo | UnsetType = field(default=UNSET, name="tractionBatteryInfo")
    vehicle_status_info: VehicleStatusInfo = field(name="vehicleStatusInfo")
    vehicle_charging_status: VehicleChargingStatus = field(name="vehicleChargingStatus")
    vehicle_fault_info: VehicleFaultInfo | UnsetType = field(default=UNSET, name="vehicleFaultInfo")
    preconditioning_info: PreconditioningInfo = field(name="preconditioningInfo")


class ElectricData(Closed, frozen=True, kw_only=True):
    """What flows at the moment."""

    charging_current: float | UnsetType = field(default=UNSET, name="chargingCurrent")
    """A."""
    charging_voltage: float | UnsetType = field(default=UNSET, name="chargingVoltage")
    """V."""
    charging_power: float | UnsetType = field(default=UNSET, name="chargingPower")
    """kW."""
    reactive_power: float | UnsetType = field(default=UNSET, name="reactivePower")
    """kvar."""


class ChargingPredictionDataStatus(enum.StrEnum):
    """Whether there is still something to foresee."""

    ONGOING = "Ongoing"
    FINISHED = "Finished"


class ChargingPredictionDataMinTargetSoc(Closed, frozen=True, kw_only=True):
    """When the least state of charge that was asked for will be reached."""

    requested_min_target_soc: Percent = field(name="requestedMinTargetSoc")
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionDataMaxTargetSoc(Closed, frozen=True, kw_only=True):
    """When the highest state of charge that was asked for will be reached."""

    requested_max_target_soc: Percent = field(name="requestedMaxTargetSoc")
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionDataDepartureTime(Closed, frozen=True, kw_only=True):
    """How full the vehicle will be at the departure that was asked for."""

    predicted_departure_time_soc: Percent = field(name="predictedDepartureTimeSoc")
    requested_time_for_departure: DateTime = field(name="requestedTimeForDeparture")


class ChargingProgressPredictionListEntry(Closed, frozen=True, kw_only=True):
    """How full the vehicle will be at one moment."""

    predicted_soc: Percent = field(name="predictedSoc")
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionData(Closed, frozen=True, kw_only=True):
    """Forecasts for one charging process."""

    charging_prediction_data_status: ChargingPredictionDataStatus = field(name="chargingPredictionDataStatus")
    charging_prediction_data_min_target_soc: ChargingPredictionDataMinTargetSoc | UnsetType = field(
        default=UNSET, name="chargingPredictionDataMinTargetSoc"
    )
    charging_prediction_data_max_target_soc: ChargingPredictionDataMaxTargetSoc | UnsetType = field(
        default=UNSET, name="chargingPredictionDataMaxTargetSoc"
    )
    charging_prediction_data_departure_time: ChargingPredictionDataDepartureTime | UnsetType = field(
        default=UNSET, name="chargingPredictionDataDepartureTime"
    )
    charging_progress_prediction_list: tuple[ChargingProgressPredictionListEntry, ...] | UnsetType = field(
        default=UNSET, name="chargingProgressPredictionList"
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
    present_power_limit: float | UnsetType = field(default=UNSET, name="presentPowerLimit")
    """kW, as currently set by load management."""
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
    charging_point_info_list: tuple[ChargingPointInfo, ...] = field(name="chargingPointInfoList")
    charging_station_fault_info: ChargingStationFaultInfo | UnsetType = field(
        default=UNSET, name="chargingStationFaultInfo"
    )
    total_power: float | UnsetType = field(default=UNSET, name="totalPower")
    """kW, on the side of the grid."""

    @property
    def charging_station_status(self) -> UnsetType:
        """Gone: points have a status, stations at most a fault."""
        return UNSET


class DepotInfo(Closed, frozen=True, kw_only=True):
    """One depot with its stations."""

    depot_id: str = field(name="depotId")
    name: str | UnsetType = UNSET
    charging_station_info_list: tuple[ChargingStationInfo, ...] = field(name="chargingStationInfoList")


class RejectedChargingRequestInfo(Closed, frozen=True, kw_only=True):
    """A charging request that cannot be carried out."""

    presystem_id: str = field(name="presystemId")
    charging_request_id: str = field(name="chargingRequestId")
    reason: str
    """For people."""


class ProvideChargingInformationRequest(Closed, frozen=True, kw_only=True):
    """A complete picture of the depots: what the CMS pushes."""

    depot_info_list: tuple[DepotInfo, ...] = field(name="depotInfoList")
    rejected_charging_request_info_list: tuple[RejectedChargingRequestInfo, ...] | UnsetType = field(
        default=UNSET, name="rejectedChargingRequestInfoList"
    )


# -- errors, and what the view needs -------------------------------------------------------------------------------


class ErrorAnswer(Closed, frozen=True, kw_only=True):
    """The error answer of either side, to whatever action."""

    text: str = field(name="errorMessage")


def charging_station_info(
    station_id: str, status: ChargingStationStatus, points: tuple[ChargingPointInfo, ...],
    fault: ChargingStationFaultInfo | UnsetType = UNSET, total_power: float | UnsetType = UNSET,
) -> ChargingStationInfo:  # fmt: skip
    """One station as this version shows it: without its status."""
    return ChargingStationInfo(
        charging_station_id=station_id, charging_point_info_list=points,
        charging_station_fault_info=fault, total_power=total_power,
    )  # fmt: skip


def charging_point_info(
    point_id: str, status: ChargingPointStatus, *, power_limit_kw: float | UnsetType = UNSET,
    energy_meter_reading: float | UnsetType = UNSET, fault: ChargingPointFaultInfo | UnsetType = UNSET,
    vehicle: VehicleInfo | UnsetType = UNSET, process: ChargingProcessInfo | UnsetType = UNSET,
    scheduled: tuple[ScheduledChargingProcess, ...] | UnsetType = UNSET,
) -> ChargingPointInfo:  # fmt: skip
    """One point as this version shows it."""
    return ChargingPointInfo(
        charging_point_id=point_id, charging_point_status=status, present_power_limit=power_limit_kw,
        energy_meter_reading=energy_meter_reading, charging_point_fault_info=fault, vehicle_info=vehicle,
        charging_process_info=process, scheduled_charging_process_list=scheduled,
    )  # fmt: skip


def charging_prediction(
    *, min_soc: float, min_time: str | None, max_soc: float, max_time: str | None, departure: str | None,
    departure_soc: float, horizon: str, progress: Sequence[tuple[str, float]] = (), finished: bool = False,
) -> ChargingPredictionData:  # fmt: skip
    """Forecasts as this version has them, each left out if it cannot be made, and their course."""
    course = tuple(
        ChargingProgressPredictionListEntry(predicted_soc=soc, predicted_time=time) for time, soc in progress
    )
    return ChargingPredictionData(
        charging_prediction_data_status=(
            ChargingPredictionDataStatus.FINISHED if finished else ChargingPredictionDataStatus.ONGOING
        ),
        charging_prediction_data_min_target_soc=UNSET if min_time is None else ChargingPredictionDataMinTargetSoc(
            requested_min_target_soc=min_soc, predicted_time=min_time
        ),
        charging_prediction_data_max_target_soc=UNSET if max_time is None else ChargingPredictionDataMaxTargetSoc(
            requested_max_target_soc=max_soc, predicted_time=max_time
        ),
        charging_prediction_data_departure_time=UNSET if departure is None else ChargingPredictionDataDepartureTime(
            predicted_departure_time_soc=departure_soc, requested_time_for_departure=departure
        ),
        charging_progress_prediction_list=course or UNSET,
    )  # fmt: skip


scheduled_prediction = charging_prediction
"""Processes to come are forecast like those that run."""


def vehicle_charging_status(*, charging: bool, preconditioning: bool, impossible: bool) -> VehicleChargingStatus:
    """What a vehicle is said to do."""
    if impossible:
        return VehicleChargingStatus.CHARGING_IMPOSSIBLE
    if charging and preconditioning:
        return VehicleChargingStatus.CHARGING_AND_PRECONDITIONING
    if preconditioning:
        return VehicleChargingStatus.PRECONDITIONING
    return VehicleChargingStatus.CHARGING if charging else VehicleChargingStatus.READY_TO_CHARGE


def information_request(
    depots: tuple[DepotInfo, ...], rejected: Sequence[tuple[str, str, str]] = ()
) -> ProvideChargingInformationRequest:
    """A push; ``rejected`` names presystem id, charging request id and reason of what cannot be carried out."""
    refused = tuple(
        RejectedChargingRequestInfo(presystem_id=presystem_id, charging_request_id=request_id, reason=reason)
        for presystem_id, request_id, reason in rejected
    )
    return ProvideChargingInformationRequest(
        depot_info_list=depots, rejected_charging_request_info_list=refused or UNSET
    )


DIALECT = Dialect(
    name="vdv-2.0-rc1",
    title="VDV 463 version 2.0.0, release candidate 1",
    payloads=MappingProxyType({
        (Action.BOOT_NOTIFICATION, MessageType.REQUEST): BootNotificationRequest,
        (Action.BOOT_NOTIFICATION, MessageType.CONFIRMATION): BootNotificationConfirmation,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST): ProvideChargingRequestsRequest,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.CONFIRMATION): EmptyConfirmation,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST): ProvideChargingInformationRequest,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.CONFIRMATION): EmptyConfirmation,
        (Action.BOOT_NOTIFICATION, MessageType.ERROR): ErrorAnswer,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.ERROR): ErrorAnswer,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.ERROR): ErrorAnswer,
    }),
    error_key="errorMessage",
    # No official text gives a subprotocol to 2.0: v2 is taken from whoever offers nothing else.
    subprotocols=("v1.463.vdv.de", "v2.463.vdv.de"),
    guideline_only=False,
    has_instructions=False,
    rejects_in_push=True,
    vocabulary=sys.modules[__name__],
)
