"""Which event proves that the presystem met a fault, and which doesn't."""

from __future__ import annotations

import json

import pytest

from mockpilot.faults import drop, inject, lose, ping, refuse, slow
from mockpilot.faults.evidence import Watch, unseen_words
from mockpilot.faults.plan import examples
from mockpilot.faults.verbs import VERBS, Fault
from mockpilot.history.events import (
    CloseReceived,
    Event,
    FaultFired,
    LinkEnded,
    MessageReceived,
    MessageSent,
    PingReceived,
    PingSent,
    PongReceived,
    TcpAccepted,
    UpgradeAnswered,
)


def _message(message_type: int, message_id: str) -> str:
    slots = [message_type, "CMS", "Presystem1", "2031-03-04T17:20:00Z", message_id, "ProvideChargingInformation", {}]
    return json.dumps(slots)


SENT = MessageSent(link=1, text="[1]")
TOUCHED = MessageSent(link=1, text="[1]", fault="it")
ANSWER = MessageReceived(link=1, text="[2,…]")
REQUEST = MessageReceived(link=1, text=" [ 1,…]")
PONG = PongReceived(link=1)
CLOSED = CloseReceived(link=1, code=1000)
LEFT = LinkEnded(link=1, by="product", how="broken off")
ENDED = LinkEnded(link=1, by="us", how="cleanly")
AGAIN = TcpAccepted(link=2, peer="x")
TOUCHED_BINARY = MessageSent(link=1, base64="AA==", fault="it")
BOTH_TOUCHED = MessageSent(link=1, text="[1]", fault="other", faults=("it", "other"))
PINGED = PingSent(link=1)
PINGS = PingReceived(link=1)
PUSHED = MessageSent(link=1, text=_message(1, "a1"))
CARRIER = MessageSent(link=1, text=_message(1, "a1"), fault="it")
ANSWERED = MessageReceived(link=1, text=_message(2, "A1"))
ANSWERED_IN_ESCAPES = MessageReceived(link=1, text=_message(2, "a1").replace("P", "\\u0050"))
REFUSED = MessageReceived(link=1, text=_message(3, "a1"))
OTHER_ANSWERED = MessageReceived(link=1, text=_message(2, "b2"))
ANSWERED_ELSEWHERE = MessageReceived(link=2, text=_message(2, "a1"))
ELSEWHERE = MessageReceived(link=2, text="[1,…]")


def proof(do: str, how: str, *events: Event) -> int | None:
    """Position of the event that proves that the presystem met a fault on link 1, if one does."""
    watch = Watch(FaultFired(link=1, name="it", do=do), how)
    return next((n for n, event in enumerate(events) if watch.is_proof(event)), None)


@pytest.mark.parametrize(("do", "how", "events", "position"), [
    ("lose", "", (ANSWER, PONG, ENDED, ELSEWHERE), None),
    ("lose", "", (ANSWER, SENT, ANSWER), 2), ("lose", "", (SENT, PONG, ELSEWHERE), None),
    ("lose", "", (REQUEST,), 0), ("lose", "", (AGAIN,), 0), ("lose", "", (CLOSED,), 0), ("lose", "", (LEFT,), 0),
    ("delay", "", (ANSWER, PONG), None), ("delay", "", (SENT, ANSWER), None), ("delay", "", (TOUCHED, ANSWER), 1),
    ("delay", "", (TOUCHED, PingSent(link=1), PONG), 2), ("delay", "", (CLOSED,), 0),
    ("delay", "", (TOUCHED, ENDED), None),
    ("repeat", "", (SENT, TOUCHED, ELSEWHERE, PONG), 3), ("repeat", "", (SENT, PONG), None),
    ("answer", "", (TOUCHED, ANSWER), 1), ("answer", "", (TOUCHED, LEFT), 1), ("answer", "", (TOUCHED, AGAIN), None),
    ("drop", "reset", (AGAIN,), 0), ("drop", "reset", (ENDED, AGAIN), 1), ("drop", "reset", (ANSWER, ENDED), None),
    ("drop", "close", (CLOSED,), 0), ("drop", "close", (LEFT,), 0),
    ("drop", "silence", (LEFT, CLOSED, AGAIN), 2),
    ("refuse", "http", (AGAIN, UpgradeAnswered(link=1, status=503, fault="it")), 1),
    ("refuse", "tcp", (ANSWER, AGAIN), 1), ("refuse", "tcp", (ANSWER, SENT), None),
    ("certificate", "", (AGAIN, LEFT), 1),
    ("refuse", "accept-and-drop", (AGAIN, ENDED), 1), ("refuse", "redirect", (ELSEWHERE, ENDED), 1),
    ("swap", "", (SENT, ANSWER), None), ("swap", "", (SENT, TOUCHED, PONG), 2),
    ("damage", "cut", (TOUCHED, ENDED, AGAIN), None), ("damage", "binary", (TOUCHED_BINARY, CLOSED), 1),
    ("damage", "cut", (BOTH_TOUCHED, PONG), 1),
    ("inject", "", (ANSWER, TOUCHED, ELSEWHERE, ANSWER), 3), ("inject", "", (TOUCHED, LEFT), 1),
    ("slow", "trickle", (ANSWER, PONG), None), ("slow", "trickle", (SENT, ANSWER), 1),
    ("slow", "trickle", (PINGED, PONG), 1), ("slow", "trickle", (SENT, LEFT), 1),
    ("slow", "no-read", (SENT, PINGED), None), ("slow", "no-read", (ANSWER,), 0), ("slow", "no-read", (AGAIN,), 0),
    ("slow", "no-read", (LEFT,), 0),
    ("ping", "flood", (PONG,), None), ("ping", "flood", (PINGED, PONG), 1), ("ping", "flood", (PINGED, CLOSED), 1),
    ("ping", "withhold-pong", (SENT, PONG), None), ("ping", "withhold-pong", (SENT, ANSWER), 1),
    ("ping", "withhold-pong", (PINGS,), 0), ("ping", "withhold-pong", (LEFT,), 0),
    ("forget", "", (ANSWERED, PUSHED, ANSWER), None), ("forget", "", (PUSHED, ANSWERED), 1),
    ("forget", "", (PUSHED, REFUSED), 1), ("forget", "", (PUSHED, ANSWERED_ELSEWHERE, AGAIN, CLOSED), None),
    ("change", "vanish", (PUSHED, ANSWERED), None), ("change", "vanish", (CARRIER, ANSWERED), 1),
    ("change", "vanish", (CARRIER, OTHER_ANSWERED), None),
    ("clock", "", (CARRIER, OTHER_ANSWERED, ANSWERED), 2), ("clock", "", (TOUCHED, ANSWERED), None),
    ("clock", "", (CARRIER, OTHER_ANSWERED, ANSWERED_IN_ESCAPES), 2),
])  # fmt: skip
def test_proof_is_what_shows_that_it_was_met(
    do: str, how: str, events: tuple[Event, ...], position: int | None
) -> None:
    """The first event that could not have come without it."""
    assert proof(do, how, *events) == position


def test_every_verb_has_a_proof() -> None:
    """A fault whose meeting nobody can tell is no evidence."""
    for verb in VERBS:
        proof(verb, "", ANSWER)


@pytest.mark.parametrize(("fault", "link_lives", "words"), [
    (drop("silence"), True, "cannot be seen: whatever happens on a silent link; the next connection stands for it"),
    (refuse("tcp"), False, "cannot be seen: a connection that TCP refused; the next one that comes in stands for it"),
    (drop("reset"), False, "not seen yet: the next connection would show it"),
    (lose("confirmation"), False, "not seen yet: traffic both ways"),
    (inject("error"), True, "not seen yet: the next frame on that link"),
    (inject("error"), False, "cannot be seen: its link has ended"),
    (slow("trickle", rate=10, chunk=1), False, "cannot be seen: its link has ended"),
    (slow("no-read"), False, "not seen yet: what was sent meanwhile"),
    (ping("flood", rate=2), True, "not seen yet: a pong"),
])  # fmt: skip
def test_fault_that_is_not_seen_says_what_would_show_it(fault: Fault, link_lives: bool, words: str) -> None:
    """Or that nothing can."""
    assert unseen_words(fault, link_lives=link_lives).startswith(words)


def test_every_verb_says_what_would_show_it() -> None:
    """Whatever becomes of its link."""
    told = [unseen_words(fault, link_lives=lives) for _, fault in examples() for lives in (True, False)]
    assert {one.partition(":")[0] for one in told} == {"not seen yet", "cannot be seen"}
    assert len(told) == 2 * len(VERBS)
