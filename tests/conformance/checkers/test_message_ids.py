"""Message ids, judged from made recordings."""

from __future__ import annotations

from conformance.playbook import Play, entry, uuid
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

NEW_ID, CLOCK = "envelope.message-id-is-new", "envelope.clock"


def test_fresh_ids_hold() -> None:
    """Each request its own."""
    assert Play().exchange().asks(entry("a")).takes().held(NEW_ID)


def test_resend_with_its_old_id_is_right_while_unanswered() -> None:
    """On the same link, on the next, and with its old time stamp minutes later."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(77), stamp="2031-03-04T17:20:00Z").loses_confirmation()
    play.wait(30).asks(entry("a"), message_id=uuid(77), stamp="2031-03-04T17:20:00Z").closed()
    play.wait(240).exchange().asks(entry("a"), message_id=uuid(77), stamp="2031-03-04T17:20:00Z").takes()
    assert not play.complaints()
    assert play.held(CLOCK)


def test_resend_after_an_unproved_answer_is_right() -> None:
    """The confirmation was handed just before the link was reset: nobody knows whether it arrived."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(77)).takes().ended("us")
    play.exchange().asks(entry("a"), message_id=uuid(77)).takes()
    assert not play.complaints()


def test_id_used_again_after_its_answer_arrived_is_convicted() -> None:
    """A later answered push proves that it did."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(77)).takes().pushed(2)
    found = play.asks(entry("a"), message_id=uuid(77)).convicted_of(NEW_ID)
    assert found.level is Level.MUST


def test_id_of_another_action_is_convicted() -> None:
    """It is another request for certain."""
    play = Play().connect().boot(message_id=uuid(77)).accept().push().confirm().asks(message_id=uuid(77))
    assert play.convicted_of(NEW_ID).level is Level.MUST


def test_id_of_an_unanswered_request_for_another_list_is_a_warning() -> None:
    """The content is another."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(77)).loses_confirmation()
    assert play.asks(entry("a"), entry("b"), message_id=uuid(77)).convicted_of(NEW_ID).level is Level.SHOULD


def test_resend_after_a_faulty_answer_is_not_judged() -> None:
    """Our fault may have kept the answer from being understood."""
    play = Play().armed("late", "delay").exchange().asks(entry("a"), message_id=uuid(77)).takes(fault="late")
    assert not play.pushed(2).asks(entry("a"), message_id=uuid(77)).takes().complaints()


def test_new_process_may_use_old_ids() -> None:
    """Seeded products repeat themselves."""
    play = Play()
    for _ in range(2):
        play.line(ev.ProductStarted(command=("x",))).connect().boot(message_id=uuid(77)).accept().pushed(2).closed()
    assert not play.complaints()
