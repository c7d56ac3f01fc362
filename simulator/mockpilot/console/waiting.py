"""Waiting for something that the recording will show, and what came instead if it does not come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import trio

from mockpilot.console.asked import WaitAsked, seconds
from mockpilot.console.bench import Bench, WrongWordError
from mockpilot.console.lines import line_of
from mockpilot.console.recording import Recording
from mockpilot.console.told import Done, WaitAnswer
from mockpilot.errors import ScenarioError
from mockpilot.history.events import Event, WaitEnded, WaitStarted
from mockpilot.scenario.matching import predicate, spoken, unknown_word

SHOWN_INSTEAD = 10
"""Lines of what came in place of what somebody waits or looks for."""

Matches = Callable[[Event], bool]


def mark(bench: Bench, text: str) -> Done:
    """Write a note; waits begin behind it."""
    done = bench.do("marked", lambda: bench.control.note(text))
    bench.waits_from = bench.recording.end
    return done


async def wait(bench: Bench, asked: WaitAsked) -> WaitAnswer:
    """Wait for what is asked; the wait itself is recorded, so that everybody sees who waits for what.

    It begins with the newest command unless it is told where, so that what that command brought about is never missed,
    however fast it came.

    Raises:
        WrongWordError: nobody knows the word.
    """
    matches, began = _matching(asked), trio.current_time()
    since = bench.waits_from if asked.since is None else asked.since
    recording, record = bench.recording, bench.control.recorder.record
    awaited, within_s, found = spoken(asked.what), seconds(asked.within), list[int]()
    record(WaitStarted(awaited=awaited, within_s=within_s))
    try:
        await _gather(recording, matches, since, asked.count, within_s, found)
    finally:
        enough = len(found) >= asked.count
        record(WaitEnded(awaited=awaited, ran_out=not enough))
    instead = [] if enough else _instead(recording, since)
    return WaitAnswer(came=enough, events=found, since=since, waited_s=round(trio.current_time() - began, 3),
                      instead=[line_of(one, bench.dialect) for one in instead])  # fmt: skip


async def came(recording: Recording, matches: Matches, since: int, within_s: float) -> bool:
    """Wait for one event, and answer whether it came in time."""
    found: list[int] = []
    await _gather(recording, matches, since, 1, within_s, found)
    return bool(found)


def _matching(asked: WaitAsked) -> Matches:
    try:
        of_kind = predicate(asked.what)
    except ScenarioError:
        raise WrongWordError(f"wait: {unknown_word(asked.what)}") from None

    def matches(event: Event) -> bool:
        if asked.link is not None and event.link != asked.link:
            return False
        if asked.fault is not None and getattr(event, "name", None) != asked.fault:
            return False
        return of_kind(event)

    return matches


async def _gather(
    recording: Recording, matches: Matches, since: int, count: int, within_s: float, found: list[int]
) -> None:
    with trio.move_on_after(within_s):
        while True:
            for event in recording.since(since):
                since = event.index + 1
                if matches(event):
                    found.append(event.index)
                if len(found) >= count:
                    return
            await recording.wait_changed()


def _instead(recording: Recording, since: int) -> list[Event]:
    return telling(recording.since(since))[-SHOWN_INSTEAD:]


def telling(events: Sequence[Event]) -> list[Event]:
    """Those that say more than that somebody waits."""
    return [one for one in events if not isinstance(one, WaitStarted | WaitEnded)]
