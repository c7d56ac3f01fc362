"""What comes of a step that the product was asked for: the lists that may answer it, and when their absence convicts.

A list within ``provoke_within`` is the answer. Silence convicts only where another step did bring a list, and only
after a second chance. What a list has to show, and which rule that is, the checkers know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.lists import RequestList, Step
from mockpilot.conformance.observation import Observation, undecided
from mockpilot.durations import format_duration
from mockpilot.history.events import Event

Shows = Callable[[RequestList], bool]


def lists_after(
    case: Case, step: Step, before: RequestList, *, until: Callable[[Step], bool], in_time: bool = True
) -> list[RequestList]:
    """Those that may answer a step: in time, unless any time will do, and before a step that speaks of other things."""
    others = (one.provoked.index for one in case.steps if one.provoked.index > step.provoked.index and until(one))
    cut = next(others, None)
    within = case.waiting.deadline(could_tell_at(case, step), case.limits["provoke_within"]) if in_time else math.inf
    return [read for read in case.lists if read.index > step.provoked.index and read.teller == before.teller
            and read.at <= within and (cut is None or read.index < cut)]  # fmt: skip


def could_tell_at(case: Case, step: Step) -> float:
    """When the product could send what came of a step: at once, or after the first answered push of its next link."""
    assert step.ended is not None
    if could_tell(case, step):
        return step.ended.at
    later = (link for link in case.clean_links if link.begun.index > step.provoked.index and link.accepted is not None)
    pushes = (push for link in later for push in case.exchanges[link.number].pushes if push.plain and push.answers)
    return next((push.answers[0].at for push in pushes), step.ended.at)


def others_brought_lists(case: Case, step: Step) -> bool:
    """Whether another step of this recording did bring a list: then there is a way from steps to lists."""
    return any(read.step is not None and read.step is not step for read in case.lists)


def _silent(case: Case, step: Step, before: RequestList, shows: Shows) -> tuple[int, ...] | None:
    """The events of a second chance that passed without a list that shows it; empty if that cannot be said."""
    assert step.ended is not None
    later = [read for read in case.lists if read.index > step.provoked.index and read.teller == before.teller]
    if any(shows(read) for read in later) or not others_brought_lists(case, step):
        return None
    if not case.waiting.ran_out(step.ended.at, case.limits["provoke_within"]):
        return None
    chance, doubtful = missed(case, step.ended.index, step.ended.at, before.link.instance, "provoke_within")
    if chance is not None:
        return step.provoked.index, step.ended.index, chance.ended_index, chance.answered_index
    return () if doubtful else None


def never_came(case: Case, rule: str, step: Step, before: RequestList, shows: Shows) -> Iterator[Observation]:
    """Convict of silence, unless a list that shows what the step did came at any time.

    Args:
        before: the last list before the step.
        shows: whether a list shows it.
    """
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


def could_tell(case: Case, step: Step) -> bool:
    """Whether a link was up when the step had ended, over which the product could tell at once what came of it."""
    assert step.ended is not None
    return any(_was_up(link, step.ended) for link in case.clean_links)


def _was_up(link: Link, ended: Event) -> bool:
    begun = link.opened is not None and link.opened.index < ended.index
    return begun and (link.ending is None or link.ending.index > ended.index)
