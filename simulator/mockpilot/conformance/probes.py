"""Feature probes: a push that has one thing otherwise, between control pushes, and what the product made of it.

A control push must have been confirmed before, or a product that refuses everything would be blamed for each feature.
Which feature serves which rule is not known here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.correlation import Push
from mockpilot.history.events import CloseReceived, FaultArmed
from mockpilot.protocol.envelope import MessageType

LEFT_WITHIN_S = 5.0
"""A link that the product ends this soon after a push was ended because of it."""


class Reception(enum.Enum):
    """What became of the push that has one thing otherwise."""

    CONFIRMED = "confirmed"
    REFUSED = "answered by an error"
    PASSED_OVER = "not answered, though a later push was"
    LEFT = "followed by the product's end of the link"
    OPEN = "neither answered nor clearly passed over"


BAD = (Reception.REFUSED, Reception.PASSED_OVER, Reception.LEFT)


@dataclass(frozen=True, slots=True)
class Probe:
    """One such push."""

    armed: FaultArmed
    link: Link
    push: Push
    reception: Reception
    shown: tuple[int, ...]
    """Events that show it, the decisive one last."""


def probes_of(case: Case) -> Iterator[Probe]:
    """Every push with a control push before it that a fault made say, or carry, something otherwise."""
    for link in case.clean_links:
        pushes = case.exchanges[link.number].pushes
        control = next((push.answers[0].index for push in pushes if push.plain and is_confirmed(push)), None)
        for push in pushes:
            armed = case.faults.armed_as(push.first.fault)
            controlled = control is not None and control < push.first.index
            if armed is not None and controlled and not link.is_late(push.first):
                reception, *decisive = _received(case, link, push)
                yield Probe(armed, link, push, reception, (push.first.index, *decisive))


def is_confirmed(push: Push) -> bool:
    """Whether a confirmation answered it first."""
    said = push.answers[0].envelope if push.answers else None
    return said is not None and said.message_type is MessageType.CONFIRMATION


def _received(case: Case, link: Link, push: Push) -> tuple[Reception, *tuple[int, ...]]:
    if push.answers:
        confirmed = is_confirmed(push)
        return Reception.CONFIRMED if confirmed else Reception.REFUSED, push.answers[0].index
    if push.unreadable or case.faults.pressed(push.first.index):
        return (Reception.OPEN,)
    if left_by_product(link) and link.ending is not None and link.ending.at - push.first.at <= LEFT_WITHIN_S:
        return Reception.LEFT, link.ending.index
    if _list_open(case, link, push):
        return (Reception.OPEN,)
    later = _later_answer(case, link, push)
    until = link.ending.at if link.ending is not None else None
    ran_out = case.waiting.ran_out(push.first.at, case.limits["confirm_within"], until)
    alive = case.ran_until(push.first.at, push.first.at + case.limits["confirm_within"])
    return (Reception.PASSED_OVER, later) if later is not None and ran_out and alive else (Reception.OPEN,)


def _list_open(case: Case, link: Link, push: Push) -> bool:
    """Whether a list of the product awaited its answer just then: who waits for that first has another reason."""
    at = push.first.at
    known_at = case.delivery.known_at(link, at)
    return any(
        read.link is link and read.at <= known_at and (read.answer is None or read.answer.at >= at)
        for read in case.lists
    )


def left_by_product(link: Link) -> bool:
    """Whether the first sign of the link's end is the product's."""
    by_product = link.ended is not None and link.ended.by == "product" and link.ending is link.ended
    return by_product or isinstance(link.ending, CloseReceived)


def _later_answer(case: Case, link: Link, push: Push) -> int | None:
    """An answer to a later push: of this link, or of a later one if this one had the push for certain."""
    links = [link]
    if case.delivery.proved_at(link, push.first.index) is not None:
        links += [other for other in case.clean_links if other.begun.index > push.first.index
                  and other.instance == link.instance]  # fmt: skip
    later = (
        other.answers[0].index for one in links for other in case.exchanges[one.number].pushes
        if other.plain and other.answers and other.first.index > push.first.index
    )  # fmt: skip
    return next(later, None)
