"""Paths at which one acts: each is a command of the bench."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, patch, post, put
from litestar.params import JSONBody, QueryParameter

from mockpilot.console.asked import (
    ClockAsked,
    DepotAsked,
    FaultAsked,
    FaultsAsked,
    HoldAsked,
    HoldChanged,
    MarkAsked,
    MessageAsked,
    PlanAsked,
    PushAsked,
    ResetAsked,
    WaitAsked,
    seconds,
)
from mockpilot.console.bench import NotDoneError
from mockpilot.console.routes.described import ACTED, FOUND_AND_ACTED, Name, Number, TheBench
from mockpilot.console.told import (
    Done,
    PlanMade,
    WaitAnswer,
)
from mockpilot.faults.plan import FaultPlan, read_fault, read_plan
from mockpilot.faults.verbs import DROP_HOWS, Fault
from mockpilot.toml_tables import Problems


@delete("/links/{number:int}", status_code=200, responses=FOUND_AND_ACTED)
async def drop_link(
    bench: TheBench, number: Number, how: Annotated[Literal[DROP_HOWS], QueryParameter()] = "close",  # type: ignore[valid-type]
    code: Annotated[int | None, QueryParameter(ge=1000, le=4999)] = 1001,
    down: Annotated[str, QueryParameter(max_length=60)] = "",
) -> Done:  # fmt: skip
    """End a link and see it end; for ``down`` afterwards TCP is refused."""
    return await bench.drop(number, how, code, down or 0.0)


@post("/faults", status_code=200, responses=ACTED)
async def arm(bench: TheBench, data: JSONBody[FaultAsked]) -> Done:  # type: ignore[valid-type]
    """Arm one fault; ``did`` is the name that it got."""
    return bench.arm(_fault(data))


@put("/faults", status_code=200, responses=ACTED)
async def arm_all(bench: TheBench, data: JSONBody[FaultsAsked]) -> Done:
    """Load a whole plan in place of all faults that are armed; doing it twice is doing it once."""
    return bench.arm_plan(_plan(data))


@delete("/faults/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def disarm(bench: TheBench, name: Name) -> Done:
    """Take a fault out; its evidence stays."""
    return bench.disarm(name)


@post("/push", status_code=200, responses=ACTED)
async def push(bench: TheBench) -> Done:
    """Push now, to every link that has booted."""
    return bench.push()


@put("/push", status_code=200, responses=ACTED)
async def pause(bench: TheBench, data: JSONBody[PushAsked]) -> Done:
    """Keep pushes back, or let them out again."""
    return bench.pause(data.paused)


@post("/messages", status_code=200, responses=FOUND_AND_ACTED)
async def say(bench: TheBench, data: JSONBody[MessageAsked]) -> Done:
    """Send a message by hand, as it is."""
    return bench.say(data.link, data.text)


@post("/holds", status_code=200, responses=FOUND_AND_ACTED)
async def hold(bench: TheBench, data: JSONBody[HoldAsked]) -> Done:
    """Hold the next message of ours that is meant; ``did`` is the name of the hold."""
    return bench.hold_next(data)


@put("/holds/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def change_hold(bench: TheBench, name: Name, data: JSONBody[HoldChanged]) -> Done:
    """Let go of what is held, as it is or with another text, or discard it."""
    return bench.change_hold(name, data)


@post("/marks", status_code=200, responses=ACTED)
async def mark(bench: TheBench, data: JSONBody[MarkAsked]) -> Done:
    """Write a note into the recording; waits begin behind it."""
    return bench.mark(data.text)


@post("/wait", status_code=200, responses=ACTED)
async def wait(bench: TheBench, data: JSONBody[WaitAsked]) -> WaitAnswer:
    """Wait for messages, links or events; answers with them, or with what came instead."""
    return await bench.wait(data)


@patch("/depot", status_code=200, responses=ACTED)
async def change_depot(bench: TheBench, data: JSONBody[DepotAsked]) -> Done:
    """Plug in, unplug, break, mend, silence, or make the CMS forget its requests."""
    return bench.change_depot(data)


@post("/clock", status_code=200, responses=ACTED)
async def advance(bench: TheBench, data: JSONBody[ClockAsked]) -> Done:
    """Let simulated time jump forward."""
    return bench.advance(seconds(data.advance))


@post("/plans", status_code=200, responses=ACTED)
async def plan(bench: TheBench, data: JSONBody[PlanAsked]) -> PlanMade:
    """Save what was armed in a stretch of the recording as a plan for ``certify --plan``."""
    return bench.plan(data.title, data.since, data.until, tuple(data.exercises))


@post("/reset", status_code=200, responses=ACTED)
async def reset(bench: TheBench, data: JSONBody[ResetAsked]) -> Done:
    """Begin afresh: links, faults, requests, paused pushes and the recording end; all or those that are named."""
    return await bench.reset(data.what)


def _fault(asked: Any) -> Fault:
    values = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None}
    return read_fault(values)


def _plan(asked: FaultsAsked) -> FaultPlan:
    if bool(asked.toml) is bool(asked.faults):
        raise NotDoneError("a plan is expected either as toml or as faults")
    if asked.faults:
        return FaultPlan("by hand", tuple(_fault(one) for one in asked.faults))
    problems = Problems("plan")
    read = read_plan(asked.toml, problems)
    problems.raise_first()
    return read


ROUTES = (
    drop_link, arm, arm_all, disarm, push, pause, say, hold, change_hold, mark, wait, change_depot, advance, plan,
    reset,
)  # fmt: skip
