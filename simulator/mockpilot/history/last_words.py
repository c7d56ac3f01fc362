"""Which line of what a product wrote last tells most: the last one that is no call of a stack trace. Pure.

What a product is written in is not known here; stack traces of Java and JavaScript end with the calls, Python's do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OF_CALLS = re.compile(r"\s+at .+|\s*\.\.\. \d+ (more|common frames omitted)|\s*")
"""A call, calls that were told before, or nothing."""


def last_words(output: Sequence[str]) -> str:
    """The line to repeat in a sentence; empty if nothing was written.

    Args:
        output: the last lines that it wrote, in order.
    """
    written = [line for line in output if line.strip()]
    telling = [line for line in written if not _OF_CALLS.fullmatch(line)]
    return (telling or written or [""])[-1].strip()
