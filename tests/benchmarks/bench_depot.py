"""What a large depot costs: steps of the simulation, planning everything anew, and the push that tells of it.

    python tests/benchmarks/bench_depot.py [--points 1000] [--hours 6]

Every point is busy, half of all stays are asked for, arrivals and departures are spread over the hours, and one grid
limit holds everybody back. A push is compared with the standard library's encoding of the same payload.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mockpilot.depot.demand import Demand
from mockpilot.depot.model import Depot, OcppError, Point, Station, Vehicle, Visit
from mockpilot.depot.simulation import Simulation
from mockpilot.depot.view import View
from mockpilot.protocol.vocabulary import dialect

START = datetime(2031, 3, 4, 17, tzinfo=UTC)
STEP_S = 15.0
DIALECT = "vdv-2.0-rc1"  # it says most


def depot(points: int, hours: float, *, shared: bool) -> Depot:
    """Twice as many stays as points, one after the other."""
    chance = random.Random(463)
    stations = tuple(Station(f"s{n}", (Point(f"p{2 * n}"), Point(f"p{2 * n + 1}"))) for n in range(points // 2))
    visits = []
    for number in range(points):
        turn = (hours * 3600.0 - 600.0) * chance.random() + 300.0
        visits.append(Visit(f"early {number}", 0.0, turn, chance.uniform(10, 60), point_id=f"p{number}"))
        departs = turn + chance.uniform(4, 10) * 3600.0
        visits.append(Visit(f"late {number}", turn + 120.0, departs, chance.uniform(10, 60), point_id=f"p{number}"))
    vehicles = tuple(Vehicle(visit.vehicle_id) for visit in visits)
    grid_kw = points * 60.0 if shared else math.inf
    return Depot("d", stations, "", grid_kw, 120.0, vehicles, tuple(visits))


def demands(of: Depot) -> list[Demand]:
    """For every second stay."""
    return [
        Demand("P", f"r {visit.vehicle_id}", f"process {visit.vehicle_id}", visit.vehicle_id, 70.0, 95.0,
               visit.point_id, START + timedelta(seconds=visit.arrives_s), visit.soc_percent,
               START + timedelta(seconds=visit.departs_s))
        for visit in of.visits[::2]
    ]  # fmt: skip


def timed(what: Callable[[], object]) -> float:
    """CPU seconds."""
    begun = time.process_time()
    what()
    return time.process_time() - begun


def tell(name: str, took: list[float]) -> None:
    """Median, 99th of a hundred, and worst, in milliseconds."""
    ordered = sorted(one * 1e3 for one in took)
    rare = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    figures = f"median {statistics.median(ordered):7.2f}   p99 {rare:7.2f}   worst {ordered[-1]:7.2f} ms"
    sys.stdout.write(f"{name:44} {len(took):5} x   {figures}\n")


def steps(simulation: Simulation, hours: float) -> None:
    """Let time pass, and sort the steps by what happened in them."""
    took: dict[str, list[float]] = {"step": [], "step with an arrival or departure": []}
    for number in range(1, int(hours * 3600 / STEP_S)):
        before = busy(simulation)
        now = START + timedelta(seconds=number * STEP_S)
        seconds = timed(lambda now=now: simulation.advance(now))  # type: ignore[misc]
        took["step" if busy(simulation) == before else "step with an arrival or departure"].append(seconds)
    for name, all_ in took.items():
        if all_:
            tell(name, all_)


def busy(simulation: Simulation) -> list[object]:
    """What is plugged in."""
    return [id(point.process) for station in simulation.present.stations for point in station.points]


def pushes(simulation: Simulation, rounds: int) -> None:
    """Build and encode, a step of time between two, beside the standard library's encoding alone.

    In turns of ten: one by one, each would find the processor's caches full of the other's megabytes.
    """
    ours, plain = [], []
    view = View(dialect(DIALECT), START)
    payload = json.loads(view.information(simulation.present, []))
    for _ in range(rounds):
        for _ in range(10):
            simulation.advance(simulation.present.now + timedelta(seconds=STEP_S))
            ours.append(timed(lambda: view.information(simulation.present, [])))
        plain += [timed(lambda: json.dumps(payload).encode()) for _ in range(10)]
    tell("push, built and encoded", ours)
    tell("json.dumps of such a push", plain)
    sys.stdout.write(f"ratio {statistics.median(ours) / statistics.median(plain):.2f}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=6.0)
    options = parser.parse_args()
    for shared in (False, True):
        sys.stdout.write(f"{options.points} points, {'one grid limit' if shared else 'no limits above the points'}\n")
        of = depot(options.points, options.hours, shared=shared)
        made: list[Simulation] = []
        tell("made, with all visits planned", [timed(lambda: made.append(Simulation(of, START, lambda: 0.4)))])  # noqa: B023
        simulation = made[0]
        asked = demands(of)
        tell("half of all stays asked for", [timed(lambda: simulation.set_demands(asked))])  # noqa: B023
        gc.collect()
        steps(simulation, options.hours / 2)
        tell("fault and mending", [timed(lambda: fault(simulation)) for _ in range(20)])  # noqa: B023
        plan = simulation._traffic._plan
        tell("everything planned anew", [timed(plan.everything) for _ in range(5)])
    pushes(simulation, 10)


def fault(simulation: Simulation) -> None:
    """One point breaks and is mended."""
    simulation.set_fault("p0", OcppError.GROUND_FAILURE)
    simulation.clear_fault("p0")


if __name__ == "__main__":
    main()
