"""``main(argv) -> exit status``: splits off COMMAND, runs a command, turns mistakes into one sentence.

Exit status of all commands: 0 yes, 1 no, 3 usage or set-up, 4 nothing there, 130 interrupted; ``certify`` adds 2 for
inconclusive.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from mockpilot import __version__
from mockpilot.cli.forgotten import forgotten
from mockpilot.errors import MockpilotError, ProfileError, UsageError

USAGE, INTERRUPTED = 3, 130

COMMANDS = {
    "serve": "serve", "check": "check", "certify": "certify", "presystem": "presystem", "list": "catalogue",
    "explain": "entry", "schema": "schema", "lint": "lint", "report": "report", "judge": "judge", "diff": "diff",
    "verify": "verify", "again": "again", "certs": "setup", "init": "setup", "selftest": "selftest",
    "ctl": "ctl",
}  # fmt: skip
"""Module of each command, in the order of the help; a command's object is named like it."""


class _Lazy(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mockpilot.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, {"list": "list_", "init": "init"}.get(cmd_name, cmd_name))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="mockpilot %(version)s")
def cli() -> None:
    """A mock ChargePilot server and conformance simulator for VDV 463.

    \b
    First look     make certify
    Your product   mockpilot certify --profile FILE -- COMMAND
    By hand        mockpilot serve
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        ours, command = _split(words)
        status = cli.main(args=ours, prog_name="mockpilot", standalone_mode=False, obj=command)
    except click.exceptions.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.exceptions.BadParameter as error:
        return _say(error.format_message())
    except click.UsageError as error:
        hint = forgotten(words)
        return _say(f"{error.format_message().rstrip('.')}{hint}" if hint else error.format_message())
    except click.ClickException as error:
        return _say(error.format_message())
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except (MockpilotError, BaseExceptionGroup) as error:
        first = _first(error)
        if not isinstance(first, MockpilotError):
            raise
        return _say(f"{first}{_next_step(first, words)}")
    return status if isinstance(status, int) else 0


def _split(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    # click would drop "--" and mix COMMAND with SELECTION.
    if "--" not in words:
        return words, ()
    place = words.index("--")
    if words[0] not in ("certify", "check", "again"):
        raise UsageError(f"{words[0]}: no '--' is expected, since only 'certify' and 'again' start a COMMAND")
    if place + 1 == len(words):
        raise UsageError("COMMAND: a program and its arguments are expected after '--', found nothing; leave '--' out "
                         "if you start the product yourself")
    return words[:place], tuple(words[place + 1 :])


def _next_step(error: MockpilotError, words: list[str]) -> str:
    # What stands in a file is checked as a whole by lint; what it refers to outside of it is not.
    if not isinstance(error, ProfileError) or words[0] == "lint" or not Path(error.file).is_file():
        return ""
    is_outside = error.key.endswith("password_env")
    return "" if is_outside else f"; 'mockpilot lint {error.file}' names all that is wrong with it"


def _say(sentence: str) -> int:
    click.echo(f"mockpilot: {sentence}", err=True)
    return USAGE


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
