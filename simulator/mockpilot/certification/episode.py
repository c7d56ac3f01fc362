"""One scenario from start to finish: its CMS, its product, its script, its recording.

Knows neither verdicts nor folders; it hands back a history. Whatever happens, links are closed, the product is stopped
and the recording ends with ``scenario_ended`` before that. Nothing here waits for ever: a script is ended long after
its worst time, and what comes after it has deadlines of its own.
"""

from __future__ import annotations

import math
import random
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext

import trio

from mockpilot.certification.episode_set import Running, Set
from mockpilot.certification.first_line import first_line
from mockpilot.certification.heartbeat import heartbeat
from mockpilot.certification.provoking import provoke
from mockpilot.clock import REAL
from mockpilot.control import Control
from mockpilot.durations import format_duration
from mockpilot.errors import UsageError
from mockpilot.faults.injector import Injector
from mockpilot.history.events import ProductExited, ScenarioEnded
from mockpilot.history.recorder import History, Recorder
from mockpilot.scenario.definition import Scenario
from mockpilot.scenario.stage import Stage
from mockpilot.scenario.waiting import ScenarioOver

RESTART_AFTER_S = 1.0
"""Between the exit of a supervised product and its next start, as supervisors do it."""
OVERTIME, OVERTIME_S = 3.0, 300.0
"""A scenario is ended after so many times its worst time, and so long beside: one that its author forgot to bound."""


async def play(scenario: Scenario, set_: Set, listen: Callable[[], Awaitable[None]]) -> History:
    """Play a scenario; cancelling it from outside still ends the recording in order.

    Args:
        scenario: what to play.
        set_: with what.
        listen: has the server listen, once the recording has its first line.
    """
    simulated = set_.clock.stamp if set_.clock.is_simulated else None
    recorder = Recorder(set_.clock.now, set_.clock.wall, simulated=simulated, mask=set_.surroundings.hide)
    recorder.record(first_line(scenario, set_))
    set_.on_open(recorder)
    chance = random.Random(f"{set_.seed}/{scenario.name}")
    injector = Injector(set_.server.world.dialect, random.Random, f"{set_.seed}/{scenario.name}")
    set_.server.begin_episode(recorder, injector, chance)
    control = Control(set_.server)
    try:
        async with trio.open_nursery() as nursery:
            await _play(scenario, set_, control, nursery, listen)
            nursery.cancel_scope.cancel()
    finally:
        control.close()
    return recorder.history


async def _play(
    scenario: Scenario, set_: Set, control: Control, nursery: trio.Nursery, listen: Callable[[], Awaitable[None]]
) -> None:
    product = set_.running
    if product is not None:
        product.recorder = control.recorder
    why, detail = "interrupted", ""
    supervising = trio.CancelScope()
    try:
        await listen()
        if set_.can_stall and set_.clock.mode == REAL:  # another clock's beats say nothing of our own lateness
            nursery.start_soon(heartbeat, set_.profile.limits.own_stall, control.recorder)
        if set_.launch is not None:
            product = set_.launch(set_, control.recorder)
            await product.start(nursery)
            if set_.profile.presystem.supervised:
                nursery.start_soon(_supervise, product, nursery, supervising)
        worst_s = scenario.worst_s(set_.profile.limits)
        overtime = trio.CancelScope(deadline=trio.current_time() + OVERTIME * worst_s + OVERTIME_S)
        stage = _stage(set_, control, product, overtime)
        why, detail = await _run(scenario, stage, control.recorder, overtime, settles=set_.settles)
    except UsageError as error:  # a COMMAND that could be started before, and now cannot: the run goes on
        why, detail = "product left", str(error)
    finally:
        control.recorder.record(ScenarioEnded(why=why, detail=detail))
        supervising.cancel()  # or what is being ended would be started again
        with trio.CancelScope(shield=True):
            await _clear_up(set_, control, product)


async def _run(
    scenario: Scenario, stage: Stage, recorder: Recorder, overtime: trio.CancelScope, *, settles: bool
) -> tuple[str, str]:
    begun = trio.current_time()
    with overtime:
        return await _run_script(scenario, stage, recorder, settles=settles)
    took, worst = trio.current_time() - begun, scenario.worst_s(stage.limits)
    return "checker broke", (
        f"{scenario.name} was ended after {format_duration(round(took))}; with these limits it takes "
        f"{format_duration(round(worst))} at worst: have bounded_by name all that it may have to wait out"
    )


async def _run_script(scenario: Scenario, stage: Stage, recorder: Recorder, *, settles: bool) -> tuple[str, str]:
    why, detail = "done", ""
    try:
        await scenario.script(stage)
        stage.started = True
    except ScenarioOver as over:
        why, detail = over.why, over.detail
    except Exception:
        return "checker broke", traceback.format_exc()
    if settles and why == "done" and not _has_left(recorder.history):
        await stage.settle()
    return why, detail


@contextmanager
def _suspended(scope: trio.CancelScope) -> Iterator[None]:
    """Let nothing be cancelled meanwhile, and by as much later afterwards: people take their time."""
    begun, deadline = trio.current_time(), scope.deadline
    scope.deadline = math.inf
    try:
        yield
    finally:
        scope.deadline = deadline + trio.current_time() - begun


def _has_left(history: History) -> bool:
    return any(not event.by_us for event in history.of(ProductExited))


async def _clear_up(set_: Set, control: Control, product: Running | None) -> None:
    control.disarm_all()
    control.release_pushes()
    await set_.server.end_links(within_s=set_.end_within_s)
    if set_.launch is not None and product is not None:
        await product.stop()


async def _supervise(product: Running, nursery: trio.Nursery, scope: trio.CancelScope) -> None:
    with scope:
        while True:
            await product.gone.wait()
            await trio.sleep(RESTART_AFTER_S)
            await product.start(nursery)


def _stage(set_: Set, control: Control, product: Running | None, overtime: trio.CancelScope) -> Stage:
    way, limits = set_.profile.provoke, set_.profile.limits

    async def ask_product(step: str, point: str, request: str) -> tuple[bool, str]:
        assert way is not None
        with _suspended(overtime) if way.way == "ask" else nullcontext():
            return await provoke(
                way, step, point, request, surroundings=set_.surroundings, product=product, ask=set_.ask
            )

    asked = set_.provoke or (ask_product if way is not None else None)
    launched_now = set_.launch is not None or set_.first
    return Stage(
        control, limits, set_.profile.presystem.id,
        connects_within_s=limits.connect_within if launched_now else limits.reconnect_within,
        provoke=asked, supervised=set_.profile.presystem.supervised,
    )  # fmt: skip
