"""How fast, how often, how long: answers in time, answers while a list is open, missing pushes, lists in a loop."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.lists import RequestList
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.probes import left_by_product
from mockpilot.conformance.rates import MINUTE_S, shows_calm
from mockpilot.conformance.stuck import unanswered
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import Event, FaultDisarmed, FaultFired, StepEnded, StepProvoked

IN_TIME = "information.is-answered-in-time"
MEANWHILE = "information.is-answered-meanwhile"
MISSING_PUSHES = "link.notices-missing-pushes"
QUIET = "requests.quiet-when-steady"

ENOUGH_PUSHES = 10
LATE_SHARE = 0.1
LATE_AT_LEAST = 2
BURST = 3
"""So many pushes within one push interval are a burst, not the rhythm."""
BLOCKED_AFTER = 3
"""Unanswered pushes that show a product to be waiting for its list."""
EQUAL_A_MINUTE, ANY_A_MINUTE = 10, 60
"""Another implementation's limit for a server; ChargePilot states none."""
EQUAL_REMARKED = 3
STIRRING = (FaultFired, FaultDisarmed, StepProvoked, StepEnded)
"""Events at which a steady stretch ends, and another may begin."""


def check(case: Case) -> Iterator[Observation]:
    """Every link by itself, but for the share of late answers."""
    yield from _in_time(case)
    for link in case.clean_links:
        yield from _missing_pushes(case, link)
        if case.presystem.sends_requests:
            yield from _quiet(case, link)
    for read in case.lists if case.presystem.sends_requests else ():
        yield from _meanwhile(case, read)


# -- answers in time -----------------------------------------------------------------------------------------------


def _in_time(case: Case) -> Iterator[Observation]:
    """Over the whole scenario; the first push of a product may meet it unprepared."""
    timed = [(link, push) for link in case.clean_links for push in _timed(case, link)]
    late = [(link, push) for link, push in timed if _is_late(case, push)]
    shown = tuple(index for _, push in late for index in (push.first.index, push.answers[0].index))
    if len(late) >= LATE_AT_LEAST and len(late) > LATE_SHARE * len(timed):
        slowest = max(push.answered_s or 0.0 for _, push in late)
        yield Observation(
            IN_TIME, False, shown, f"answers within {format_duration(case.limits['confirm_within'])}",
            f"{len(late)} of {len(timed)} answers came later, the slowest after {format_duration(slowest)}",
            link=late[0][0].number,
        )  # fmt: skip
    elif len(timed) >= ENOUGH_PUSHES:
        yield held(IN_TIME, *(push.answers[0].index for _, push in timed))


def _timed(case: Case, link: Link) -> Iterator[Push]:
    pushes = case.exchanges[link.number].pushes
    handed = [push.first.at for push in pushes]
    drained = -inf
    first = not case.earlier_links(link)
    for push in pushes:
        if not push.answers:
            continue
        at, first_ever, first = push.first.at, first, False
        if not push.plain or _in_burst(case, handed, at):
            drained = max(drained, push.answers[0].at)
        elif at > drained and not first_ever and not _is_troubled(case, push):
            yield push


def _is_troubled(case: Case, push: Push) -> bool:
    """Whether its answer could not travel, or be read, as usual."""
    taken = push.answered_s or 0.0
    pressed = case.faults.pressed(push.first.index, for_s=taken)
    return pressed or case.waiting.clouded(push.first.at, push.first.at + taken)


def _in_burst(case: Case, handed: Sequence[float], at: float) -> bool:
    half = case.start.push_interval_s / 2
    return bisect_left(handed, at + half) - bisect_right(handed, at - half) >= BURST


def _is_late(case: Case, push: Push) -> bool:
    return push.answers[0].at > case.waiting.deadline(push.first.at, case.limits["confirm_within"])


# -- answers while a list is open ----------------------------------------------------------------------------------


def _meanwhile(case: Case, read: RequestList) -> Iterator[Observation]:
    """Never is the word: whoever answers late is slow, and whoever blocks for less than the limit is impatient."""
    link = read.link
    pushes = case.exchanges[link.number].pushes
    closed = read.answer.at if read.answer is not None else inf
    if closed - read.at < case.start.push_interval_s and closed - read.at < case.limits["confirm_within"]:
        return  # hardly open
    during = [push for push in pushes if push.plain and push.first.index > read.index and push.first.at < closed]
    if any(push.answers and push.answers[0].at < closed for push in during):
        answered = next(push for push in during if push.answers)
        yield held(MEANWHILE, read.index, answered.first.index, answered.answers[0].index, link=link.number)
        return
    before = any(push.plain and push.answers and push.answers[0].index < read.index for push in pushes)
    ends = [at for at in (closed, link.ending.at if link.ending else inf) if at < inf]
    ran_out = case.waiting.ran_out(read.at, case.limits["resend_within"], min(ends, default=None))
    blocked = [push for push in unanswered(case, link, during) if not case.faults.pressed(push.first.index)]
    if len(blocked) < BLOCKED_AFTER or not before or any(push.answers for push in during):
        return
    if ran_out is None:
        yield undecided(MEANWHILE, read.index, why="our own stalls hide it", link=link.number)
    if ran_out and case.ran_until(read.at, read.at + case.limits["resend_within"]):
        until = min([*ends, case.ends_at])
        yield Observation(
            MEANWHILE, False, (read.index, *(push.first.index for push in during)),
            "answers to pushes, whatever becomes of the list",
            f"none to any of the {len(during)} pushes that were handed while a list stayed open, for "
            f"{format_duration(round(until - read.at, 1))}", link=link.number,
        )  # fmt: skip


# -- missing pushes ------------------------------------------------------------------------------------------------


def _missing_pushes(case: Case, link: Link) -> Iterator[Observation]:
    """Only where somebody promised a rhythm. A product may trust its own pings instead."""
    promised = case.dialect.promised_push_interval_s is not None
    pushes = link.pushes_handed()
    if not promised or link.accepted is None or not pushes or link.silent is not None:
        return
    last = pushes[-1]
    if left_by_product(link) and link.ending is not None:
        if _is_missed(case, last, link.ending):
            yield held(MISSING_PUSHES, last.index, link.ending.index, link=link.number)
        return
    again = _attempt_beside(case, link)
    if again is not None:
        before = [push for push in pushes if push.index < again.begun.index][-1]
        if _is_missed(case, before, again.begun):
            yield held(MISSING_PUSHES, before.index, again.begun.index, link=link.number)
        return
    within = case.limits["silence_within"]
    for earlier, later in _gaps(case, link):
        ran_out = case.waiting.ran_out(earlier, within, later)
        if ran_out and case.ran_until(earlier, earlier + within) and not case.faults.pressed(last.index):
            yield Observation(
                MISSING_PUSHES, False, (last.index,), f"a new attempt within {format_duration(within)} of silence",
                "none; the link was kept", link=link.number,
            )  # fmt: skip
            return


def _attempt_beside(case: Case, link: Link) -> Link | None:
    """The first connection that the product began after a push of this link, while that was up."""
    first = link.pushes_handed()[0].index
    return next((
        other for other in case.links
        if other.begun.index > first and link.alive_until(other.begun.at)
        and other.instance == link.instance and other.kind in (link.kind, "")
    ), None)  # fmt: skip


def _is_missed(case: Case, last: Frame, gone: Event) -> bool:
    """Whether a push was overdue when the product left, and it was no process's end that made it leave."""
    late = gone.at - last.at > case.start.push_interval_s
    return late and case.ran_until(last.at, gone.at + case.limits["guard"])


def _gaps(case: Case, link: Link) -> Iterator[tuple[float, float | None]]:
    """Spans without a push; the last one ends with the link, or with the recording."""
    handed = [push.at for push in link.pushes_handed()]
    end = link.ending.at if link.ending is not None else None
    yield from zip(handed, [*handed[1:], end], strict=True)


# -- lists in a loop -----------------------------------------------------------------------------------------------


def _quiet(case: Case, link: Link) -> Iterator[Observation]:
    """Where nothing was provoked, nothing was wrong and nothing was left open for long enough.

    An equal list with each push is tolerated however fast the pushes are; what lasts less than a minute is judged by
    as many lists as a minute may have.
    """
    lists = [read for read in case.lists if read.link is link]
    for start, end in _steady(case, link, lists):
        inside = [read for read in lists if start < read.at <= end]
        minutes = max(1.0, (end - start) / MINUTE_S)
        pushes = sum(start < push.at <= end for push in link.pushes_handed())
        equal = sum(one.frame.envelope.payload == other.frame.envelope.payload
                    for one, other in pairwise(inside)
                    if one.frame.envelope and other.frame.envelope)  # fmt: skip
        shown = tuple(read.index for read in inside)
        seen = f"{counted(len(inside), 'list')} in {format_duration(end - start)}"
        told = f"{seen}, {equal} of them equal to the one before"
        if equal > max(EQUAL_A_MINUTE * minutes, pushes) or len(inside) > ANY_A_MINUTE * minutes:
            yield Observation(
                QUIET, False, shown, f"at most {EQUAL_A_MINUTE} equal lists a minute, {ANY_A_MINUTE} in all", told,
                cause="loop", link=link.number,
            )  # fmt: skip
        elif equal >= EQUAL_REMARKED:
            yield Observation(
                QUIET, False, shown, "lists that say something new", told, Level.MAY, Basis.POLICY,
                cause="equal lists", link=link.number,
                perhaps="the list is sent with each push or by a timer; it is due when its content changed",
            )  # fmt: skip
        elif shows_calm(len(inside), end - start, EQUAL_A_MINUTE):
            yield held(QUIET, *shown, link=link.number)
        else:
            why = f"{told}: too short a time for a rate; a minute of steady_observe always shows one"
            yield undecided(QUIET, *shown, why=why, link=link.number)


def _steady(case: Case, link: Link, lists: Sequence[RequestList]) -> Iterator[tuple[float, float]]:
    if link.accepted is None:
        return
    end = min(link.ending.at if link.ending is not None else inf, case.ends_at)
    stirred = (event.at for kind in STIRRING for event in case.of(kind))
    bounds = sorted([link.accepted.at, *(at for at in stirred if link.accepted.at < at < end), end])
    for start, until in pairwise(bounds):
        left_open = any(start < read.at <= until and read.answer is None and until - read.at > case.delivery.guard(link)
                        for read in lists)  # fmt: skip
        if until - start >= case.limits["steady_observe"] and not left_open and not case.waiting.clouded(start, until):
            yield start, until
