"""Stays and places as the simulation keeps them: what a vehicle is to do in the depot, and where.

Records, and what can be read off them. The simulation changes them; ``present`` is what others see of it.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field

from mockpilot.depot.asks import Ask
from mockpilot.depot.demand import Demand
from mockpilot.depot.model import Vehicle, Visit
from mockpilot.depot.present import PointNow, Process, Scheduled, StationNow

PREPARING_S = 60.0
"""From plugging in until there can be power."""
LINGERS_S = 300.0
"""A vehicle without a departure leaves that long after it is full."""
ASSUMED_SOC_PERCENT = 40.0
"""On arrival, where nobody says better."""
HAND_TARGETS = (80.0, 100.0)
"""Of a vehicle that was plugged in by hand and that nobody asked for."""
ASSUMED_STAY_S = 4 * 3600.0
"""How long a stay lasts whose end nobody knows, when it is asked which demands are about it."""
_HALF_HOURS = 60


class Phase(enum.Enum):
    """How far a stay is."""

    COMING = "coming"    # not in the depot yet
    WAITING = "waiting"  # in the yard: its point is not free
    PLUGGED = "plugged"
    GONE = "gone"        # left, or will never come


@dataclass(slots=True, eq=False)
class Stay:
    """One stay of one vehicle, from being known of to leaving. Times in seconds after the depot's start."""

    vehicle: Vehicle
    number: int
    """In the order in which stays became known."""
    planned_s: float
    """When it is expected; pushed on as long as the vehicle is late."""
    comes_s: float
    """When it really comes."""
    departs_s: float
    """Infinity: unknown."""
    soc_percent: float
    """When it really comes."""
    visit: Visit | None = None
    """Where the depot's file knows of it."""
    asked: list[Demand] = field(default_factory=list)
    """The demands that are about it, the one that counts first."""
    by_hand: bool = False
    phase: Phase = Phase.COMING
    place: Place | None = None
    """Where it is, or will be."""
    plugs_s: float = math.inf
    """When it is plugged in, or will be."""
    leaves_s: float = math.inf
    """When it leaves, as far as the plan can tell."""
    is_warmed: bool = False
    """There is or will be preconditioning."""
    draws: bool = False
    """There is power right now."""
    stopped_s: float = math.inf
    """When its demand was taken back; infinity: it was not."""
    expected_s: float = 0.0
    """When it was first expected."""
    arrived_s: float = math.inf
    last_demand: Demand | None = None
    """The demand that counted until it was taken back."""
    trouble: str = ""
    """The last thing that was faulted for it: its point, its station, itself."""
    ask: Ask | None = None
    process: Process | None = None
    piece: int = 0
    """Where on its curve it is. The next ones copy the piece, for those who ask for a thousand stays at once."""
    piece_at: float = 0.0
    piece_ends: float = -math.inf
    """When the next one begins."""
    piece_rate: float = 0.0
    """Percent per second."""
    piece_soc: float = 0.0
    piece_last_soc: float = 0.0
    piece_wh: float = 0.0
    """Through the meter for this stay when the piece began."""
    piece_wh_per_s: float = 0.0
    moves_at: float = math.inf
    """Until then nothing but energy changes."""
    foreseen_at: float = -math.inf
    """When its forecast has to be told anew."""
    base_wh: float = 0.0
    """Through the meter for this stay when its curve began."""
    meter_wh: float = 0.0
    """Of the point when it was plugged in."""
    powered: bool = False
    """It has had power."""
    rejected: bool = False
    """A fault of the vehicle forbids charging altogether."""
    healthy_since: float | None = None
    """The beginning of the span in which its point has worked; None: it doesn't."""
    healthy_s: list[tuple[float, float]] = field(default_factory=list)
    """Earlier spans in which its point worked."""
    told: dict[tuple[str, str], Scheduled] = field(default_factory=dict)
    """How its demands are told while they are scheduled, by presystem id and request id."""

    @property
    def demand(self) -> Demand | None:
        """The demand that counts."""
        return self.asked[0] if self.asked else None

    @property
    def wanted_point(self) -> str:
        """Where it wants to go; empty: anywhere."""
        if (demand := self.demand) is not None:
            return demand.point_id
        return self.visit.point_id if self.visit is not None else ""

    @property
    def expected_soc_percent(self) -> float:
        """At arrival, as far as the plan can know."""
        demand = self.demand
        if demand is not None and demand.soc_at_arrival_percent is not None:
            return demand.soc_at_arrival_percent
        return self.soc_percent if demand is None else self.visit.soc_percent if self.visit else ASSUMED_SOC_PERCENT

    @property
    def targets(self) -> tuple[float, float]:
        """Minimum and maximum target in percent, the first never above the second."""
        if (demand := self.demand) is not None:
            return targets_of(demand)
        if self.visit is not None:
            return _targets(self.visit.min_target_percent, self.visit.max_target_percent)
        return HAND_TARGETS

    @property
    def rank(self) -> tuple[float, float, int]:
        """Earliest departure first, then priority 1, then whoever was known first."""
        priority = self.demand.priority if self.demand is not None else None
        if priority is None and self.visit is not None:
            priority = self.visit.priority
        return self.departs_s, math.inf if priority is None else float(priority), self.number

    @property
    def half_hours_s(self) -> float:
        """Every stay has half hours of its own, lest a thousand that came at once are told anew at once."""
        return self.plugs_s + self.number % _HALF_HOURS * 30.0

    @property
    def stopped(self) -> bool:
        """Whether its demand was taken back: no more charging."""
        return math.isfinite(self.stopped_s)

    @property
    def lingers(self) -> bool:
        """Whether it leaves when it is full, for want of a departure."""
        return math.isinf(self.departs_s) and not self.by_hand


@dataclass(slots=True, eq=False)
class Place:
    """One real charging point."""

    now: PointNow
    station: StationNow
    number: int
    """In the order of the depot's file."""
    station_number: int
    limit_kw: float
    """What it can give at all: its own limit and those above it."""
    usable: bool
    """As it was at the start, or as a hand mended it."""
    broken: bool = False
    """Has a fault of its own that stops it."""
    offline: bool = False
    stay: Stay | None = None
    """What is plugged in."""
    free_s: float = -math.inf
    """When everybody who is there or expected will be gone."""
    queue: list[Stay] = field(default_factory=list)
    """Who is expected or waits for it, in the order of coming."""

    def look_ahead(self) -> float:
        """Work out anew from when on nobody is expected."""
        ends = [min(stay.leaves_s, stay.departs_s) for stay in (self.stay, *self.queue) if stay is not None]
        self.free_s = max(ends, default=-math.inf)
        return self.free_s

    @property
    def works(self) -> bool:
        """Whether it can give power."""
        return self.usable and not (self.broken or self.offline or self.station.fault is not None)

    @property
    def is_free(self) -> bool:
        """Whether a vehicle can be plugged in that will get power."""
        return self.stay is None and self.works


def targets_of(demand: Demand) -> tuple[float, float]:
    """Minimum and maximum target of a demand in percent, the first never above the second."""
    return _targets(demand.min_percent, demand.max_percent)


def _targets(least: float, most: float) -> tuple[float, float]:
    """Whoever asks for less at most than at least gets the least."""
    least = min(max(least, 0.0), 100.0)
    return least, min(max(most, least), 100.0)
