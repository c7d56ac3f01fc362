"""Too many lists at once: while one stays open, after a refusal, and after an outage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers.resend import is_left_open
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.lists import RequestList
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.rates import MINUTE_S
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType

BOUNDED_OPEN = "requests.bounded-open-lists"
REFUSED_CALMLY = "requests.refused-list-calmly"
NO_REPLAY = "requests.no-replay-after-outage"

OPEN_LISTS = 10
"""Unanswered lists per ``resend_within`` that are no heap yet."""
REFUSED_LISTS = 10
RECOVERY_LISTS = 3
"""One current list, and one or two real changes."""
OFFLINE_STEPS = 3


def check(case: Case) -> Iterator[Observation]:
    """Every link's lists."""
    if not case.presystem.sends_requests:
        return
    for link in case.clean_links:
        lists = [read for read in case.lists if read.link is link]
        yield from _open(case, link, [read for read in lists if is_left_open(read)])
        yield from _refused(case, link, lists)
        yield from _recovery(case, link, lists)
    for teller in dict.fromkeys(read.teller for read in case.lists):
        yield from _over_links(case, [read for read in case.lists if read.teller == teller])


def _over_links(case: Case, lists: Sequence[RequestList]) -> Iterator[Observation]:
    """Whoever leaves a link on which its lists are lost or refused shows over several that it is calm."""
    yield from _open_over_links(case, [read for read in lists if is_left_open(read)])
    links = {read.link.number for read in lists}
    sent = (sent for link in case.clean_links if link.number in links for sent in link.sent)
    refused = next((one for one in sent if is_refusal_by_fault(case, one)), None)
    if refused is not None:
        yield from _refused_over_links(case, refused, [read for read in lists if read.index > refused.index])


def _open_over_links(case: Case, lists: Sequence[RequestList]) -> Iterator[Observation]:
    if not _on_several_links(lists) or case.ends_at - lists[0].at < case.limits["open_observe"]:
        return
    if _too_many([read.at for read in lists], OPEN_LISTS, case.limits["resend_within"]) is None:
        yield _no_heap(lists, case.clean_links, case.ends_at)


def _no_heap(lists: Sequence[RequestList], links: Sequence[Link], end: float, link: int | None = None) -> Observation:
    """Ten in all are no heap however short the look, nor is one with each push; a minute shows any other pace."""
    shown, began = tuple(read.index for read in lists), lists[0].at
    pushes = sum(began <= push.at <= end for one in links for push in one.pushes_handed())
    if len(lists) <= max(OPEN_LISTS, 1 + pushes) or end - began >= MINUTE_S:
        return held(BOUNDED_OPEN, *shown, link=link)
    told = f"{len(lists)} unanswered lists in {format_duration(end - began)}"
    why = f"{told}: too short a time to say that they do not heap up; a minute of open_observe always shows it"
    return undecided(BOUNDED_OPEN, *shown, why=why, link=link)


def _refused_over_links(case: Case, refused: Frame, later: Sequence[RequestList]) -> Iterator[Observation]:
    if not _on_several_links(later) or case.ends_at - refused.at < min(MINUTE_S, case.limits["resend_within"]):
        return
    if _too_many([read.at for read in later], REFUSED_LISTS, MINUTE_S) is None:
        yield held(REFUSED_CALMLY, refused.index, *(read.index for read in later))


def _on_several_links(lists: Sequence[RequestList]) -> bool:
    return len({read.link.number for read in lists}) > 1


def _too_many(times: Sequence[float], most: int, within_s: float) -> int | None:
    """Where the first run of more than ``most`` within a time begins."""
    places = (place for place in range(len(times) - most) if times[place + most] - times[place] <= within_s)
    return next(places, None)


def _open(case: Case, link: Link, lists: Sequence[RequestList]) -> Iterator[Observation]:
    within = case.limits["resend_within"]
    place = _too_many([read.at for read in lists], OPEN_LISTS, within)
    if place is not None and not case.waiting.piled_up(lists[place].at, lists[place + OPEN_LISTS].at):
        yield Observation(
            BOUNDED_OPEN, False, tuple(read.index for read in lists[place:]),
            f"at most {OPEN_LISTS} unanswered lists in {format_duration(within)}",
            f"{OPEN_LISTS + 1} in {format_duration(lists[place + OPEN_LISTS].at - lists[place].at)}", link=link.number,
        )  # fmt: skip
    elif lists:
        end = link.ending.at if link.ending is not None else case.ends_at
        if end - lists[0].at >= case.limits["open_observe"]:
            yield _no_heap(lists, (link,), end, link.number)


def _refused(case: Case, link: Link, lists: Sequence[RequestList]) -> Iterator[Observation]:
    """Refused by a fault: what the product itself made us refuse is another matter."""
    refused = next((sent for sent in link.sent if is_refusal_by_fault(case, sent)), None)
    if refused is None:
        return
    later = [read for read in lists if read.index > refused.index]
    place = _too_many([read.at for read in later], REFUSED_LISTS, MINUTE_S)
    if place is not None and not case.waiting.piled_up(later[place].at, later[place + REFUSED_LISTS].at):
        yield Observation(
            REFUSED_CALMLY, False, (refused.index, *(read.index for read in later[place:])),
            f"at most {REFUSED_LISTS} lists a minute after a refusal",
            f"{REFUSED_LISTS + 1} in {format_duration(later[place + REFUSED_LISTS].at - later[place].at)}",
            link=link.number,
        )  # fmt: skip
        return
    end = link.ending.at if link.ending is not None else case.ends_at
    if end - refused.at >= min(MINUTE_S, case.limits["resend_within"]):
        yield held(REFUSED_CALMLY, refused.index, *(read.index for read in later), link=link.number)


def is_refusal_by_fault(case: Case, sent: Frame) -> bool:
    """Whether it is an error answer to a list that a fault made of a confirmation."""
    error = sent.is_a(MessageType.ERROR, Action.PROVIDE_CHARGING_REQUESTS)
    return error and case.faults.verb(sent.fault) == "answer"


# -- after an outage -----------------------------------------------------------------------------------------------


def _recovery(case: Case, link: Link, lists: Sequence[RequestList]) -> Iterator[Observation]:
    if link.accepted is None or not _missed_something(case, link):
        return
    until = case.waiting.deadline(link.accepted.at, MINUTE_S)
    since = link.begun.index
    early = [
        read for read in lists if read.at <= until and (read.step is None or read.step.provoked.index < since)
    ]  # fmt: skip
    contents: dict[str, RequestList] = {}
    for read in early:
        contents.setdefault(_content(read), read)
    if case.waiting.clouded(link.accepted.at, until):
        return
    if len(contents) > RECOVERY_LISTS:
        yield Observation(
            NO_REPLAY, False, (link.accepted.index, *(read.index for read in contents.values())),
            f"the current list, at most {RECOVERY_LISTS} different ones in the first minute",
            f"{len(contents)} different lists", link=link.number,
        )  # fmt: skip
    elif early and _was_watched(case, link, early[0]):
        yield held(NO_REPLAY, link.accepted.index, *(read.index for read in early), link=link.number)


def _was_watched(case: Case, link: Link, first: RequestList) -> bool:
    end = link.ending.at if link.ending is not None else case.ends_at
    return case.waiting.lasted(first.at, end, case.limits["hold"])


def _content(read: RequestList) -> str:
    payload = read.frame.envelope.payload if read.frame.envelope is not None else None
    return repr(payload)


def _missed_something(case: Case, link: Link) -> bool:
    """Whether some steps were done while no link was open, or a list was left open before."""
    earlier = [other for other in case.earlier_links(link) if other.ended is not None]
    if not earlier:
        return False
    last = earlier[-1]
    assert last.ended is not None
    offline = case.steps_between(last.ended.index, link.begun.index)
    return len(offline) >= OFFLINE_STEPS or any(is_left_open(read) for read in case.lists if read.link is last)
