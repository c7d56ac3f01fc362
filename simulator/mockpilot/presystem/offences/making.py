"""What offences are made of: the words in which the areas' modules write them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockpilot.presystem.conduct import CONFORMING, Conduct, EndKind, Entry, LinkEnd, ListDraft
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType


@dataclass(frozen=True, slots=True)
class Offence:
    """One way to break one rule."""

    rule: str
    does: str
    """One sentence, present tense."""
    brings: tuple[str, ...] = ()
    """Other rules that cannot but be broken with it."""
    conduct: Conduct = CONFORMING


def one(rule: str, does: str, *, brings: tuple[str, ...] = (), **choices: Any) -> Offence:
    """Describe an offence by the choices of a ``Conduct`` that differ from the conforming ones."""
    return Offence(rule, does, brings, dataclasses.replace(CONFORMING, **choices))


def is_confirmation(message: Envelope) -> bool:
    """Tell whether it is a confirmation."""
    return message.message_type is MessageType.CONFIRMATION


def is_boot(message: Envelope) -> bool:
    """Tell whether it is a BootNotification request."""
    return message.action is Action.BOOT_NOTIFICATION and message.message_type is MessageType.REQUEST


def is_list(message: Envelope) -> bool:
    """Tell whether it is a list of charging requests."""
    return message.action is Action.PROVIDE_CHARGING_REQUESTS and message.message_type is MessageType.REQUEST


def with_changes(**changes: Any) -> Callable[[Envelope], Envelope]:
    """Change every message alike."""
    return lambda message: dataclasses.replace(message, **changes)


def spelt(change: Callable[[str], Sequence[str | bytes]], of: Callable[[Envelope], bool]) -> Any:
    """Spell some messages otherwise; the others as they are."""
    def spelling(message: Envelope) -> Sequence[str | bytes]:
        text = envelope.write(message)
        return change(text) if of(message) else [text]

    return spelling


def answered_with(*changes: Mapping[str, Any]) -> Callable[[Envelope], Sequence[Envelope]]:
    """Answer a push once for each of the changes."""
    return lambda answer: [dataclasses.replace(answer, **change) for change in changes]


def entries_with(change: Callable[[Entry], Entry]) -> Callable[[ListDraft], Sequence[Entry]]:
    """Change every entry of every list."""
    return lambda draft: [change(entry) for entry in draft.entries]


def refused_login(end: LinkEnd) -> bool:
    """Tell whether an attempt ended at a refused login."""
    return end.kind is EndKind.REFUSED and end.status in (401, 403)
