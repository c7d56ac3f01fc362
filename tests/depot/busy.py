"""Small random depots and what happens in them, for the tests of the simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from mockpilot.depot.demand import Demand, Preconditioning
from mockpilot.depot.model import Depot, OcppError, Point, Station, Trouble, Vehicle, Visit
from mockpilot.depot.present import PointNow
from mockpilot.depot.simulation import DepotError, Simulation

START = datetime(2031, 3, 4, 17, 0, tzinfo=UTC)
HOURS = 12
VEHICLES = tuple(f"bus {number}" for number in range(5))
POINTS = ("p1", "p2", "p3")
WHOLE_NIGHTS = settings(deadline=None, max_examples=max(settings().max_examples // 10, 20))
"""A tenth of the chosen examples: each of them is a night of half a day, looked at hundreds of times."""


def at(seconds: float) -> datetime:
    """So long after the depot's start."""
    return START + timedelta(seconds=seconds)


def demand(vehicle_id: str = "bus 0", request_id: str = "r", **changes: object) -> Demand:
    """A demand from 80 to 100 percent."""
    made = Demand("P", request_id, f"process of {request_id}", vehicle_id, 80.0, 100.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def points(simulation: Simulation) -> list[PointNow]:
    """All real points."""
    return [point for station in simulation.present.stations[1:] for point in station.points]


def point(simulation: Simulation, point_id: str) -> PointNow:
    """One point."""
    return next(one for one in points(simulation) if one.point.id == point_id)


@dataclass(frozen=True)
class Deed:
    """Something that is done by hand or asked for, at a time."""

    at_s: float
    do: Callable[[Simulation], None]
    name: str

    def __repr__(self) -> str:
        return f"{self.name} at {self.at_s:g}"


moments = st.one_of(
    st.integers(0, HOURS * 12).map(lambda slot: slot * 300.0), st.floats(0.0, HOURS * 3600.0).map(lambda s: round(s, 3))
)
limits = st.one_of(st.just(math.inf), st.floats(5.0, 400.0))


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """A stay of any bus."""
    arrives, stays = draw(moments), draw(st.floats(60.0, 8 * 3600.0))
    return Visit(
        draw(st.sampled_from(VEHICLES)), arrives, arrives + stays, draw(st.floats(0.0, 100.0)),
        draw(st.floats(0.0, 100.0)), draw(st.floats(0.0, 100.0)), draw(st.sampled_from(("", *POINTS))),
        draw(st.none() | st.integers(1, 3)),
    )  # fmt: skip


@st.composite
def depots(draw: st.DrawFn, *, jitter: bool = True, troubles: bool = True) -> Depot:
    """Three points at two stations, and five buses."""
    stations = (
        Station("s1", tuple(Point(name, max_kw=draw(st.floats(20.0, 200.0))) for name in POINTS[:2]),
                limit_kw=draw(limits)),
        Station("s2", (Point(POINTS[2]),), limit_kw=draw(limits)),
    )  # fmt: skip
    buses = tuple(
        Vehicle(name, draw(st.floats(50.0, 500.0)), max_kw=draw(st.floats(20.0, 300.0))) for name in VEHICLES
    )
    return Depot(
        "d", stations, grid_limit_kw=draw(limits), jitter_s=draw(st.sampled_from((0.0, 600.0))) if jitter else 0.0,
        vehicles=buses, visits=tuple(draw(st.lists(visits(), max_size=5))),
        troubles=tuple(draw(st.lists(planned_troubles(), max_size=2))) if troubles else (),
    )  # fmt: skip


@st.composite
def planned_troubles(draw: st.DrawFn) -> Trouble:
    """A fault of anything, or a station that goes silent."""
    offline = draw(st.booleans())
    target = draw(st.sampled_from(("s1", "s2") if offline else (*POINTS, "s1", "bus 0", "bus 1")))
    return Trouble(target, draw(moments), draw(st.sampled_from((30.0, 1234.5, math.inf))), offline=offline)


@st.composite
def demands(draw: st.DrawFn, *, told_departure: bool = False) -> Demand:
    """A demand for any bus, with or without times."""
    arrives = draw(moments if told_departure else st.none() | moments)
    stays = draw(st.floats(300.0, 9 * 3600.0) if told_departure else st.none() | st.floats(300.0, 9 * 3600.0))
    departs = None if stays is None else (arrives or 0.0) + stays
    warm = draw(st.lists(windows(), max_size=2))
    return demand(
        draw(st.sampled_from(VEHICLES)), draw(st.sampled_from("abcd")), presystem_id=draw(st.sampled_from("PQ")),
        min_percent=draw(st.floats(0.0, 100.0)), max_percent=draw(st.floats(0.0, 100.0)),
        point_id=draw(st.sampled_from(("", *POINTS))), arrives=None if arrives is None else at(arrives),
        departs=None if departs is None else at(departs), priority=draw(st.none() | st.integers(1, 3)),
        soc_at_arrival_percent=draw(st.none() | st.floats(0.0, 100.0)), preconditioning=tuple(warm),
    )  # fmt: skip


@st.composite
def windows(draw: st.DrawFn) -> Preconditioning:
    """A span of preconditioning."""
    begins = draw(moments)
    lasts = draw(st.floats(1.0, 3600.0))
    return Preconditioning(at(begins), at(begins + lasts), draw(st.floats(1.0, 50.0)), draw(st.booleans()))


def lists(*, told_departure: bool = False) -> st.SearchStrategy[list[Demand]]:
    """The complete demands of all presystems."""
    return st.lists(
        demands(told_departure=told_departure), max_size=5, unique_by=lambda one: (one.presystem_id, one.request_id)
    )


@st.composite
def deeds(draw: st.DrawFn) -> Deed:
    """Anything that can be done to a depot, whether it is possible at the time or not."""
    moment, target = draw(moments), draw(st.sampled_from((*POINTS, "s1", "s2", *VEHICLES)))
    station, place = draw(st.sampled_from(("s1", "s2"))), draw(st.sampled_from(POINTS))
    bus = draw(st.sampled_from(VEHICLES))
    asked, error = draw(lists()), draw(st.sampled_from(OcppError))
    choices: list[tuple[str, Callable[[Simulation], None]]] = [
        (f"ask for {asked}", lambda simulation: simulation.set_demands(asked)),
        (f"break {target} by {error}", lambda simulation: simulation.set_fault(target, error)),
        (f"mend {target}", lambda simulation: simulation.clear_fault(target)),
        (f"silence {station}", lambda simulation: simulation.go_offline(station)),
        (f"hear {station}", lambda simulation: simulation.come_back(station)),
        (f"plug {bus} in at {place}", lambda simulation: simulation.plug_in(bus, place, 30.0)),
        (f"unplug {place}", lambda simulation: simulation.unplug(place)),
    ]
    name, do = draw(st.sampled_from(choices))
    return Deed(moment, do, name)


def happenings() -> st.SearchStrategy[list[Deed]]:
    """Some deeds in the order of their times."""
    return st.lists(deeds(), max_size=6).map(lambda all_: sorted(all_, key=lambda deed: deed.at_s))


def live(simulation: Simulation, done: list[Deed], looks: list[float]) -> list[float]:
    """Do everything in its time, and look at the depot in between; answers all times of looking."""
    times = sorted({*looks, *(deed.at_s for deed in done), HOURS * 3600.0})
    for moment in times:
        simulation.advance(at(moment))
        for deed in done:
            if deed.at_s == moment:
                attempt(simulation, deed)
    return times


def attempt(simulation: Simulation, deed: Deed) -> None:
    """Do something that may not be possible."""
    try:
        deed.do(simulation)
    except DepotError:
        return
