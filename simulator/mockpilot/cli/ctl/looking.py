"""What one looks at by ``ctl``: links, faults, findings, the conversation, held messages."""

from __future__ import annotations

import click

from mockpilot.cli.ctl.answers import console, json_option, tell
from mockpilot.cli.ctl.words import fault_lines, finding_lines, found_lines, hold_lines, link_lines


@click.command()
@json_option
def links() -> int:
    """Who is connected, in which state, and whom everybody waits for."""
    state = console().ask("GET", "/state")
    found = {"links": state["links"], "awaited": state["awaited"], "pushes": state["pushes"]}
    return tell(found, link_lines)


@click.command()
@json_option
def faults() -> int:
    """All faults with their evidence, the newest first."""
    return tell(console().ask("GET", "/faults"), fault_lines)


@click.command()
@json_option
def findings() -> int:
    """What the rules say of the recording so far."""
    return tell(console().ask("GET", "/findings"), finding_lines)


@click.command()
@click.option("--since", type=int, default=0, help="index of the first event")
@click.option("--most", type=int, default=200, help="lines")
@click.option("--text", default="", help="only lines or messages in which it stands")
@json_option
def messages(since: int, most: int, text: str) -> int:
    """The conversation; where --text is found nowhere, what came closest."""
    return tell(console().ask("GET", "/messages", since=since, most=most, text=text), found_lines)


@click.command()
@json_option
def holds() -> int:
    """Messages that are held, and holds that wait for one."""
    return tell(console().ask("GET", "/holds"), hold_lines)


COMMANDS = (links, faults, findings, messages, holds)
