"""Holding a message back by hand: a fault that waits for a person instead of the next message. Pure.

It is no verb of the vocabulary, because no plan can wait for somebody; in the recording it looks like one.
"""

from __future__ import annotations

from dataclasses import replace

from mockpilot.faults.altering import Form
from mockpilot.faults.fates import Departure
from mockpilot.faults.selecting import Selecting, selector
from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.protocol import envelope as envelopes
from mockpilot.protocol.envelope import Envelope


def hold(type: str, action: str | None = None, link: int | str | None = None) -> Fault:  # noqa: A002
    """The next message of ours that is meant waits until somebody lets it go."""
    selects = Selecting() if link is None else Selecting(link=link)
    return Fault(HOLD, selector(HOLD, selects, type_name=type, action=action, times=1), optional=True)


def edited(held: Envelope, text: str, name: str) -> Departure:
    """What leaves in a held message's place.

    Args:
        text: what is said instead.
        name: of the hold.
    """
    read = envelopes.read(text).envelope
    is_same = read is not None and _identity(read) == _identity(held)
    said = replace(read, message_id=held.message_id) if read is not None and is_same else held
    return Departure(said, fault=name, unaltered=is_same, form=Form.of(text))


def _identity(envelope: Envelope) -> tuple[object, ...]:
    """What the session goes by: a message of which this stays the same is still that message."""
    return envelope.message_type, envelope.presystem_id, envelope.message_id.lower(), envelope.action
