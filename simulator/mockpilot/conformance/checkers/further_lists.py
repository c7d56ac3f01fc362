"""Whether sending goes on: after a list was refused, and after one was lost together with its link.

Convicting takes a further step that brings no list although lists came before, and then a second chance.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import missed
from mockpilot.conformance.checkers.list_rates import is_refusal_by_fault
from mockpilot.conformance.checkers.resend import is_left_open
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.lists import Step
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.stuck import ended_by_us

AFTER_ERROR = "requests.go-on-after-error"
AFTER_LOST_ANSWER = "requests.go-on-after-lost-answer"


def check(case: Case) -> Iterator[Observation]:
    """Every refused list, and every link that was lost with an open one."""
    if not case.presystem.sends_requests:
        return
    for link in case.clean_links:
        yield from _after_error(case, link)
        yield from _after_lost_answer(case, link)


def _after_error(case: Case, link: Link) -> Iterator[Observation]:
    """Keeping quiet until something changes is right, so only a list after a further step says something."""
    refused = next((sent for sent in link.sent if is_refusal_by_fault(case, sent)), None)
    if refused is not None:
        yield from _judge(case, AFTER_ERROR, link, refused.index, _first_create(case, refused.index))


def _after_lost_answer(case: Case, link: Link) -> Iterator[Observation]:
    """A list on the next link, even the same one, shows that nothing is waited for any more."""
    lost = next((read for read in case.lists if read.link is link and is_left_open(read)), None)
    if lost is None or link.ended is None or not ended_by_us(link):
        return
    answered = _answered_after(case, link.ended.index)
    if answered is None:
        return
    again = next((read for read in case.lists if read.index > answered and read.link is not link), None)
    if again is not None:
        yield held(AFTER_LOST_ANSWER, lost.index, again.index, link=link.number)
        return
    yield from _judge(case, AFTER_LOST_ANSWER, link, lost.index, _first_create(case, answered))


def _answered_after(case: Case, index: int) -> int | None:
    """The first answer to a push on a link that began after an event."""
    later = [other for other in case.clean_links if other.begun.index > index and other.accepted is not None]
    pushes = (push for other in later for push in case.exchanges[other.number].pushes if push.plain and push.answers)
    return next((push.answers[0].index for push in pushes), None)


def _first_create(case: Case, index: int) -> Step | None:
    steps = (step for step in case.steps if step.provoked.index > index and step.name == "create-request")
    return next(steps, None)


def _judge(case: Case, rule: str, link: Link, since: int, step: Step | None) -> Iterator[Observation]:
    if step is None:
        return
    came = next((read for read in case.lists if read.index > step.provoked.index), None)
    if came is not None:
        yield held(rule, since, came.index, link=link.number)
        return
    if step.ended is None or not any(read.index < step.provoked.index for read in case.lists):
        return
    if not case.waiting.ran_out(step.ended.at, case.limits["provoke_within"]):
        return
    chance, doubtful = missed(case, step.ended.index, step.ended.at, link.instance)
    if chance is not None:
        yield Observation(
            rule, False, (since, step.provoked.index, chance.ended_index, chance.answered_index),
            "a list after a further step, on the next link at the latest", "no list any more", link=link.number,
        )  # fmt: skip
    elif doubtful:
        yield undecided(rule, since, why="our own stalls hide whether a list came", link=link.number)
