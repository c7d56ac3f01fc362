"""What one breaks by ``ctl``: faults armed and taken out, links dropped, pushes kept back."""

from __future__ import annotations

from pathlib import Path

import click

from mockpilot.cli.ctl.answers import Spoken, console, done_lines, json_option, known, quoted, read_text, tell
from mockpilot.cli.ctl.arming import arm
from mockpilot.cli.ctl.call import Console, NotDoneError
from mockpilot.faults.words import DROP_HOWS


@click.command()
@click.argument("name", shell_complete=known("/faults", "name"))
@json_option
def disarm(name: str) -> int:
    """Take a fault out, or `all`; the evidence stays."""
    if name == "all":
        return tell(console().ask("POST", "/reset", {"what": ["faults"]}), done_lines)
    return tell(console().ask("DELETE", f"/faults/{quoted(name)}"), done_lines)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def load(file: Path) -> int:
    """Arm a whole plan in place of all faults that are armed."""
    return tell(console().ask("PUT", "/faults", {"toml": read_text(file)}), done_lines)


@click.command()
@click.argument("link", type=int, required=False, shell_complete=known("/links", "id"))
@click.option("--how", type=click.Choice(DROP_HOWS), default="close")
@click.option("--code", type=int, help="close code")
@click.option("--down", type=Spoken(), metavar="DURATION", help="for so long TCP is refused afterwards")
@json_option
def drop(link: int | None, how: str, code: int | None, down: str | None) -> int:
    """End a link and see it end; without LINK the only one there is."""
    asked = console()
    number = _only_link(asked) if link is None else link
    return tell(asked.ask("DELETE", f"/links/{number}", how=how, code=code, down=down), done_lines)


def _only_link(asked: Console) -> int:
    live = [one["id"] for one in asked.ask("GET", "/links")]
    if len(live) != 1:
        there = ", ".join(map(str, live)) or "none"
        raise NotDoneError(f"drop: LINK is expected unless there is just one; there are {there}")
    return int(live[0])


@click.command()
@json_option
def push() -> int:
    """Push now, to every link that has booted."""
    return tell(console().ask("POST", "/push"), done_lines)


@click.command()
@json_option
def pause() -> int:
    """Keep pushes back."""
    return tell(console().ask("PUT", "/push", {"paused": True}), done_lines)


@click.command()
@json_option
def resume() -> int:
    """Let pushes out again."""
    return tell(console().ask("PUT", "/push", {"paused": False}), done_lines)


COMMANDS = (arm, disarm, load, drop, push, pause, resume)
