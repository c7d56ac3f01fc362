"""Runs by ``ctl``: the product that is connected is certified, and what came of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from mockpilot.cli.ctl.answers import DONE, NOT_DONE, console, json_option, known, quoted, tell, write_text
from mockpilot.cli.ctl.call import Console
from mockpilot.cli.ctl.words import run_lines, told_lines

LOOKS_EVERY_S = 0.5


@click.command()
@click.argument("selection", nargs=-1)
@click.option("--skip", multiple=True, metavar="SELECTION", help="leave these out; repeatable")
@click.option("--seed", type=int, help="for whatever is left to chance")
@click.option("--no-wait", is_flag=True, help="answer once it has begun")
@json_option
def run(selection: tuple[str, ...], skip: tuple[str, ...], seed: int | None, no_wait: bool) -> int:
    """Certify the product that is connected: SELECTION as `certify` takes it; status 1 unless all of it passed."""
    asked = console()
    begun = asked.ask("POST", "/runs", {"selection": list(selection), "skip": list(skip), "seed": seed})
    if no_wait:
        return tell([begun], run_lines)
    told = _when_over(asked, begun["id"])
    tell(told, told_lines)
    return DONE if (told["state"], told["outcome"]) == ("finished", "passed") else NOT_DONE


def _when_over(asked: Console, run: str) -> Any:
    while (told := asked.ask("GET", f"/runs/{quoted(run)}"))["state"] == "goes on":
        time.sleep(LOOKS_EVERY_S)
    return told


@click.command()
@click.argument("run", required=False, shell_complete=known("/runs", "id"))
@click.option("--stop", is_flag=True, help="end it; what was played is kept")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="write its report page there")
@json_option
def runs(run: str | None, stop: bool, report: Path | None) -> int:
    """Runs that were started at this console; or one with its results."""
    asked = console()
    if run is None:
        return tell(asked.ask("GET", "/runs"), run_lines)
    if stop:
        return tell([asked.ask("DELETE", f"/runs/{quoted(run)}")], run_lines)
    if report is not None:
        write_text(report, asked.ask_text(f"/runs/{quoted(run)}/report"))
    return tell(asked.ask("GET", f"/runs/{quoted(run)}"), told_lines)


COMMANDS = (run, runs)
