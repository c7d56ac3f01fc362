"""A whole run: plays the selected scenarios, judges each recording, keeps the run folder true at every moment.

With COMMAND, and unless it is started once, every scenario has its own listener and its own process, and several can
run at a time. Otherwise one listener serves the whole run and scenarios follow one another.
"""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import trio

from mockpilot import __version__
from mockpilot.certification.episode import Set, play
from mockpilot.certification.product import Product, Surroundings
from mockpilot.certification.provoking import Ask, ask_at_terminal
from mockpilot.certification.run_folder import RunFolder, TraceFile
from mockpilot.certification.selection import Selection
from mockpilot.certification.setting import certificates_for, passwords, server_for, url_of
from mockpilot.clock import RunClock
from mockpilot.cms.server import Server
from mockpilot.cms.tls import Certificates
from mockpilot.conformance.verdict import judge
from mockpilot.history.recorder import History, Recorder
from mockpilot.limits import short_limits
from mockpilot.profile import Profile, effective_profile
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.report.html import About, render_html
from mockpilot.report.markdown import render_markdown
from mockpilot.results import Product as ProductFacts
from mockpilot.results import (
    RunFacts,
    RunResult,
    ScenarioResult,
    encode_result,
    not_selected,
    run_result,
    scenario_result,
)
from mockpilot.scenario.catalogue import VERSION
from mockpilot.scenario.definition import Scenario

Listen = Callable[[], Awaitable[None]]

GIVE_UP_AFTER = 3
"""So many scenarios in a row without a connection end a run with one listener."""


class Progress(Protocol):
    """Whoever shows a run while it goes on."""

    def run_started(self, url: str, ca_file: Path, user: str, shown_password: str | None) -> None:
        """The listener of a run without COMMAND is up."""

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        """A scenario begins; its recorder tells the rest."""

    def scenario_ended(self, result: ScenarioResult) -> None:
        """A scenario was judged."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    profile: Profile
    selection: Selection
    order: Sequence[str]
    """All scenario names, in catalogue order."""
    out: Path
    seed: int
    command: tuple[str, ...] = ()
    start_once: bool = False
    jobs: int = 1
    ask: Ask = ask_at_terminal


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    result: RunResult
    folder: Path
    nobody_connected: bool
    stopped_by: signal.Signals | None = None


@dataclass(slots=True)
class Run:
    """A run while it goes on."""

    plan: Plan
    progress: Progress
    certificates: Certificates
    secrets: Mapping[str, str]
    folder: RunFolder
    clock: RunClock
    started: datetime
    work: Path
    results: dict[str, ScenarioResult] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    connections: int = 0
    without_connection: int = 0
    advertised: tuple[str, ...] = ()
    stopped_by: signal.Signals | None = None
    playing: set[trio.CancelScope] = field(default_factory=set)
    """What an interrupt ends: the scripts, never their clearing up."""

    def stop(self, number: int) -> None:
        """End what plays, and begin nothing new."""
        self.stopped_by = signal.Signals(number)
        for scope in self.playing:
            scope.cancel()


async def certify(plan: Plan, progress: Progress) -> Outcome:
    """Run the plan; an interrupt ends the running scenario in order and leaves a complete folder.

    Raises:
        UsageError: the set-up cannot work; nothing was written then.
    """
    certificates = certificates_for(plan.profile)
    secrets = passwords(plan.profile.presystems)
    clock, started = RunClock(), datetime.now(UTC)
    await _try_listening(plan, certificates, secrets, clock)
    folder = RunFolder.start(plan.out, started)
    with tempfile.TemporaryDirectory(prefix="mockpilot-") as work:
        run = Run(plan, progress, certificates, secrets, folder, clock, started, Path(work))
        folder.write_profile(effective_profile(plan.profile))
        folder.write_anchor(certificates.ca_pem)
        _write_result(run, finished=False)
        await _play_all(run)
        result = _write_result(run, finished=True)
        about = {one.name: About(one.what_the_cms_does, one.what_the_presystem_must_do) for one in plan.selection.run}
        page = render_html(result, run.histories, about=about, profile=effective_profile(plan.profile))
        folder.write_pages(render_markdown(result), page)
    return Outcome(result, folder.path, run.connections == 0, run.stopped_by)


async def _try_listening(
    plan: Plan, certificates: Certificates, secrets: Mapping[str, str], clock: RunClock
) -> None:
    # Whatever is wrong with address or depot is said before anything is written.
    async with trio.open_nursery() as nursery:
        await nursery.start(server_for(plan.profile, certificates, dict(secrets), clock).serve)
        nursery.cancel_scope.cancel()


async def _play_all(run: Run) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(_stop_on_signal, run)
        if run.plan.command and not run.plan.start_once:
            await _play_apart(run)
        else:
            await _play_in_turn(run)
        nursery.cancel_scope.cancel()
    for scenario in run.plan.selection.run:
        run.results.setdefault(scenario.name, not_selected(scenario.name, "interrupted"))


async def _stop_on_signal(run: Run, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            run.stop(number)


async def _play_apart(run: Run) -> None:
    waiting = list(reversed(run.plan.selection.run))

    async def work(slot: int) -> None:
        while waiting and run.stopped_by is None:
            await _play_with_own_server(run, waiting.pop(), slot)

    async with trio.open_nursery() as nursery:
        for slot in range(run.plan.jobs):
            nursery.start_soon(work, slot)


async def _play_with_own_server(run: Run, scenario: Scenario, slot: int) -> None:
    port = None if slot == 0 else 0
    server = server_for(run.plan.profile, run.certificates, dict(run.secrets), run.clock, port)
    async with trio.open_nursery() as nursery:

        async def listen() -> None:
            port = await nursery.start(server.serve)
            set_.surroundings = replace(set_.surroundings, url=url_of(run.plan.profile, _id(run), port))

        set_ = _set(run, server, slot, scenario)
        await _play_one(run, scenario, set_, listen)
        nursery.cancel_scope.cancel()


async def _play_in_turn(run: Run) -> None:
    server = server_for(run.plan.profile, run.certificates, dict(run.secrets), run.clock)
    async with trio.open_nursery() as nursery:
        port = await nursery.start(server.serve)
        url = url_of(run.plan.profile, _id(run), port)
        shown = None if run.plan.profile.presystem.password else run.secrets[_id(run)]
        if not run.plan.command:
            run.progress.run_started(url, run.folder.anchor, run.plan.profile.presystem.user, shown)
        product = await _start_once(run, nursery, server, url)
        try:
            await _follow_one_another(run, server, url, product)
        finally:
            if product is not None:
                await product.stop()
        nursery.cancel_scope.cancel()


async def _start_once(run: Run, nursery: trio.Nursery, server: Server, url: str) -> Product | None:
    if not run.plan.command:
        return None
    set_ = _set(run, server, 0, None)
    set_.surroundings = replace(set_.surroundings, url=url)
    product = _product(run, run.work / "output-once", set_, server.world.recorder)
    await product.start(nursery)
    return product


async def _follow_one_another(run: Run, server: Server, url: str, product: Product | None) -> None:
    for number, scenario in enumerate(run.plan.selection.run):
        if run.stopped_by is not None:
            return
        if run.without_connection >= GIVE_UP_AFTER:
            run.results[scenario.name] = not_selected(scenario.name, "product no longer connects")
            continue
        set_ = _set(run, server, 0, scenario)
        set_.launch, set_.running, set_.first = None, product, number == 0
        set_.surroundings = replace(set_.surroundings, url=url)
        await _play_one(run, scenario, set_, trio.lowlevel.checkpoint)


def _set(run: Run, server: Server, slot: int, scenario: Scenario | None) -> Set:
    profile, presystem = run.plan.profile, run.plan.profile.presystem
    name = scenario.name if scenario else "once"
    work = run.work / name
    work.mkdir()
    surroundings = Surroundings(
        url="", ca_file=run.folder.anchor.absolute(), user=presystem.user, password=run.secrets[presystem.id],
        presystem_id=presystem.id, kind=presystem.kind, dialect=presystem.dialect,
        subprotocol=next(iter(server.world.dialect.subprotocols), ""), push_interval_s=profile.cms.push_interval_s,
        slot=slot, scenario=scenario.name if scenario else None, work_dir=work,
    )  # fmt: skip
    return Set(
        profile=profile, clock=run.clock, server=server, surroundings=surroundings, seed=run.plan.seed,
        ask=run.plan.ask, launch=partial(_product, run, run.work / f"output-{name}"), advertised=run.advertised,
    )  # fmt: skip


def _product(run: Run, output: Path, set_: Set, recorder: Recorder) -> Product:
    way = run.plan.profile.provoke
    return Product(
        run.plan.command, set_.surroundings, output, recorder, stdin=way is not None and way.way == "stdin"
    )


@dataclass(slots=True)
class Recording:
    """One scenario's history, and its trace on disk while it grows."""

    folder: RunFolder
    scenario: Scenario
    history: History | None = None
    _trace: TraceFile | None = None

    def open(self, recorder: Recorder) -> None:
        """Write down what is recorded from now on, and what was so far."""
        self.history = recorder.history
        self._trace = self.folder.trace(self.scenario.name, recorder)

    def close(self) -> None:
        """Close the trace."""
        if self._trace is not None:
            self._trace.close()


async def _play_one(run: Run, scenario: Scenario, set_: Set, listen: Listen) -> None:
    begun, before = trio.current_time(), set_.server.connections
    recording = Recording(run.folder, scenario)

    def on_open(recorder: Recorder) -> None:
        recording.open(recorder)
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
        connected = set_.server.connections - before
        run.connections += connected
        run.without_connection = 0 if connected else run.without_connection + 1
        run.advertised = set_.server.world.site.advertised_points()
        if recording.history is not None:
            _judge(run, scenario, recording.history, trio.current_time() - begun)


def _judge(run: Run, scenario: Scenario, history: History, duration_s: float) -> None:
    result = scenario_result(
        scenario.name, judge(history), history, duration_s=duration_s,
        expected={one.rule for one in run.plan.profile.expected}, trace=run.folder.trace_name(scenario.name),
    )  # fmt: skip
    run.results[scenario.name], run.histories[scenario.name] = result, history
    _write_result(run, finished=False)
    run.progress.scenario_ended(result)


def _write_result(run: Run, *, finished: bool) -> RunResult:
    left_out = run.plan.selection.left_out
    results = [*run.results.values(), *(not_selected(name, reason) for name, reason in left_out.items())]
    result = run_result(
        _facts(run), results, expected=run.plan.profile.expected, today=run.started.date(),
        order=run.plan.order, finished=finished,
    )  # fmt: skip
    run.folder.write_result(encode_result(result))
    return result


def _facts(run: Run) -> RunFacts:
    profile, presystem = run.plan.profile, run.plan.profile.presystem
    return RunFacts(
        mockpilot=__version__, catalogue=VERSION, dialect=presystem.dialect, seed=run.plan.seed,
        started=format_timestamp(run.started), duration_s=run.clock.now(),
        push_interval_s=profile.cms.push_interval_s, limits=profile.limits.as_seconds(),
        product=ProductFacts(
            name=presystem.name, version=presystem.version, kind=presystem.kind, id=presystem.id,
            sends_requests=presystem.sends_requests, command=run.plan.command,
        ),
        short_limits=short_limits(profile.limits, profile.cms.push_interval_s),
        profile=profile.file.name if profile.file else "",
    )  # fmt: skip


def _id(run: Run) -> str:
    return run.plan.profile.presystem.id
