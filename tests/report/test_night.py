"""A night in numbers."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_night import BEGAN, fleet, gathered, point, push
from mockpilot.history.events import Event, Presystem, ScenarioStarted
from mockpilot.report import night as nights
from mockpilot.report import stays
from mockpilot.report.night import NightBook, Power, night_of
from mockpilot.report.stays import Stay

STARTED = ScenarioStarted(
    scenario="one", exercises=(), dialect="chargepilot",
    presystem=Presystem(id="acme", kind="BMS", user="acme", path="/acme"),
    push_interval_s=15.0, limits={}, seed=7, mockpilot="0.1.0", catalogue="1", grid_limit_kw=800.0,
)  # fmt: skip


def test_without_power_there_is_no_night() -> None:
    """Nor without any push."""
    book = NightBook()
    assert book.night(800.0) is None
    book.note(push(0, point("p", "bus", soc=40)))
    assert book.night(800.0) is None


def test_power_is_the_sum_of_all_points_until_the_next_push() -> None:
    """Steps, and no step where nothing changed."""
    night = gathered(
        push(0, point("p1", "a", kw=100, limit=150), point("p2", "b", kw=50.5, limit=60)),
        push(60, point("p2", "b", kw=50.5, limit=60), point("p1", "a", kw=100, limit=150)),
        push(120, point("p1", "a", kw=80, limit=80), point("p2", "b", kw=50.5, limit=60)),
        push(180, point("p1", limit=150)),
    )
    assert night.power == (Power(0, 150.5, 210, 2), Power(120, 130.5, 140, 2), Power(180, 0, 0, 0))
    assert night.energy_kwh == pytest.approx((150.5 * 120 + 130.5 * 60) / 3600)
    assert night.peak == Power(0, 150.5, 210, 2)


@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 4000)), min_size=1, max_size=30))
def test_energy_is_what_the_steps_enclose(steps: list[tuple[int, int]]) -> None:
    """Whatever is thinned out on the way."""
    at, energy, events = 0, 0.0, []
    for lasts, quarters in steps:
        events.append(push(at, point("p", "bus", kw=quarters / 4)))
        energy += quarters / 4 * lasts / 3600
        at += lasts
    book = NightBook()
    for event in [*events, push(at)]:
        book.note(event)
    night = book.night(None)
    assert (0.0 if night is None else night.energy_kwh) == pytest.approx(energy)


def test_equal_pushes_to_several_presystems_count_once() -> None:
    """A later stamp only prolongs, an earlier one is old news."""
    night = gathered(push(0, point("p", "a", kw=9)), push(5, point("p", "a", kw=9)), push(4, point("p", "a", kw=7)))
    assert (night.power, night.lasted_s) == ((Power(0, 9, None),), 5)


def test_the_last_of_two_pushes_at_one_moment_counts() -> None:
    """Something happened between them."""
    night = gathered(push(0, point("p", "a", soc=40, kw=9)), push(0, point("p", "a", soc=41, kw=7)))
    assert night.power == (Power(0, 7, None),)
    assert night.buses[0].stays[0].socs == ((0, 41),)


@pytest.mark.parametrize("new", [False, True], ids=["until 1.1", "from 2.0"])
def test_a_stay_has_its_numbers(new: bool) -> None:
    """From the first push that tells it to the first that doesn't."""
    night = gathered(
        push(0),
        push(10, point("p", "bus", soc=40, kw=0, least=80, new=new)),
        push(20, point("p", "bus", soc=40, kw=90, least=80, new=new, departs_s=600)),
        push(30, point("p", "bus", soc=81, kw=90, least=80, new=new, departs_s=600)),
        push(40, point("p", "bus", soc=81, kw=0, least=80, new=new, departs_s=600)),
        push(50),
    )
    assert night.buses[0].stays == (Stay("p", 10, 50, ((10, 40), (30, 81)), ((20, 40),), 80, 600),)
    assert night.buses[0].stays[0].min_reached_s == 30


def test_a_minimum_that_was_told_before_the_arrival_counts() -> None:
    """Unless the process itself tells another; after that the last one told stays."""
    least = {"chargingPredictionDataMinSoc": {"requestedMinSoc": 75}}
    waiting = [{"chargingProcessId": "q", "vehicleId": "bus", "chargingPredictionData": least}]
    before = push(0, point("p") | {"scheduledChargingProcessList": waiting})
    arrived = push(60, point("p", "bus", soc=40, kw=9, process="q"))
    night = gathered(before, arrived, push(120))
    assert night.buses[0].stays[0].min_percent == 75
    changed = push(120, point("p", "bus", soc=41, kw=9, process="q", least=80))
    last = push(180, point("p", "bus", soc=42, kw=9, process="q"))
    assert gathered(before, arrived, changed, last).buses[0].stays[0].min_percent == 80


def test_who_is_still_there_has_not_left() -> None:
    """It charges to the end."""
    night = gathered(push(0, point("p", "bus", kw=90)), push(60, point("p", "bus", kw=90)))
    assert night.buses[0].stays == (Stay("p", 0, None, (), ((0, 60),), None, None),)


@pytest.mark.parametrize(
    ("socs", "least", "reached"),
    [((40, 79.9), 80.0, None), ((40, 80), 80.0, 60), ((85, 90), 80.0, 0), ((40, 80), None, None)],
)
def test_the_minimum_is_reached_when_it_is_told(socs: tuple[float, float], least: float | None, reached: float) -> None:
    """Nothing is rounded up."""
    night = gathered(*(push(60 * at, point("p", "bus", soc=soc, kw=1, least=least)) for at, soc in enumerate(socs)))
    assert night.buses[0].stays[0].min_reached_s == reached


@pytest.mark.parametrize(
    ("socs", "kw", "untold"),
    [
        ((70, 75, 79.5), 90, True), ((70, 75, 79.5), 0, False), ((78, 79, 79.4), 90, False), ((70, 75, 80), 90, False),
        ((79.5,), 90, False), ((70, 75), 90, True), ((70, 74), 90, False),
    ],
)  # fmt: skip
def test_nobody_knows_what_came_between_the_last_two_pushes(socs: tuple[float, ...], kw: float, untold: bool) -> None:
    """Whoever charges to the end may reach the minimum there, at the pace it had."""
    told = [push(60 * at, point("p", "bus", soc=soc, kw=kw, least=80)) for at, soc in enumerate(socs)]
    gone = push(60 * len(socs), point("q", "other", kw=1))
    assert gathered(*told, gone).buses[0].stays[0].left_untold == untold


def test_coming_back_is_another_stay() -> None:
    """At another point, or in another process."""
    night = gathered(
        push(0, point("p1", "bus", kw=9, process="a")), push(60, point("p2", "bus", kw=9, process="b")),
        push(120), push(180, point("p2", "bus", kw=9, process="c")),
    )  # fmt: skip
    assert [(stay.arrived_s, stay.left_s) for stay in night.buses[0].stays] == [(0, 60), (60, 120), (180, None)]


def test_a_process_that_was_out_of_sight_goes_on() -> None:
    """Its station was silent."""
    night = gathered(push(0, point("p", "bus", kw=9)), push(60), push(120, point("p", "bus", kw=9)))
    assert [(stay.arrived_s, stay.left_s) for stay in night.buses[0].stays] == [(0, None)]


def test_more_than_the_limit_is_told() -> None:
    """For as long as it lasted; what the rounding of the parts explains is no excess."""
    many = [point(f"p{at}", f"bus-{at}", kw=16.01) for at in range(50)]
    events = (push(0, point("p", "bus", kw=801)), push(60, *many), push(90))
    assert gathered(*events, grid_limit_kw=800.0).over_limit_s == 60
    assert gathered(*events).over_limit_s == 0
    assert gathered(*events, grid_limit_kw=math.inf).grid_limit_kw is None


def test_what_is_too_old_is_forgotten() -> None:
    """The value that held then is the first; whoever left before is gone."""
    day = timedelta(days=1).total_seconds()
    night = gathered(
        push(0, point("p", "gone", kw=5)), push(60, point("p", "stays", kw=7, process="q")),
        push(4 * day, point("p", "stays", kw=9, process="q")),
    )  # fmt: skip
    assert night.began == BEGAN + timedelta(days=1.75)
    assert night.power == (Power(0, 7, None), Power(2.25 * day, 9, None))
    assert ([bus.vehicle_id for bus in night.buses], night.forgotten) == (["stays"], True)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of values, of vehicles, of stays and of what a stay holds."""
    monkeypatch.setattr(nights, "MOST_VALUES", 10)
    monkeypatch.setattr(nights, "MOST_VEHICLES", 2)
    monkeypatch.setattr(stays, "MOST_VALUES", 5)
    monkeypatch.setattr(nights, "MOST_STAYS", 3)
    night = gathered(*(
        push(at, point("p1", "a", soc=at, kw=at % 7), point("p2", "b", process=str(at)), point("p3", f"c{at % 2}"))
        for at in range(40)
    ))  # fmt: skip
    assert len(night.power) <= 10
    assert [len(bus.stays) for bus in night.buses] == [1, 3]
    assert night.left_out == 2
    first = night.buses[0].stays[0]
    assert len(first.socs) <= 6
    assert len(first.charging) <= 5
    assert first.soc_percent == 39


def test_the_recording_tells_its_own_limit() -> None:
    """Unless the caller does."""
    events: list[Event] = [STARTED, push(0, point("p", "bus", kw=9))]
    limits = [night.grid_limit_kw for night in (night_of(events), night_of(events, 500.0)) if night is not None]
    assert limits == [800.0, 500.0]


def test_a_fleet_is_one_bus_each() -> None:
    """With what it asked for."""
    night = fleet(3)
    assert [bus.stays[0].min_reached_s for bus in night.buses] == [2400, None, 2400]
    assert night.peak.drawn_kw == 300
