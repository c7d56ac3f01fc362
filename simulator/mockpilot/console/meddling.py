"""The depot and its time by hand, in the simulation's own words."""

from __future__ import annotations

from mockpilot.console.asked import DepotAsked
from mockpilot.console.bench import Bench, NotDoneError
from mockpilot.console.faulting import arm
from mockpilot.console.told import Done
from mockpilot.depot.model import OcppError
from mockpilot.depot.simulation import Simulation
from mockpilot.errors import ScenarioError
from mockpilot.faults import forget

MOST_ADVANCED_S = 7 * 24 * 3600.0


def change_depot(bench: Bench, asked: DepotAsked) -> Done:
    """Do something to the depot, or make the CMS forget what was asked of it."""
    if asked.do == "forget":
        named = {"link": asked.target} if asked.target else {}
        return arm(bench, forget("requests", **named))  # type: ignore[arg-type]
    what = " ".join(one for one in (asked.do, asked.vehicle, asked.target) if one)
    return bench.do(what, lambda: bench.control.meddle(what, lambda depot: _meddle(depot, asked)))


def advance(bench: Bench, by_s: float) -> Done:
    """Let simulated time jump."""
    if not bench.control.server.world.clock.is_simulated:
        raise NotDoneError("clock: only simulated time can be advanced, and this one is the wall's; "
                           "start serve with --time-factor")  # fmt: skip
    if by_s > MOST_ADVANCED_S:
        raise NotDoneError(f"clock: at most a week at a time is expected, found {by_s / 3600:g} h")
    return bench.do("advanced the clock", lambda: bench.control.advance(by_s))


def _meddle(depot: Simulation, asked: DepotAsked) -> None:
    match asked.do:
        case "plug-in":
            depot.plug_in(asked.vehicle, asked.target, asked.soc_percent)
        case "unplug":
            depot.unplug(asked.target)
        case "fault":
            depot.set_fault(asked.target, _error(asked.error), asked.text)
        case "mend":
            depot.clear_fault(asked.target)
        case "offline":
            depot.go_offline(asked.target)
        case "online":
            depot.come_back(asked.target)


def _error(name: str) -> OcppError:
    try:
        return OcppError(name)
    except ValueError as error:
        raise ScenarioError(f"error: one of {', '.join(OcppError)} is expected, found {name[:60]!r}") from error
