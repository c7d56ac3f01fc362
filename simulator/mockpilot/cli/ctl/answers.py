"""What all commands of ``ctl`` share: which console is meant, how answers are printed, what is completed."""

from __future__ import annotations

import json
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockpilot.cli.ctl.call import Console, find
from mockpilot.cli.ctl.words import event_words
from mockpilot.cli.options import Duration
from mockpilot.errors import MockpilotError, UsageError

F = TypeVar("F", bound=Callable[..., Any])
DONE, NOT_DONE, NOTHING_THERE = 0, 1, 4
CONSOLE, JSON = "mockpilot.console", "mockpilot.json"
"""Where click keeps what the group was given."""


class Spoken(Duration):
    """A duration that is checked here and handed on as it was written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        super().convert(value, param, ctx)
        return value


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
    return [f"{answer['did']} · {event_words(answer['events'])}"]


def known(path: str, key: str) -> Callable[..., list[str]]:
    """Complete what the running console knows."""

    def complete(ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
        try:
            found = find(*ctx.meta.get(CONSOLE, (None, None))).ask("GET", path, within_s=1.0)
        except MockpilotError:
            return []
        return [str(one[key]) for one in found if str(one[key]).startswith(begun)]

    return complete


def quoted(name: str) -> str:
    """A name as part of a path."""
    return urllib.parse.quote(name, safe="")


def read_text(file: Path) -> str:
    """What stands in a file; - is standard input.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: a file with text in UTF-8 is expected: {error}") from error


def write_text(file: Path, text: str) -> None:
    """Write a file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: a file that can be written is expected: {error.strerror}") from error
