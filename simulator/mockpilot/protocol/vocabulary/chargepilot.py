"""ChargePilot's reading of VDV 463: version 1.1.0 with three deviations, each named and explained below.

What ChargePilot does not change comes from ``v1_1_0``; what it changes, and whatever contains a changed struct, is
written out.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.common import Closed, DateTime, Open
from mockpilot.protocol.vocabulary.dialect import Dialect, Quirk
from mockpilot.protocol.vocabulary.v1_1_0 import (
    AutomaticPreconditioning,
    BootNotificationConfirmation,
    BootStatus,
    ChargingInstruction,
    ChargingPointFaultCode,
    ChargingPointFaultInfo,
    ChargingPointStatus,
    ChargingPredictionDataDepartureTime,
    ChargingPredictionDataFinalSoc,
    ChargingRequest,
    ChargingRequestData,
    ChargingStationFaultCode,
    ChargingStationFaultInfo,
    ChargingStationStatus,
    ElectricData,
    EmptyConfirmation,
    ManualPreconditioning,
    PreconditioningInfo,
    PreconditioningRequest,
    PresystemKind,
    ProcessStatus,
    ProvideChargingRequestsRequest,
    TractionBatteryInfo,
    VehicleChargingStatus,
    VehicleFaultInfo,
    VehicleInfo,
    VehicleStatusInfo,
)

__all__ = [
    "DIALECT", "AutomaticPreconditioning", "BootNotificationConfirmation", "BootNotificationRequest", "BootStatus",
    "ChargingInstruction", "ChargingPointFaultCode", "ChargingPointFaultInfo", "ChargingPointInfo",
    "ChargingPointStatus", "ChargingPredictionData", "ChargingPredictionDataDepartureTime",
    "ChargingPredictionDataFinalSoc", "ChargingPredictionDataMinSoc", "ChargingProcessInfo", "ChargingRequest",
    "ChargingRequestData", "ChargingStationFaultCode", "ChargingStationFaultInfo", "ChargingStationInfo",
    "ChargingStationStatus", "DepotInfo", "ElectricData", "EmptyConfirmation", "ErrorAnswer", "ManualPreconditioning",
    "PreconditioningInfo", "PreconditioningRequest", "PresystemKind", "ProcessStatus",
    "ProvideChargingInformationRequest", "ProvideChargingRequestsRequest", "ScheduledChargingProcess",
    "TractionBatteryInfo", "VehicleChargingStatus", "VehicleFaultInfo", "VehicleInfo", "VehicleStatusInfo",
    "charging_station_info", "scheduled_prediction",
]  # fmt: skip


class BootNotificationRequest(Closed, frozen=True, kw_only=True):
    """A presystem announces itself, under one of two keys.

    Raises:
        ValueError: neither key is there; with both, ``presystem`` counts.
    """

    presystem: PresystemKind | UnsetType = UNSET
    system_type: PresystemKind | UnsetType = field(default=UNSET, name="systemType")

    def __post_init__(self) -> None:
        if isinstance(self.presystem, UnsetType) and isinstance(self.system_type, UnsetType):
            raise ValueError("'presystem' or 'systemType' is expected, found neither")

    @property
    def kind(self) -> PresystemKind:
        """What announces itself, whatever key says so."""
        kind = self.system_type if isinstance(self.presystem, UnsetType) else self.presystem
        assert not isinstance(kind, UnsetType)
        return kind


_ONE_BOOT_KEY = Meta(extra_json_schema={"oneOf": [{"required": ["presystem"]}, {"required": ["systemType"]}]})


class ChargingPredictionDataMinSoc(Closed, frozen=True, kw_only=True):
    """When the least state of charge that was asked for will be reached; scheduled processes leave the time out."""

    requested_min_soc: float = field(name="requestedMinSoc")
    """%, unbounded in the schema."""
    predicted_time: DateTime | UnsetType = field(default=UNSET, name="predictedTime")


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
    """kW."""
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


class ErrorAnswer(Open, frozen=True, kw_only=True):
    """Our own error answer, as the guideline shows it."""

    text: str = field(name="message")


def charging_station_info(
    station_id: str, status: ChargingStationStatus, points: tuple[ChargingPointInfo, ...]
) -> ChargingStationInfo:
    """One station as ChargePilot shows it."""
    return ChargingStationInfo(
        charging_station_id=station_id, charging_station_status=status, charging_point_info_list=points
    )


def scheduled_prediction(min_soc: float, predicted_time: str | UnsetType) -> ChargingPredictionData:
    """Prediction of a scheduled process: ``min_soc`` percent, and when, if that is to be told."""
    prediction = ChargingPredictionDataMinSoc(requested_min_soc=min_soc, predicted_time=predicted_time)
    return ChargingPredictionData(charging_prediction_data_min_soc=prediction)


DIALECT = Dialect(
    name="chargepilot",
    title="ChargePilot's profile of VDV 463 version 1.1.0",
    # Error answers are missing on purpose: the guideline allows any value in them.
    payloads=MappingProxyType({
        (Action.BOOT_NOTIFICATION, MessageType.REQUEST): Annotated[BootNotificationRequest, _ONE_BOOT_KEY],
        (Action.BOOT_NOTIFICATION, MessageType.CONFIRMATION): BootNotificationConfirmation,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST): ProvideChargingRequestsRequest,
        (Action.PROVIDE_CHARGING_REQUESTS, MessageType.CONFIRMATION): EmptyConfirmation,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST): ProvideChargingInformationRequest,
        (Action.PROVIDE_CHARGING_INFORMATION, MessageType.CONFIRMATION): EmptyConfirmation,
    }),
    error_key="message",
    subprotocols=("v1.463.vdv.de",),
    guideline_only=True,
    quirks=(
        Quirk("boot-key", "the guideline's boot sample says 'systemType' where the official schema says 'presystem'; "
                          "nobody outside knows which one the product reads, so exactly one of them is right"),
        Quirk("error-key", "the guideline's error samples carry their text under 'message'; the official schemas name "
                           "no key before 2.0, and 'errorMessage' there"),
        Quirk("no-prediction-time", "scheduled processes in the guideline's sample predict the requested state of "
                                    "charge without 'predictedTime', which the official schema requires"),
    ),
    information_needs_prediction_time=False,
    vocabulary=sys.modules[__name__],
)  # fmt: skip
