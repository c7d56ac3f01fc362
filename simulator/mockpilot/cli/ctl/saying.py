"""Messages of ours by ``ctl``: held, let go as they are or otherwise, discarded, written by hand; and notes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mockpilot.cli.ctl.answers import console, done_lines, json_option, known, quoted, read_text, tell
from mockpilot.protocol.envelope import Action


@click.command()
@click.argument("type", type=click.Choice(["request", "confirmation", "error"]), default="request")
@click.option("--action", type=click.Choice([str(one) for one in Action]))
@click.option("--link", type=int)
@json_option
def hold(type: str, action: str | None, link: int | None) -> int:  # noqa: A002 - the word of the vocabulary
    """Hold the next message of ours that is meant; it says under which name."""
    return tell(console().ask("POST", "/holds", {"type": type, "action": action, "link": link}), done_lines)


@click.command("let-go")
@click.argument("name", shell_complete=known("/holds", "id"))
@click.option("--text", help="say this in its place")
@click.option("--file", type=click.Path(path_type=Path), help="say what stands there in its place; - is standard input")
@json_option
def let_go(name: str, text: str | None, file: Path | None) -> int:
    """Let a held message go, as it is or with another text."""
    said = read_text(file) if file is not None else text
    return tell(console().ask("PUT", f"/holds/{quoted(name)}", {"do": "let-go", "text": said}), done_lines)


@click.command()
@click.argument("name", shell_complete=known("/holds", "id"))
@json_option
def discard(name: str) -> int:
    """Never let a held message go."""
    return tell(console().ask("PUT", f"/holds/{quoted(name)}", {"do": "discard"}), done_lines)


@click.command()
@click.argument("link", type=int)
@click.argument("text")
@json_option
def say(link: int, text: str) -> int:
    """Send a message by hand, as it is; - takes it from standard input."""
    said = sys.stdin.read() if text == "-" else text
    return tell(console().ask("POST", "/messages", {"link": link, "text": said}), done_lines)


@click.command()
@click.argument("text")
@json_option
def mark(text: str) -> int:
    """Write a note into the recording; waits and plans can begin there."""
    return tell(console().ask("POST", "/marks", {"text": text}), done_lines)


COMMANDS = (hold, let_go, discard, say, mark)
