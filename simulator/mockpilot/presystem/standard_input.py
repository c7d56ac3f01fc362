"""Standard input as lines, for steps that somebody types or pipes in. Knows no steps."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import trio

from mockpilot.presystem.steps import Lines


async def standard_input() -> AsyncIterator[str]:
    """Lines of standard input until it ends.

    Read in a thread that may be left behind: a pipe set to non-blocking would be so for its other users as well.
    """
    lines = Lines()
    if not _ours_to_read():
        return
    while True:
        try:
            data = await trio.to_thread.run_sync(os.read, 0, 65536, abandon_on_cancel=True)
        except OSError:
            data = b""
        for line in lines.feed(data):
            yield line
        if not data:
            return


def _ours_to_read() -> bool:
    """A terminal that belongs to another process group would stop us for reading from it."""
    try:
        return not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
