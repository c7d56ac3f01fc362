"""What must show in the lists once a step has cancelled something, or changed it while its vehicle was charging.

Steps are asked of the product; a list within ``provoke_within`` is its answer. Silence convicts only where another step
did bring a list, and only after a second chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed, second_chances
from mockpilot.conformance.checkers.outages import could_tell
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.lists import RequestList, Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.pushed import payload_of, processes_in
from mockpilot.durations import format_duration

CANCELLED_LEAVES = "requests.cancelled-leaves"
CANCELS_LAST = "requests.cancels-the-last"
WHILE_CHARGING = "requests.change-while-charging"

TWO = 2
"""Entries without which nothing shows whether one has left."""

Shows = Callable[[RequestList], bool]


def check(case: Case) -> Iterator[Observation]:
    """Every step that cancels or changes."""
    if not case.presystem.sends_requests:
        return
    for step in case.steps:
        if step.ended is None:
            continue
        before = case.list_before(step.provoked.index)
        if step.cancels and before is not None and before.ids:
            yield from _cancelled(case, step, before)
        elif step.name == "change-request" and before is not None:
            yield from _while_charging(case, step, before)


def _lists_after(
    case: Case, step: Step, before: RequestList, *, until: Callable[[Step], bool], in_time: bool = True
) -> list[RequestList]:
    """Those that may answer a step: in time, unless any time will do, and before a step that speaks of other things."""
    others = (one.provoked.index for one in case.steps if one.provoked.index > step.provoked.index and until(one))
    cut = next(others, None)
    within = case.waiting.deadline(_could_tell_at(case, step), case.limits["provoke_within"]) if in_time else math.inf
    return [read for read in case.lists if read.index > step.provoked.index and read.teller == before.teller
            and read.at <= within and (cut is None or read.index < cut)]  # fmt: skip


def _could_tell_at(case: Case, step: Step) -> float:
    """When the product could send what came of a step: at once, or after the first answered push of its next link."""
    assert step.ended is not None
    if could_tell(case, step):
        return step.ended.at
    later = (link for link in case.clean_links if link.begun.index > step.provoked.index and link.accepted is not None)
    pushes = (push for link in later for push in case.exchanges[link.number].pushes if push.plain and push.answers)
    return next((push.answers[0].at for push in pushes), step.ended.at)


def _asked_once(case: Case, step: Step) -> bool:
    """Whether another step of this recording did bring a list: then there is a way from steps to lists."""
    return any(read.step is not None and read.step is not step for read in case.lists)


def _silent(case: Case, step: Step, before: RequestList, shows: Shows) -> tuple[int, ...] | None:
    """The events of a second chance that passed without a list that shows it; empty if that cannot be said."""
    assert step.ended is not None
    later = [read for read in case.lists if read.index > step.provoked.index and read.teller == before.teller]
    if any(shows(read) for read in later) or not _asked_once(case, step):
        return None
    if not case.waiting.ran_out(step.ended.at, case.limits["provoke_within"]):
        return None
    chance, doubtful = missed(case, step.ended.index, step.ended.at, before.link.instance, "provoke_within")
    if chance is not None:
        return step.provoked.index, step.ended.index, chance.ended_index, chance.answered_index
    return () if doubtful else None


def _never_came(case: Case, rule: str, step: Step, before: RequestList, shows: Shows) -> Iterator[Observation]:
    shown = _silent(case, step, before, shows)
    if shown:
        within = format_duration(case.limits["resend_within"])
        yield Observation(
            rule, False, shown, f"a list after {step.name}, on the next link within {within} at the latest",
            "none that shows it, though another step brought one", basis=Basis.POLICY, cause="never",
            link=before.link.number,
        )  # fmt: skip
    elif shown is not None and step.ended is not None:
        yield undecided(rule, step.ended.index, why="our own stalls hide whether a list came", link=before.link.number)


# -- cancelling ----------------------------------------------------------------------------------------------------


def _cancelled(case: Case, step: Step, before: RequestList) -> Iterator[Observation]:
    assert step.ended is not None
    everything = step.name == "cancel-all-requests"
    in_time = _lists_after(case, step, before, until=lambda other: other.cancels)
    # Where none came in time, the next ones show it, on the next link at the latest.
    after = in_time or _lists_after(case, step, before, until=lambda other: other.cancels, in_time=False)
    left = next((read for read in after if _left(before, read, everything=False)), None)
    gone = next((read for read in after if _left(before, read, everything=True)), None)
    if everything and gone is not None:
        yield held(CANCELS_LAST, step.ended.index, gone.index, link=gone.link.number)
    back = _come_back(case, before, left) if left is not None else None
    if left is not None and back is not None:
        yield Observation(
            CANCELLED_LEAVES, False, (step.ended.index, left.index, back.index),
            f"what left with {step.name} stays away", "it was listed again, and no step had asked for it",
            cause="came back", link=back.link.number,
        )  # fmt: skip
    elif len(before.ids) >= TWO and left is not None:
        yield held(CANCELLED_LEAVES, step.ended.index, left.index, link=left.link.number)
    if left is not None:
        return
    if after and not in_time:
        yield from _kept_on_next_link(case, step, before, after)
        return
    sure = [read for read in after if read.at > case.delivery.known_at(read.link, step.ended.at)]
    if sure and len(before.ids) >= TWO:
        yield Observation(
            CANCELLED_LEAVES, False, (before.index, step.ended.index, *(read.index for read in sure)),
            f"a list without what was cancelled, or with Terminate, after {step.name}",
            f"{len(sure)} with every entry of before", link=before.link.number,
        )  # fmt: skip
    elif not after and (everything or len(before.ids) >= TWO):
        rule = CANCELS_LAST if everything else CANCELLED_LEAVES
        yield from _never_came(case, rule, step, before, lambda read: True)


def _kept_on_next_link(
    case: Case, step: Step, before: RequestList, late: Sequence[RequestList]
) -> Iterator[Observation]:
    """No list came in time, and those of the second chance are as if nothing had been cancelled."""
    assert step.ended is not None
    if before.answer is None or not _asked_once(case, step):
        return
    chances = [chance for chance in second_chances(case, step.ended.index, before.link.instance)
               if case.waiting.ran_out(step.ended.at, case.limits["provoke_within"], chance.ended_at)]  # fmt: skip
    sure = [read for read in late if any(read.link is one.link and read.index > one.answered_index for one in chances)]
    if sure:
        yield Observation(
            CANCELLED_LEAVES if len(before.ids) >= TWO else CANCELS_LAST, False,
            (before.index, step.ended.index, *(read.index for read in sure)),
            f"a list without what was cancelled after {step.name}, on the next link at the latest",
            "none in time, and on the next link one with every entry of before", basis=Basis.POLICY, cause="never",
            link=before.link.number,
        )  # fmt: skip


def _come_back(case: Case, before: RequestList, left: RequestList) -> RequestList | None:
    """A later list with an entry that had left; none where a step may have made it anew under its old id.

    Until the list that it left was answered, an older one may still be sent again.
    """
    gone = {entry.id for entry in before.entries if (now := left.entry(entry.id)) is None or now.terminated}
    if not case.presystem.launched or left.answer is None:
        return None
    known = before.ids | left.ids
    for read in case.lists:
        if read.index < left.answer.index or read.teller != left.teller or _is_older(read.link, left.link):
            continue
        known |= read.ids
        made = [step for step in case.steps_between(left.index, read.index) if step.name == "create-request"]
        if len(made) > len(known - before.ids - left.ids):
            continue
        if any(entry.id in gone and not entry.terminated for entry in read.entries):
            return read
    return None


def _is_older(link: Link, other: Link) -> bool:
    return link.begun.index < other.begun.index


def _left(before: RequestList, read: RequestList, *, everything: bool) -> bool:
    stays = [(entry := read.entry(entry_id)) is not None and not entry.terminated for entry_id in before.ids]
    return not any(stays) if everything else not all(stays)


# -- changing while charging ---------------------------------------------------------------------------------------


def _while_charging(case: Case, step: Step, before: RequestList) -> Iterator[Observation]:
    request = step.provoked.charging_request_id
    old = before.entry(request)
    if old is None or not is_charging(case, step) or not _changed_outside_charging(case):
        return

    def shows(read: RequestList) -> bool:
        new = read.entry(request)
        return new is None or new.values() != old.values()

    after = _lists_after(case, step, before, until=lambda other: True)
    changed = next((read for read in after if shows(read)), None)
    if changed is not None and changed.entry(request) is None:
        yield undecided(WHILE_CHARGING, step.provoked.index, changed.index, link=changed.link.number,
                        why=f"{request} left the lists when it changed while its vehicle was charging")  # fmt: skip
    elif changed is not None:
        yield held(WHILE_CHARGING, step.provoked.index, changed.index, link=changed.link.number)
    else:
        yield from _never_came(case, WHILE_CHARGING, step, before, shows)


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
