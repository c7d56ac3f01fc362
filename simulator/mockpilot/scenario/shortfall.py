"""What a start state failed at, in a sentence: how far the best connection came, and what the others met. Pure."""

from __future__ import annotations

from mockpilot.durations import format_duration
from mockpilot.history.arrivals import arrivals_of
from mockpilot.history.events import BootRead, ProductExited
from mockpilot.history.last_words import last_words
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
    return f"{_FAR[state]} in {format_duration(within_s)}{met(history)}"


def nobody(history: History, within_s: float) -> str:
    """That nobody connected at all."""
    return f"nobody connected in {format_duration(within_s)}{met(history)}"


def met(history: History) -> str:
    """How far the best connection came, what the others met, how the product ended: the end of a sentence, or empty."""
    arrivals = arrivals_of(history)
    reached = _furthest(history) if arrivals.opened else ""
    return "".join(f"; {one}" for one in (reached, str(arrivals), _exits(history)) if one)


def _exits(history: History) -> str:
    """What became of a product that is started again whenever it ends; another one's end ends the scenario."""
    exits = [event for event in history.of(ProductExited) if not event.by_us]
    if not exits:
        return ""
    times = f" {len(exits)} times, the last time" if len(exits) > 1 else ""
    said = last_words(exits[-1].output)
    told = f"; its last line: {said}" if said else ""
    return f"the product ended by itself{times} with {exits[-1].how}{told}"


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
