"""What lists say after a loss: nothing twice, nothing out of date, and all again for a CMS that has forgotten it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers.requests import COMPLETE_LIST
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.levels import Level
from mockpilot.conformance.lists import RequestList, successive
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.durations import format_duration
from mockpilot.history.events import DepotChanged, FaultFired

NO_DOUBLES = "requests.no-doubles"
TOLD_AGAIN = "requests.told-again-after-amnesia"

FORGOTTEN = "requests forgotten"
"""What a depot's change says of amnesia."""


def check(case: Case) -> Iterator[Observation]:
    """Lists before and after a fault."""
    if not case.presystem.sends_requests:
        return
    yield from _doubles(case)
    for earlier, later in successive(case.lists):
        if earlier.link is not later.link and _still_holds(case, earlier, later):
            yield from _out_of_date(case, earlier, later)
    for forgot in case.of(DepotChanged):
        if forgot.what == FORGOTTEN:
            yield from _amnesia(case, forgot)


# -- doubles -------------------------------------------------------------------------------------------------------


Stay = tuple[str, datetime]


def _doubles(case: Case) -> Iterator[Observation]:
    """One vehicle and departure that stood once in the last list before a fault, and stands twice after it."""
    fired = [event.index for event in case.of(FaultFired)]
    last: dict[tuple[int, str], RequestList] = {}
    for read in sorted([*case.lists, *case.late_lists], key=lambda read: read.index):
        before = last.get(read.teller)
        last[read.teller] = read
        if before is None or read in case.late_lists:
            continue
        if before not in case.late_lists and not any(before.index < index < read.index for index in fired):
            continue
        once, now = _stays(before), _stays(read)
        doubled = next((stay for stay, count in now.items() if count > 1 and once[stay] == 1), None)
        if doubled is not None:
            yield Observation(
                NO_DOUBLES, False, (before.index, read.index), f"vehicle {doubled[0]} once, as before the fault",
                f"{now[doubled]} entries for it with one departure", link=read.link.number,
            )  # fmt: skip
        elif once:
            yield held(NO_DOUBLES, before.index, read.index, link=read.link.number)


def _stays(read: RequestList) -> Counter[Stay]:
    """Stays by how many entries, told apart by their ids, ask for them."""
    entries = {entry.id: entry for entry in read.entries if entry.vehicle and entry.departure and not entry.terminated}
    return Counter((entry.vehicle, entry.departure) for entry in entries.values() if entry.departure)


# -- out of date ---------------------------------------------------------------------------------------------------


def _still_holds(case: Case, earlier: RequestList, later: RequestList) -> bool:
    """Whether nothing speaks against it that a list of one link holds when the next comes on another.

    The product knows that the CMS has taken it over, and has none open from before that may come again; no step came
    since, and the last one before took nothing away.
    """
    before = [read for read in case.lists if read.index <= earlier.index and read.teller == earlier.teller]
    if not earlier.applied or any(read.answer is None for read in before):
        return False
    steps = [step for step in case.steps if step.provoked.index < later.index]
    if not steps or steps[-1].cancels or steps[-1].provoked.index > earlier.index:
        return False
    if any(event.what == FORGOTTEN and earlier.index < event.index < later.index for event in case.of(DepotChanged)):
        return False
    answer = earlier.answer
    return answer is not None and case.delivery.proved_at(earlier.link, answer.index) is not None


def _out_of_date(case: Case, earlier: RequestList, later: RequestList) -> Iterator[Observation]:
    """What steps made, and is left out from now on. A list that begins anew, with nothing of before, is no older one.

    No step brought the later list, and a product may have reasons of its own; so this is a warning.
    """
    if not earlier.ids & later.ids or not case.waiting.lasted(later.at, case.ends_at, case.limits["hold"]):
        return
    listed = {entry_id for read in case.lists if read.index >= later.index and read.teller == later.teller
              for entry_id in read.ids}  # fmt: skip
    for entry in earlier.entries:
        if entry.id in listed or entry.id not in case.step_made or case.gone.is_allowed(entry, earlier, later):
            continue
        yield Observation(
            COMPLETE_LIST, False, (earlier.index, later.index), f"{entry.id} still in the list after the reconnect",
            "it is missing, although it was confirmed", Level.SHOULD, cause="out of date", link=later.link.number,
            perhaps="after a reconnect the list of an older state is sent; send the one that holds now",
        )  # fmt: skip


# -- amnesia -------------------------------------------------------------------------------------------------------


def _amnesia(case: Case, forgot: DepotChanged) -> Iterator[Observation]:
    """A product may trust that a confirmed list is kept; so this is never more than a warning."""
    told = next((read for read in reversed(case.lists) if read.index < forgot.index and read.applied), None)
    if told is None or all(entry.terminated or case.gone.has_departed(entry) for entry in told.entries):
        return
    if any(step.cancels for step in case.steps_between(told.index, len(case.history))):
        return
    link, push = _first_push(case, forgot)
    if link is None or push is None or case.shown.requests(push.first):
        return
    later = [read for read in case.lists if read.index > push.first.index]
    again = next((read for read in later if _holds(case, told, read)), None)
    if again is not None:
        yield held(TOLD_AGAIN, forgot.index, again.index, link=link.number)
        return
    if any(told.ids & read.ids for read in later):
        yield undecided(TOLD_AGAIN, forgot.index, later[0].index, link=link.number,
                        why="a list came, but not with all that the forgotten one held")  # fmt: skip
        return
    within = case.limits["resend_within"]
    ran_out = case.waiting.ran_out(push.answers[0].at, within, link.ending.at if link.ending else None)
    if ran_out is None:
        yield undecided(TOLD_AGAIN, forgot.index, why="our own stalls hide whether it came", link=link.number)
    if ran_out and case.ran_until(forgot.at, push.answers[0].at + within):
        yield Observation(
            TOLD_AGAIN, False, (forgot.index, push.first.index),
            f"a list within {format_duration(within)} of the first push that shows none of it",
            "a list without any of it" if later else "no list", link=link.number,
        )  # fmt: skip


def _holds(case: Case, told: RequestList, read: RequestList) -> bool:
    """Whether a list says all again that the forgotten one said, what has ended aside."""
    ended = [entry for entry in told.entries if entry.terminated or case.gone.has_departed(entry)]
    return all(
        entry.id in read.ids or entry in ended or case.gone.is_explained(entry, told, read)
        for entry in told.entries
    )


def _first_push(case: Case, forgot: DepotChanged) -> tuple[Link | None, Push | None]:
    """The first answered push on an accepted link that began after the amnesia."""
    for link in case.clean_links:
        if link.begun.index < forgot.index or link.accepted is None:
            continue
        push = next((push for push in case.exchanges[link.number].pushes if push.plain and push.answers), None)
        if push is not None:
            return link, push
    return None, None
