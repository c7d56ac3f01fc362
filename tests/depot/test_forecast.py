"""Forecasts come true."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

import pytest
from hypothesis import assume, event, given

from depot.busy import START, WHOLE_NIGHTS, at, demand, depots, lists, moments, points
from mockpilot.depot.curve import Curve
from mockpilot.depot.demand import Demand
from mockpilot.depot.forecast import forecast
from mockpilot.depot.model import Depot, Point, Station
from mockpilot.depot.present import Forecast
from mockpilot.depot.simulation import Simulation

HOUR = 3600.0


def curve() -> Curve:
    """From 50 percent, after a minute, one percent a minute up to 90."""
    made = Curve(0.0, 50.0)
    made.add(60.0, 100.0, 1 / 60, 50.0)
    made.add(41 * 60.0, 0.0, 0.0, 90.0)
    return made


def test_forecast_reads_the_curve() -> None:
    """Both targets, the departure, and the half hours on the way."""
    told = forecast(curve(), (70.0, 90.0), 0.0, 2 * HOUR, 0.0, START, at(2 * HOUR))
    assert told == Forecast(
        70.0, at(21 * 60), 90.0, at(41 * 60), at(2 * HOUR), 90.0, ((at(1800), 79.0), (at(41 * 60), told.progress[1][1]))
    )
    assert told.progress[1][1] == pytest.approx(90.0)


def test_target_after_departure_is_not_reached() -> None:
    """What there will be at departure is told all the same."""
    told = forecast(curve(), (70.0, 95.0), 0.0, 600.0, 0.0, START, at(600))
    assert (told.min_reached, told.max_reached) == (None, None)
    assert told.soc_at_departure_percent == pytest.approx(59.0)


def test_what_has_been_reached_stays_as_it_was_said() -> None:
    """A new curve doesn't know when the old one came by."""
    before = forecast(curve(), (60.0, 90.0), 0.0, math.inf, 0.0, START, None)
    rest = Curve(3000.0, 90.0)
    rest.add(3000.0, 0.0, 0.0, 90.0)
    after = forecast(rest, (60.0, 90.0), 0.0, math.inf, 3000.0, START, None, before)
    assert (after.min_reached, after.max_reached, after.finished) == (at(11 * 60), before.max_reached, True)
    assert after.progress == ()


def test_departure_beyond_the_calendar_is_no_trouble() -> None:
    """Some presystems plan for the end of time."""
    simulation = Simulation(Depot("d", (Station("s", (Point("p"),)),)), START, lambda: 0.5)
    end = datetime.max.replace(tzinfo=START.tzinfo)
    simulation.set_demands([demand("bus 0", "a", departs=end), demand("bus 1", "b", arrives=end, departs=end),
                            demand("bus 2", "c", arrives=end)])  # fmt: skip
    simulation.advance(at(HOUR))
    process = points(simulation)[0].process
    assert process is not None
    assert process.forecast is not None
    assert process.forecast.departs == end
    assert len(simulation.present.stations[0].points[0].scheduled) == 2


def told_now(simulation: Simulation) -> dict[str, Forecast]:
    """Forecasts of all processes, running and to come, by vehicle."""
    running = {one.process.vehicle.id: one.process.forecast for one in points(simulation) if one.process is not None}
    to_come = {
        scheduled.demand.vehicle_id: scheduled.forecast
        for station in simulation.present.stations for one in station.points for scheduled in one.scheduled
    }  # fmt: skip
    return to_come | {vehicle: one for vehicle, one in running.items() if one is not None}


@WHOLE_NIGHTS
@given(depots(jitter=False, troubles=False), lists(told_departure=True), moments)
def test_forecasts_come_true_to_the_second(depot: Depot, asked: list[Demand], moment: float) -> None:
    """Where everybody comes as was told and nothing is changed: running processes and those to come."""
    depot, asked = without_surprises(depot, asked)
    simulation = Simulation(depot, START, lambda: 0.5)
    simulation.set_demands(asked)
    simulation.advance(at(moment))
    told = told_now(simulation)
    event(f"{len(told)} forecasts")
    for when, vehicle, check in sorted(expected(told, simulation.present.now), key=itemgetter(0)):
        simulation.advance(when)
        check(soc_of(simulation, vehicle))
    simulation.advance(at(48 * HOUR))
    for one in simulation.departures:
        if one.vehicle_id in told and one.left > at(moment):
            assert one.soc_percent == pytest.approx(told[one.vehicle_id].soc_at_departure_percent, abs=1e-6)


Check = Callable[[float], None]
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


def expected(told: dict[str, Forecast], now: datetime) -> Iterator[tuple[datetime, str, Check]]:
    """When to look at which vehicle, and what is right about its state of charge then."""
    for vehicle, one in told.items():
        for when, soc in one.progress:
            yield when, vehicle, partial(is_about, soc)
        for reached, soc in ((one.min_reached, one.min_soc_percent), (one.max_reached, one.max_soc_percent)):
            if reached is not None and reached > now + SECOND:
                yield reached - SECOND, vehicle, partial(is_below, soc)
                yield reached + TICK, vehicle, partial(is_not_below, soc)


def is_about(soc: float, found: float) -> None:
    """As precise as a time stamp can be."""
    assert found == pytest.approx(soc, abs=1e-6)


def is_below(soc: float, found: float) -> None:
    """Not there yet, or the vehicle isn't."""
    assert found < soc or found == pytest.approx(soc, abs=1e-9)


def is_not_below(soc: float, found: float) -> None:
    """Reached."""
    assert found >= soc - 1e-6


def without_surprises(depot: Depot, asked: list[Demand]) -> tuple[Depot, list[Demand]]:
    """Every vehicle comes once, when and as full as was told."""
    visits = tuple({visit.vehicle_id: visit for visit in depot.visits}.values())
    mine = {visit.vehicle_id for visit in visits}
    demands = {one.vehicle_id: one for one in asked if one.vehicle_id not in mine}
    assume(visits or demands)
    return replace(depot, visits=visits), list(demands.values())


def soc_of(simulation: Simulation, vehicle_id: str) -> float:
    """At its point, or when it left."""
    here = [one.process for one in points(simulation) if one.process is not None]
    left = [one.soc_percent for one in simulation.departures if one.vehicle_id == vehicle_id]
    return next((one.soc_percent for one in here if one.vehicle.id == vehicle_id), left[0] if left else -1.0)

