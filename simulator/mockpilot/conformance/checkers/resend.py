"""Whether a list that was not confirmed comes again.

Convicting for silence takes a second chance: a new link, an accepted boot, an answered push, and the limit again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mockpilot.conformance.case import Case, payload_of, requests_in
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.lists import AHEAD, Entry, RequestList, read_entries
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.durations import format_duration
from mockpilot.history.events import CloseReceived
from mockpilot.protocol.envelope import Action, MessageType, parse_timestamp, same_id

COMES_AGAIN = "requests.unconfirmed-list-comes-again"


def check(case: Case) -> Iterator[Observation]:
    """Every list whose right answer was never handed."""
    if not case.presystem.sends_requests:
        return
    open_lists = [read for read in case.lists if _stays_open(case, read)]
    every = _every_list(case) if open_lists else []
    for read in open_lists:
        later = [other for other in every if other.index > read.index]
        yield from _judge(case, read, [other for other in later if other.teller == read.teller])


def _every_list(case: Case) -> list[RequestList]:
    """Those that came while a link was ending count too: they came."""
    found = [
        RequestList(link, frame, tuple(read_entries(frame)), (link.instance, link.kind))
        for link in case.links for frame in link.received
        if frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS)
    ]  # fmt: skip
    return sorted(found, key=lambda read: read.index)


def _stays_open(case: Case, read: RequestList) -> bool:
    """Read, not taken over, and by our doing never answered rightly."""
    link = read.link
    if read.answer is not None or read.applied is True or getattr(read.frame.event, "unread", False):
        return False
    if link.accepted is None or link.accepted.index > read.index or _answered_otherwise(case, read):
        return False
    return _withheld(read) or _dropped_by_us(link)


def _withheld(read: RequestList) -> bool:
    asked = read.frame.envelope
    return asked is not None and any(
        kept.envelope is not None and kept.is_answer and kept.index > read.index
        and same_id(kept.envelope.message_id, asked.message_id) for kept in read.link.withheld
    )  # fmt: skip


def _dropped_by_us(link: Link) -> bool:
    return link.ended is not None and link.ended.by == "us" and not isinstance(link.ending, CloseReceived)


def _answered_otherwise(case: Case, read: RequestList) -> bool:
    """A wrong answer is another matter than none."""
    return any(
        sent.index > read.index and sent.is_answer and case.fault_verb(sent.fault) == "answer"
        for sent in read.link.sent
    )


def _settled_otherwise(case: Case, read: RequestList) -> bool:
    """Cancelled, or shown by a push that the product answered: not sending it again is then right."""
    if any(step.cancels for step in case.steps_between(read.index, len(case.history))):
        return True
    if read.entries and all(_has_departed(case, entry) for entry in read.entries):
        return True
    return any(
        push.first.index > read.index and push.answers and _shows(case, push, read)
        for exchange in case.exchanges.values() for push in exchange.pushes
    )


def _has_departed(case: Case, entry: Entry) -> bool:
    end = parse_timestamp(case.events[-1].told_time)
    return entry.departure is not None and end is not None and entry.departure - end < AHEAD


def _shows(case: Case, push: Push, read: RequestList) -> bool:
    """Whether a push shows the list as taken over; after an empty one, that nothing of it is held."""
    if read.ids:
        return case.shows_all(push.first, read.ids)
    return not requests_in(payload_of(push.first), case.told_presystem_id)


def _judge(case: Case, read: RequestList, later: Sequence[RequestList]) -> Iterator[Observation]:
    again = next((other for other in later if _holds_all(case, read, other)), None)
    if again is not None and not read.entries and case.steps_between(read.index, again.index):
        return  # an empty list says nothing that the step's own list could show again
    if again is not None:
        yield held(COMES_AGAIN, read.index, again.index, link=read.link.number)
        return
    if _settled_otherwise(case, read):
        return
    without = next(((other, lost) for other in later if (lost := _lost_entry(case, read, other))), None)
    if without is not None:
        other, lost = without
        yield Observation(
            COMES_AGAIN, False, (read.index, other.index), f"the full current list again, with {lost}",
            f"a later list without {lost}", basis=Basis.GUIDELINE, cause="lost", link=read.link.number,
        )  # fmt: skip
    elif not later:
        yield from _silence(case, read)


def _holds_all(case: Case, read: RequestList, other: RequestList) -> bool:
    return all(
        entry.id in other.ids or case.has_reason_to_be_gone(entry, read, other) for entry in read.entries
    )


def _lost_entry(case: Case, read: RequestList, other: RequestList) -> str:
    """The entry that was new in the open list and is missing in a list that knows the older ones."""
    if not (read.ids - read.new_ids) & other.ids:
        return ""
    lost = (
        entry.id for entry in read.entries
        if case.step_made.get(entry.id) is read and entry.id not in other.ids
        and not case.may_be_gone(entry, read, other)
    )  # fmt: skip
    return next(lost, "")


@dataclass(frozen=True, slots=True)
class _Chance:
    """The last occasion at which every reading of the rule has to act."""

    ended: Link
    link: Link
    answered_index: int
    answered_at: float


def _silence(case: Case, read: RequestList) -> Iterator[Observation]:
    within = case.limits["resend_within"]
    doubtful = False
    for chance in _second_chances(case, read):
        ran_out = case.waiting.ran_out(
            chance.answered_at, within, chance.link.ending.at if chance.link.ending else None
        )
        doubtful = doubtful or ran_out is None
        if ran_out and case.ran_until(read.at, chance.answered_at + within):
            assert chance.ended.ended is not None
            yield Observation(
                COMES_AGAIN, False, (read.index, chance.ended.ended.index, chance.answered_index),
                f"the full current list again, on the next link within {format_duration(within)} of an answered push "
                "at the latest", "no list any more", cause="never", link=read.link.number,
            )  # fmt: skip
            return
    if doubtful:
        yield undecided(COMES_AGAIN, read.index, why="our own stalls hide whether it came", link=read.link.number)


def _second_chances(case: Case, read: RequestList) -> Iterator[_Chance]:
    for ended in case.clean_links:
        if not _dropped_by_us(ended) or ended.ended is None or ended.ended.index < read.index:
            continue
        for link in case.clean_links:
            if link.begun.index < read.index or link.accepted is None or link.instance != read.link.instance:
                continue
            if link.ended is ended.ended or link.accepted.index < ended.ended.index:
                continue
            push = next((p for p in case.exchanges[link.number].pushes if p.plain and p.answers), None)
            if push is not None:
                yield _Chance(ended, link, push.answers[0].index, push.answers[0].at)
