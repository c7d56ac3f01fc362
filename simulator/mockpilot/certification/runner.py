"""A whole run: plays the selected scenarios, judges each recording, keeps the run folder true at every moment.

With COMMAND, and unless it is started once, every scenario has its own listener and its own process, and several can
run at a time. Otherwise one listener serves the whole run and scenarios follow one another.
"""

from __future__ import annotations

import random
import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import trio

from mockpilot.certification.episode import Set, play
from mockpilot.certification.product import Product, Surroundings
from mockpilot.certification.run import (
    Outcome,
    Plan,
    Progress,
    Recording,
    Run,
    about,
    finish,
    judge_scenario,
    write_result,
)
from mockpilot.certification.run_folder import RunFolder
from mockpilot.certification.selection import without_command
from mockpilot.certification.setting import passwords, server_for, url_of
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.history.events import ProductStarted
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile, RunSettings, effective_profile
from mockpilot.protocol.handshake import SHORTEST_SECRET
from mockpilot.results import not_selected
from mockpilot.scenario.definition import Scenario

Listen = Callable[[], Awaitable[None]]
Play = Callable[[Run], Awaitable[None]]

ONCE = "once"
"""Stands for the scenario's name where COMMAND runs through all of them."""
GIVE_UP_AFTER = 3
"""So many scenarios in a row without a connection end a run."""


async def certify(plan: Plan, progress: Progress) -> Outcome:
    """Run the plan; an interrupt ends the running scenario in order and leaves a complete folder.

    Raises:
        UsageError: the set-up cannot work; nothing was written then.
    """
    secrets = passwords(plan.profile.presystems)
    plan = replace(plan, command=_without_password(plan.command, secrets[plan.profile.presystem.id]))
    clock = RunClock()
    await _try_listening(plan, secrets, clock)
    return await _carry_out(plan, progress, secrets, clock, _play_all)


async def certify_at(
    server: Server, plan: Plan, progress: Progress, task_status: trio.TaskStatus[Run] = trio.TASK_STATUS_IGNORED
) -> Outcome:
    """Run the plan on a server that listens already, against the product that somebody else has started.

    The server is its own again afterwards. Reports the run once the server is the run's; cancelling leaves a complete
    folder.

    Raises:
        UsageError: the folder cannot be made; nothing was written then.
        StorageError: not everything could be written down.
    """
    secrets = {one.presystem_id: one.password for one in server.world.accounts.values()}

    async def play_there(run: Run) -> None:
        own = server_for(plan.profile, plan.certificates, secrets, run.clock, chance=_chance(run, "all"))
        async with server.lend(own.world):
            task_status.started(run)
            await _follow_one_another(run, server, url_of(plan.profile, run.presystem_id, server.port), None)

    return await _carry_out(plan, progress, secrets, RunClock(), play_there)


async def _carry_out(
    plan: Plan, progress: Progress, secrets: Mapping[str, str], clock: RunClock, play_all: Play
) -> Outcome:
    started = datetime.now(UTC)
    folder = RunFolder.start(plan.out, started)
    with tempfile.TemporaryDirectory(prefix="mockpilot-") as work:
        run = Run(plan, progress, secrets, folder, clock, started, Path(work))
        write_result(run, finished=False)
        folder.publish()
        folder.write_profile(effective_profile(_repeatable(plan)))
        folder.write_anchor(plan.certificates.ca_pem)
        try:
            await play_all(run)
        except* trio.Cancelled:
            run.stop(signal.SIGINT)
            finish(run)
            raise
        result = finish(run)
    return Outcome(result, folder.path, run.connections == 0, run.stopped_by)


def _repeatable(plan: Plan) -> Profile:
    started = RunSettings(plan.seed, plan.command, plan.start_once, plan.more_scenarios, plan.plans)
    return replace(plan.profile, run=started)


def _without_password(command: Sequence[str], password: str) -> tuple[str, ...]:
    """COMMAND with a name in braces where somebody wrote the password itself; it is filled in again at the start."""
    name = "{password}"
    if len(password) < SHORTEST_SECRET:
        return tuple(name if word == password else word for word in command)
    return tuple(word.replace(password, name) for word in command)


async def _try_listening(plan: Plan, secrets: Mapping[str, str], clock: RunClock) -> None:
    # Whatever is wrong with address or depot is said before anything is written.
    async with trio.open_nursery() as nursery:
        await nursery.start(server_for(plan.profile, plan.certificates, secrets, clock).serve)
        nursery.cancel_scope.cancel()


async def _play_all(run: Run) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(_stop_on_signal, run)
        if run.plan.command and not run.plan.start_once:
            await _play_apart(run)
        else:
            await _play_in_turn(run)
        nursery.cancel_scope.cancel()


async def _stop_on_signal(run: Run, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            run.stop(number)


async def _play_apart(run: Run) -> None:
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
        run.plan.profile, run.plan.certificates, run.secrets, run.clock, port, _chance(run, scenario.name)
    )
    async with trio.open_nursery() as nursery:

        async def listen() -> None:
            port = await nursery.start(server.serve)
            set_.surroundings = replace(set_.surroundings, url=url_of(run.plan.profile, run.presystem_id, port))

        set_ = _set(run, server, slot, scenario)
        await _play_one(run, scenario, set_, listen)
        nursery.cancel_scope.cancel()


def _chance(run: Run, whose: str) -> Callable[[], float]:
    return random.Random(f"{run.plan.seed}/depot/{whose}").random


async def _play_in_turn(run: Run) -> None:
    server = server_for(run.plan.profile, run.plan.certificates, run.secrets, run.clock, chance=_chance(run, "all"))
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
            await _follow_one_another(run, server, url, product)
        finally:
            if product is not None:
                await product.stop()
                _keep_output(run, ONCE, set_)
        nursery.cancel_scope.cancel()


async def _start_once(run: Run, nursery: trio.Nursery, set_: Set) -> Product:
    product = _product(run, run.work / f"output-{ONCE}", set_, set_.server.world.recorder)
    await product.start(nursery)
    return product


async def _follow_one_another(run: Run, server: Server, url: str, product: Product | None) -> None:
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
    way = run.plan.profile.provoke
    return Product(
        run.plan.command, set_.surroundings, output, recorder, stdin=way is not None and way.way == "stdin"
    )


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
