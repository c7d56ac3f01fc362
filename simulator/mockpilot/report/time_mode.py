"""How our own clock ran, in words: in real time or not, wherever a result is shown. Knows no results."""

from __future__ import annotations

from mockpilot.history.events import ScenarioStarted
from mockpilot.history.recorder import History

REAL = "real"
"""The time mode in which our clock was the product's, too."""


def time_of(history: History) -> str:
    """The time mode of a recording."""
    started = history.of(ScenarioStarted)
    return started[0].time if started else REAL


def time_words(mode: str) -> str:
    """Such as ``time scaled by 4``.

    Args:
        mode: as recordings have it; several with commas between.
    """
    return ", ".join(_one_time(one) for one in mode.split(", "))


def _one_time(mode: str) -> str:
    kind, _, factor = mode.partition(":")
    return f"time scaled by {factor}" if kind == "scaled" else f"{kind} time"
