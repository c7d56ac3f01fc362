"""Whether what changed in a charging request while no link was up stands in the lists after the reconnect.

What a change does is the product's affair: only where two in a row each brought other values, with or without a link,
is a third one without any known to be lost. Requests that are created meanwhile are the business of ``outages``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mockpilot.conformance.after_steps import could_tell
from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed
from mockpilot.conformance.checkers.changes import is_charging
from mockpilot.conformance.checkers.outages import CHANGE_COMES
from mockpilot.conformance.lists import Entry, RequestList, Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.counts import counted

CONTROLS = 2
"""A command that sets one and the same value passes for a change once, not twice."""


def check(case: Case) -> Iterator[Observation]:
    """Every change that was made while no link was up, and once only."""
    if not case.presystem.sends_requests:
        return
    for step in case.steps:
        told = _told_before(case, step)
        if told is not None and _fell_into_an_outage(case, step) and not _is_superseded(case, step, told):
            yield from _judge(case, step, told)


def _told_before(case: Case, step: Step) -> RequestList | None:
    """The last list before a change, if it was confirmed and has the request."""
    told = case.list_before(step.provoked.index)
    if step.name != "change-request" or told is None or told.answer is None:
        return None
    return told if told.entry(step.provoked.charging_request_id) is not None else None


def _fell_into_an_outage(case: Case, step: Step) -> bool:
    return step.ended is not None and not could_tell(case, step)


def _is_superseded(case: Case, step: Step, told: RequestList) -> bool:
    """Whether another step may have undone it: values that go round come back after some changes."""
    later = case.steps_between(told.index, len(case.history))
    return any(other.cancels or (other.name == step.name and other != step) for other in later)


def _judge(case: Case, step: Step, told: RequestList) -> Iterator[Observation]:
    old = told.entry(step.provoked.charging_request_id)
    assert old is not None
    later = [read for read in case.lists if read.index > step.provoked.index and read.teller == told.teller]
    changed = [read for read in later if _differs(read.entry(old.id), old)]
    outdated = _outdated(case, told, old)
    other = next((read for read in changed if not _says_one_of(outdated, read.entry(old.id))), None)
    if other is not None and other.entry(old.id) is not None:
        yield held(CHANGE_COMES, step.provoked.index, other.index, link=other.link.number)
    elif other is None and changed:
        yield undecided(CHANGE_COMES, step.provoked.index, changed[0].index, link=changed[0].link.number,
                        why=f"{old.id} came with values of a list before the last one: that list may have been sent "
                        "again, and a change to values that had not been there would show it")  # fmt: skip
    elif other is None and not case.gone.has_departed(old) and not is_charging(case, step):
        yield from _never_came(case, step, told, later)


def _outdated(case: Case, told: RequestList, old: Entry) -> list[dict[str, Any]]:
    """What lists before the last one asked for; nothing where values go round, and have come back already."""
    before = [read for read in case.lists if read.index < told.index and read.teller == told.teller]
    asked = [entry.values() for read in before if (entry := read.entry(old.id)) is not None]
    others = [values for values, following in pairwise([*asked, old.values()]) if values != following]
    return others if old.values() not in others else []


def _says_one_of(values: list[dict[str, Any]], entry: Entry | None) -> bool:
    return entry is not None and entry.values() in values


def _differs(entry: Entry | None, old: Entry) -> bool:
    return entry is None or entry.values() != old.values()


def _never_came(case: Case, step: Step, told: RequestList, later: list[RequestList]) -> Iterator[Observation]:
    assert step.ended is not None
    if not _changes_show(case, step):
        yield undecided(CHANGE_COMES, step.provoked.index, why="two changes in a row before did not each bring "
                        "other values, so a list with the old ones says nothing")  # fmt: skip
        return
    chance, doubtful = missed(case, step.ended.index, step.ended.at, told.link.instance)
    if chance is not None:
        yield Observation(
            CHANGE_COMES, False, (told.index, step.provoked.index, chance.ended_index, chance.answered_index),
            f"a list with other values of {step.provoked.charging_request_id}, on the second link after the outage at "
            "the latest", f"{counted(len(later), 'list')} with the old values" if later else "no list", cause="values",
        )  # fmt: skip
    elif doubtful:
        yield undecided(CHANGE_COMES, step.provoked.index, why="our own stalls hide whether it came")


def _changes_show(case: Case, step: Step) -> bool:
    """The control: the last changes of the same request before each brought other values, of the same kind."""
    request = step.provoked.charging_request_id
    controls = [
        other for other in case.steps
        if other.name == step.name and other.provoked.index < step.provoked.index
        and other.provoked.charging_request_id == request
    ]  # fmt: skip
    changed = [_changed_by(case, other, request) for other in controls[-CONTROLS:]]
    return len(changed) == CONTROLS and bool(set.intersection(*changed))


def _changed_by(case: Case, step: Step, request: str) -> set[str]:
    """What a change made different, by the lists around it."""
    before = case.list_before(step.provoked.index)
    after = [read for read in case.lists if read.step == step]
    old = before.entry(request) if before is not None else None
    new = after[-1].entry(request) if after else None
    if old is None or new is None:
        return set()
    was, now = _values(old), _values(new)
    return {key for key in was | now if was.get(key) != now.get(key)}


def _values(entry: Entry) -> dict[str, Any]:
    """What it asks for, but for its point, which may follow the one that the step named."""
    values = entry.values()
    data = values.pop("chargingRequestData", None)
    values.pop("chargingPointId", None)
    return values | (data if isinstance(data, dict) else {})
