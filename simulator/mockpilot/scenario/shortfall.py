"""What a start state failed at, in a sentence: how far the best connection came, and what the others met. Pure."""

from __future__ import annotations

from mockpilot.durations import format_duration
from mockpilot.history.arrivals import arrivals_of
from mockpilot.history.events import BootRead
from mockpilot.history.recorder import History
from mockpilot.scenario.matching import answers_a_boot, is_accepted, is_push_answer, push_of

_FAR = {"fresh": "no link opened", "booted": "no link came as far as an accepted boot",
        "exchange": "no link came as far as an answered push"}  # fmt: skip


def shortfall(history: History, state: str, within_s: float) -> str:
    """Why a start state was not reached.

    Args:
        history: of the scenario so far.
        state: fresh, booted or exchange.
        within_s: how long was waited.
    """
    arrivals = arrivals_of(history)
    reached = _furthest(history) if arrivals.opened else ""
    why = "; ".join(filter(None, (reached, str(arrivals))))
    return f"{_FAR[state]} in {format_duration(within_s)}{f'; {why}' if why else ''}"


def _furthest(history: History) -> str:
    if any(map(is_push_answer, history)):
        return "a push was answered, but the link did not last"
    if any(map(push_of, history)):
        return "a boot was accepted, but no push was answered"
    if any(is_accepted(event) and answers_a_boot(event, history) for event in history):
        return "a boot was accepted, but the link did not last until a push"
    if history.of(BootRead):
        return "a link opened, but no boot was accepted"
    return "a link opened, but no BootNotification came that could be read"
