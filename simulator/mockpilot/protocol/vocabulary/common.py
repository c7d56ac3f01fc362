"""What is the same in every version of VDV 463: scalar types, enumerations, and the structs that never changed.

A struct that differs anywhere is written out in the version's own module, not here. Wire names are declared field by
field. Optional fields are ``UNSET`` when their key is missing; VDV 463 knows no null.
"""

from __future__ import annotations

import enum
from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

DateTime: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 with offset, kept as the text that stood on the wire."""

Percent: TypeAlias = Annotated[float, Meta(ge=0, le=100)]


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object that allows nothing but its own keys."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """An object that allows further keys."""


# -- enumerations, values spelled as on the wire -------------------------------------------------------------------


class PresystemKind(enum.StrEnum):
    """What the presystem is; the boot payload says so."""

    BMS = "BMS"    # depot management: Betriebshofmanagementsystem
    ITCS = "ITCS"  # intermodal transport control system


class BootStatus(enum.StrEnum):
    """The CMS's answer to a boot."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


class ChargingInstruction(enum.StrEnum):
    """What is to be done with one charging request; gone in 2.0."""

    NORMAL = "Normal"        # compare with what is stored
    CHANGED = "Changed"      # known, with new values
    TERMINATE = "Terminate"  # known, to be removed


class ChargingStationStatus(enum.StrEnum):
    """State of a charging station; no longer sent in 2.0."""

    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ChargingPointStatus(enum.StrEnum):
    """State of a charging point."""

    AVAILABLE = "Available"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"        # ChargePilot never sends it
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ChargingStationFaultCode(enum.StrEnum):
    """Kind of fault of a charging station."""

    NO_FAULT_KNOWN = "NoFaultKnown"  # ChargePilot: an error of unknown kind, not health
    USAGE_FAILURE = "UsageFailure"
    COMMUNICATION_FAILURE = "CommunicationFailure"
    ELECTRICAL_OPERATION_FAILURE = "ElectricalOperationFailure"
    CONFIGURATION_FAILURE = "ConfigurationFailure"
    OTHER = "OtherChargingStationFailure"


class ChargingPointFaultCode(enum.StrEnum):
    """Kind of fault of a charging point."""

    NO_FAULT_KNOWN = "NoFaultKnown"  # ChargePilot: an error of unknown kind, not health
    USAGE_FAILURE = "UsageFailure"
    COMMUNICATION_FAILURE = "CommunicationFailure"
    OTHER = "OtherChargingPointFailure"


class ProcessStatus(enum.StrEnum):
    """How far a charging process is."""

    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"  # paused by load management
    SUSPENDED_EV = "SuspendedEV"      # paused by the vehicle
    FINISHING = "Finishing"
    QUEUED = "Queued"                 # waits for power
    REJECTED_TECHNICALLY = "ChargingRejectedTechnically"


# -- messages ------------------------------------------------------------------------------------------------------


class BootNotificationRequest(Closed, frozen=True, kw_only=True):
    """A presystem announces itself."""

    presystem: PresystemKind

    @property
    def kind(self) -> PresystemKind:
        """What announces itself, whatever key says so in a dialect."""
        return self.presystem

    @property
    def key(self) -> str:
        """The key that says so."""
        return "presystem"


class BootNotificationConfirmation(Closed, frozen=True, kw_only=True):
    """The CMS lets the presystem in, or not."""

    status: BootStatus


class EmptyConfirmation(Closed, frozen=True, kw_only=True):
    """A receipt, and nothing but a receipt."""


# -- parts of charging information ---------------------------------------------------------------------------------


class ChargingStationFaultInfo(Closed, frozen=True, kw_only=True):
    """A fault of a charging station."""

    charging_station_fault_code: ChargingStationFaultCode = field(name="chargingStationFaultCode")
    fault_text: str | UnsetType = field(default=UNSET, name="faultText")
    fault_time_stamp: DateTime = field(name="faultTimeStamp")


class ChargingPointFaultInfo(Closed, frozen=True, kw_only=True):
    """A fault of a charging point."""

    charging_point_fault_code: ChargingPointFaultCode = field(name="chargingPointFaultCode")
    fault_text: str | UnsetType = field(default=UNSET, name="faultText")
    fault_time_stamp: DateTime = field(name="faultTimeStamp")


class VehicleFaultInfo(Closed, frozen=True, kw_only=True):
    """A fault of a vehicle; its codes are free text."""

    vehicle_fault_code: str = field(name="vehicleFaultCode")
    fault_text: str | UnsetType = field(default=UNSET, name="faultText")
    fault_time_stamp: DateTime = field(name="faultTimeStamp")


class VehicleStatusInfo(Closed, frozen=True, kw_only=True):
    """What a vehicle is doing beside charging its traction battery."""

    conservation_charging_active: bool | UnsetType = field(default=UNSET, name="conservationChargingActive")
    system_preconditioning_active: bool | UnsetType = field(default=UNSET, name="systemPreconditioningActive")
    hvac_preconditioning_active: bool | UnsetType = field(default=UNSET, name="hvacPreconditioningActive")
    balancing_active: bool | UnsetType = field(default=UNSET, name="balancingActive")
    fossil_flame_control_active: bool | UnsetType = field(default=UNSET, name="fossilFlameControlActive")
    battery_charging_voltage: float | UnsetType = field(default=UNSET, name="batteryChargingVoltage")
    """Volts of the 12 or 24 V battery."""


class PreconditioningInfo(Closed, frozen=True, kw_only=True):
    """What a vehicle still needs for preconditioning."""

    hv_battery_preconditioning_time: int | UnsetType = field(default=UNSET, name="hvBatteryPreconditioningTime")
    """Minutes."""
    hv_battery_charging_energy: int | UnsetType = field(default=UNSET, name="hvBatteryChargingEnergy")
    """Wh; the unit is written down from 2.0 on."""
    vehicle_preconditioning_time: int | UnsetType = field(default=UNSET, name="vehiclePreconditioningTime")
    """Minutes."""
    vehicle_preconditioning_energy: int | UnsetType = field(default=UNSET, name="vehiclePreconditioningEnergy")
    """Wh; the unit is written down from 2.0 on."""
