"""What must show in the lists once something was cancelled: it leaves, and stays away.

Which entry a step means is the product's affair: one that leaves is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.after_steps import could_tell_at, lists_after, never_came, others_brought_lists
from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import second_chances
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.lists import RequestList, Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.counts import counted

CANCELLED_LEAVES = "requests.cancelled-leaves"
CANCELS_LAST = "requests.cancels-the-last"

TWO = 2
"""Entries without which nothing shows whether one has left."""


def check(case: Case) -> Iterator[Observation]:
    """Every step that cancels something."""
    if not case.presystem.sends_requests:
        return
    for step in case.steps:
        before = case.list_before(step.provoked.index)
        if step.cancels and step.ended is not None and before is not None and before.ids:
            yield from _cancelled(case, step, before)


def _cancelled(case: Case, step: Step, before: RequestList) -> Iterator[Observation]:
    assert step.ended is not None
    everything = step.name == "cancel-all-requests"
    in_time = lists_after(case, step, before, until=lambda other: other.cancels)
    sure = [read for read in in_time if read.at > case.delivery.known_at(read.link, step.ended.at)]
    # Where none came in time, or only such as may be of before, the next ones show it, on the next link at the latest.
    shows = sure or any(_left(before, read, everything=False) for read in in_time)
    after = in_time if shows else lists_after(case, step, before, until=lambda other: other.cancels, in_time=False)
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
    if after and not sure:
        yield from _kept_on_next_link(case, step, before, after)
        return
    if sure and len(before.ids) >= TWO:
        yield Observation(
            CANCELLED_LEAVES, False, (before.index, step.ended.index, *(read.index for read in sure)),
            f"a list without what was cancelled, or with Terminate, after {step.name}",
            f"{len(sure)} with every entry of before", link=before.link.number,
        )  # fmt: skip
    elif not after and (everything or len(before.ids) >= TWO):
        rule = CANCELS_LAST if everything else CANCELLED_LEAVES
        yield from never_came(case, rule, step, before, lambda read: True)


def _kept_on_next_link(
    case: Case, step: Step, before: RequestList, late: Sequence[RequestList]
) -> Iterator[Observation]:
    """No list that shows it came in time, and those of the second chance are as if nothing had been cancelled."""
    assert step.ended is not None
    rule = CANCELLED_LEAVES if len(before.ids) >= TWO else CANCELS_LAST
    since = could_tell_at(case, step)
    chances = [chance for chance in second_chances(case, step.ended.index, before.link.instance)
               if case.waiting.ran_out(since, case.limits["provoke_within"], chance.ended_at)]  # fmt: skip
    sure = [read for read in late if any(read.link is one.link and read.index > one.answered_index for one in chances)]
    if sure and before.answer is not None and others_brought_lists(case, step):
        yield Observation(
            rule, False, (before.index, step.ended.index, *(read.index for read in sure)),
            f"a list without what was cancelled after {step.name}, on the next link at the latest",
            "none in time, and on the next link one with every entry of before", basis=Basis.POLICY, cause="never",
            link=before.link.number,
        )  # fmt: skip
    else:
        meant = step.provoked.charging_request_id
        kept = meant if meant in before.ids else "every entry of before"
        why = (f"{step.name} was asked for; {counted(len(late), 'list')} came after it and still "
               f"{'holds' if len(late) == 1 else 'hold'} {kept}, which may be of before")  # fmt: skip
        yield undecided(rule, step.ended.index, *(read.index for read in late), why=why, link=before.link.number)


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
