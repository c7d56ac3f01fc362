"""ChargePilot's reading of VDV 463: version 1.1.0 with deviations, each a switch that is named and explained below.

What ChargePilot does not change comes from ``v1_1_0``; what it changes, and whatever contains a changed struct, is
written out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.common import Closed, DateTime, Open
from mockpilot.protocol.vocabulary.dialect import Dialect, Quirk
from mockpilot.protocol.vocabulary.v1_0_0 import ChargingPredictionDataFinalSoc
from mockpilot.protocol.vocabulary.v1_1_0 import (
    AutomaticPreconditioning,
    BootNotificationConfirmation,
    BootStatus,
    ChargingInstruction,
    ChargingPointFaultCode,
    ChargingPointFaultInfo,
    ChargingPointStatus,
    ChargingPredictionDataDepartureTime,
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

    @property
    def key(self) -> str:
        """The key that says so."""
        return "systemType" if isinstance(self.presystem, UnsetType) else "presystem"


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
    station_id: str, status: ChargingStationStatus, points: tuple[ChargingPointInfo, ...],
    fault: ChargingStationFaultInfo | UnsetType = UNSET, total_power: float | UnsetType = UNSET,
) -> ChargingStationInfo:  # fmt: skip
    """One station as ChargePilot shows it: its status is always told."""
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
    """Forecasts for a process that runs, each left out if it cannot be made."""
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


def scheduled_prediction(
    *, min_soc: float, min_time: str | None, max_soc: float, max_time: str | None, departure: str | None,
    departure_soc: float, horizon: str, progress: Sequence[tuple[str, float]] = (), finished: bool = False,
) -> ChargingPredictionData:  # fmt: skip
    """The guideline shows of a process to come what was asked for at least, and not when it will be reached."""
    least = ChargingPredictionDataMinSoc(requested_min_soc=min_soc)
    return ChargingPredictionData(charging_prediction_data_min_soc=least)


def information_request(
    depots: tuple[DepotInfo, ...], rejected: Sequence[tuple[str, str, str]] = ()
) -> ProvideChargingInformationRequest:
    """A push; this version has no place for rejected requests."""
    return ProvideChargingInformationRequest(depot_info_list=depots)


_QUIRKS = (
    Quirk("boot-key",
          "the guideline's boot sample says 'systemType' where the official schemas say 'presystem'; nobody outside "
          "knows which one the product reads, so exactly one of them is right",
          "BootNotificationRequest.systemType"),
    Quirk("presystem-id-free",
          "the guideline's samples name the presystem 'Presystem1', which is no URI as version 1.0 has it",
          "default_presystem_id"),
    Quirk("ids-free",
          "requests and processes go by '0', bare UUIDs and UUIDs with a number in the guideline's samples: the rules "
          "of 1.1, where ids are any text",
          "ids_are_uris"),
    Quirk("no-prediction-time",
          "scheduled processes in the guideline's sample predict the requested state of charge without "
          "'predictedTime', which the official schemas require",
          "information_needs_prediction_time"),
    Quirk("station-status",
          "the guideline shows the status of every station; 2.0 takes it out, so this is a profile of 1.1 at most",
          "ChargingStationInfo.chargingStationStatus"),
    Quirk("charging-instruction",
          "the guideline describes Normal, Changed and Terminate and asks for them; 2.0 takes them out",
          "has_instructions"),
    Quirk("prediction-names",
          "predictions go by the names of 1.1 (MinSoc, FinalSoc), not by those of 2.0 (MinTargetSoc, MaxTargetSoc)",
          "ChargingPredictionData.chargingPredictionDataMinSoc"),
    Quirk("error-key",
          "the guideline's error samples carry their text under 'message'; the official schemas name no key before "
          "2.0, and 'errorMessage' there",
          "error_key"),
    Quirk("error-payload-free",
          "the guideline allows a presystem any value in its error answers, the official frame only an object",
          "error_answer_may_be_anything"),
    Quirk("healthy-without-fault-info",
          "the guideline's table leaves the row of NoError empty: what is healthy carries no fault info, though a code "
          "called NoFaultKnown exists",
          "no_error_has_fault_info"),
    Quirk("closed-sources",
          "the guideline lists BMS, ITCS and CMS as sources; the official frame allows any text there",
          "sources"),
    Quirk("cyclic-push",
          "the guideline promises charging information every 15 s; the standard knows no fixed interval",
          "promised_push_interval_s"),
    Quirk("requests-follow-pushes",
          "the guideline wants charging requests only after the first charging information and only for points that "
          "it named; the standard says nothing about the order",
          "requests_follow_pushes"),
    Quirk("default-station",
          "every depot carries a synthetic station <depot>/0 with the point <depot>/0/0, always unavailable, where "
          "requests wait that name no point; the standard does not know it. All dialects of this tool show it, or "
          "such requests could not be seen",
          "default_station"),
    Quirk("reserved-never-sent",
          "the guideline says that the status Reserved, which the schemas have, is never sent: a reserved point is "
          "told as Unavailable",
          "sends_reserved"),
    Quirk("no-fault-known-for-unknown",
          "the guideline maps OtherError and unknown errors to NoFaultKnown, whose name suggests health; a presystem "
          "must not read it so",
          "unknown_error_is_no_fault_known"),
)  # fmt: skip

_NOTES = (
    ("the guideline's table of the boot confirmation calls its field 'systemType'; its own sample and the schemas "
     "say 'status', and so does this tool"),
    ("its sample of a presystem's error answer names the action ProvideChargingRequests; the only request that a "
     "presystem answers is ProvideChargingInformation"),
    "its samples hold comments and trailing commas; what travels is plain JSON",
    "its table of the envelope says 'MessageName' where the schemas say 'action'; neither word travels",
    ("its prose also spells 'ProvideChargingRequest', 'ChargingRequests.req' and 'Boot.Notification.conf'; on the "
     "wire there is one spelling per action"),
)


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
    quirks=_QUIRKS,
    notes=_NOTES,
    sources=("BMS", "ITCS", "CMS"),
    error_answer_may_be_anything=True,
    promised_push_interval_s=15.0,
    requests_follow_pushes=True,
    information_needs_prediction_time=False,
    sends_reserved=False,
    unknown_error_is_no_fault_known=True,
    vocabulary=sys.modules[__name__],
)
