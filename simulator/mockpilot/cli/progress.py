"""How a run shows itself while it goes on: live on a terminal, a line per scenario elsewhere. Reads events only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from mockpilot import __version__
from mockpilot.cli.awaiting import Awaiting
from mockpilot.cli.colours import coloured
from mockpilot.cli.listening import CA_FILE, address_words, authority_words
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.arrivals import TurnedAway
from mockpilot.history.events import Event
from mockpilot.history.recorder import Recorder
from mockpilot.report.text import changed_lines, scenario_line
from mockpilot.report.wording import visible
from mockpilot.results import RunResult, ScenarioResult
from mockpilot.scenario.definition import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from mockpilot.certification.run import Plan


class Lines:
    """A line on stderr for whatever has ended, and for each new way in which the product is turned away.

    Args:
        head: said when the run really begins, so that a mistake in the set-up stands alone.
        quiet: say only what nobody could connect without.
        lab_ca: the authority of a lab, which the product may trust already; None: it was made up for this run.
    """

    def __init__(self, head: str, *, quiet: bool = False, lab_ca: Path | None = None) -> None:
        self._head, self._quiet, self._lab_ca = head, quiet, lab_ca
        self._running: dict[str, Awaiting] = {}
        self._told: set[TurnedAway] = set()
        self._ended: dict[str, ScenarioResult] = {}

    def say(self, text: str) -> None:
        """Write one line."""
        if not self._quiet:
            click.echo(text, err=True)

    def begin(self) -> None:
        """Say the head, once."""
        head, self._head = self._head, ""
        if head:
            self.say(head)

    def run_started(self, url: str, ca_file: Path, user: str, shown_password: str | None) -> None:
        self.begin()
        # Said even with --json: without it nobody could connect.
        password = f"password {shown_password}" if shown_password else "the password that the profile names"
        click.echo(address_words(url, user, password), err=True)
        click.echo(authority_words(self._lab_ca or ca_file, of_lab=self._lab_ca is not None), err=True)

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        self.begin()
        awaiting = self._running[scenario.name] = Awaiting(scenario.name)

        def take(event: Event) -> None:
            turned_away = awaiting.take(event)
            if turned_away is not None and turned_away not in self._told:
                self._told.add(turned_away)
                self.say(f"  … {scenario.name}: {visible(turned_away.told())}")

        for event in recorder.history:
            take(event)
        recorder.subscribe(take)

    def scenario_ended(self, result: ScenarioResult) -> None:
        self._running.pop(result.name, None)
        self._ended[result.name] = result
        self.say(scenario_line(result, goes_on=True))

    def run_ended(self, result: RunResult) -> None:
        """Say which outcomes are others than were said, now that the whole run is in sight."""
        for line in changed_lines(self._ended, result):
            self.say(line)


class Live(Lines):
    """Finished scenarios as lines, and below them who is awaited for what, with the seconds left."""

    def __init__(self, head: str, *, lab_ca: Path | None = None) -> None:
        super().__init__(head, lab_ca=lab_ca)
        from rich.console import Console
        from rich.live import Live as RichLive

        self._console = Console(stderr=True, highlight=False)
        self._live = RichLive(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *leaving: object) -> None:
        self._live.stop()

    def _render(self) -> RenderableType:
        from rich.text import Text

        lines = "\n".join(map(str, list(self._running.values())))
        return Text(lines, style="dim", overflow="ellipsis", no_wrap=True)

    def say(self, text: str) -> None:
        self._console.print(coloured(text), soft_wrap=True)


@contextmanager
def progress_for(plan: Plan, *, quiet: bool) -> Iterator[Lines]:
    """Choose how to show a run, and say what begins."""
    presystem, interval = plan.profile.presystem, format_duration(plan.profile.cms.push_interval_s)
    count = len(plan.selection.run)
    head = (f"mockpilot {__version__} · {counted(count, 'scenario')} · dialect {presystem.dialect} "
            f"· push interval {interval} · seed {plan.seed} · real time")  # fmt: skip
    asks = plan.profile.provoke is not None and plan.profile.provoke.way == "ask"
    lab_ca = plan.profile.cms.certs / CA_FILE if plan.profile.cms.certs else None
    if quiet or asks or not sys.stderr.isatty():  # a live display would draw over the question
        yield Lines(head, quiet=quiet, lab_ca=lab_ca)
        return
    with Live(head, lab_ca=lab_ca) as live:
        yield live
