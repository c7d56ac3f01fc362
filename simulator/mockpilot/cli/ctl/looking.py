"""What one looks at by ``ctl``: links, faults, findings, the conversation, held messages."""

from __future__ import annotations

import click

from mockpilot.cli.ctl.answers import console, json_option, tell
from mockpilot.cli.ctl.newest import MESSAGES, newest, newest_found
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
@click.option("--since", type=int, help="index of the first event  [default: the newest lines are shown]")
@click.option("--most", type=click.IntRange(min=1), default=200, show_default=True, help="lines")
@click.option("--text", default="", help="only lines or messages in which it stands")
@json_option
def messages(since: int | None, most: int, text: str) -> int:
    """The conversation, its newest lines; where --text is found nowhere, what came closest."""
    if since is None:
        found = newest_found(console(), most, text) if text else newest(console(), most)
    else:
        found = console().ask("GET", MESSAGES, since=since, most=most, text=text)
    return tell(found, found_lines)


@click.command()
@json_option
def holds() -> int:
    """Messages that are held, and holds that wait for one."""
    return tell(console().ask("GET", "/holds"), hold_lines)


COMMANDS = (links, faults, findings, messages, holds)
