"""What one charging request asks of the depot, in no version's words: what the simulation reads.

``site`` makes demands from the requests that it stores; whose they are and which dialect they came in is told here,
not asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Preconditioning:
    """Power that a vehicle draws beside charging, to be warm or cool at departure."""

    starts: datetime
    ends: datetime
    kw: float
    hvac: bool = True
    """Heating, ventilation and air conditioning; else the vehicle's systems, its battery for one."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One charging request, read."""

    presystem_id: str
    request_id: str
    process_id: str
    """The CMS's own id of the process for it."""
    vehicle_id: str
    min_percent: float
    max_percent: float
    point_id: str = ""
    """A real point; empty: any free one, and until then the default point."""
    arrives: datetime | None = None
    """None: the vehicle is there already."""
    soc_at_arrival_percent: float | None = None
    departs: datetime | None = None
    """None: it leaves when it is full."""
    priority: int | None = None
    """1 before 2; no source says so, validators of others read it this way."""
    preconditioning: tuple[Preconditioning, ...] = ()
