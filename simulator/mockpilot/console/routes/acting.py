"""Paths at which one acts: each is a command at the bench."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, patch, post, put
from litestar.params import JSONBody, QueryParameter

from mockpilot.console import faulting, holding, linking, meddling, starting_over, waiting
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
from mockpilot.console.routes.described import ACTED, FOUND_AND_ACTED, ByHand, Name, Number
from mockpilot.console.told import (
    Done,
    PlanMade,
    WaitAnswer,
)
from mockpilot.faults.plan import FaultPlan, read_fault, read_plan
from mockpilot.faults.verbs import Fault
from mockpilot.faults.words import DROP_HOWS
from mockpilot.toml_tables import Problems


@delete("/links/{number:int}", status_code=200, responses=FOUND_AND_ACTED)
async def drop_link(
    by_hand: ByHand, number: Number, how: Annotated[Literal[DROP_HOWS], QueryParameter()] = "close",  # type: ignore[valid-type]
    code: Annotated[int | None, QueryParameter(ge=1000, le=4999)] = 1001,
    down: Annotated[str, QueryParameter(max_length=60)] = "",
) -> Done:  # fmt: skip
    """End a link and see it end; for ``down`` afterwards TCP is refused."""
    return await linking.drop(by_hand, number, how, code, down or 0.0)


@post("/faults", status_code=200, responses=ACTED)
async def arm(by_hand: ByHand, data: JSONBody[FaultAsked]) -> Done:  # type: ignore[valid-type]
    """Arm one fault; ``did`` is the name that it got."""
    return faulting.arm(by_hand, _fault(data))


@put("/faults", status_code=200, responses=ACTED)
async def arm_all(by_hand: ByHand, data: JSONBody[FaultsAsked]) -> Done:
    """Load a whole plan in place of all faults that are armed; doing it twice is doing it once."""
    return faulting.arm_plan(by_hand, _plan(data))


@delete("/faults/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def disarm(by_hand: ByHand, name: Name) -> Done:
    """Take a fault out; its evidence stays."""
    return faulting.disarm(by_hand, name)


@post("/push", status_code=200, responses=ACTED)
async def push(by_hand: ByHand) -> Done:
    """Push now, to every link that has booted."""
    return linking.push(by_hand)


@put("/push", status_code=200, responses=ACTED)
async def pause(by_hand: ByHand, data: JSONBody[PushAsked]) -> Done:
    """Keep pushes back, or let them out again."""
    return linking.pause(by_hand, data.paused)


@post("/messages", status_code=200, responses=FOUND_AND_ACTED)
async def say(by_hand: ByHand, data: JSONBody[MessageAsked]) -> Done:
    """Send a message by hand, as it is."""
    return holding.say(by_hand, data.link, data.text)


@post("/holds", status_code=200, responses=FOUND_AND_ACTED)
async def hold(by_hand: ByHand, data: JSONBody[HoldAsked]) -> Done:
    """Hold the next message of ours that is meant; ``did`` is the name of the hold."""
    return holding.hold_next(by_hand, data)


@put("/holds/{name:str}", status_code=200, responses=FOUND_AND_ACTED)
async def change_hold(by_hand: ByHand, name: Name, data: JSONBody[HoldChanged]) -> Done:
    """Let go of what is held, as it is or with another text, or discard it."""
    return holding.change_hold(by_hand, name, data)


@post("/marks", status_code=200, responses=ACTED)
async def mark(by_hand: ByHand, data: JSONBody[MarkAsked]) -> Done:
    """Write a note into the recording; waits begin behind it."""
    return waiting.mark(by_hand, data.text)


@post("/wait", status_code=200, responses=ACTED)
async def wait(by_hand: ByHand, data: JSONBody[WaitAsked]) -> WaitAnswer:
    """Wait for messages, links or events; answers with them, or with what came instead."""
    return await waiting.wait(by_hand, data)


@patch("/depot", status_code=200, responses=ACTED)
async def change_depot(by_hand: ByHand, data: JSONBody[DepotAsked]) -> Done:
    """Plug in, unplug, break, mend, silence, or make the CMS forget its requests."""
    return meddling.change_depot(by_hand, data)


@post("/clock", status_code=200, responses=ACTED)
async def advance(by_hand: ByHand, data: JSONBody[ClockAsked]) -> Done:
    """Let simulated time jump forward."""
    return meddling.advance(by_hand, seconds(data.advance))


@post("/plans", status_code=200, responses=ACTED)
async def plan(by_hand: ByHand, data: JSONBody[PlanAsked]) -> PlanMade:
    """Save what was armed in a stretch of the recording as a plan for ``certify --plan``."""
    return faulting.take_home(by_hand, data.title, data.since, data.until, tuple(data.exercises))


@post("/reset", status_code=200, responses=ACTED)
async def reset(by_hand: ByHand, data: JSONBody[ResetAsked]) -> Done:
    """Begin afresh: links, faults, requests, paused pushes and the recording end; all or those that are named."""
    return await starting_over.reset(by_hand, data.what)


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
