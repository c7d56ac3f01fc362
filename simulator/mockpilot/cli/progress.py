"""How a run shows itself while it goes on: live on a terminal, a line per scenario elsewhere. Reads events only."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import click

from mockpilot import __version__
from mockpilot.durations import format_duration
from mockpilot.history.events import Event, WaitEnded, WaitStarted
from mockpilot.history.recorder import Recorder
from mockpilot.report.text import scenario_line
from mockpilot.results import ScenarioResult
from mockpilot.scenario.definition import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from mockpilot.certification.run import Plan


NO_AREAS: Mapping[str, str] = MappingProxyType({})


class Lines:
    """A line on stderr for whatever has ended.

    Args:
        head: said when the run really begins, so that a mistake in the set-up stands alone.
        quiet: say only what nobody could connect without.
        areas: area of the catalogue by scenario, told where scenarios follow one another; empty where they do not.
    """

    def __init__(self, head: str, *, quiet: bool = False, areas: Mapping[str, str] = NO_AREAS) -> None:
        self._head, self._quiet, self._areas = head, quiet, areas
        self._area = ""

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
        click.echo(f"listening   {url}", err=True)
        password = f"password {shown_password}" if shown_password else "the password that the profile names"
        click.echo(f"give this   {ca_file} to the product as trusted CA; user {user}, {password}", err=True)

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        self.begin()

    def scenario_ended(self, result: ScenarioResult) -> None:
        area = self._areas.get(result.name, "")
        if area != self._area:
            self._area = area
            self.say(area)
        self.say(scenario_line(result))


class _Wait:
    """What one running scenario waits for, and until when."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._waits: list[tuple[str, float, float]] = []

    def on_event(self, event: Event) -> None:
        if isinstance(event, WaitStarted):
            self._waits.append((event.awaited, event.within_s, time.monotonic() + event.within_s))
        elif isinstance(event, WaitEnded) and self._waits:
            self._waits.pop()

    def __str__(self) -> str:
        if not self._waits:
            return f"  … {self.name}"
        awaited, within_s, until = self._waits[-1]
        shown = "as long as it takes"
        if math.isfinite(until):
            left = max(0.0, until - time.monotonic())
            shown = f"{format_duration(round(left))} of {format_duration(within_s)} left"
        if awaited == "haste":
            return f"  … {self.name}   {shown} · holding an answer back, to see who cannot wait"
        return f"  … {self.name}   {shown} · waiting for the product: {awaited}"


class Live(Lines):
    """Finished scenarios as lines, and below them who is awaited for what, with the seconds left."""

    def __init__(self, head: str, areas: Mapping[str, str] = NO_AREAS) -> None:
        super().__init__(head, areas=areas)
        from rich.console import Console
        from rich.live import Live as RichLive

        self._waits: dict[str, _Wait] = {}
        self._console = Console(stderr=True, highlight=False)
        self._live = RichLive(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *leaving: object) -> None:
        self._live.stop()

    def _render(self) -> RenderableType:
        from rich.text import Text

        lines = "\n".join(map(str, list(self._waits.values())))
        return Text(lines, style="dim", overflow="ellipsis", no_wrap=True)

    def say(self, text: str) -> None:
        self._console.print(_coloured(text), soft_wrap=True)

    def scenario_started(self, scenario: Scenario, recorder: Recorder) -> None:
        super().scenario_started(scenario, recorder)
        wait = self._waits[scenario.name] = _Wait(scenario.name)
        recorder.subscribe(wait.on_event)

    def scenario_ended(self, result: ScenarioResult) -> None:
        self._waits.pop(result.name, None)
        super().scenario_ended(result)


_COLOURS = {"✓": "green", "✗": "red", "!": "yellow", "?": "magenta"}


def _coloured(line: str) -> Text:
    from rich.text import Text

    colour = next((colour for mark, colour in _COLOURS.items() if line.lstrip().startswith(mark)), "")
    return Text(line, style=colour)


def show(text: str) -> None:
    """Write a summary to standard output, in colours on a terminal that wants them."""
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from rich.console import Console

    console = Console(highlight=False)
    for line in text.splitlines():
        console.print(_coloured(line), soft_wrap=True)


@contextmanager
def progress_for(plan: Plan, *, quiet: bool) -> Iterator[Lines]:
    """Choose how to show a run, and say what begins."""
    presystem, interval = plan.profile.presystem, format_duration(plan.profile.cms.push_interval_s)
    count = len(plan.selection.run)
    head = (f"mockpilot {__version__} · {count} scenario{'s' * (count != 1)} · dialect {presystem.dialect} "
            f"· push interval {interval} · seed {plan.seed} · real time")  # fmt: skip
    asks = plan.profile.provoke is not None and plan.profile.provoke.way == "ask"
    areas = {one.name: one.group for one in plan.selection.run} if plan.jobs == 1 else NO_AREAS
    if quiet or asks or not sys.stderr.isatty():  # a live display would draw over the question
        yield Lines(head, quiet=quiet, areas=areas)
        return
    with Live(head, areas) as live:
        yield live
