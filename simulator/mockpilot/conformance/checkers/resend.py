"""Whether a list that was not confirmed, or only under a foreign id, comes again.

Convicting for silence takes a second chance: a new link, an accepted boot, an answered push, and the limit again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.lists import RequestList, read_entries
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.stuck import ended_by_us
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType, same_id

COMES_AGAIN = "requests.unconfirmed-list-comes-again"
FOREIGN_COUNTS_NOT = "requests.foreign-confirmation-counts-not"


def check(case: Case) -> Iterator[Observation]:
    """Every list whose right answer was never handed."""
    if not case.presystem.sends_requests:
        return
    open_lists = [(rule, read) for read in case.lists if (rule := _open_by(case, read))]
    every = _every_list(case) if open_lists else []
    for rule, read in open_lists:
        later = [other for other in every if other.index > read.index]
        yield from _judge(case, rule, read, [other for other in later if other.teller == read.teller])


def _every_list(case: Case) -> list[RequestList]:
    """Those that came while a link was ending count too: they came."""
    found = [
        RequestList(link, frame, tuple(read_entries(frame)), (link.instance, link.kind))
        for link in case.links for frame in link.received
        if frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS)
    ]  # fmt: skip
    return sorted(found, key=lambda read: read.index)


def _open_by(case: Case, read: RequestList) -> str:
    """The rule by which a list has to come again, if any: it was read and not taken over, and by our doing it was
    never answered, or under a foreign id alone.
    """
    link = read.link
    if read.answer is not None or read.applied is True or getattr(read.frame.event, "unread", False):
        return ""
    if link.accepted is None or link.accepted.index > read.index:
        return ""
    if _answered_otherwise(case, read):
        return FOREIGN_COUNTS_NOT if _under_foreign_id(case, read) else ""
    return COMES_AGAIN if is_left_open(read) else ""


def is_left_open(read: RequestList) -> bool:
    """Whether we kept its answer back, or ended its link before one was handed."""
    return read.answer is None and (_withheld(read) or ended_by_us(read.link))


def _withheld(read: RequestList) -> bool:
    asked = read.frame.envelope
    return asked is not None and any(
        kept.envelope is not None and kept.is_answer and kept.index > read.index
        and same_id(kept.envelope.message_id, asked.message_id) for kept in read.link.withheld
    )  # fmt: skip


def _answered_otherwise(case: Case, read: RequestList) -> bool:
    """A wrong answer is another matter than none."""
    return any(
        sent.index > read.index and sent.is_answer and case.faults.verb(sent.fault) == "answer"
        for sent in read.link.sent
    )


def _under_foreign_id(case: Case, read: RequestList) -> bool:
    """Whether a fault answered it under another id; the right id with another slot wrong may count or not."""
    return any(
        sent.index > read.index and sent.is_answer and case.faults.kind(sent.fault) == "wrong-id"
        for sent in read.link.sent
    )


def _answered_elsewhere(case: Case, read: RequestList) -> bool:
    """Whether its answer was handed on another link: who takes it for an answer is right, and so is who does not."""
    asked = read.frame.envelope
    return asked is not None and any(
        sent.index > read.index and sent.is_answer and sent.envelope is not None
        and same_id(sent.envelope.message_id, asked.message_id)
        for link in case.links if link is not read.link for sent in link.sent
    )  # fmt: skip


def _settled_otherwise(case: Case, read: RequestList) -> bool:
    """Cancelled, or shown by a push that the product answered: not sending it again is then right."""
    if _answered_elsewhere(case, read):
        return True
    if any(step.cancels for step in case.steps_between(read.index, len(case.history))):
        return True
    if read.entries and all(case.gone.has_departed(entry) for entry in read.entries):
        return True
    return any(
        push.first.index > read.index and push.answers and _shows(case, push, read)
        for exchange in case.exchanges.values() for push in exchange.pushes
    )


def _shows(case: Case, push: Push, read: RequestList) -> bool:
    """Whether a push shows the list as taken over; after an empty one, that nothing of it is held."""
    if read.ids:
        return case.shown.shows_all(push.first, read.ids)
    return not case.shown.requests(push.first)


def _judge(case: Case, rule: str, read: RequestList, later: Sequence[RequestList]) -> Iterator[Observation]:
    again = next((other for other in later if _holds_all(case, read, other)), None)
    if again is not None and not read.entries and case.steps_between(read.index, again.index):
        return  # an empty list says nothing that the step's own list could show again
    if again is not None:
        yield held(rule, read.index, again.index, link=read.link.number)
        return
    if _settled_otherwise(case, read):
        return
    without = next(((other, lost) for other in later if (lost := _lost_entry(case, read, other))), None)
    if without is not None:
        other, lost = without
        yield Observation(
            rule, False, (read.index, other.index), f"the full current list again, with {lost}",
            f"a later list without {lost}", basis=RULES[rule].basis, cause="lost", link=read.link.number,
        )  # fmt: skip
    elif not later:
        yield from _silence(case, rule, read)


def _holds_all(case: Case, read: RequestList, other: RequestList) -> bool:
    return all(
        entry.id in other.ids or case.gone.is_explained(entry, read, other) for entry in read.entries
    )


def _lost_entry(case: Case, read: RequestList, other: RequestList) -> str:
    """The entry that was new in the open list and is missing in a list that knows the older ones."""
    if not (read.ids - read.new_ids) & other.ids:
        return ""
    lost = (
        entry.id for entry in read.entries
        if case.step_made.get(entry.id) is read and entry.id not in other.ids
        and not case.gone.is_allowed(entry, read, other)
    )  # fmt: skip
    return next(lost, "")


def _silence(case: Case, rule: str, read: RequestList) -> Iterator[Observation]:
    chance, doubtful = missed(case, read.index, read.at, read.link.instance)
    if chance is not None:
        yield Observation(
            rule, False, (read.index, chance.ended_index, chance.answered_index),
            f"the full current list again, on the next link within {format_duration(case.limits['resend_within'])} "
            "of an answered push at the latest", "no list any more", cause="never", link=read.link.number,
        )  # fmt: skip
    elif doubtful:
        yield undecided(rule, read.index, why="our own stalls hide whether it came", link=read.link.number)
