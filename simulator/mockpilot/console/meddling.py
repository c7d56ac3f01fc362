"""What somebody does to the depot by hand, in the simulation's own words."""

from __future__ import annotations

from mockpilot.console.asked import DepotAsked
from mockpilot.depot.model import OcppError
from mockpilot.depot.simulation import Simulation
from mockpilot.errors import ScenarioError


def meddle(depot: Simulation, asked: DepotAsked) -> None:
    """Do what is asked.

    Raises:
        DepotError: it cannot be done; nothing has changed.
        ScenarioError: nobody knows the error.
    """
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



