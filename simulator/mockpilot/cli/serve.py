"""``mockpilot serve``: a well-behaved CMS for manual work, until interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from mockpilot.cli.options import TimeFactor, profile_options, read_profile_options
from mockpilot.profile import Profile

if TYPE_CHECKING:
    import trio

    from mockpilot.cli.lab_bench import LabBench
    from mockpilot.cli.listening import Listening
    from mockpilot.cli.telling import Teller
    from mockpilot.control import Control
    from mockpilot.faults.plan import FaultPlan
    from mockpilot.history.events import Event


@click.command()
@profile_options
@click.option("--depot", metavar="NAME|FILE", help="a bundled depot (list depots) or a depot file")
@click.option("--time-factor", type=TimeFactor(), default=1.0, metavar="N",
              help="the depot lives N times as fast, and our time stamps with it; pushes keep their interval")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N",
              help="for how early or late vehicles come, as far as the depot's jitter allows")
@click.option("--plan", type=click.Path(path_type=Path), metavar="FILE",
              help="arm the faults of a plan at the start, a file or the name of a shipped one")
@click.option("--trace", type=click.Path(path_type=Path), metavar="FILE", help="write every event there as a JSON line")
@click.option("--console", is_flag=True, help="open the lab bench: a page on loopback, and an API for mockpilot ctl")
@click.option("--console-listen", metavar="HOST:PORT", help="where; beyond 127.0.0.1 with --console-certs, and a "
              "password in MOCKPILOT_CONSOLE_PASSWORD")
@click.option("--console-certs", type=click.Path(path_type=Path), metavar="FOLDER",
              help="serve the page over TLS with what 'mockpilot certs' wrote there")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="folder of all runs that are started at the console  [default: runs]")
@click.option("--console-name", metavar="NAME", default="", help="by which others call this machine")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE",
              help="at the end write a page there: what the night came to, and its picture")
def serve(
    profile_file: Path | None, dialect: str | None, listen: str | None, push_interval: float | None,
    depot: str | None, time_factor: float, seed: int, plan: Path | None, trace: Path | None, report: Path | None,
    console: bool, console_listen: str | None, console_certs: Path | None, console_name: str, out: Path | None,
) -> int:  # fmt: skip
    """Be a well-behaved CMS until interrupted, and tell what happens, a line each.

    A depot with planned visits is summed up when the last one is over, and at the end: who left ready, and why the
    others did not. The trace can be judged by `mockpilot judge`; of several presystems it is about the first one.
    """
    import trio

    from mockpilot.cli.listening import listen as listen_until
    from mockpilot.cli.morning import Morning
    from mockpilot.cli.telling import Teller
    from mockpilot.control import Control

    profile = with_depot(read_profile_options(profile_file, dialect, listen, push_interval, several=True), depot)
    faults = _read_plan(plan)
    bench = _bench(profile, console, console_listen, console_certs, console_name, out)
    teller, morning = Teller(profile.cms.push_interval_s), Morning()

    async def for_ever(listening: Listening) -> None:
        control = Control(listening.server)
        _arm(faults, control)
        async with trio.open_nursery() as nursery:
            await _open(bench, nursery, listening, control)
            await _tell_of_the_morning(listening)

    async def _tell_of_the_morning(listening: Listening) -> None:
        world = listening.server.world
        if world.clock.is_simulated:
            click.echo(f"depot time  runs {time_factor:g} times as fast; it stands beside the wall's")
        click.echo("Ctrl-C ends it\n")
        if (comes := morning.comes(world.site)) is not None:
            await trio.sleep(max(0.0, world.clock.seconds_until(comes)))
            _echo(morning.news(morning.lines(world.site, world.clock.instant())))
        await trio.sleep_forever()

    with ExitStack() as files:
        trace_file, page_file = _opened(files, "--trace", trace), _opened(files, "--report", report)

        notes = [_writer(trace_file), *_notes_of(bench), morning.note, _speaker(teller)]

        def on_event(event: Event) -> None:
            for note in notes:
                note(event)

        def conclude(listening: Listening) -> None:
            world = listening.server.world
            lines = morning.lines(world.site, world.clock.instant())
            _echo(morning.news(lines))
            if page_file is not None:
                page_file.write(morning.page(world.site, lines).encode() or _nothing_drawn())

        async def run() -> bool:
            return await listen_until(
                profile, on_event, for_ever, time_factor=time_factor, seed=seed, conclude=conclude
            )

        interrupted = trio.run(run)
    return 130 if interrupted else 0


def _notes_of(bench: LabBench | None) -> list[Callable[[Event], None]]:
    return [bench.note] if bench is not None else []


def _writer(file: BinaryIO | None) -> Callable[[Event], None]:
    from mockpilot.history.trace import to_line

    def write(event: Event) -> None:
        if file is not None:
            file.write(to_line(event))
            file.flush()

    return write


def _speaker(teller: Teller) -> Callable[[Event], None]:
    def speak(event: Event) -> None:
        for line in teller.lines(event):
            click.echo(line)

    return speak


def _read_plan(file: Path | None) -> FaultPlan | None:
    from mockpilot.scenario.planned import load_plan

    return load_plan(file) if file is not None else None


def _bench(
    profile: Profile, wanted: bool, listen: str | None, certs: Path | None, name: str, out: Path | None
) -> LabBench | None:
    from mockpilot.cli.lab_bench import LabBench, place_of
    from mockpilot.errors import UsageError

    if wanted:
        return LabBench(profile, place_of(listen, certs, name), out or Path("runs"))
    given = {"--console-listen": listen, "--console-certs": certs, "--console-name": name, "--out": out}
    for option, value in given.items():
        if value:
            raise UsageError(f"{option}: goes with --console, which is missing")
    return None


async def _open(bench: LabBench | None, nursery: trio.Nursery, listening: Listening, control: Control) -> None:
    if bench is not None:
        await nursery.start(bench.open, listening, control)


def _arm(plan: FaultPlan | None, control: Control) -> None:
    from mockpilot.scenario.planned import arm_plan

    if plan is not None:
        arm_plan(plan, control)
        click.echo(f"faults      {plan.title}")


def _opened(files: ExitStack, option: str, path: Path | None) -> BinaryIO | None:
    from mockpilot.errors import UsageError

    try:
        return files.enter_context(path.open("wb")) if path is not None else None
    except OSError as error:
        raise UsageError(f"{option} {path}: a file that can be written is expected: {error.strerror}") from error


def _echo(lines: list[str]) -> None:
    click.echo("".join(f"{line}\n" for line in (["", *lines, ""] if lines else [])), nl=False)


def _nothing_drawn() -> bytes:
    click.echo("--report: the file stays empty, since no push told of any power")
    return b""


def with_depot(profile: Profile, depot: str | None) -> Profile:
    """The profile with another depot: a name if it looks like one, else a path."""
    if depot is None:
        return profile
    chosen: str | Path = Path(depot) if "/" in depot or depot.endswith(".toml") else depot
    return replace(profile, cms=replace(profile.cms, depot=chosen))
