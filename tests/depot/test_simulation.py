"""The depot in motion: what comes of visits, demands and troubles, and what holds whatever happens."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.busy import (
    HOURS,
    POINTS,
    START,
    WHOLE_NIGHTS,
    Deed,
    at,
    attempt,
    demand,
    depots,
    happenings,
    lists,
    live,
    moments,
    point,
    points,
)  # fmt: skip
from mockpilot.depot.demand import Preconditioning
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Trouble, Vehicle, Visit
from mockpilot.depot.present import PointNow, Process
from mockpilot.depot.simulation import DepotError, Simulation
from mockpilot.protocol.vocabulary.common import ProcessStatus

HOUR = 3600.0
SMALL = Depot("d", (Station("s1", (Point("p1"), Point("p2"))), Station("s2", (Point("p3"),))),
              vehicles=tuple(Vehicle(f"bus {number}") for number in range(5)))  # fmt: skip


def made(depot: Depot = SMALL, **changes: Any) -> Simulation:
    """A simulation without chance."""
    return Simulation(replace(depot, **changes), START, lambda: 0.5)


def status(simulation: Simulation, point_id: str) -> ProcessStatus | None:
    """How far the process at a point is."""
    process = point(simulation, point_id).process
    return None if process is None else process.status


def scheduled(simulation: Simulation, point_id: str) -> list[str]:
    """Ids of the requests that are scheduled at a point."""
    default = simulation.present.stations[0].points[0]
    place = default if point_id == "default" else point(simulation, point_id)
    return [one.demand.request_id for one in place.scheduled]


# -- coming, charging, leaving -----------------------------------------------------------------------------------------


def test_visit_runs_through_all_states_and_frees_its_point() -> None:
    """Preparing, charging, finishing, gone."""
    simulation = made(visits=(Visit("bus 0", 600, 6 * HOUR, 50, 80, 90),))
    seen = []
    for seconds in (599, 600, 659, 660, 5 * HOUR, 6 * HOUR):
        simulation.advance(at(seconds))
        seen.append((point(simulation, "p1").state, status(simulation, "p1")))
    assert seen == [
        (PointState.AVAILABLE, None),
        (PointState.PREPARING, ProcessStatus.PREPARING),
        (PointState.PREPARING, ProcessStatus.PREPARING),
        (PointState.CHARGING, ProcessStatus.CHARGING),
        (PointState.FINISHING, ProcessStatus.FINISHING),
        (PointState.AVAILABLE, None),
    ]


def test_demand_without_times_is_there_at_once_and_leaves_when_it_is_full() -> None:
    """Five minutes after the maximum target."""
    simulation = made()
    simulation.set_demands([demand(soc_at_arrival_percent=70.0, min_percent=72.0, max_percent=75.0)])
    process = point(simulation, "p1").process
    assert process is not None
    assert process.forecast is not None
    assert (process.id, process.soc_percent, process.forecast.departs) == ("process of r", 70.0, None)
    full = process.forecast.max_reached
    assert full is not None
    simulation.advance(full + timedelta(seconds=299))
    assert status(simulation, "p1") is ProcessStatus.FINISHING
    simulation.advance(full + timedelta(seconds=301))
    assert status(simulation, "p1") is None
    assert [one.ready for one in simulation.departures] == [True]
    assert scheduled(simulation, "default") == []


def test_demand_to_come_is_scheduled_at_its_point_or_the_default_point() -> None:
    """Until its vehicle is plugged in."""
    simulation = made()
    one = demand("bus 0", "one", point_id="p2", arrives=at(HOUR), departs=at(5 * HOUR))
    other = demand("bus 1", "other", arrives=at(2 * HOUR))
    simulation.set_demands([one, other])
    assert (scheduled(simulation, "p2"), scheduled(simulation, "default")) == (["one"], ["other"])
    simulation.advance(at(HOUR))
    assert (scheduled(simulation, "p2"), scheduled(simulation, "default")) == ([], ["other"])
    running = point(simulation, "p2").process
    assert running is not None
    assert running.demand == one


def test_departure_that_has_passed_brings_nobody() -> None:
    """The demand is still told."""
    simulation = made()
    simulation.advance(at(HOUR))
    simulation.set_demands([demand(departs=at(60))])
    simulation.advance(at(2 * HOUR))
    assert [status(simulation, name) for name in POINTS] == [None, None, None]
    assert scheduled(simulation, "default") == ["r"]


def test_demand_overrides_a_visit_but_not_its_arrival() -> None:
    """Targets, point and departure are the demand's; time and state of charge of arrival the file's."""
    simulation = made(visits=(Visit("bus 0", HOUR, 8 * HOUR, 33, 80, 100, "p1"),))
    simulation.set_demands([
        demand(min_percent=40.0, max_percent=45.0, point_id="p3", arrives=at(0), departs=at(3 * HOUR),
               soc_at_arrival_percent=60.0)
    ])  # fmt: skip
    simulation.advance(at(HOUR - 1))
    assert points(simulation)[2].process is None
    simulation.advance(at(HOUR))
    process = point(simulation, "p3").process
    assert process is not None
    assert process.soc_percent == 33.0
    simulation.advance(at(3 * HOUR - 1))
    assert process.soc_percent == pytest.approx(45.0)
    simulation.advance(at(3 * HOUR))
    assert [one.left for one in simulation.departures] == [at(3 * HOUR)]


def test_two_stays_of_one_vehicle_go_to_their_demands() -> None:
    """Windows decide, whatever the order of the list."""
    simulation = made()
    evening = demand(request_id="evening", arrives=at(HOUR), departs=at(3 * HOUR), max_percent=60.0)
    night = demand(request_id="night", arrives=at(5 * HOUR), departs=at(9 * HOUR), soc_at_arrival_percent=20.0)
    simulation.set_demands([night, evening])
    asked = []
    for hours in (2, 4, 6):
        simulation.advance(at(hours * HOUR))
        process = point(simulation, "p1").process or point(simulation, "p2").process
        asked.append(process.demand.request_id if process is not None and process.demand is not None else "")
    assert asked == ["evening", "", "night"]


def test_of_two_presystems_the_first_that_came_counts() -> None:
    """The other stays scheduled, takes over when the first is taken back, and is done with when the stay is over."""
    simulation = made()
    bms = demand(request_id="bms", departs=at(5 * HOUR), max_percent=60.0)
    itcs = demand(request_id="itcs", presystem_id="Q", departs=at(4 * HOUR))
    simulation.set_demands([bms])
    simulation.set_demands([itcs, bms])
    process = point(simulation, "p1").process
    assert process is not None
    assert (process.demand, scheduled(simulation, "default")) == (bms, ["itcs"])
    simulation.set_demands([itcs])
    assert (process.demand, scheduled(simulation, "default")) == (itcs, [])
    simulation.set_demands([itcs, bms])
    assert (process.demand, scheduled(simulation, "default")) == (itcs, ["bms"])
    simulation.advance(at(4 * HOUR))
    assert (status(simulation, "p1"), scheduled(simulation, "default")) == (None, [])


def test_demand_taken_back_stops_charging_until_departure() -> None:
    """The vehicle stays; a new demand lets it go on."""
    simulation = made()
    asked = demand(departs=at(5 * HOUR))
    simulation.set_demands([asked])
    simulation.advance(at(900))
    simulation.set_demands([])
    process = point(simulation, "p1").process
    assert process is not None
    soc = process.soc_percent
    simulation.advance(at(HOUR))
    assert (process.status, process.soc_percent, process.demand) == (ProcessStatus.SUSPENDED_EVSE, soc, None)
    again = demand(request_id="again", departs=at(5 * HOUR))
    simulation.set_demands([again])
    simulation.advance(at(HOUR + 60))
    assert (process.status, process.demand) == (ProcessStatus.CHARGING, again)
    assert process.soc_percent > soc
    simulation.set_demands([])
    simulation.advance(at(5 * HOUR))
    assert (status(simulation, "p1"), len(simulation.departures)) == (None, 1)


def test_vehicle_waits_for_its_point_and_goes_nowhere_else() -> None:
    """It is scheduled there meanwhile, and its forecast says when it will be its turn."""
    simulation = made()
    first = demand("bus 0", "first", point_id="p1", departs=at(2 * HOUR))
    second = demand("bus 1", "second", point_id="p1", departs=at(6 * HOUR))
    simulation.set_demands([first, second])
    simulation.advance(at(HOUR))
    assert scheduled(simulation, "p1") == ["second"]
    assert point(simulation, "p1").scheduled[0].starts == at(2 * HOUR)
    simulation.advance(at(2 * HOUR))
    process = point(simulation, "p1").process
    assert process is not None
    assert (process.vehicle.id, process.began, scheduled(simulation, "p1")) == ("bus 1", at(2 * HOUR), [])


def test_who_would_go_anywhere_makes_way_for_whoever_names_the_point() -> None:
    """Though it was known first and comes first; it is told where it goes instead, and both are in time."""
    simulation = made(visits=(Visit("bus 0", HOUR, 9 * HOUR),))
    simulation.set_demands([demand("bus 1", point_id="p1", arrives=at(HOUR + 60), departs=at(6 * HOUR))])
    assert point(simulation, "p1").scheduled[0].starts == at(HOUR + 60)
    simulation.advance(at(HOUR + 120))
    plugged = {one.point.id: one.process.vehicle.id for one in points(simulation) if one.process is not None}
    assert plugged == {"p1": "bus 1", "p2": "bus 0"}


def test_who_would_go_anywhere_stays_where_there_is_nowhere_else() -> None:
    """Then whoever comes first goes first."""
    simulation = made(stations=(Station("s", (Point("p1"),)),), visits=(Visit("bus 0", HOUR, 2 * HOUR),))
    simulation.set_demands([demand("bus 1", point_id="p1", arrives=at(HOUR + 60), departs=at(6 * HOUR))])
    assert point(simulation, "p1").scheduled[0].starts == at(2 * HOUR)
    simulation.advance(at(HOUR))
    assert status(simulation, "p1") is ProcessStatus.PREPARING


def test_point_that_was_not_available_is_never_used() -> None:
    """Its state is told as it was."""
    out = Point("p1", state=PointState.RESERVED)
    simulation = made(stations=(Station("s", (out, Point("p2"))),))
    simulation.set_demands([demand("bus 0", "a"), demand("bus 1", "b", point_id="p1")])
    simulation.advance(at(HOUR))
    assert (point(simulation, "p1").state, scheduled(simulation, "p1")) == (PointState.RESERVED, ["b"])
    assert status(simulation, "p2") is not None


def test_jitter_moves_arrivals_by_chance_alone() -> None:
    """One number per visit, in the order of the file."""
    depot = replace(SMALL, jitter_s=600.0, visits=(Visit("bus 0", HOUR, 5 * HOUR), Visit("bus 1", HOUR, 5 * HOUR)))
    numbers = iter((0.0, 0.75))
    simulation = Simulation(depot, START, lambda: next(numbers))
    simulation.advance(at(2 * HOUR))
    began = {one.process.vehicle.id: one.process.began for one in points(simulation) if one.process is not None}
    assert began == {"bus 0": at(HOUR - 600), "bus 1": at(HOUR + 300)}


def test_power_is_queued_for_while_there_is_none_yet_and_suspended_afterwards() -> None:
    """One grid limit that is enough for one of two; who has to leave first goes first."""
    simulation = made(grid_limit_kw=100.0)
    late = demand("bus 0", "late", departs=at(12 * HOUR))
    simulation.set_demands([late])
    simulation.advance(at(600))
    simulation.set_demands([late, demand("bus 1", "soon", departs=at(2 * HOUR), min_percent=95.0)])
    simulation.advance(at(1200))
    assert [status(simulation, name) for name in ("p1", "p2")] == [ProcessStatus.SUSPENDED_EVSE, ProcessStatus.CHARGING]
    simulation.set_demands([late, demand("bus 1", "soon", departs=at(2 * HOUR), min_percent=95.0),
                            demand("bus 2", "last", departs=at(11 * HOUR))])  # fmt: skip
    simulation.advance(at(1300))
    assert status(simulation, "p3") is ProcessStatus.QUEUED


def test_preconditioning_is_fed_from_the_grid_beside_charging() -> None:
    """Through the meter, not into the battery; what is left of it falls to nothing."""
    simulation = made()
    windows = (Preconditioning(at(3600), at(5400), 20.0), Preconditioning(at(4500), at(5400), 5.0, hvac=False))
    simulation.set_demands([demand(min_percent=41.0, max_percent=41.0, departs=at(3 * HOUR),
                                    preconditioning=windows)])
    simulation.advance(at(3000))
    process = point(simulation, "p1").process
    assert process is not None
    before, soc = process.delivered_wh, process.soc_percent
    assert (process.preconditioning_left_s, process.power_kw) == (1800.0, 0.0)
    simulation.advance(at(4800))
    assert (process.hvac_kw, process.systems_kw, process.charging_kw) == (20.0, 5.0, 0.0)
    assert process.preconditioning_left_s == 600.0
    assert process.preconditioning_left_wh == pytest.approx(600 * 25 / 3.6)
    simulation.advance(at(5400))
    assert (process.power_kw, process.preconditioning_left_s, process.preconditioning_left_wh) == (0.0, 0.0, 0.0)
    assert process.delivered_wh - before == pytest.approx(20.0 * 500 + 5.0 * 250)
    assert process.soc_percent == soc


# -- troubles ----------------------------------------------------------------------------------------------------------


def test_faulted_point_pauses_its_process_until_it_is_mended() -> None:
    """The state is told, with code and time."""
    simulation = made(troubles=(Trouble("p1", 1800, 600, OcppError.GROUND_FAILURE, text="wet"),))
    simulation.set_demands([demand(departs=at(5 * HOUR), point_id="p1")])
    simulation.advance(at(1800))
    place = point(simulation, "p1")
    assert place.process is not None
    assert place.fault is not None
    soc = place.process.soc_percent
    assert (place.state, place.fault.error, place.fault.since) == (PointState.ERROR, OcppError.GROUND_FAILURE, at(1800))
    assert (place.process.status, place.limit_kw) == (ProcessStatus.SUSPENDED_EVSE, 0.0)
    simulation.advance(at(2399))
    assert place.process.soc_percent == soc
    simulation.advance(at(2400))
    assert place.fault is None
    assert (point(simulation, "p1").state, status(simulation, "p1")) == (PointState.CHARGING, ProcessStatus.CHARGING)


def test_silent_station_is_offline_after_a_minute() -> None:
    """Until then everything goes on; then its points give no power."""
    simulation = made(visits=(Visit("bus 0", 0, 9 * HOUR, 20),))
    simulation.advance(at(HOUR))
    simulation.go_offline("s1")
    assert simulation.present.stations[1].silent_since == at(HOUR)
    simulation.advance(at(HOUR + 59))
    assert point(simulation, "p1").state is PointState.CHARGING
    simulation.advance(at(HOUR + 60))
    place = point(simulation, "p1")
    assert place.process is not None
    soc = place.process.soc_percent
    assert (place.state, simulation.present.stations[1].total_kw) == (PointState.OFFLINE, 0.0)
    simulation.advance(at(HOUR + 600))
    assert place.process.soc_percent == soc
    simulation.come_back("s1")
    assert simulation.present.stations[1].silent_since is None
    assert point(simulation, "p1").state is PointState.CHARGING


def test_station_fault_stops_its_points_and_free_ones_are_unavailable() -> None:
    """The other station isn't touched, and takes whoever comes."""
    simulation = made(visits=(Visit("bus 0", 0, 9 * HOUR, 20, point_id="p1"), Visit("bus 1", HOUR, 9 * HOUR)))
    simulation.advance(at(600))
    simulation.set_fault("s1", OcppError.OVER_VOLTAGE, "lightning")
    states = [point(simulation, name).state for name in POINTS]
    assert states == [PointState.SUSPENDED_EVSE, PointState.UNAVAILABLE, PointState.AVAILABLE]
    simulation.advance(at(HOUR))
    assert status(simulation, "p3") is ProcessStatus.PREPARING
    simulation.clear_fault("s1")
    assert status(simulation, "p1") is ProcessStatus.CHARGING


def test_faulted_vehicle_is_rejected_on_arrival_and_paused_later() -> None:
    """What forbids charging rejects it at any time."""
    simulation = made(visits=(Visit("bus 0", 600, 9 * HOUR, 20), Visit("bus 1", 600, 9 * HOUR, 20)))
    simulation.set_fault("bus 0", OcppError.OTHER_ERROR, "flap open")
    simulation.advance(at(1200))
    process = point(simulation, "p1").process
    assert process is not None
    assert process.fault is not None
    assert (process.status, process.fault.code) == (ProcessStatus.REJECTED_TECHNICALLY, "flap open")
    simulation.clear_fault("bus 0")
    assert process.fault is None
    assert status(simulation, "p1") is ProcessStatus.CHARGING
    simulation.advance(at(1800))
    simulation.set_fault("bus 0", OcppError.EV_COMMUNICATION_ERROR)
    simulation.set_fault("bus 1", OcppError.GROUND_FAILURE)
    statuses = [status(simulation, "p1"), status(simulation, "p2")]
    assert statuses == [ProcessStatus.SUSPENDED_EV, ProcessStatus.REJECTED_TECHNICALLY]


def test_end_of_a_planned_fault_leaves_a_newer_one() -> None:
    """Somebody set another fault by hand meanwhile."""
    simulation = made(troubles=(Trouble("p1", 600, 600),))
    simulation.advance(at(900))
    simulation.set_fault("p1", OcppError.READER_FAILURE)
    simulation.advance(at(1300))
    assert point(simulation, "p1").state is PointState.ERROR
    simulation.clear_fault("p1")
    assert point(simulation, "p1").state is PointState.AVAILABLE


def test_vehicle_that_waits_goes_to_another_point_or_to_the_mended_one() -> None:
    """Both who named it and who did not."""
    simulation = made(stations=(Station("s", (Point("p1"),)),))
    simulation.set_fault("p1", OcppError.OTHER_ERROR)
    simulation.set_demands([demand(departs=at(5 * HOUR))])
    simulation.advance(at(HOUR))
    assert (status(simulation, "p1"), scheduled(simulation, "default")) == (None, ["r"])
    simulation.clear_fault("p1")
    assert (status(simulation, "p1"), scheduled(simulation, "default")) == (ProcessStatus.PREPARING, [])


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_vehicle_plugged_in_by_hand_charges_until_it_is_unplugged() -> None:
    """Without anybody asking for it."""
    simulation = made()
    simulation.plug_in("bus 3", "p2", 90.0)
    simulation.advance(at(4 * HOUR))
    process = point(simulation, "p2").process
    assert process is not None
    assert (process.demand, process.status) == (None, ProcessStatus.FINISHING)
    simulation.unplug("p2")
    assert (point(simulation, "p2").process, point(simulation, "p2").state) == (None, PointState.AVAILABLE)
    assert [(one.vehicle_id, one.soc_percent) for one in simulation.departures] == [("bus 3", 100.0)]


def test_vehicle_plugged_in_by_hand_is_the_one_that_was_asked_for() -> None:
    """Earlier than expected, elsewhere, and again after it was unplugged."""
    simulation = made()
    asked = demand(arrives=at(HOUR), departs=at(9 * HOUR), point_id="p1")
    simulation.set_demands([asked])
    simulation.plug_in("bus 0", "p2")
    for _ in range(2):
        process = point(simulation, "p2").process
        assert process is not None
        assert (process.demand, scheduled(simulation, "p1")) == (asked, [])
        simulation.unplug("p2")
        assert scheduled(simulation, "p1") == []
        simulation.plug_in("bus 0", "p2")


def test_prepared_vehicle_plugged_in_by_hand_charges_at_once() -> None:
    """It counts as plugged in a minute ago, whether it was to come or not."""
    simulation = made()
    simulation.set_demands([demand(arrives=at(HOUR), departs=at(9 * HOUR), point_id="p1")])
    simulation.plug_in("bus 0", "p1", is_prepared=True)
    simulation.plug_in("bus 3", "p2", is_prepared=True)
    for id_ in ("p1", "p2"):
        assert (status(simulation, id_), point(simulation, id_).state) == (ProcessStatus.CHARGING, PointState.CHARGING)


@pytest.mark.parametrize(("what", "says"), [
    (lambda simulation: simulation.plug_in("bus 0", "p9"), "p9: expected the id of a real point"),
    (lambda simulation: simulation.plug_in("bus 0", "d/0/0"), "d/0/0: expected the id of a real point"),
    (lambda simulation: simulation.plug_in("bus 0", "p1"), "Point p1: expected it to be free, found bus 1"),
    (lambda simulation: simulation.plug_in("bus 1", "p2"), "bus 1: expected it elsewhere, found it at point p1"),
    (lambda simulation: simulation.plug_in("bus 0", "p3"), "Point p3: expected it to work, found it error"),
    (lambda simulation: simulation.plug_in("bus 0", "p2", 101.0), "expected 0 to 100 percent, found 101"),
    (lambda simulation: simulation.unplug("p2"), "Point p2: expected a vehicle that is plugged in"),
    (lambda simulation: simulation.set_fault("x", OcppError.UNKNOWN), "x: expected the id of a point, a station or a"),
    (lambda simulation: simulation.clear_fault("x"), "x: expected the id of a point, a station or a vehicle"),
    (lambda simulation: simulation.go_offline("p1"), "p1: expected the id of a station of depot d"),
    (lambda simulation: simulation.come_back("x"), "its stations are s1, s2"),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(what: Any, says: str) -> None:
    """And nothing changes."""
    simulation = made()
    simulation.plug_in("bus 1", "p1")
    simulation.set_fault("p3", OcppError.OTHER_ERROR)
    before = simulation.revision
    with pytest.raises(DepotError) as caught:
        what(simulation)
    assert says in str(caught.value)
    assert simulation.revision == before


# -- revision and time -------------------------------------------------------------------------------------------------


def test_revision_rests_while_nothing_happens() -> None:
    """It grows with every watt-hour, and not with time alone."""
    simulation = made(visits=(Visit("bus 0", HOUR, 9 * HOUR, 50, 50, 60),))
    first = simulation.revision
    simulation.advance(at(HOUR - 1))
    assert simulation.revision == first
    grown = []
    for seconds in (HOUR, HOUR + 90, HOUR + 91, 8 * HOUR, 8 * HOUR + 15, 9 * HOUR):
        before = simulation.revision
        simulation.advance(at(seconds))
        grown.append(simulation.revision > before)
    assert grown == [True, True, True, True, False, True]


def test_time_that_has_passed_changes_nothing() -> None:
    """A clock may be asked out of turn."""
    simulation = made(visits=(Visit("bus 0", 0, 9 * HOUR),))
    simulation.advance(at(HOUR))
    before = story(simulation)
    simulation.advance(at(HOUR / 2))
    assert (story(simulation), simulation.present.now) == (before, at(HOUR))


def test_end_of_charging_is_told_whenever_somebody_looks() -> None:
    """Also together with a half hour that has passed."""
    asks = demand(max_percent=41.0, min_percent=0.0, arrives=at(10 * HOUR + 600), departs=at(12 * HOUR + 1))
    often, late = made(), made()
    for simulation, looks in ((often, (10 * HOUR + 630, 10 * HOUR + 690, 12 * HOUR)), (late, (12 * HOUR,))):
        simulation.set_demands([asks])
        for seconds in looks:
            simulation.advance(at(seconds))
        process = point(simulation, "p1").process
        assert process is not None
        assert process.forecast is not None
        assert (process.status, process.forecast.finished) == (ProcessStatus.FINISHING, True)


# -- whatever happens --------------------------------------------------------------------------------------------------


def story(simulation: Simulation) -> object:
    """Everything that can be seen, but the revision."""
    present = copy.deepcopy(simulation.present)
    return present.now, present.stations, list(simulation.departures)


@WHOLE_NIGHTS
@given(depots(), lists(), happenings(), st.lists(moments, max_size=20), st.randoms(use_true_random=False))
def test_steps_of_time_make_no_difference(
    depot: Depot, asked: list[Any], done: list[Deed], looks: list[float], chance: Any
) -> None:
    """The same to the last bit, whoever looks in between; and the same again from the same seed."""
    seed = chance.random()
    few, many = Simulation(depot, START, lambda: seed), Simulation(depot, START, lambda: seed)
    for simulation, times in ((few, []), (many, [*looks, *(slot * 97.0 for slot in range(100))])):
        simulation.set_demands(asked)
        live(simulation, done, times)
    assert story(few) == story(many)


@WHOLE_NIGHTS
@given(depots(), lists(), happenings(), st.lists(moments, max_size=10))
def test_energy_is_conserved_and_limits_are_kept(
    depot: Depot, asked: list[Any], done: list[Deed], looks: list[float]
) -> None:
    """Meters, processes, power over time and batteries agree; nothing is above its limit at any time."""
    simulation = Simulation(depot, START, lambda: 0.3)
    simulation.set_demands(asked)
    check_limits(simulation, depot)
    before = energies(simulation)
    todo = list(done)
    for moment in sorted({*looks, *(deed.at_s for deed in done), *(slot * 300.0 for slot in range(HOURS * 12))}):
        simulation.advance(at(moment))
        check_limits(simulation, depot)
        before = check_energy(before, simulation)
        check_power(simulation, moment)
        before = check_energy(before, simulation)
        while todo and todo[0].at_s <= moment:
            attempt(simulation, todo.pop(0))
            check_limits(simulation, depot)
            before = check_energy(before, simulation)


Energies = dict[str, tuple[float, Process | None, float, float]]


def energies(simulation: Simulation) -> Energies:
    """Meter, process, its energy and its state of charge, by point."""
    return {
        one.point.id: (one.meter_wh, one.process, *(
            (one.process.delivered_wh, one.process.soc_percent) if one.process is not None else (0.0, 0.0)
        )) for one in points(simulation)
    }  # fmt: skip


def check_energy(before: Energies, simulation: Simulation) -> Energies:
    """Compare two moments between which nothing was done from outside."""
    after = energies(simulation)
    for name, (meter, process, delivered, soc) in after.items():
        meter_before, process_before, delivered_before, soc_before = before[name]
        assert meter >= meter_before
        if process is not None and process is process_before:
            assert meter - meter_before == pytest.approx(delivered - delivered_before, abs=1e-6)
            assert soc >= soc_before
            assert soc == soc_before or soc <= targets(simulation, process)[1] + 1e-9
            charged_wh = (soc - soc_before) * process.vehicle.usable_kwh * 10.0
            assert charged_wh <= delivered - delivered_before + 1e-6
            if process.demand is None or not process.demand.preconditioning:
                assert charged_wh == pytest.approx(delivered - delivered_before, abs=1e-6)
    return after


def targets(simulation: Simulation, process: Process) -> tuple[float, float]:
    """What counts for a process."""
    return next(stay.targets for stay in simulation._course.plugged.values() if stay.process is process)


def check_power(simulation: Simulation, moment: float) -> None:
    """What power says is what flows, for the next half millisecond."""
    busy = [one for one in points(simulation) if one.process is not None]
    told = {one.point.id: (one.meter_wh, one.process, power_kw(one)) for one in busy}
    simulation.advance(at(moment + 0.0005))
    for name, (meter, process, kw) in told.items():
        one = point(simulation, name)
        if one.process is process and power_kw(one) == kw:
            assert one.meter_wh - meter == pytest.approx(kw * 0.0005 / 3.6, abs=1e-8, rel=1e-4)


def power_kw(place: PointNow) -> float:
    """Through the meter."""
    return place.process.power_kw if place.process is not None else 0.0


def check_limits(simulation: Simulation, depot: Depot) -> None:
    """Of points, stations and the grid, and of batteries."""
    more = 1 + 1e-9
    total = 0.0
    for station in simulation.present.stations[1:]:
        powers = [one.process.power_kw for one in station.points if one.process is not None]
        assert station.total_kw == pytest.approx(sum(powers))
        assert station.total_kw <= station.station.limit_kw * more
        total += station.total_kw
        for process, one in ((one.process, one) for one in station.points if one.process is not None):
            assert process.power_kw <= min(one.point.max_kw, one.limit_kw or 0.0) * more
            assert process.charging_kw <= process.vehicle.max_kw * more
            assert 0.0 <= process.soc_percent <= 100.0
    assert total <= depot.grid_limit_kw * more
