"""What became of each stay: whether the vehicle left ready, could have been, and why not.

Looks back on a stay when it ends; changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mockpilot.depot.asks import ROUNDING, Ask, Room
from mockpilot.depot.course import Course
from mockpilot.depot.sharing import refill
from mockpilot.depot.stays import PREPARING_S, Place, Stay, targets_of

_WORTH_TELLING_S = 60.0
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Departure:
    """One vehicle that has left."""

    vehicle_id: str
    request_id: str
    """Of the demand that counted at last; empty: nobody asked."""
    arrived: datetime
    departs: datetime | None
    """As planned; None: nobody said when."""
    left: datetime
    soc_percent: float
    min_target_percent: float
    ready: bool
    """The minimum target was reached."""
    could_be_ready: bool
    """Alone, with full power for as long as it was plugged in and nothing was faulted, it would have been ready."""
    why: str
    """Ready, or what kept it from being ready."""
    presystem_id: str = ""
    """Whose demand it was."""


def departure(course: Course, stay: Stay) -> Departure:
    """Look back on a stay that ends now."""
    demand, least = stay.demand or stay.last_demand, stay.targets[0]
    if stay.demand is None and stay.last_demand is not None:
        least = targets_of(stay.last_demand)[0]
    soc = stay.process.soc_percent if stay.process is not None else stay.soc_percent
    ready = soc >= least - ROUNDING
    could = ready or _alone(stay, least, stay.healthy_s) >= least - ROUNDING
    arrived, left = course.instant(stay.arrived_s) or course.start, course.instant(course.at) or course.start
    return Departure(
        stay.vehicle.id, demand.request_id if demand is not None else "", arrived, course.departure(stay), left,
        soc, least, ready, could, "ready" if ready else _why(course, stay, least, could),
        demand.presystem_id if demand is not None else "",
    )  # fmt: skip


def _why(course: Course, stay: Stay, least: float, could: bool) -> str:
    if stay.process is None:
        return f"waited for {_point(stay)} and was never plugged in"
    if not could:
        return _too_little_time(course, stay, least)
    if stay.stopped:
        return "its charging request was taken back"
    return _shared(course, stay)


def _too_little_time(course: Course, stay: Stay, least: float) -> str:
    """Why not even all power would have been enough: what would have been enough names the cause."""
    plugged = [(stay.plugs_s, course.at)]
    late_s, waited_s = stay.arrived_s - stay.expected_s, _waited_s(stay)
    if _alone(stay, least, plugged) >= least - ROUNDING:
        return _faulted(course, stay)
    if late_s > _WORTH_TELLING_S and _alone(stay, least, [(stay.plugs_s - late_s, course.at)]) >= least - ROUNDING:
        return f"arrived {_duration(late_s)} late"
    if waited_s > _WORTH_TELLING_S and _alone(stay, least, [(stay.arrived_s, course.at)]) >= least - ROUNDING:
        return f"waited {_duration(waited_s)} for {_point(stay)}"
    return _too_short(course, stay, least)


def _too_short(course: Course, stay: Stay, least: float) -> str:
    place, stayed = stay.place, _duration(course.at - stay.plugs_s)
    kw = min(stay.vehicle.max_kw, place.limit_kw if place is not None else 0.0)
    needs_s = _needs_s(stay, least)
    needs = f"{_duration(needs_s)} at {kw:.4g} kW" if math.isfinite(needs_s) else "more than two days"
    return f"stay too short: needs {needs}, stayed {stayed}"


def _faulted(course: Course, stay: Stay) -> str:
    lost_s = course.at - stay.plugs_s - sum(ends - begins for begins, ends in stay.healthy_s)
    return f"{stay.trouble or _point(stay)} faulted for {_duration(lost_s)}"


def _shared(course: Course, stay: Stay) -> str:
    grid = math.isfinite(course.depot.grid_limit_kw)
    station = stay.place is not None and math.isfinite(stay.place.station.station.limit_kw)
    which = "grid and station limits" if grid and station else "grid limit" if grid else "station limit"
    return f"{which} shared with others" if grid or station else "asked for too late"


def _alone(stay: Stay, least: float, spans: Spans) -> float:
    """State of charge after charging alone in these spans."""
    soc = stay.soc_percent
    for begins, ends in spans:
        released = max(begins, min(stay.plugs_s, spans[0][0]) + PREPARING_S)
        if released < ends and soc < least:
            soc = _charged(stay, least, soc, released, ends).curve.last_soc()
    return soc


def _charged(stay: Stay, least: float, soc: float, begins: float, ends: float) -> Ask:
    place = stay.place
    kw = place.limit_kw if place is not None else 0.0
    ask = Ask(
        begins, begins, ends, soc, least, least, stay.vehicle.usable_kwh, stay.vehicle.max_kw, kw, 0, (0.0, 0.0, 0)
    )
    refill(ask, Room(math.inf, (math.inf,)), begins)
    return ask


def _needs_s(stay: Stay, least: float) -> float:
    ask = _charged(stay, least, stay.soc_percent, stay.plugs_s + PREPARING_S, math.inf)
    return ask.curve.reaches(least) - stay.plugs_s


def _waited_s(stay: Stay) -> float:
    return stay.plugs_s - stay.arrived_s


def _point(stay: Stay) -> str:
    place: Place | None = stay.place
    return f"point {stay.wanted_point or place.now.point.id}" if place is not None else "a point"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60.0)
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" * (hours > 0), f"{minutes} min" * (minutes > 0)) if part) or "0 min"
