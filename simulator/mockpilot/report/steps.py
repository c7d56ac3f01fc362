"""What a scenario did, step by step, with how it went: what it waited for, what it provoked, what it noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.durations import format_duration
from mockpilot.history.events import (
    HASTE,
    Event,
    FaultFired,
    Mark,
    ProductExited,
    ProductStarted,
    ScenarioEnded,
    SimulatorBroke,
    Stalled,
    StateReached,
    StepEnded,
    WaitEnded,
    WaitStarted,
)
from mockpilot.history.recorder import History

CAME, FAILED, UNCLEAR, NOTED = "✓", "✗", "?", "·"
_WORDS = {CAME: "done", FAILED: "failed", UNCLEAR: "did not come", NOTED: "noted"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    mark: str
    after: str
    """Seconds since the scenario's start at which it was over."""
    what: str
    index: int
    """Of the event that ended it."""

    @property
    def word(self) -> str:
        """The mark for whoever cannot see it."""
        return _WORDS[self.mark]


def steps(history: History) -> list[Step]:
    """Read the steps out of a recording."""
    start = history[0].at if history else 0.0
    return [
        Step(mark, f"{event.at - start:.1f}", what, event.index) for mark, event, what in _steps(history)
    ]  # fmt: skip


def _steps(history: History) -> Iterator[tuple[str, Event, str]]:
    waits: list[WaitStarted] = []
    for event in history:
        match event:
            case WaitStarted():
                waits.append(event)
            case WaitEnded():
                began = waits.pop() if waits else None
                yield (UNCLEAR if event.ran_out and event.awaited != HASTE else CAME), event, _waited(event, began)
            case _:
                if told := _told(event):
                    yield told
    for wait in waits:
        yield UNCLEAR, wait, f"waited for {wait.awaited} when the recording ended"


def _waited(ended: WaitEnded, began: WaitStarted | None) -> str:
    took = "" if began is None else f", {format_duration(ended.at - began.at)}"
    limit = f" ({began.limit})" if began is not None and began.limit else ""
    if ended.awaited == HASTE:
        return f"held an answer back{took}, to see who cannot wait"
    if ended.ran_out:
        return f"waited for {ended.awaited}: nothing{took}{limit}"
    return f"waited for {ended.awaited}: it came{took}"


def _told(event: Event) -> tuple[str, Event, str] | None:
    match event:
        case StateReached():
            return CAME, event, f"reached the state “{event.state}”"
        case StepEnded():
            mark = CAME if event.happened else FAILED
            return mark, event, f"asked the product for {event.step}{_said(event.detail)}"
        case FaultFired():
            return NOTED, event, f"fault {event.name} fired"
        case Mark():
            return NOTED, event, event.text
        case ScenarioEnded() if event.why != "done" or event.detail:
            return UNCLEAR, event, f"ended{'' if event.why == 'done' else f', {event.why}'}{_said(event.detail)}"
    return _told_of_a_side(event)


def _told_of_a_side(event: Event) -> tuple[str, Event, str] | None:
    match event:
        case ProductStarted():
            return CAME, event, "started the product"
        case ProductExited() if not event.by_us:
            return FAILED, event, f"the product ended by itself, status {event.status}"
        case Stalled():
            return NOTED, event, f"mockpilot itself stalled for {format_duration(event.late_s)}"
        case SimulatorBroke():
            return FAILED, event, "mockpilot broke while serving: a bug of this tool"
    return None


def _said(detail: str) -> str:
    return f": {detail}" if detail else ""
