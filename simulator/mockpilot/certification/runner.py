"""A whole run: plays the selected scenarios, judges each recording, keeps the run folder true at every moment.

With COMMAND, and unless it is started once, every scenario has its own listener and its own process, and several can
run at a time. Otherwise one listener serves the whole run and scenarios follow one another.
"""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import trio

from mockpilot.certification.run import (
    Outcome,
    Plan,
    Progress,
    Run,
    finish,
    write_result,
)
from mockpilot.certification.run_folder import RunFolder
from mockpilot.certification.setting import passwords, server_for, url_of
from mockpilot.certification.turns import chance, follow_one_another, play_apart, play_in_turn
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.profile import Profile, RunSettings, effective_profile
from mockpilot.protocol.handshake import SHORTEST_SECRET

Play = Callable[[Run], Awaitable[None]]


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
        own = server_for(plan.profile, plan.certificates, secrets, run.clock, chance=chance(run, "all"))
        async with server.lend(own.world):
            task_status.started(run)
            await follow_one_another(run, server, url_of(plan.profile, run.presystem_id, server.port), None)

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
            await play_apart(run)
        else:
            await play_in_turn(run)
        nursery.cancel_scope.cancel()


async def _stop_on_signal(run: Run, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            run.stop(number)
