"""The depot as it is at one moment: what the simulation changes, and what the view tells in a dialect's words.

Records only. Everything mutable has one writer, the simulation; whoever else reads them, reads between two steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mockpilot.depot.demand import Demand
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Vehicle
from mockpilot.protocol.vocabulary.common import ProcessStatus


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a station or a point."""

    error: OcppError
    since: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class VehicleFault:
    """What is wrong with a vehicle; VDV 463 has no codes for it."""

    code: str
    since: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will become of one charging process if nothing changes; computed by the model that then makes it true."""

    min_soc_percent: float
    """What is asked for at least."""
    min_reached: datetime | None
    """None: not before the plan's end."""
    max_soc_percent: float
    max_reached: datetime | None
    departs: datetime | None
    soc_at_departure_percent: float
    """Without a departure: at the plan's end."""
    progress: tuple[tuple[datetime, float], ...] = ()
    """States of charge to come, in percent, oldest first."""
    finished: bool = False
    """Nothing more will be charged."""


@dataclass(slots=True)
class Process:
    """One vehicle at one point, from plugging in to leaving."""

    id: str
    demand: Demand | None
    """None: nobody asked for it."""
    vehicle: Vehicle
    began: datetime
    soc_percent: float
    status: ProcessStatus = ProcessStatus.PREPARING
    charging_kw: float = 0.0
    """Into the battery, now."""
    hvac_kw: float = 0.0
    systems_kw: float = 0.0
    delivered_wh: float = 0.0
    """Through the meter, for charging and preconditioning alike."""
    fault: VehicleFault | None = None
    preconditioning_left_s: float = 0.0
    preconditioning_left_wh: float = 0.0
    forecast: Forecast | None = None
    """None only while the process is being made."""

    @property
    def power_kw(self) -> float:
        """All that flows through the meter, now."""
        return self.charging_kw + self.hvac_kw + self.systems_kw


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A process to come: a demand whose vehicle is not plugged in yet."""

    demand: Demand
    starts: datetime
    forecast: Forecast


@dataclass(slots=True)
class PointNow:
    """One charging point."""

    point: Point
    state: PointState
    fault: Fault | None = None
    limit_kw: float = 0.0
    """What the load management lets it draw at the moment."""
    meter_wh: float = 0.0
    """Never falls."""
    process: Process | None = None
    scheduled: tuple[Scheduled, ...] = ()


@dataclass(slots=True)
class StationNow:
    """One charging station."""

    station: Station
    points: tuple[PointNow, ...]
    fault: Fault | None = None
    silent_since: datetime | None = None
    """The last sign of life of a station that has gone silent; it counts as offline a minute later."""
    total_kw: float = 0.0


@dataclass(slots=True)
class Present:
    """The whole depot."""

    depot: Depot
    now: datetime
    stations: tuple[StationNow, ...] = field(default=())
    """The default station first; demands without a point wait at its point."""
