"""What a scenario can wait for, as predicates over recorded events. Pure.

Words: an action's name means a request message of the presystem with that action; ``attempt`` the first bytes of a
connection; ``link`` an accepted upgrade; ``accepted`` our Accepted going out; ``answer`` an answer to a push; ``news``
a list that differs from the last one before the last step, since some products send theirs with every push; any event's
name means that event.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mockpilot.errors import ScenarioError
from mockpilot.history.events import (
    AnyEvent,
    CloseReceived,
    Event,
    FirstBytes,
    LinkEnded,
    MessageReceived,
    MessageSent,
    StepProvoked,
    UpgradeAnswered,
)
from mockpilot.likeness import guess
from mockpilot.protocol.envelope import Action, Envelope, MessageType, read, same_id

Predicate = Callable[[Event], bool]

EVENT_NAMES = frozenset(str(kind.__struct_config__.tag) for kind in AnyEvent.__args__)
WORDS = {
    "attempt": "a connection attempt",
    "link": "a new connection",
    "accepted": "an accepted boot",
    "answer": "an answer to a push",
    "news": "a list that says something else than before the step",
} | {str(action): str(action) for action in Action}


def predicate(what: str, history: Sequence[Event] = ()) -> Predicate:
    """The predicate for a word, at a point of the recording.

    Raises:
        ScenarioError: nobody knows the word.
    """
    if what in tuple(Action):
        return lambda event: _is_request(event, Action(what))
    if what == "news":
        return functools.partial(_is_news, _told_before(history))
    if what in _SPECIAL:
        return _SPECIAL[what]
    if what in EVENT_NAMES:
        return lambda event: event.kind == what
    raise ScenarioError(f"wait_for: {unknown_word(what)}")


def unknown_word(what: str) -> str:
    """What is to be said of a word that nobody knows: which one may be meant, or all that there are."""
    near = guess(what, [*WORDS, *EVENT_NAMES])
    events = "" if near else f" ({', '.join(sorted(EVENT_NAMES))})"
    return f"one of {', '.join(WORDS)} or the name of an event{events} is expected, found {what[:60]!r}{near}"


def why_it_never_comes(what: str) -> str:
    """Why nobody should wait for a word that is known, and for what instead; empty for all that can come."""
    if what != Action.PROVIDE_CHARGING_INFORMATION:
        return ""
    return (f"a request of the product is expected, found {what!r}, which only the CMS requests: pushes are ours; wait "
            "for 'answer', the product's answer to one")  # fmt: skip


def spoken(what: str) -> str:
    """The word as a person would say it."""
    return WORDS.get(what, what.replace("_", " "))


def envelope_of(event: Event) -> Envelope | None:
    """The envelope in a message event, if one can be read."""
    if isinstance(event, MessageReceived | MessageSent) and event.text is not None:
        return _envelope(event.text)
    return None


@functools.lru_cache(maxsize=64)
def _envelope(text: str) -> Envelope | None:
    # Whoever waits looks at every event, often more than once; a push can hold megabytes.
    return read(text).envelope


def _is_boot(event: Event) -> bool:
    return _is_request(event, Action.BOOT_NOTIFICATION)


def _is_list(event: Event) -> bool:
    return _is_request(event, Action.PROVIDE_CHARGING_REQUESTS)


def _told_before(history: Sequence[Event]) -> Event | None:
    """The last list before the last step; None if nothing was provoked."""
    steps = (place for place in reversed(range(len(history))) if isinstance(history[place], StepProvoked))
    return next((history[place] for place in reversed(range(next(steps, 0))) if _is_list(history[place])), None)


def _is_news(before: Event | None, event: Event) -> bool:
    if not _is_list(event):
        return False
    said, told = (envelope_of(one) if one is not None else None for one in (event, before))
    return said is not None and (told is None or said.payload != told.payload)


def _is_request(event: Event, action: Action) -> bool:
    envelope = envelope_of(event) if isinstance(event, MessageReceived) else None
    return envelope is not None and (envelope.message_type, envelope.action) == (MessageType.REQUEST, action)


def is_accepted(event: Event) -> bool:
    """Our own Accepted, as it should be."""
    if not isinstance(event, MessageSent) or '"BootNotification"' not in (event.text or ""):
        return False
    envelope = envelope_of(event)
    return (
        envelope is not None
        and envelope.message_type is MessageType.CONFIRMATION
        and envelope.payload == {"status": "Accepted"}
    )


def answers_a_boot(event: Event, history: Iterable[Event]) -> bool:
    """Whether an Accepted of ours names a boot that came on its link, rather than another message or none."""
    said = envelope_of(event)
    return said is not None and any(
        boot is not None and same_id(said.message_id, boot.message_id)
        for boot in (envelope_of(one) for one in history if one.link == event.link and _is_boot(one))
    )


def asks_for_something(event: Event) -> bool:
    """Whether a list has an entry that isn't taken back, as far as it can be read."""
    said = envelope_of(event)
    payload = said.payload if said is not None else None
    entries = payload.get("chargingRequestList") if isinstance(payload, dict) else None
    if entries is None or isinstance(entries, list):
        return any(not isinstance(entry, dict) or entry.get("chargingInstruction") != "Terminate"
                   for entry in entries or ())  # fmt: skip
    return True


def push_of(event: Event) -> dict[str, Any] | None:
    """The payload of a push that left, if it tells of points at all."""
    said = envelope_of(event) if isinstance(event, MessageSent) else None
    if said is None or (said.message_type, said.action) != (MessageType.REQUEST, Action.PROVIDE_CHARGING_INFORMATION):
        return None
    return said.payload if isinstance(said.payload, dict) and said.payload.get("depotInfoList") else None


def is_push_answer(event: Event) -> bool:
    """An answer of the presystem to a push, whatever it says."""
    envelope = envelope_of(event) if isinstance(event, MessageReceived) else None
    return (
        envelope is not None
        and envelope.message_type is not MessageType.REQUEST
        and envelope.action is Action.PROVIDE_CHARGING_INFORMATION
    )


def is_answer_to(event: Event, message_id: str) -> bool:
    """An answer of the presystem to this very push."""
    if not is_push_answer(event):
        return False
    said = envelope_of(event)
    return said is not None and same_id(message_id, said.message_id)


def is_end(event: Event, link: int | None) -> bool:
    """A Close of the presystem, or the end of the link."""
    return isinstance(event, CloseReceived | LinkEnded) and event.link == link


def is_link(event: Event) -> bool:
    """An upgrade that was answered 101."""
    return isinstance(event, UpgradeAnswered) and event.status == 101


_SPECIAL: dict[str, Predicate] = {
    "attempt": lambda event: isinstance(event, FirstBytes),
    "link": is_link,
    "accepted": is_accepted,
    "answer": is_push_answer,
}
