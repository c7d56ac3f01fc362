"""The console of ``serve``: takes every event from the first on, and opens the page once the CMS listens."""

from __future__ import annotations

import importlib.util
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import trio

from mockpilot.certification.setting import url_of
from mockpilot.cli.listening import Listening
from mockpilot.console.recording import Recording
from mockpilot.console.tally import Tally
from mockpilot.control import Control
from mockpilot.errors import UsageError
from mockpilot.history.events import Event
from mockpilot.profile import Profile
from mockpilot.profile.settings import split_address

if TYPE_CHECKING:
    from mockpilot.console.opening import Place  # what it needs may not be installed

NEEDS = ("litestar", "hypercorn")


def place_of(listen: str | None, certs: Path | None, name: str) -> Place:
    """Where the console is to be, from its options.

    Raises:
        UsageError: it cannot be there, or what it needs is not installed.
    """
    missing = [one for one in NEEDS if importlib.util.find_spec(one) is None]
    if missing:
        raise UsageError(f"--console: {' and '.join(missing)} are expected; next: pip install \"mockpilot[console]\"")
    from mockpilot.console.opening import Place, check

    try:
        host, port = split_address(listen) if listen is not None else ("127.0.0.1", 0)
    except ValueError as error:
        raise UsageError(f"--console-listen: {error}") from error
    place = Place(host, port, name, certs)
    check(place, _password())
    return place


def _password() -> str:
    from mockpilot.console.opening import PASSWORD_ENV

    return os.environ.get(PASSWORD_ENV, "")


class LabBench:
    """What the console knows, from the first event on.

    Args:
        profile: what is served.
        place: where the console is to be.
        out: the folder of the runs that it starts.
    """

    def __init__(self, profile: Profile, place: Place, out: Path) -> None:
        self._profile, self._place, self._out = profile, place, out
        self._recording, self._tally = Recording(), Tally()

    def note(self, event: Event) -> None:
        """Take an event."""
        self._tally.note(event)
        self._recording.append(event)

    async def open(
        self, listening: Listening, control: Control, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Serve the console until cancelled; started means that it can be opened."""
        from mockpilot.console.bench import Bench
        from mockpilot.console.opening import open_console
        from mockpilot.console.runs import Runs

        profile, port = self._profile, listening.server.port
        bench = Bench(
            control, self._recording, self._tally, profile.limits, title=_title(profile),
            addresses={one.id: url_of(profile, one.id, port) for one in profile.presystems},
        )  # fmt: skip
        async with trio.open_nursery() as nursery:
            opening = partial(open_console, runs=Runs(bench, profile, self._out))
            opened = await nursery.start(opening, bench, self._place, _password())
            click.echo(f"console     {opened.link}")
            click.echo(f"to look     {opened.read_only_link}")
            task_status.started()


def _title(profile: Profile) -> str:
    names = ", ".join(one.name or one.id for one in profile.presystems)
    return f"{profile.file.name} · {names}" if profile.file is not None else names
