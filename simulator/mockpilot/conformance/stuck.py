"""Whether a product is stuck: alive by its socket, deaf by its answers, and no better after a second chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.history.events import CloseReceived, LinkEnded

STUCK_AFTER = 2
"""Unanswered pushes that show a product to be stuck."""


def ended_by_us(link: Link) -> bool:
    """Whether we ended a link that was sound until then."""
    by_us = link.ended is not None and link.ended.by == "us" and not isinstance(link.ending, CloseReceived)
    return by_us and link.silent is None and link.broken is None


def left_behind(case: Case, link: Link, push: Push, within_s: float) -> bool:
    """Whether the product went over to a newer link before the time for an answer was up.

    Then it may leave everything on the old one unanswered that was open when the newer one began; whether two links
    at a time are right is another matter.
    """
    due = case.waiting.deadline(push.first.at, within_s)
    return any(
        other.opened is not None and other.begun.index > link.begun.index and other.begun.at < due
        and other.instance == link.instance and other.kind in (link.kind, "") for other in case.links
    )  # fmt: skip


def unanswered(case: Case, link: Link, pushes: Iterable[Push]) -> list[Push]:
    """The plain ones among these pushes whose time for an answer ran out, on a link that was not left for a newer one.
    """
    until = link.ending.at if link.ending is not None else None
    within = case.limits["confirm_within"]
    return [
        push for push in pushes
        if push.plain and not push.answers and not push.unreadable
        and case.waiting.ran_out(push.first.at, within, until) and not left_behind(case, link, push, within)
    ]  # fmt: skip


def fails_second_chance(case: Case, link: Link) -> bool:
    """We ended the link; a product that is not stuck for good comes back and answers."""
    if link.ended is None or not ended_by_us(link):
        return False
    after = [other for other in case.clean_links if other.begun.index > link.ended.index]
    if not after:
        again = case.own_attempt_after(link.ended.index)
        return again is None and bool(case.waiting.ran_out(link.ended.at, case.limits["reconnect_within"]))
    pushes = [(other, push) for other in after for push in case.exchanges[other.number].pushes]
    return not any(push.answers for _, push in pushes) and any(unanswered(case, o, [p]) for o, p in pushes)


def came_back_by_itself(case: Case, link: Link, index: int) -> int | None:
    """A Close, an end or a new attempt of the product after an event, before we ended the link ourselves."""
    for sign in link.signs:
        if sign.index > index and isinstance(sign, CloseReceived | LinkEnded):
            return sign.index if link.ending is None or sign.index <= link.ending.index else None
    again = case.own_attempt_after(index, link.instance)
    return again.begun.index if again is not None and link.alive_until(again.begun.at) else None


@dataclass(frozen=True, slots=True)
class Upset:
    """Something of ours that a product may get stuck over."""

    rule: str
    link: Link
    index: int
    at: float
    what: str
    """As in "after WHAT"."""
    level: Level | None = None
    cause: str = ""


def survived(case: Case, upset: Upset) -> Iterator[Observation]:
    """Judge whether the product went on after it: by answering later pushes, or by coming back on a new link."""
    link = upset.link
    later = [push for push in case.exchanges[link.number].pushes if push.first.index > upset.index]
    going_on = next((push.answers[0].index for push in later if push.answers), None)
    going_on = going_on or came_back_by_itself(case, link, upset.index)
    if going_on is not None:
        yield held(upset.rule, upset.index, going_on, link=link.number)
        return
    stuck = unanswered(case, link, later)
    if len(stuck) < STUCK_AFTER or not case.ran_until(upset.at, stuck[-1].first.at):
        return
    if fails_second_chance(case, link):
        yield Observation(
            upset.rule, False, (upset.index, *(push.first.index for push in stuck)),
            f"answers to the pushes after {upset.what}, or a new link", "neither, not even after the link was ended",
            upset.level, cause=upset.cause, link=link.number,
        )  # fmt: skip
    else:
        yield undecided(upset.rule, upset.index, why="it was stuck, but no second chance failed", link=link.number)
