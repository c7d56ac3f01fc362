"""Answers to pushes: whether they fit what was asked, say what they should, and come once.

Whether a push is answered at all, and whether with a confirmation, is the business of ``information``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Answer, Fate
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.protocol.envelope import Action, MessageType, Trouble, same_id
from mockpilot.protocol.schema import violations

ECHOES_ID = "correlation.echoes-message-id"
IS_EMPTY = "information.confirmation-is-empty"
ERROR_PAYLOAD = "information.error-payload"
ONE_ANSWER = "correlation.one-answer"
ANSWERS_ONLY_REQUESTS = "correlation.answers-only-requests"


def check(case: Case) -> Iterator[Observation]:
    """Every answer, whatever it answers."""
    perhaps = _why_other_ids(case)
    for link in case.clean_links:
        for answer in case.exchanges[link.number].fates.values():
            yield from _matched(link, answer, perhaps)
            yield from _empty(case, link, answer)
            yield from _error_payload(case, link, answer)
            yield from _superfluous(case, link, answer)
        yield from _answers_nothing_else(case, link)


def _why_other_ids(case: Case) -> str:
    """The likely cause of ids that were not copied, if it is another than the rule's own."""
    fates = (answer for link in case.clean_links for answer in case.exchanges[link.number].fates.values())
    kinds = {answer.frame.envelope.message_type for answer in fates
             if answer.fate is Fate.OTHER_ID and answer.frame.envelope is not None}  # fmt: skip
    return "error answers get a message id of their own; copy the push's" if kinds == {MessageType.ERROR} else ""


def _matched(link: Link, answer: Answer, perhaps: str) -> Iterator[Observation]:
    push, said = answer.push, answer.frame.envelope
    if push is None or said is None or not answer.frame.is_answer:
        return
    if answer.fate is Fate.OTHER_ID:
        yield Observation(
            ECHOES_ID, False, (push.first.index, answer.frame.index), f"message id {push.message_id}",
            f"message id {said.message_id}", cause="id", link=link.number, perhaps=perhaps,
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
