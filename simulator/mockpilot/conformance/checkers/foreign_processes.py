"""What becomes of a request whose id a push shows in another presystem's process: it stays as it was.

A request id is only unique together with its presystem's. Where somebody asked for a change meanwhile, or entries
change by themselves anyway, nothing shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.lists import Entry, RequestList, successive
from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.pushed import payload_of, processes_in

FOREIGN_PROCESS = "requests.foreign-process"

WITHIN_PUSHES = 2
"""Answered pushes after the one with the foreign process, within which its effect shows."""


def check(case: Case) -> Iterator[Observation]:
    """Every push that shows a foreign twin of a request."""
    if not case.presystem.sends_requests:
        return
    for frame in case.pushes_handed:
        armed = case.faults.armed_as(frame.fault)
        if armed is not None and armed.how.get("how") == "foreign-twin":
            yield from _foreign_process(case, frame)


def _foreign_process(case: Case, frame: Frame) -> Iterator[Observation]:
    """Another presystem's process carries a request id of the product; within two more answered pushes it shows."""
    link = case.link(frame.event.link)
    twins = {str(process.get("chargingRequestId")) for process in processes_in(payload_of(frame))
             if process.get("presystemId", case.shown.presystem_id) != case.shown.presystem_id}  # fmt: skip
    before = case.list_before(frame.index)
    if link is None or before is None or not case.presystem.launched:
        return
    own = [entry for entry in before.entries if entry.id in twins]
    pushes = [push for push in case.exchanges[link.number].pushes if push.first.index >= frame.index and push.answers]
    if not own or len(pushes) <= WITHIN_PUSHES:
        return
    until = pushes[WITHIN_PUSHES].answers[0].index
    steps = case.steps_between(before.index, until)
    after = [read for read in case.lists if frame.index < read.index and read.at <= pushes[WITHIN_PUSHES].answers[0].at
             + case.delivery.guard(link) and read.teller == before.teller]  # fmt: skip
    if steps:
        return
    replans = _replans(case, frame, before, until, twins)
    troubles = [(read, told) for read in after for entry in own
                if (told := _disturbed(case, entry, before, read, replans=replans))]  # fmt: skip
    if troubles:
        read, told = troubles[0]
        yield Observation(
            FOREIGN_PROCESS, False, (before.index, frame.index, read.index),
            "the presystem's own entry as it was", told, link=link.number,
        )  # fmt: skip
    else:
        yield held(FOREIGN_PROCESS, frame.index, until, link=link.number)


def _disturbed(case: Case, entry: Entry, before: RequestList, read: RequestList, *, replans: bool) -> str:
    new = read.entry(entry.id)
    if new is None:
        return "" if case.gone.is_allowed(entry, before, read) else f"{entry.id} was dropped"
    if new.vehicle != entry.vehicle:
        return f"{entry.id} was given to another vehicle"
    return "" if replans or _asked(new) == _asked(entry) else f"{entry.id} was altered"


def _asked(entry: Entry) -> dict[str, Any]:
    """What it asks for. Where it does is left out: to make way for another presystem's vehicle is sane."""
    return {key: value for key, value in entry.values().items() if key != "chargingPointId"}


def _replans(case: Case, frame: Frame, before: RequestList, until: int, twins: set[str]) -> bool:
    """Whether entries change with nobody asking and no twin: then a change of one that has a twin shows nothing."""
    for earlier, later in successive([read for read in case.lists if read.teller == before.teller]):
        if later.index > until or case.steps_between(earlier.index, later.index):
            continue
        free = [entry for entry in earlier.entries if entry.id not in twins or later.index < frame.index]
        if any((new := later.entry(entry.id)) is not None and _asked(new) != _asked(entry) for entry in free):
            return True
    return False
