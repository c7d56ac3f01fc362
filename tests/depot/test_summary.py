"""What became of each stay, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from depot.busy import START, at, demand
from mockpilot.depot.model import Depot, OcppError, Point, Station, Trouble, Vehicle, Visit
from mockpilot.depot.simulation import Simulation
from mockpilot.depot.summary import Departure

HOUR = 3600.0
ONE = Depot("d", (Station("s", (Point("p"), Point("q"))),), vehicles=(Vehicle("bus 0"), Vehicle("bus 1")))


def left(depot: Depot = ONE, chance: float = 0.5, **changes: Any) -> list[Departure]:
    """Everybody who has left after a day."""
    simulation = Simulation(replace(depot, **changes), START, lambda: chance)
    simulation.advance(at(24 * HOUR))
    return simulation.departures


def test_departure_tells_plan_and_truth() -> None:
    """And whose request it was."""
    simulation = Simulation(ONE, START, lambda: 0.5)
    simulation.set_demands([demand(arrives=at(HOUR), departs=at(9 * HOUR), min_percent=70.0)])
    simulation.advance(at(9 * HOUR))
    assert simulation.departures == [
        Departure("bus 0", "r", at(HOUR), at(9 * HOUR), at(9 * HOUR), 100.0, 70.0, True, True, "ready", "P")
    ]


@pytest.mark.parametrize(("changes", "could", "why"), [
    ({"visits": (Visit("bus 0", HOUR, 2 * HOUR, 0, 95),)}, False,
     "stay too short: needs 2 h 10 min at 150 kW, stayed 1 h"),
    ({"visits": (Visit("bus 0", HOUR, 2 * HOUR, 40, 65),),
      "troubles": (Trouble("p", 1.2 * HOUR, 0.5 * HOUR),)}, False, "point p faulted for 30 min"),
    ({"visits": (Visit("bus 0", HOUR, 2 * HOUR, 40, 65),),
      "troubles": (Trouble("s", 1.2 * HOUR, 0.5 * HOUR),)}, False, "station s faulted for 30 min"),
    ({"visits": (Visit("bus 0", HOUR, 2 * HOUR, 40, 65),),
      "troubles": (Trouble("bus 0", 1.2 * HOUR, 0.5 * HOUR),)}, False, "vehicle bus 0 faulted for 30 min"),
    ({"visits": (Visit("bus 0", HOUR, 2 * HOUR, 40, 75),), "jitter_s": 2400.0}, False, "arrived 36 min late"),
    ({"visits": (Visit("bus 0", 0, 2 * HOUR, 40, 60, point_id="p"),
                 Visit("bus 1", HOUR, 2.5 * HOUR, 40, 80, point_id="p"))}, False,
      "waited 1 h for point p"),
    ({"visits": (Visit("bus 0", 0, HOUR, 40, 80), Visit("bus 1", 0, HOUR, 40, 80)), "grid_limit_kw": 150.0}, True,
     "grid limit shared with others"),
])  # fmt: skip
def test_why_says_what_kept_it_from_being_ready(changes: dict[str, Any], could: bool, why: str) -> None:
    """The last to leave, with what would have been enough."""
    last = left(chance=0.95, **changes)[-1]
    assert (last.ready, last.could_be_ready, last.why) == (False, could, why)


def test_vehicle_that_never_got_to_its_point_waited_for_it() -> None:
    """It leaves as empty as it came."""
    waited = left(visits=(Visit("bus 0", 0, 5 * HOUR, point_id="p"), Visit("bus 1", HOUR, 3 * HOUR, point_id="p")))[0]
    assert (waited.vehicle_id, waited.soc_percent, waited.ready) == ("bus 1", 40.0, False)
    assert waited.why == "waited for point p and was never plugged in"


def test_taken_back_request_is_why_it_is_not_ready() -> None:
    """Its target counts all the same."""
    simulation = Simulation(ONE, START, lambda: 0.5)
    simulation.set_demands([demand(departs=at(5 * HOUR), min_percent=90.0)])
    simulation.advance(at(600))
    simulation.set_demands([])
    simulation.advance(at(5 * HOUR))
    (gone,) = simulation.departures
    assert (gone.request_id, gone.min_target_percent, gone.ready) == ("r", 90.0, False)
    assert (gone.could_be_ready, gone.why) == (True, "its charging request was taken back")


def test_fault_while_it_is_there_counts_even_when_it_is_never_mended() -> None:
    """Until departure."""
    simulation = Simulation(replace(ONE, visits=(Visit("bus 0", 0, 2 * HOUR),)), START, lambda: 0.5)
    simulation.advance(at(600))
    simulation.set_fault("p", OcppError.GROUND_FAILURE)
    simulation.advance(at(3 * HOUR))
    assert simulation.departures[0].why == "point p faulted for 1 h 50 min"
