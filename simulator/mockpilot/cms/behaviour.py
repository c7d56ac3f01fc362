"""The well-behaved CMS: what it answers to a request, and what it pushes. The only place that decides.

Plain functions over the session and the depot; they send nothing. An answer comes with what it would do to the depot,
so that a fault can keep a list from being taken over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockpilot.cms.world import World
from mockpilot.depot.site import ListAnswer
from mockpilot.protocol.envelope import (
    SLOT_COUNT,
    Action,
    Encoded,
    Envelope,
    MessageType,
    Source,
    answer_to,
    new_message_id,
)
from mockpilot.protocol.session import Violation
from mockpilot.protocol.vocabulary import Unreadable, read_payload


@dataclass(frozen=True, slots=True)
class Answer:
    """What the CMS says, and what it does to the depot when nothing keeps it from it."""

    envelope: Envelope
    apply: Callable[[bool], ListAnswer] | None = None
    """Called with whether the list is taken over."""


def answer(
    world: World, presystem_id: str, request: Envelope, violations: tuple[Violation, ...]
) -> Answer | None:
    """Decide on a message of the presystem; answers of the presystem need none."""
    if request.message_type is not MessageType.REQUEST:
        return None
    if violations:
        return _refuse(world, request, violations[0].what)
    match request.action:
        case Action.BOOT_NOTIFICATION:
            return _answer_boot(world, request)
        case _:
            return _answer_list(world, presystem_id, request)


def _answer_boot(world: World, request: Envelope) -> Answer:
    # Read with good will: a defect that can be read past is the checkers' business and must not breed others.
    boot = read_payload(world.dialect, request.action, request.message_type, request.payload)
    if isinstance(boot, Unreadable):
        return _refuse(world, request, f"The boot notification cannot be read: {boot.reason}.")
    return _confirm(world, request, {"status": "Accepted"})


def _answer_list(world: World, presystem_id: str, request: Envelope) -> Answer:
    considered = world.site.consider_list(presystem_id, request.payload, world.dialect)

    def carry_out(applied: bool) -> ListAnswer:
        return world.site.carry_out(considered, now=world.clock.instant(), apply=applied)

    refused = considered.error
    reply = _refuse(world, request, refused) if refused else _confirm(world, request, {})
    return Answer(reply.envelope, carry_out)


def _confirm(world: World, request: Envelope, payload: dict[str, Any]) -> Answer:
    return Answer(
        answer_to(request, MessageType.CONFIRMATION, payload, source=Source.CMS, timestamp=world.clock.stamp())
    )


def _refuse(world: World, request: Envelope, text: str) -> Answer:
    payload = {world.dialect.error_key: text}
    return Answer(answer_to(request, MessageType.ERROR, payload, source=Source.CMS, timestamp=world.clock.stamp()))


def refuse_unknown(world: World, slots: tuple[Any, ...]) -> Envelope | None:
    """The error answer to a request whose action nobody knows; None if it cannot be answered, or is none.

    Args:
        slots: of a frame out of which no envelope could be made.
    """
    if len(slots) != SLOT_COUNT or type(slots[0]) is not int or slots[0] != MessageType.REQUEST:
        return None
    if not all(isinstance(slots[place], str) for place in (1, 2, 4, 5)):
        return None
    text = f"The action {slots[5][:60]!r} is unknown."
    # The action is told back as it came; the enumeration has no member for it.
    return Envelope(
        MessageType.ERROR, Source.CMS, slots[2], world.clock.stamp(), slots[4], slots[5],
        {world.dialect.error_key: text},
    )  # fmt: skip


def has_sent(world: World, presystem_id: str, envelope: Envelope, *, is_booted: bool) -> None:
    """Take note of a message of ours that left unaltered.

    Args:
        is_booted: whether the link is, now that it has left.
    """
    if is_booted and (envelope.action, envelope.message_type) == (Action.BOOT_NOTIFICATION, MessageType.CONFIRMATION):
        world.site.link_opened(presystem_id)


def is_acceptance(envelope: Envelope) -> bool:
    """Whether a message of ours lets a presystem in."""
    kind = (envelope.action, envelope.message_type)
    return kind == (Action.BOOT_NOTIFICATION, MessageType.CONFIRMATION) and envelope.payload == {"status": "Accepted"}


def push(world: World, presystem_id: str) -> Envelope:
    """A ProvideChargingInformation request that tells the whole depot as it stands now."""
    information = world.site.information(world.dialect, world.clock.instant())
    if world.pushed.utf8 is not information:  # the site hands out the same bytes until something changes
        world.pushed = Encoded(information)
    return Envelope(
        MessageType.REQUEST,
        Source.CMS,
        presystem_id,
        world.clock.stamp(),
        new_message_id(world.chance.getrandbits(128)),
        Action.PROVIDE_CHARGING_INFORMATION,
        world.pushed,
    )
