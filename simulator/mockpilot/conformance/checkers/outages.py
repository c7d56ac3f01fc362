"""Outages: whether the product keeps trying, and whether what changed meanwhile comes afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.after_steps import could_tell
from mockpilot.conformance.attempts import REFUSED_LOGIN, Attempt
from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.lists import RequestList, Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import Event, FaultArmed, FaultDisarmed
from mockpilot.limits import JITTER

RETURNS = "link.returns-after-outage"
CHANGE_COMES = "requests.change-comes-after-outage"

SERVER_ERRORS = range(500, 600)
MAY_STAY_AWAY = REFUSED_LOGIN
"""Statuses after which nobody owes another attempt."""


def check(case: Case) -> Iterator[Observation]:
    """Every outage, and every step that fell into one."""
    yield from _returns(case)
    if case.presystem.sends_requests:
        for step in case.steps:
            yield from _change(case, step)


# -- coming back ---------------------------------------------------------------------------------------------------


def _returns(case: Case) -> Iterator[Observation]:
    """Judged where attempts were met and seen: who never made one has not come back at all, which is another rule."""
    for armed in case.of(FaultArmed):
        if armed.do not in ("refuse", "certificate") or armed.how.get("status") in MAY_STAY_AWAY:
            continue
        over = next((e for e in case.of(FaultDisarmed) if e.name == armed.name and e.index > armed.index), None)
        met = [attempt for attempt in case.attempts if armed.index < attempt.index < (over.index if over else 0)]
        if over is not None and met and not any(_got_in(attempt, over) for attempt in met):
            yield from _after(case, armed, over, met)


def _got_in(attempt: Attempt, over: Event) -> bool:
    """Whether it reached a sound 101 while the outage went on; the last one met may have got in right after it."""
    return any(link.opened is not None and link.opened.fault is None and link.opened.index < over.index
               for link in attempt.links)  # fmt: skip


def _after(case: Case, armed: FaultArmed, over: Event, met: list[Attempt]) -> Iterator[Observation]:
    again = next((link for link in case.links if link.begun.index > over.index or _opened_after(link, over)), None)
    if again is not None:
        shown = max(again.begun.index, again.opened.index if again.opened is not None else 0)
        yield held(RETURNS, met[-1].index, shown, link=again.number)
        return
    within = case.limits["reconnect_within"] * JITTER
    ran_out = case.waiting.ran_out(over.at, within)
    if ran_out is None:
        yield undecided(RETURNS, met[-1].index, why="our own stalls hide whether it came back")
    if ran_out and case.ran_until(met[0].at, over.at + within):
        level, cause = (None, "") if _is_firm(armed) else (Level.SHOULD, "refused otherwise")
        yield Observation(
            RETURNS, False, (met[-1].index, over.index),
            f"a new attempt within {format_duration(within)} of the outage's end", "none", level, cause=cause,
            perhaps=_FINAL if cause else "",
        )  # fmt: skip


def _opened_after(link: Link, over: Event) -> bool:
    return link.opened is not None and link.opened.index > over.index


_FINAL = "a refusal such as 403 or a bad certificate ends the attempts for good; come back after a longer pause"


def _is_firm(armed: FaultArmed) -> bool:
    """Whether it was of the kind after which coming back is owed: lost connections and server errors."""
    if armed.do != "refuse":
        return False
    how, status = armed.how.get("how"), armed.how.get("status", 0)
    return how in ("tcp", "accept-and-drop") or (how == "http" and status in SERVER_ERRORS)


# -- what changed meanwhile ----------------------------------------------------------------------------------------


def _change(case: Case, step: Step) -> Iterator[Observation]:
    """A created request whose list we could not read: no link was up, or the list was dropped unread."""
    if step.name != "create-request" or step.ended is None or _is_superseded(case, step):
        return
    if could_tell(case, step) and not _was_dropped_unread(case, step):
        return
    known = {entry.id for read in case.lists if read.index < step.provoked.index for entry in read.entries}
    later = [read for read in case.lists if read.index > step.provoked.index and not _unread(read)]
    told = next((read for read in later if read.ids - known), None)
    if told is not None:
        yield held(CHANGE_COMES, step.provoked.index, told.index, link=told.link.number)
        return
    if not _some_list_before(case, step) or _is_shown(case, step, known):
        return
    yield from _silence(case, step, later)


def _silence(case: Case, step: Step, later: list[RequestList]) -> Iterator[Observation]:
    assert step.ended is not None
    instance = case.links[-1].instance if case.links else 0
    chance, doubtful = missed(case, step.ended.index, step.ended.at, instance)
    if chance is not None:
        yield Observation(
            CHANGE_COMES, False, (step.provoked.index, chance.ended_index, chance.answered_index),
            "a list with the new charging request, on the second link after the outage at the latest",
            f"{counted(len(later), 'list')} without it" if later else "no list",
        )  # fmt: skip
    elif doubtful:
        yield undecided(CHANGE_COMES, step.provoked.index, why="our own stalls hide whether it came")


def _is_superseded(case: Case, step: Step) -> bool:
    return any(other.cancels for other in case.steps if other.provoked.index > step.provoked.index)


def _was_dropped_unread(case: Case, step: Step) -> bool:
    """Whether the next list after the step was dropped before it was read."""
    following = next((read for read in case.lists if read.index > step.provoked.index), None)
    return following is not None and _unread(following)


def _unread(read: RequestList) -> bool:
    return bool(getattr(read.frame.event, "unread", False))


def _some_list_before(case: Case, step: Step) -> bool:
    """Whether this product sends lists at all."""
    return any(read.index < step.provoked.index for read in case.lists)


def _is_shown(case: Case, step: Step, known: set[str]) -> bool:
    """Whether pushes showed something of the product's that no list had told: then it came some other way."""
    assert step.ended is not None
    after = step.ended.index
    return any(
        case.shown.requests(frame) - known for frame in case.pushes_handed
        if frame.index > after
    )
