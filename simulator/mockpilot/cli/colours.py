"""Lines with marks, in colours on a terminal that wants them; the marks stay where it does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"✓": "green", "✗": "red", "!": "yellow", "?": "magenta"}


def coloured(line: str) -> Text:
    """A line in the colour of its mark."""
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
        console.print(coloured(line), soft_wrap=True)
