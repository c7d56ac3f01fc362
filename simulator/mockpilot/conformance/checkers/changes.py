"""What must show in the lists once a request has changed while its vehicle was charging: the change.

Only where a change outside charging did bring a list; what changes without a link is the business of
``offline_changes``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.after_steps import lists_after, never_came
from mockpilot.conformance.case import Case
from mockpilot.conformance.lists import RequestList, Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.pushed import payload_of, processes_in

WHILE_CHARGING = "requests.change-while-charging"


def check(case: Case) -> Iterator[Observation]:
    """Every step that changes a request."""
    if not case.presystem.sends_requests:
        return
    for step in case.steps:
        before = case.list_before(step.provoked.index)
        if step.name == "change-request" and step.ended is not None and before is not None:
            yield from _while_charging(case, step, before)


def _while_charging(case: Case, step: Step, before: RequestList) -> Iterator[Observation]:
    request = step.provoked.charging_request_id
    old = before.entry(request)
    if old is None or not is_charging(case, step) or not _changed_outside_charging(case):
        return

    def shows(read: RequestList) -> bool:
        new = read.entry(request)
        return new is None or new.values() != old.values()

    after = lists_after(case, step, before, until=lambda other: True)
    changed = next((read for read in after if shows(read)), None)
    if changed is not None and changed.entry(request) is None:
        yield undecided(WHILE_CHARGING, step.provoked.index, changed.index, link=changed.link.number,
                        why=f"{request} left the lists when it changed while its vehicle was charging")  # fmt: skip
    elif changed is not None:
        yield held(WHILE_CHARGING, step.provoked.index, changed.index, link=changed.link.number)
    else:
        yield from never_came(case, WHILE_CHARGING, step, before, shows)


def _changed_outside_charging(case: Case) -> bool:
    """The control: a change outside charging did bring a list."""
    return any(
        read.step is not None and read.step.name == "change-request" and not is_charging(case, read.step)
        for read in case.lists
    )


def is_charging(case: Case, step: Step) -> bool:
    """Whether the vehicle of the request that a step names was charging, by the last push before it."""
    pushes = case.shown.pushes(step.provoked.index, 1)
    request = step.provoked.charging_request_id
    return bool(request) and any(
        process.get("chargingRequestId") == request and process.get("processStatus") == "Charging"
        for frame in pushes for process in processes_in(payload_of(frame))
    )
