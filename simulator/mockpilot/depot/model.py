"""What a depot consists of, as plain immutable values: stations and points, vehicles, planned stays, planned troubles.

Beside the real stations every depot has a default station with one default point, where charging requests wait that
name no point. States and error codes are those of OCPP, as ChargePilot knows them; ``ocpp_mapping`` says what VDV 463
makes of them. Times are seconds after the depot's start, powers kW, energies kWh, states of charge percent.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass


class PointState(enum.StrEnum):
    """What a charging point is doing, in the words of ChargePilot's tables."""

    AVAILABLE = "available"
    PREPARING = "preparing"            # plugged in, not yet released
    CHARGING = "charging"
    FINISHING = "finishing"            # nothing more to charge, still plugged in
    PAUSED_EV = "paused_ev"            # older name of suspended_ev
    PAUSED_LM = "paused_lm"            # older name of suspended_evse
    SUSPENDED_EV = "suspended_ev"      # paused by the vehicle
    SUSPENDED_EVSE = "suspended_evse"  # paused by load management
    RESERVED = "reserved"              # OCPP has it; ChargePilot does not send it yet
    UNAVAILABLE = "unavailable"
    OFFLINE = "offline"
    ERROR = "error"
    UNKNOWN = "unknown"


class OcppError(enum.StrEnum):
    """Error codes of stations and points; a code may come with any state, healthy ones too."""

    NO_ERROR = "NoError"
    EV_COMMUNICATION_ERROR = "EVCommunicationError"
    WEAK_SIGNAL = "WeakSignal"
    CONNECTOR_LOCK_FAILURE = "ConnectorLockFailure"
    GROUND_FAILURE = "GroundFailure"
    HIGH_TEMPERATURE = "HighTemperature"
    LOCAL_LIST_CONFLICT = "LocalListConflict"
    OVER_CURRENT_FAILURE = "OverCurrentFailure"
    POWER_METER_FAILURE = "PowerMeterFailure"
    POWER_SWITCH_FAILURE = "PowerSwitchFailure"
    READER_FAILURE = "ReaderFailure"
    RESET_FAILURE = "ResetFailure"
    UNDER_VOLTAGE = "UnderVoltage"
    OVER_VOLTAGE = "OverVoltage"
    INTERNAL_ERROR = "InternalError"
    OTHER_ERROR = "OtherError"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """One charging point."""

    id: str
    name: str = ""
    """For people; VDV 463 has no name of a point."""
    state: PointState = PointState.AVAILABLE
    """At the start. Only an available point is ever used by the simulation."""
    error: OcppError = OcppError.NO_ERROR
    """At the start."""
    max_kw: float = 150.0


@dataclass(frozen=True, slots=True)
class Station:
    """One charging station with its points."""

    id: str
    points: tuple[Point, ...]
    name: str = ""
    """For people; VDV 463 has no name of a station."""
    error: OcppError = OcppError.NO_ERROR
    """At the start."""
    limit_kw: float = math.inf
    """What the points may draw together."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle with its traction battery."""

    id: str
    battery_kwh: float = 330.0
    """When it was new."""
    soh_percent: float = 95.0
    """State of health: what is left of the battery."""
    max_kw: float = 150.0
    """What it takes below the taper; above about 80 % it takes less and less."""
    evcc_id: str = ""
    """MAC address of the vehicle's communication controller; empty: not told."""
    mileage: int | None = None

    @property
    def usable_kwh(self) -> float:
        """What the battery holds from 0 to 100 %."""
        return self.battery_kwh * self.soh_percent / 100.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of a vehicle that the depot itself knows of, whether a presystem asks for anything or not."""

    vehicle_id: str
    arrives_s: float
    departs_s: float
    soc_percent: float = 40.0
    """At arrival."""
    min_target_percent: float = 80.0
    """Wanted at departure as long as no charging request says otherwise."""
    max_target_percent: float = 100.0
    point_id: str = ""
    """Empty: any free one."""
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One planned fault: of a point, a whole station or a vehicle."""

    target_id: str
    """Id of a point, a station or a vehicle."""
    at_s: float
    lasts_s: float = math.inf
    error: OcppError = OcppError.OTHER_ERROR
    """Of a point or a station."""
    offline: bool = False
    """The station says nothing any more; it counts as offline after one minute."""
    text: str = ""
    """For people; of a vehicle it stands for the code as well."""


@dataclass(frozen=True, slots=True)
class Depot:
    """One depot; ``stations`` are the real ones."""

    id: str
    stations: tuple[Station, ...]
    name: str = ""
    """Told to presystems, unless it is empty."""
    grid_limit_kw: float = math.inf
    """What all stations may draw together."""
    jitter_s: float = 0.0
    """By how much arrivals are early or late at most; the run's seed decides."""
    vehicles: tuple[Vehicle, ...] = ()
    visits: tuple[Visit, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def default_station(self) -> Station:
        """The synthetic station that ChargePilot puts into every depot; it is never available."""
        point = Point(self.default_point_id, "default point", PointState.UNAVAILABLE, max_kw=0.0)
        return Station(f"{self.id}/0", (point,), "default station", limit_kw=0.0)

    @property
    def default_point_id(self) -> str:
        """Where charging requests wait that name no point."""
        return f"{self.id}/0/0"

    @property
    def all_stations(self) -> tuple[Station, ...]:
        """The default station, then the real ones."""
        return (self.default_station, *self.stations)

    def point_ids(self) -> tuple[str, ...]:
        """Ids of all points, the default point first."""
        return tuple(_point_ids(self.all_stations))

    def real_point_ids(self) -> tuple[str, ...]:
        """Ids of the points at which vehicles can charge."""
        return tuple(_point_ids(self.stations))


def _point_ids(stations: tuple[Station, ...]) -> Iterator[str]:
    return (point.id for station in stations for point in station.points)
