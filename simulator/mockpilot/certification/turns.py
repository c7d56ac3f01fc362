"""Whose turn it is: scenarios beside one another, each with its own listener, or one after the other on one.

Makes what an episode plays with, and hands what was recorded to be judged. Knows neither folders nor signals.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import trio

from mockpilot.certification.episode import play
from mockpilot.certification.episode_set import Set
from mockpilot.certification.product import Product, Surroundings
from mockpilot.certification.run import Recording, Run, about, judge_scenario
from mockpilot.certification.selection import needs_command, without_command
from mockpilot.certification.setting import server_for, url_of
from mockpilot.cms.server import Server
from mockpilot.history.events import ProductStarted
from mockpilot.history.recorder import Recorder
from mockpilot.results import not_selected
from mockpilot.scenario.definition import Scenario

Listen = Callable[[], Awaitable[None]]

ONCE = "once"
"""Stands for the scenario's name where COMMAND runs through all of them."""
GIVE_UP_AFTER = 3
"""So many scenarios in a row without a connection end a run."""


async def play_apart(run: Run) -> None:
    """Each with a listener and a product of its own, several at a time."""
    waiting = list(reversed(run.plan.selection.run))

    async def work(slot: int) -> None:
        while waiting and run.goes_on:
            scenario = waiting.pop()
            if not _is_given_up(run, scenario):
                await _play_with_own_server(run, scenario, slot)

    async with trio.open_nursery() as nursery:
        for slot in range(run.plan.jobs):
            nursery.start_soon(work, slot)


async def _play_with_own_server(run: Run, scenario: Scenario, slot: int) -> None:
    port = None if slot == 0 else 0
    server = server_for(
        run.plan.profile, run.plan.certificates, run.secrets, run.clock, port, chance(run, scenario.name)
    )
    async with trio.open_nursery() as nursery:

        async def listen() -> None:
            port = await nursery.start(server.serve)
            set_.surroundings = replace(set_.surroundings, url=url_of(run.plan.profile, run.presystem_id, port))

        set_ = _set(run, server, slot, scenario)
        await _play_one(run, scenario, set_, listen)
        nursery.cancel_scope.cancel()


def chance(run: Run, whose: str) -> Callable[[], float]:
    """What a depot leaves to chance, the same for the same seed."""
    return random.Random(f"{run.plan.seed}/depot/{whose}").random


async def play_in_turn(run: Run) -> None:
    """One after the other on one listener, with a product that somebody else starts, or that we start once."""
    server = server_for(run.plan.profile, run.plan.certificates, run.secrets, run.clock, chance=chance(run, "all"))
    async with trio.open_nursery() as nursery:
        # Held, or a product that knocks already would open its link before anything is recorded.
        port = await nursery.start(server.serve, True)
        url = url_of(run.plan.profile, run.presystem_id, port)
        shown = None if run.plan.profile.presystem.password else run.secrets[run.presystem_id]
        if not run.plan.command:
            run.progress.run_started(url, run.folder.anchor, run.plan.profile.presystem.user, shown)
        set_ = _set(run, server, 0, None)
        set_.surroundings = replace(set_.surroundings, url=url)
        product = await _start_once(run, nursery, set_) if run.plan.command else None
        try:
            await follow_one_another(run, server, url, product)
        finally:
            if product is not None:
                await product.stop()
                _keep_output(run, ONCE, set_)
        nursery.cancel_scope.cancel()


async def _start_once(run: Run, nursery: trio.Nursery, set_: Set) -> Product:
    product = _product(run, run.work / f"output-{ONCE}", set_, set_.server.world.recorder)
    await product.start(nursery)
    return product


async def follow_one_another(run: Run, server: Server, url: str, product: Product | None) -> None:
    """One after the other on a server that listens, with a product that runs already, or that somebody else starts."""
    for number, scenario in enumerate(run.plan.selection.run):
        if not run.goes_on:
            return
        if _is_given_up(run, scenario):
            continue
        set_ = _set(run, server, 0, scenario)
        set_.launch, set_.running, set_.first = None, product, number == 0
        set_.surroundings = replace(set_.surroundings, url=url)
        await _play_one(run, scenario, set_, trio.lowlevel.checkpoint)


def _is_given_up(run: Run, scenario: Scenario) -> bool:
    if run.without_connection < GIVE_UP_AFTER:
        return False
    run.results[scenario.name] = not_selected(scenario.name, "product no longer connects", about(scenario))
    return True


def _set(run: Run, server: Server, slot: int, scenario: Scenario | None) -> Set:
    profile, presystem = run.plan.profile, run.plan.profile.presystem
    name = scenario.name if scenario else ONCE
    work = run.work / name
    work.mkdir()
    surroundings = Surroundings(
        url="", ca_file=run.folder.anchor.absolute(), user=presystem.user, password=run.secrets[presystem.id],
        presystem_id=presystem.id, kind=presystem.kind, dialect=presystem.dialect,
        subprotocol=next(iter(server.world.dialect.subprotocols), ""), push_interval_s=profile.cms.push_interval_s,
        slot=slot, scenario=scenario.name if scenario else None, work_dir=work,
    )  # fmt: skip
    return Set(
        profile=profile if run.plan.command else without_command(profile),
        clock=run.clock, server=server, surroundings=surroundings, seed=run.plan.seed,
        ask=run.plan.ask, launch=partial(_product, run, run.work / f"output-{name}"), advertised=run.advertised,
    )  # fmt: skip


def _keep_output(run: Run, name: str, set_: Set) -> None:
    output = run.work / f"output-{name}"
    if output.is_file():
        run.folder.keep_output(name, set_.surroundings.mask(output.read_bytes()))


def _product(run: Run, output: Path, set_: Set, recorder: Recorder) -> Product:
    stdin = needs_command(run.plan.profile)
    return Product(run.plan.command, set_.surroundings, output, recorder, stdin=stdin)


async def _play_one(run: Run, scenario: Scenario, set_: Set, listen: Listen) -> None:
    begun, before = trio.current_time(), set_.server.connections
    recording = Recording(run, scenario)

    def on_open(recorder: Recorder) -> None:
        recording.open(recorder)
        if set_.running is not None and set_.first:
            recorder.record(ProductStarted(command=run.plan.command))
        run.progress.scenario_started(scenario, recorder)

    set_.on_open = on_open
    scope = trio.CancelScope()
    run.playing.add(scope)
    try:
        with scope:
            await play(scenario, set_, listen)
    finally:
        run.playing.discard(scope)
        recording.close()
        _keep_output(run, scenario.name, set_)
        connected = set_.server.connections - before
        run.connections += connected
        run.without_connection = 0 if connected else run.without_connection + 1
        run.advertised = set_.server.world.site.advertised_points(set_.server.world.dialect)
        if recording.history is not None:
            judge_scenario(run, scenario, recording.history, trio.current_time() - begun)
