"""What all commands of ``ctl`` share: which console is meant, how answers are printed, what is completed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from mockpilot.cli.control_call import Console, find
from mockpilot.errors import MockpilotError

F = TypeVar("F", bound=Callable[..., Any])
DONE, NOT_DONE, NOTHING_THERE = 0, 1, 4
CONSOLE, JSON = "mockpilot.console", "mockpilot.json"
"""Where click keeps what the group was given."""


def json_option(command: F) -> F:
    """Give a command the option ``--json``."""

    def note(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        ctx.meta[JSON] = ctx.meta.get(JSON, False) or value

    return click.option("--json", is_flag=True, expose_value=False, callback=note, help="answer in JSON")(command)


def console() -> Console:
    """The console that is meant."""
    address, key = click.get_current_context().meta.get(CONSOLE, (None, None))
    return find(address, key)


def tell(answer: Any, lines: Callable[[Any], list[str]]) -> int:
    """Print an answer, in JSON or as lines for people; that is success."""
    in_json = click.get_current_context().meta.get(JSON, False)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if in_json else "\n".join(lines(answer)))
    return DONE


def done_lines(answer: Any) -> list[str]:
    """What was done, and the events that show it."""
    shown = ", ".join(map(str, answer["events"]))
    return [f"{answer['did']} · event{'s' if len(answer['events']) > 1 else ''} {shown}"]


def known(path: str, key: str) -> Callable[..., list[str]]:
    """Complete what the running console knows."""

    def complete(ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
        try:
            found = find(*ctx.meta.get(CONSOLE, (None, None))).ask("GET", path, within_s=1.0)
        except MockpilotError:
            return []
        return [str(one[key]) for one in found if str(one[key]).startswith(begun)]

    return complete
