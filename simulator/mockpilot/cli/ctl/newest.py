"""The newest lines of the conversation, and how many come before them, from an API that reads on from an index."""

from __future__ import annotations

from typing import Any

from mockpilot.cli.ctl.call import Console

MESSAGES = "/messages"
PAGE = 1000
"""Lines, as many as the API answers at once."""


def newest(console: Console, most: int) -> dict[str, Any]:
    """What the API answers of the newest lines, with ``earlier``: how many come before them.

    Args:
        console: whom to ask.
        most: lines.
    """
    there = console.ask("GET", MESSAGES, since=0, most=1)
    since = max(there["first"], there["end"] - most)
    return {**console.ask("GET", MESSAGES, since=since, most=most), "earlier": since - there["first"]}


def newest_found(console: Console, most: int, text: str) -> dict[str, Any]:
    """The same of the lines in which a text stands; all of them are read, since only reading finds them."""
    page = console.ask("GET", MESSAGES, since=0, most=PAGE, text=text)
    lines, near = page["lines"], page["near"]
    while len(page["lines"]) == PAGE:
        page = console.ask("GET", MESSAGES, since=page["next"], most=PAGE, text=text)
        lines += page["lines"]
    return {**page, "lines": lines[-most:], "near": near, "earlier": len(lines[:-most])}
