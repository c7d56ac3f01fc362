"""Sly in single messages: stamps, ids, answers that are wrong now and then."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

from mockpilot.presystem.conduct import Arrival, Conduct, Opening, Taking
from mockpilot.presystem.offences.making import is_boot
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Envelope
from sly.making import Make, behaving


def hours_off(of: Callable[[Envelope], bool]) -> Make:
    """Stamps some messages in local time, labelled as UTC."""
    def late(message: Envelope) -> Envelope:
        instant = envelope.parse_timestamp(message.timestamp)
        if instant is None or not of(message):
            return message
        return replace(message, timestamp=envelope.format_timestamp(instant + timedelta(hours=2)))

    return lambda: behaving(message=late)


def stamps_stand_still() -> Conduct:
    """Looks at its clock once."""
    first: list[str] = []

    def stamped(message: Envelope) -> Envelope:
        first.append(message.timestamp)
        return replace(message, timestamp=first[0])

    return behaving(message=stamped)


def ids_count_from_one() -> Conduct:
    """Message ids that begin anew with each link."""
    numbers = [count(1)]

    def opening(_accepted: bool) -> tuple[Opening, ...]:
        numbers[0] = count(1)
        return (Opening.BOOT,)

    return behaving(opening=opening, message_id=lambda _: str(uuid.UUID(int=next(numbers[0]))))


def renamed_on_return() -> Conduct:
    """Another presystem id from its second boot on."""
    boots = 0

    def message(message: Envelope) -> Envelope:
        nonlocal boots
        boots += is_boot(message)
        return replace(message, presystem_id=message.presystem_id + "-2") if boots > 1 else message

    return behaving(message=message)


def one_answer_in(times: int, *changes: dict[str, object]) -> Make:
    """One confirmation in so many is replaced by one for each of the changes."""
    def conduct() -> Conduct:
        numbers = count(1)

        def answers(answer: Envelope) -> list[Envelope]:
            if next(numbers) % times:
                return [answer]
            return [replace(answer, **change) for change in changes]  # type: ignore[arg-type]

        return behaving(answers=answers)

    return conduct


def previous_id_in(times: int) -> Make:
    """One confirmation in so many has the message id of the push before."""
    def conduct() -> Conduct:
        numbers, ids = count(1), ["", ""]

        def answers(answer: Envelope) -> list[Envelope]:
            ids[:] = [ids[1], answer.message_id]
            return [replace(answer, message_id=ids[0])] if next(numbers) % times == 0 else [answer]

        return behaving(answers=answers)

    return conduct


def silent_on_return() -> Conduct:
    """Passes over the first push of every link but the first."""
    fresh = [False]

    def opening(been_accepted: bool) -> tuple[Opening, ...]:
        fresh[0] = been_accepted
        return (Opening.BOOT,)

    def takes(_arrival: Arrival) -> Taking:
        passed_over, fresh[0] = fresh[0], False
        return Taking.SILENTLY if passed_over else Taking.AS_MEANT

    return behaving(opening=opening, takes=takes)
