"""Offences in answering pushes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from mockpilot.presystem.offences.making import answered_with, one
from mockpilot.protocol.envelope import Envelope, MessageType


def _another_id(answer: Envelope) -> Sequence[Envelope]:
    return [dataclasses.replace(answer, message_id=str(uuid.uuid4()))]


def _now_and_then_refused(answer: Envelope) -> Sequence[Envelope]:
    """One push in sixteen, by its id: hardly ever several in a row, for that would be no confirming at all."""
    if not answer.message_id.startswith("0"):
        return [answer]
    return [dataclasses.replace(answer, message_type=MessageType.ERROR, payload={"text": "not now"})]


OFFENCES = (
    one("information.is-answered", "answers no push", answers=answered_with()),
    one("correlation.echoes-message-id", "confirms pushes under fresh message ids", answers=_another_id),
    one("information.confirmation-is-empty", "confirms pushes with a status",
        answers=answered_with({"payload": {"status": "Accepted"}})),
    one("correlation.one-answer", "confirms every push twice", answers=answered_with({}, {})),
    one("information.error-payload", "refuses one push in sixteen, under the key text, which no dialect has",
        answers=_now_and_then_refused),
    one("correlation.answers-only-requests", "confirms the confirmations it gets", confirms_confirmations=True),
    one("information.is-confirmed", "answers every push with an error",
        answers=answered_with({"message_type": MessageType.ERROR, "payload": {"message": "not today"}})),
)  # fmt: skip
