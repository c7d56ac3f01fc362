"""Second chances: the occasions at which every reading of the rules must act, before silence convicts.

First the limit has to pass where the list was due; then comes a link that we end, a new one, an accepted boot, an
answered push, and from there on the limit counts again. The loss that made a list due is no second chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.history.events import CloseReceived


@dataclass(frozen=True, slots=True)
class Chance:
    """The last occasion at which every reading of the rule has to act."""

    ended_index: int
    """The end of the link before."""
    ended_at: float
    link: Link
    answered_index: int
    answered_at: float


def dropped_by_us(link: Link) -> bool:
    """Whether we ended a link."""
    return link.ended is not None and link.ended.by == "us" and not isinstance(link.ending, CloseReceived)


def second_chances(case: Case, since: int, instance: int) -> Iterator[Chance]:
    """Those of a product process after an event, in order."""
    for ended in case.clean_links:
        if not dropped_by_us(ended) or ended.ended is None or ended.ended.index < since:
            continue
        for link in case.clean_links:
            if link.begun.index < since or link.accepted is None or link.instance != instance:
                continue
            if link.ended is ended.ended or link.accepted.index < ended.ended.index:
                continue
            push = next((p for p in case.exchanges[link.number].pushes if p.plain and p.answers), None)
            if push is not None:
                yield Chance(ended.ended.index, ended.ended.at, link, push.answers[0].index, push.answers[0].at)


def spent(case: Case, chance: Chance, since_at: float, within_s: float) -> bool | None:
    """Whether a chance passed with the product running all the time; None if our own stalls forbid to say."""
    ran_out = case.waiting.ran_out(
        chance.answered_at, within_s, chance.link.ending.at if chance.link.ending is not None else None
    )
    return ran_out and case.ran_until(since_at, chance.answered_at + within_s)


def missed(case: Case, since: int, since_at: float, instance: int,
           first: str = "resend_within") -> tuple[Chance | None, bool]:  # fmt: skip
    """The second chance for a list that passed after the limit ``first`` had, and whether our own stalls hide one.

    That no list came meanwhile, the caller saw.
    """
    doubtful = False
    for chance in second_chances(case, since, instance):
        overdue = case.waiting.ran_out(since_at, case.limits[first], chance.ended_at)
        passed = overdue and spent(case, chance, since_at, case.limits["resend_within"])
        doubtful = doubtful or passed is None
        if passed:
            return chance, doubtful
    return None, doubtful
