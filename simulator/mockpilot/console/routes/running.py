"""Paths of runs: a selection of the catalogue against the product that is connected."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import JSONBody  # noqa: TC002 - the framework reads it

from mockpilot.console.asked import RunAsked
from mockpilot.console.routes.described import ACTED, FOUND, FOUND_AND_ACTED, Name, TheRuns
from mockpilot.console.told import RunShown, RunTold


@get("/runs", responses=FOUND)
async def runs(runs: TheRuns) -> list[RunShown]:
    """Runs that were started here, the newest first."""
    return runs.all()


@post("/runs", status_code=200, responses={**FOUND, **ACTED})
async def start(runs: TheRuns, data: JSONBody[RunAsked]) -> RunShown:
    """Begin a run, as ``mockpilot certify`` without COMMAND plays it; one at a time, and nobody meddles meanwhile."""
    return await runs.start(data)


@get("/runs/{name:str}", responses=FOUND_AND_ACTED)
async def run(runs: TheRuns, name: Name) -> RunTold:
    """How far a run is, with its results so far."""
    return runs.told(name)


@delete("/runs/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def stop(runs: TheRuns, name: Name) -> RunShown:
    """End what plays and begin nothing new; results and report become complete."""
    return runs.stop(name)


@get("/runs/{name:str}/report", media_type="text/html", responses=FOUND_AND_ACTED)
async def report(runs: TheRuns, name: Name) -> str:
    """The report page of a run that is over; save it, since its only script runs nowhere else than in a file."""
    return runs.report(name)


ROUTES = (runs, start, run, stop, report)
