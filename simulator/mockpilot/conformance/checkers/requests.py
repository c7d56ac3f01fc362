"""Charging-request lists: when they may come, what they may name, and that they are complete.

Entries end by themselves in many ways; held against a product is only what has no such reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.lists import Entry, RequestList, successive, twin_of
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.protocol.envelope import Action

AFTER_FIRST_PUSH = "requests.after-first-push"
ADVERTISED_POINTS = "requests.advertised-points"
COMPLETE_LIST = "requests.complete-list"
STABLE_IDS = "requests.stable-ids"
STABLE_IDS_WHEN_CHANGED = "requests.stable-ids-when-changed"
UNIQUE_IDS = "requests.unique-ids"


def check(case: Case) -> Iterator[Observation]:
    """All lists, alone and one after the other."""
    if not case.presystem.sends_requests:
        return
    for link in case.clean_links:
        yield from _after_first_push(case, link)
    for read in case.lists:
        yield from _points(case, read)
        yield from _unique(read)
    untold = _untold(case)
    if untold is not None:
        yield undecided(COMPLETE_LIST, untold.index, link=untold.link.number,
                        why="a list came after create-request, with nothing new in it or any later one")  # fmt: skip
    for earlier, later in successive(case.lists):
        yield from _complete(case, earlier, later, untold)
        yield from _stable(case, earlier, later)
    yield from _left_and_returned(case)


# -- when ----------------------------------------------------------------------------------------------------------


def _after_first_push(case: Case, link: Link) -> Iterator[Observation]:
    """Read before we handed the first push: no allowance for frames in flight is needed."""
    accepted, pushes = link.accepted, link.pushes_handed()
    if accepted is None:
        return
    first = pushes[0].index if pushes else len(case.history)
    lists = link.requests(Action.PROVIDE_CHARGING_REQUESTS)
    early = [frame for frame in lists if accepted.index < frame.index < first]
    if early:
        yield Observation(
            AFTER_FIRST_PUSH, False, (accepted.index, *(frame.index for frame in early)),
            "no list before the first push of the link", "a list came before it", link=link.number,
        )  # fmt: skip
    elif pushes and case.waiting.lasted(accepted.at, pushes[0].at, case.limits["hold"]):
        # Quiet during the hold counts once a list after the push shows that there was something to send.
        after = next((frame for frame in lists if frame.index > first), None)
        if after is not None:
            yield held(AFTER_FIRST_PUSH, accepted.index, first, after.index, link=link.number)


# -- what ----------------------------------------------------------------------------------------------------------


def _points(case: Case, read: RequestList) -> Iterator[Observation]:
    known = case.shown.points(read.index)
    named = [entry for entry in read.entries if entry.point]
    if not known or not named:
        return
    strange = [entry for entry in named if entry.point not in known]
    for entry in strange:
        # What an operator's product still holds from before the run is not of this run's making.
        ours = case.presystem.launched or entry.id in case.step_made
        yield Observation(
            ADVERTISED_POINTS, False, (read.index,), f"{entry.id} at a charging point that a push has named",
            f"{entry.id} at {entry.point}",
            None if ours else Level.SHOULD, link=read.link.number,
        )  # fmt: skip
    if not strange:
        yield held(ADVERTISED_POINTS, read.index, link=read.link.number)


def _unique(read: RequestList) -> Iterator[Observation]:
    ids = [entry.id for entry in read.entries]
    twice = sorted({entry_id for entry_id in ids if ids.count(entry_id) > 1}) if len(ids) != len(set(ids)) else []
    if twice:
        yield Observation(UNIQUE_IDS, False, (read.index,), "each id once in a list", f"{twice[0]} stands twice",
                          link=read.link.number)  # fmt: skip
    elif ids:
        yield held(UNIQUE_IDS, read.index, link=read.link.number)


# -- one after the other -------------------------------------------------------------------------------------------


def _complete(
    case: Case, earlier: RequestList, later: RequestList, untold: RequestList | None
) -> Iterator[Observation]:
    """Judged around steps alone: what a product drops by itself it may have reasons for."""
    step = later.step
    if step is None or step.cancels or step.provoked.index < earlier.index:
        return
    missing = [entry for entry in earlier.entries if entry.id not in later.ids]
    lost = [e for e in missing if e.id in case.step_made and not case.gone.is_allowed(e, earlier, later)]
    for entry in lost:
        yield Observation(
            COMPLETE_LIST, False, (earlier.index, later.index), f"{entry.id} still in the list after {step.name}",
            "it is missing", link=later.link.number,
        )  # fmt: skip
    enough = len(earlier.ids) >= (1 if later.new_ids else 2)
    if not missing and enough and later.entries and untold is None:
        yield held(COMPLETE_LIST, earlier.index, later.index, link=later.link.number)


def _untold(case: Case) -> RequestList | None:
    """The last list after a create step, if lists brought fewer new ids than there were such steps.

    The product may leave requests out, or the step may have made none: lists then do not show that they are complete.
    """
    after = [read for read in case.lists if read.step is not None and read.step.name == "create-request"]
    steps = {read.step.provoked.index for read in after if read.step is not None}
    begun = min(steps, default=0)
    new = {entry_id for read in case.lists if read.index > begun for entry_id in read.new_ids}
    return after[-1] if len(new) < len(steps) else None


def _left_and_returned(case: Case) -> Iterator[Observation]:
    """What leaves a launched product's list around a step and comes back was never gone."""
    if not case.presystem.launched:
        return
    last_seen: dict[tuple[tuple[int, str], str], RequestList] = {}
    absent: dict[tuple[tuple[int, str], str], tuple[RequestList, RequestList, Entry]] = {}
    for read in case.lists:
        for key, (since, gap, entry) in list(absent.items()):
            if key[0] == read.teller and key[1] in read.ids:
                del absent[key]
                if not case.gone.is_allowed(entry, since, gap) and not _cancelled(case, since, read):
                    yield Observation(
                        COMPLETE_LIST, False, (since.index, gap.index, read.index),
                        f"{entry.id} in every list", "it left a list and came back", cause="returned",
                        link=gap.link.number,
                    )  # fmt: skip
        for key, since in list(last_seen.items()):
            if key[0] != read.teller or key[1] in read.ids:
                continue
            entry_there = since.entry(key[1])
            del last_seen[key]
            if entry_there is not None and _step_before(case, since, read):
                absent[key] = since, read, entry_there
        last_seen |= {(read.teller, entry.id): read for entry in read.entries}


def _step_before(case: Case, since: RequestList, gap: RequestList) -> bool:
    return any(not step.cancels for step in case.steps_between(since.index, gap.index))


def _cancelled(case: Case, since: RequestList, until: RequestList) -> bool:
    return any(step.cancels for step in case.steps_between(since.index, until.index))


def _stable(case: Case, earlier: RequestList, later: RequestList) -> Iterator[Observation]:
    steps = case.steps_between(earlier.index, later.index)
    if case.operator_at_work or any(step.cancels or step.name == "create-request" for step in steps):
        return
    renamed, refused = False, case.gone.refused_between(earlier.index, later.index)
    for entry in earlier.entries:
        gone = entry.terminated or case.gone.ended_between(entry.id, earlier.index, later.index) or refused
        twin = None if gone else twin_of(entry, earlier, later)
        if twin is None:
            continue
        renamed = True
        unchanged = twin.values() == entry.values()
        yield Observation(
            STABLE_IDS if unchanged else STABLE_IDS_WHEN_CHANGED, False, (earlier.index, later.index),
            entry.id, f"{twin.id} for the same vehicle and departure", link=later.link.number,
        )  # fmt: skip
    if renamed:
        return
    kept = [(old, new) for old in earlier.entries if (new := later.entry(old.id)) and new.vehicle == old.vehicle]
    if kept:
        yield held(STABLE_IDS, earlier.index, later.index, link=later.link.number)
    if any(old.values() != new.values() for old, new in kept):
        yield held(STABLE_IDS_WHEN_CHANGED, earlier.index, later.index, link=later.link.number)
