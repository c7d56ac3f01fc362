"""Pushes and their answers: whether they come, fit, and come once."""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Answer, Fate, Push
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.stuck import left_behind
from mockpilot.durations import format_duration
from mockpilot.protocol.envelope import Action, MessageType, Trouble, same_id
from mockpilot.protocol.schema import violations

IS_ANSWERED = "information.is-answered"
ECHOES_ID = "correlation.echoes-message-id"
IS_EMPTY = "information.confirmation-is-empty"
ERROR_PAYLOAD = "information.error-payload"
ONE_ANSWER = "correlation.one-answer"
ANSWERS_ONLY_REQUESTS = "correlation.answers-only-requests"
IS_CONFIRMED = "information.is-confirmed"

IN_A_ROW = 3
SLOWER = 1.25
"""An answer may take a little longer than the slowest one before."""
AFTER_FIRST_PUSH_S = 5.0
"""A link that ends this soon after its first push was ended because of it."""


def check(case: Case) -> Iterator[Observation]:
    """Every push and every answer."""
    for link in case.clean_links:
        yield from _answered(case, link)
        for answer in case.exchanges[link.number].fates.values():
            yield from _matched(link, answer)
            yield from _empty(case, link, answer)
            yield from _error_payload(case, link, answer)
            yield from _superfluous(case, link, answer)
        yield from _answers_nothing_else(case, link)
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


# -- matching ------------------------------------------------------------------------------------------------------


def _matched(link: Link, answer: Answer) -> Iterator[Observation]:
    push, said = answer.push, answer.frame.envelope
    if push is None or said is None or not answer.frame.is_answer:
        return
    if answer.fate is Fate.OTHER_ID:
        yield Observation(
            ECHOES_ID, False, (push.first.index, answer.frame.index), f"message id {push.message_id}",
            f"message id {said.message_id}", cause="id", link=link.number,
        )  # fmt: skip
    elif answer.fate is Fate.EXACT and said.action is not Action.PROVIDE_CHARGING_INFORMATION:
        yield Observation(
            ECHOES_ID, False, (push.first.index, answer.frame.index),
            f"action {Action.PROVIDE_CHARGING_INFORMATION}", f"action {said.action}",
            cause="action", link=link.number, perhaps="answers carry an action of their own; copy the push's",
        )  # fmt: skip
    elif answer.fate is Fate.EXACT:
        yield held(ECHOES_ID, push.first.index, answer.frame.index, link=link.number)


def _empty(case: Case, link: Link, answer: Answer) -> Iterator[Observation]:
    said = answer.frame.envelope
    if answer.push is None or said is None or said.message_type is not MessageType.CONFIRMATION:
        return
    if any(defect.trouble is Trouble.PAYLOAD for defect in answer.frame.reading.defects):
        return
    confirmation = Action.PROVIDE_CHARGING_INFORMATION, MessageType.CONFIRMATION
    found = violations(said.payload, case.dialect, *confirmation) if said.payload != {} else []
    if found:
        yield Observation(IS_EMPTY, False, (answer.frame.index,), "{}", f"{found[0].path} {found[0].problem}",
                          link=link.number)  # fmt: skip
    else:
        yield held(IS_EMPTY, answer.frame.index, link=link.number)


def _error_payload(case: Case, link: Link, answer: Answer) -> Iterator[Observation]:
    """Only where a schema says what stands in error answers."""
    said, index = answer.frame.envelope, answer.frame.index
    if said is None or said.message_type is not MessageType.ERROR:
        return
    if (said.action, MessageType.ERROR) not in case.dialect.payloads:
        return
    if any(defect.trouble is Trouble.PAYLOAD for defect in answer.frame.reading.defects):
        return
    found = violations(said.payload, case.dialect, said.action, MessageType.ERROR)
    if found:
        told = "; ".join(f"{violation.path} {violation.problem}" for violation in found)
        yield Observation(ERROR_PAYLOAD, False, (index,), "an object with errorMessage alone", told, link=link.number)
    else:
        yield held(ERROR_PAYLOAD, index, link=link.number)


def _superfluous(case: Case, link: Link, answer: Answer) -> Iterator[Observation]:
    frame = answer.frame
    if link.is_late(frame):
        return
    match answer.fate:
        case Fate.EXACT:
            yield held(ONE_ANSWER, frame.index, link=link.number)
        case Fate.EXTRA if answer.push is not None:
            yield Observation(
                ONE_ANSWER, False, (answer.push.first.index, frame.index),
                "one answer for each time that it was handed" if len(answer.push.handed) > 1 else "one answer",
                f"{len(answer.push.answers) + 1} answers or more", cause="twice", link=link.number,
            )  # fmt: skip
        case Fate.OWN_REQUEST:
            yield _answer_to_answer(case, link, frame)
        case Fate.STRAY if _injected_before(case, link, frame):
            yield _answer_to_answer(case, link, frame)
        case Fate.STRAY:
            yield Observation(
                ONE_ANSWER, False, (frame.index,), "answers to pushes only", "an answer to nothing that was asked",
                cause="stray", link=link.number,
                perhaps="an answer serves as a sign of life, or is made up under an id of its own; answer pushes only",
            )  # fmt: skip
        case Fate.EARLIER_LINK:
            yield Observation(
                ONE_ANSWER, False, (frame.index,), "answers on the link of their push",
                "an answer to a push of an earlier link", Level.MAY, Basis.POLICY,
                message="An answer may come on a later link, but answers nothing there.",
                cause="earlier link", link=link.number,
                perhaps="answers wait in a queue that outlives the link; throw them away together with it",
            )  # fmt: skip
        case _:
            pass


def _answer_to_answer(case: Case, link: Link, frame: Frame) -> Observation:
    """What only a broken CMS would provoke weighs less."""
    said = frame.envelope
    assert said is not None
    provoked = _injected_before(case, link, frame)
    ours = next((s for s in link.sent if s.envelope is not None and s.is_answer and s.index < frame.index
                 and same_id(s.envelope.message_id, said.message_id)), None)  # fmt: skip
    provoked = provoked or (ours is not None and ours.fault is not None)
    return Observation(
        ANSWERS_ONLY_REQUESTS, False, (ours.index, frame.index) if ours is not None else (frame.index,),
        "no answer to an answer", f"a message of type {said.message_type:d}",
        Level.SHOULD if provoked else None, cause="stray" if provoked else "", link=link.number,
    )  # fmt: skip


def _injected_before(case: Case, link: Link, frame: Frame) -> bool:
    soonest = frame.at - case.limits["confirm_within"]
    return any(s.is_answer and s.fault is not None and soonest <= s.at and s.index < frame.index for s in link.sent)


def _answers_nothing_else(case: Case, link: Link) -> Iterator[Observation]:
    """Held where the product got an answer of ours and went on: silence alone would show nothing."""
    fates = case.exchanges[link.number].fates.values()
    if any(answer.fate in (Fate.OWN_REQUEST, Fate.STRAY) for answer in fates):
        return
    for sent in link.sent:
        if sent.is_answer and case.delivery.proved_at(link, sent.index) is not None:
            yield held(ANSWERS_ONLY_REQUESTS, sent.index, link=link.number)
            return


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
