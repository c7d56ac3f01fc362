"""Pushes: whether each is answered, and whether the product confirms them at all.

What is right or wrong about an answer that came is the business of ``answers``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Push
from mockpilot.conformance.levels import Basis
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.stuck import left_behind
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import MessageType

IS_ANSWERED = "information.is-answered"
IS_CONFIRMED = "information.is-confirmed"

IN_A_ROW = 3
SLOWER = 1.25
"""An answer may take a little longer than the slowest one before."""
AFTER_FIRST_PUSH_S = 5.0
"""A link that ends this soon after its first push was ended because of it."""


def check(case: Case) -> Iterator[Observation]:
    """Every push."""
    for link in case.clean_links:
        yield from _answered(case, link)
    yield from _confirmed(case)
    yield from _ended_by_first_push(case)


# -- answered ------------------------------------------------------------------------------------------------------


def _answered(case: Case, link: Link) -> Iterator[Observation]:
    plain = [push for push in case.exchanges[link.number].pushes if push.plain]
    last_answered = max((push.first.index for push in plain if push.answers), default=-1)
    row: list[Push] = []
    spoilt, within = case.spoilt_from(link), _patience_s(case, link)
    for push in plain:
        if push.answers:
            row = []
            yield held(IS_ANSWERED, push.first.index, push.answers[0].index, link=link.number)
        elif push.first.index < spoilt and not (
            push.unreadable or _is_pressed(case, push) or left_behind(case, link, push, within)
        ):
            row.append(push)
            yield from _unanswered(case, link, push, row, last_answered, within)


def _is_pressed(case: Case, push: Push) -> bool:
    """Whether its answer could not travel, or be read, as usual."""
    return case.faults.pressed(push.first.index, for_s=case.limits["confirm_within"])


def _unanswered(
    case: Case, link: Link, push: Push, row: list[Push], last_answered: int, within: float
) -> Iterator[Observation]:
    """A push that is overtaken by answers to later ones is unanswered by any clock, not by ours alone.

    Answering late is not answering never.
    """
    ran_out = case.waiting.ran_out(push.first.at, within, link.ending.at if link.ending else None)
    if ran_out is None:
        yield undecided(IS_ANSWERED, push.first.index, why="our own stalls hide whether it was answered in time",
                        link=link.number)  # fmt: skip
    if not ran_out or not case.ran_until(push.first.at, push.first.at + within):
        return
    overtaken = last_answered > push.first.index
    deaf = len(row) >= IN_A_ROW and _alive_beyond(link, row[0].first.at + 2 * within)
    yield Observation(
        IS_ANSWERED, False, (push.first.index,), f"an answer within {format_duration(within)}",
        "none, though a later push was answered" if overtaken else "none",
        basis=Basis.GUIDELINE if overtaken or deaf else None, link=link.number,
    )  # fmt: skip


def _patience_s(case: Case, link: Link) -> float:
    """Who is slow gets as long as it took before, up to twice the limit."""
    slowest = max((other.answered_s or 0.0 for other in case.exchanges[link.number].pushes), default=0.0)
    limit = case.limits["confirm_within"]
    return max(limit, min(SLOWER * slowest, 2 * limit))


def _alive_beyond(link: Link, at: float) -> bool:
    return any(sign.at >= at for sign in link.signs) and link.alive_until(at)


# -- confirmed -----------------------------------------------------------------------------------------------------


def _confirmed(case: Case) -> Iterator[Observation]:
    basis = None if case.dialect.guideline_only else Basis.STANDARD
    refused: list[Frame] = []
    for link in case.clean_links:
        for push in case.exchanges[link.number].pushes:
            if not push.plain or not push.answers or not push.answers[0].is_answer:
                continue
            answer = push.answers[0]
            assert answer.envelope is not None
            if answer.envelope.message_type is MessageType.CONFIRMATION:
                refused = []
                yield held(IS_CONFIRMED, push.first.index, answer.index, link=link.number)
                continue
            refused.append(answer)
            if len(refused) >= IN_A_ROW:
                yield Observation(
                    IS_CONFIRMED, False, tuple(frame.index for frame in refused), "a confirmation",
                    f"error answers to {len(refused)} pushes in a row", basis=basis, cause="errors", link=link.number,
                )  # fmt: skip


def _ended_by_first_push(case: Case) -> Iterator[Observation]:
    """On two links in a row, or it may have been chance."""
    basis = None if case.dialect.guideline_only else Basis.STANDARD
    before: Link | None = None
    for link in case.clean_links:
        if not _ends_on_first_push(case, link):
            before = None
            continue
        if before is not None and before.ending is not None and link.ending is not None:
            yield Observation(
                IS_CONFIRMED, False, (before.ending.index, link.ending.index), "a confirmation",
                "the product ends the link at the first push, on two links in a row", basis=basis, cause="ends",
                link=link.number,
            )  # fmt: skip
        before = link


def _ends_on_first_push(case: Case, link: Link) -> bool:
    pushes = [push for push in case.exchanges[link.number].pushes if push.plain]
    if not pushes or link.ending is None or any(push.answers for push in pushes):
        return False
    if case.spoilt_from(link) < link.ending.index or _is_pressed(case, pushes[0]):
        return False  # there is another reason to leave
    by_product = link.ending.kind == "close_received" or (link.ended is not None and link.ended.by == "product"
                                                          and link.ending is link.ended)  # fmt: skip
    return by_product and link.ending.at - pushes[0].first.at <= AFTER_FIRST_PUSH_S
