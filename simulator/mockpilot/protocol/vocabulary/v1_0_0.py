"""VDV 463 version 1.0.0: every struct that this version does not share with all the others, and its dialect.

Objects are closed. Identifiers are URIs, lists of requests, depots, stations and points hold at least one entry, states
of charge are unbounded, and every prediction says when the least state of charge will be reached.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, UnsetType, field

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
    PreconditioningInfo,
    PresystemKind,
    ProcessStatus,
    VehicleFaultInfo,
    VehicleStatusInfo,
)
from mockpilot.protocol.vocabulary.dialect import Dialect
from mockpilot.protocol.vocabulary.spelling import AS_URIS

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

Uri: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "uri"})]
"""An identifier by RFC 3986."""

_NOT_EMPTY = Meta(min_length=1)


# -- ProvideChargingRequests ---------------------------------------------------------------------------------------


class PreconditioningRequest(enum.StrEnum):
    """What the vehicle is to prepare, as in VDV 261 edition 1."""

    WARM_WATER_AND_VENTILATION = "WarmWaterAndVentilation"
    HOT_WATER_AND_HEATING = "HotWaterAndHeating"
    NO_WATER_COOLING_OR_VENTILATION = "NoWaterCoolingOrVentilation"
    NONE_OR_SIGNAL_NOT_AVAILABLE = "NoClimaticPreconditioningOrSNA"


class AutomaticPreconditioning(Closed, frozen=True, kw_only=True):
    """Preconditioning whose course the vehicle decides."""

    preconditioning_request: PreconditioningRequest = field(name="preconditioningRequest")
    ambient_temperature: float | UnsetType = field(default=UNSET, name="ambientTemperature")
    """Degrees Celsius."""
    requested_finish_time: DateTime | UnsetType = field(default=UNSET, name="requestedFinishTime")

    @property
    def requested_start_time(self) -> UnsetType:
        """Unknown to this version."""
        return UNSET

    @property
    def target_soc(self) -> UnsetType:
        """Unknown to this version."""
        return UNSET


class ManualPreconditioning(Closed, frozen=True, kw_only=True):
    """Preconditioning whose course the presystem decides."""

    hvac_preconditioning_start_time: DateTime = field(name="hvacPreconditioningStartTime")
    hvac_auxiliary_consumer_power: int | UnsetType = field(default=UNSET, name="hvacAuxiliaryConsumerPower")
    """kW."""
    system_preconditioning_start_time: DateTime = field(name="systemPreconditioningStartTime")
    system_auxiliary_consumer_power: int | UnsetType = field(default=UNSET, name="systemAuxiliaryConsumerPower")
    """kW."""

    @property
    def target_soc(self) -> UnsetType:
        """Unknown to this version."""
        return UNSET


class ChargingRequestData(Closed, frozen=True, kw_only=True):
    """When a vehicle stays, and how full it comes and has to leave; %, unbounded in this version."""

    expected_arrival_time_at_charging_point: DateTime | UnsetType = field(
        default=UNSET, name="expectedArrivalTimeAtChargingPoint"
    )
    expected_soc_at_arrival: float | UnsetType = field(default=UNSET, name="expectedSocAtArrival")
    min_target_soc: float = field(name="minTargetSoc")
    max_target_soc: float = field(name="maxTargetSoc")
    requested_time_for_departure: DateTime | UnsetType = field(default=UNSET, name="requestedTimeForDeparture")
    ad_hoc_charging: bool | UnsetType = field(default=UNSET, name="adHocCharging")


class ChargingRequest(Closed, frozen=True, kw_only=True):
    """What a presystem asks for one vehicle."""

    charging_point_id: Uri | UnsetType = field(default=UNSET, name="chargingPointId")
    vehicle_id: str = field(name="vehicleId")
    charging_request_id: Uri = field(name="chargingRequestId")
    charging_process_id: Uri | UnsetType = field(default=UNSET, name="chargingProcessId")
    priority: int | UnsetType = UNSET
    charging_instruction: ChargingInstruction | UnsetType = field(default=UNSET, name="chargingInstruction")
    charging_request_data: ChargingRequestData = field(name="chargingRequestData")
    automatic_preconditioning: AutomaticPreconditioning | UnsetType = field(
        default=UNSET, name="automaticPreconditioning"
    )
    manual_preconditioning: ManualPreconditioning | UnsetType = field(default=UNSET, name="manualPreconditioning")


class ProvideChargingRequestsRequest(Closed, frozen=True, kw_only=True):
    """All charging requests that a presystem has: the list replaces the one before."""

    charging_request_list: Annotated[tuple[ChargingRequest, ...], _NOT_EMPTY] = field(name="chargingRequestList")


# -- ProvideChargingInformation ------------------------------------------------------------------------------------


class VehicleChargingStatus(enum.StrEnum):
    """What a vehicle says about charging."""

    READY_TO_CHARGE = "ReadyToCharge"
    CHARGING = "Charging"
    CHARGING_IMPOSSIBLE = "ChargingImpossible"
    UNKNOWN = "Unknown"


class TractionBatteryInfo(Closed, frozen=True, kw_only=True):
    """State of a traction battery; %, unbounded in this version."""

    state_of_health: float | UnsetType = field(default=UNSET, name="stateOfHealth")
    state_of_charge: float | UnsetType = field(default=UNSET, name="stateOfCharge")
    temperature: int | UnsetType = UNSET
    """Degrees Celsius."""


class VehicleInfo(Closed, frozen=True, kw_only=True):
    """The vehicle at a charging point."""

    vehicle_id: str = field(name="vehicleId")
    mileage: int | UnsetType = UNSET
    traction_battery_info: TractionBatteryInfo | UnsetType = field(default=UNSET, name="tractionBatteryInfo")
    vehicle_status_info: VehicleStatusInfo = field(name="vehicleStatusInfo")
    vehicle_charging_status: VehicleChargingStatus = field(name="vehicleChargingStatus")
    vehicle_fault_info: VehicleFaultInfo | UnsetType = field(default=UNSET, name="vehicleFaultInfo")
    preconditioning_info: PreconditioningInfo = field(name="preconditioningInfo")

    @property
    def evcc_id(self) -> UnsetType:
        """Unknown to this version."""
        return UNSET


class ElectricData(Closed, frozen=True, kw_only=True):
    """What flows at the moment."""

    charging_current: float | UnsetType = field(default=UNSET, name="chargingCurrent")
    """A."""
    charging_voltage: float | UnsetType = field(default=UNSET, name="chargingVoltage")
    """V."""
    charging_power: float = field(name="chargingPower")
    """kW."""
    reactive_power: float | UnsetType = field(default=UNSET, name="reactivePower")
    """kvar."""


class ChargingPredictionDataMinSoc(Closed, frozen=True, kw_only=True):
    """When the least state of charge that was asked for will be reached."""

    requested_min_soc: float = field(name="requestedMinSoc")
    """%, unbounded in the schema."""
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionDataFinalSoc(Closed, frozen=True, kw_only=True):
    """When the final state of charge will be reached."""

    predicted_final_soc: float = field(name="predictedFinalSoc")
    """%, unbounded in the schema."""
    predicted_time: DateTime = field(name="predictedTime")


class ChargingPredictionData(Closed, frozen=True, kw_only=True):
    """Forecasts for one charging process."""

    charging_prediction_data_min_soc: ChargingPredictionDataMinSoc = field(name="chargingPredictionDataMinSoc")
    charging_prediction_data_final_soc: ChargingPredictionDataFinalSoc | UnsetType = field(
        default=UNSET, name="chargingPredictionDataFinalSoc"
    )


class ChargingProcessInfo(Closed, frozen=True, kw_only=True):
    """The charging process that is running at a point."""

    presystem_id: Uri | UnsetType = field(default=UNSET, name="presystemId")
    charging_request_id: Uri | UnsetType = field(default=UNSET, name="chargingRequestId")
    charging_process_id: Uri = field(name="chargingProcessId")
    process_status: ProcessStatus = field(name="processStatus")
    start_time: DateTime = field(name="startTime")
    charging_prediction_data: ChargingPredictionData = field(name="chargingPredictionData")
    electric_data: ElectricData = field(name="electricData")
    delivered_energy: float | UnsetType = field(default=UNSET, name="deliveredEnergy")
    """Wh."""


class ScheduledChargingProcess(Closed, frozen=True, kw_only=True):
    """A charging process to come."""

    presystem_id: Uri | UnsetType = field(default=UNSET, name="presystemId")
    charging_request_id: Uri = field(name="chargingRequestId")
    charging_process_id: Uri | UnsetType = field(default=UNSET, name="chargingProcessId")
    vehicle_id: str = field(name="vehicleId")
    start_time: DateTime | UnsetType = field(default=UNSET, name="startTime")
    charging_prediction_data: ChargingPredictionData = field(name="chargingPredictionData")


class ChargingPointInfo(Closed, frozen=True, kw_only=True):
    """One charging point."""

    charging_point_id: Uri = field(name="chargingPointId")
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

    charging_station_id: Uri = field(name="chargingStationId")
    charging_station_status: ChargingStationStatus = field(name="chargingStationStatus")
    charging_point_info_list: Annotated[tuple[ChargingPointInfo, ...], _NOT_EMPTY] = field(name="chargingPointInfoList")
    charging_station_fault_info: ChargingStationFaultInfo | UnsetType = field(
        default=UNSET, name="chargingStationFaultInfo"
    )
    total_power: float | UnsetType = field(default=UNSET, name="totalPower")
    """kW, on the side of the grid."""


class DepotInfo(Closed, frozen=True, kw_only=True):
    """One depot with its stations."""

    depot_id: Uri = field(name="depotId")
    name: str | UnsetType = UNSET
    charging_station_info_list: Annotated[tuple[ChargingStationInfo, ...], _NOT_EMPTY] = field(
        name="chargingStationInfoList"
    )


class ProvideChargingInformationRequest(Closed, frozen=True, kw_only=True):
    """A complete picture of the depots: what the CMS pushes."""

    depot_info_list: Annotated[tuple[DepotInfo, ...], _NOT_EMPTY] = field(name="depotInfoList")


# -- errors, and what the view needs -------------------------------------------------------------------------------


class ErrorAnswer(Open, frozen=True, kw_only=True):
    """Our own error answer; no version before 2.0 defines one, so this is the form that 2.0 settled on."""

    text: str = field(name="errorMessage")


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
    """Forecasts as this version has them; what is never reached is foreseen for ``horizon`` where a time is a must."""
    least = ChargingPredictionDataMinSoc(
        requested_min_soc=min_soc, predicted_time=horizon if min_time is None else min_time
    )
    if max_time is None:
        return ChargingPredictionData(charging_prediction_data_min_soc=least)
    final = ChargingPredictionDataFinalSoc(predicted_final_soc=max_soc, predicted_time=max_time)
    return ChargingPredictionData(charging_prediction_data_min_soc=least, charging_prediction_data_final_soc=final)


scheduled_prediction = charging_prediction
"""Processes to come are forecast like those that run."""


def vehicle_charging_status(*, charging: bool, preconditioning: bool, impossible: bool) -> VehicleChargingStatus:
    """What a vehicle is said to do; this version has no word for preconditioning."""
    if impossible:
        return VehicleChargingStatus.CHARGING_IMPOSSIBLE
    return VehicleChargingStatus.CHARGING if charging else VehicleChargingStatus.READY_TO_CHARGE


def information_request(
    depots: tuple[DepotInfo, ...], rejected: Sequence[tuple[str, str, str]] = ()
) -> ProvideChargingInformationRequest:
    """A push; this version has no place for rejected requests."""
    return ProvideChargingInformationRequest(depot_info_list=depots)


DIALECT = Dialect(
    name="vdv-1.0",
    title="VDV 463 version 1.0.0",
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
    spelling=AS_URIS,
    ids_are_uris=True,
    default_presystem_id="urn:mockpilot:presystem1",
    vocabulary=sys.modules[__name__],
)
