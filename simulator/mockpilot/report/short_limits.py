"""What short limits make of a run, in one line for all reports. Pure: results in, words out."""

from __future__ import annotations

from mockpilot.counts import counted
from mockpilot.limits import Limits
from mockpilot.results import RunResult

MARK = "short limits"
"""What a run is called whose limits are so short that the speed of the machine counts, too."""


def limits_line(result: RunResult) -> str:
    """That limits are short, marked where the machine's speed counts; empty where all have their default or more."""
    words = limits_words(result)
    return f"{MARK}: {words}" if result.facts.short_limits else words


def limits_words(result: RunResult) -> str:
    """How many limits are below their default, and by name those below their floor; empty for none."""
    defaults, low = Limits().as_seconds(), result.facts.short_limits
    shorter = sum(seconds < defaults.get(name, 0.0) for name, seconds in result.facts.limits.items())
    if not low:
        return f"{counted(shorter, 'limit')} below the default" if shorter else ""
    below = f"{shorter} below the default; " if shorter else ""  # a floor may lie above the default, with slow pushes
    return f"{below}so short that the speed of this machine counts, too: {', '.join(low)}"
