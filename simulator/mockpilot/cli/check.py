"""``mockpilot check``: watches a connection from the product and explains every step of it; judges nothing."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockpilot.cli.options import profile_options, read_profile_options
from mockpilot.counts import counted
from mockpilot.durations import format_duration

if TYPE_CHECKING:
    import trio

    from mockpilot.cli.explaining import Explainer

LISTS_WITHIN_S = 5.0
"""How long a list that comes by itself is still waited for once everything else works."""


@click.command()
@profile_options
@click.option("--depot", metavar="NAME|FILE", help="a bundled depot (list depots) or a depot file")
@click.pass_obj
def check(
    command: tuple[str, ...], profile_file: Path | None, dialect: str | None, listen: str | None,
    push_interval: float | None, depot: str | None,
) -> int:  # fmt: skip
    """Listen, watch the product connect, and explain every step: TCP, TLS, login, boot, clock, pushes.

    Each step tells what is waited for next, and how long. Nothing is judged. Exit status 0: the product went all the
    way to confirmed pushes; 1: it got stuck; 4: nobody came within connect_within.
    """
    import trio

    from mockpilot.cli.explaining import Explainer
    from mockpilot.cli.listening import Listening
    from mockpilot.cli.listening import listen as listen_until
    from mockpilot.cli.serve import with_depot
    from mockpilot.errors import UsageError
    from mockpilot.history.events import Event

    if command:
        raise UsageError("check: no COMMAND is expected, since it watches the product that you start; "
                         "use certify to have it started")  # fmt: skip
    profile = with_depot(read_profile_options(profile_file, dialect, listen, push_interval), depot)
    explainer = Explainer(profile)
    ready, listed, patience = trio.Event(), trio.Event(), trio.CancelScope()

    def on_event(event: Event) -> None:
        awaited = explainer.awaited
        for line in explainer.take(event):
            click.echo(_written(line))
        if explainer.awaited is not awaited:  # a step further: the next one has its own time
            patience.deadline = max(patience.deadline, trio.current_time() + explainer.awaited.within_s)
        if explainer.ready:
            ready.set()
        if explainer.requests_seen:
            listed.set()

    connected: list[int] = []

    async def watch(listening: Listening) -> None:
        patience.deadline = trio.current_time() + explainer.awaited.within_s
        click.echo(f"waiting     {str(explainer.awaited).removeprefix('waiting ')}\n")
        with patience:
            await ready.wait()
            patience.deadline = math.inf
            await _wait_for_list(listed)
        connected.append(listening.server.connections)

    interrupted = trio.run(listen_until, profile, on_event, watch)
    if interrupted:
        return 130
    return _conclude(explainer, connected[0])


async def _wait_for_list(listed: trio.Event) -> None:
    import trio

    from mockpilot.cli.explaining import Awaited

    if not listed.is_set():
        awaited = Awaited("a list that comes by itself", LISTS_WITHIN_S)
        click.echo(_written(("·", "requests", str(awaited))))
        with trio.move_on_after(awaited.within_s):
            await listed.wait()


def _written(line: tuple[str, str, str]) -> str:
    mark, step, text = line
    return f" {mark} {step:<10} {text}"


def _conclude(explainer: Explainer, connections: int) -> int:
    if not connections:
        click.echo("\nNobody connected. Is the product started, and does it have this address? Does a firewall "
                   "stand between you?")  # fmt: skip
        return 4
    remarks = counted(explainer.remarks, "remark")
    if not explainer.ready:
        click.echo(f"\nNot ready: no connection went all the way to confirmed pushes; {explainer.awaited.what} did not "
                   f"come in {format_duration(explainer.awaited.within_s)}. {remarks}, no verdict: check never judges.")
        return 1
    if not explainer.requests_seen:
        click.echo(_written(("·", "requests", "none seen; scenarios that need them provoke one as the profile says")))
    click.echo(f"\nReady to certify. {remarks}, no verdict: check never judges.")
    return 0
