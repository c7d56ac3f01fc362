"""Answers to pushes, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import PUSHES, Play, entry, uuid
from mockpilot.conformance.levels import Level

ECHO, EMPTY, ERROR = (
    "correlation.echoes-message-id", "information.confirmation-is-empty", "information.error-payload",
)  # fmt: skip
ONCE, REQUESTS_ONLY = "correlation.one-answer", "correlation.answers-only-requests"
STRANGE = "00000000-0000-4000-8000-00000000abcd"


def booted(**how: Any) -> Play:
    """An accepted link."""
    return Play(**how).connect().boot().accept()


def test_answer_that_fits_holds() -> None:
    """It echoes the id, is empty, and comes once."""
    play = Play().exchange()
    assert all(play.held(rule) for rule in (ECHO, EMPTY, ONCE))


def test_other_id_is_convicted_alone() -> None:
    """Neither a missing nor a stray answer beside it."""
    play = booted().push().confirm(STRANGE).wait(15).push().confirm("00000000-0000-4000-8000-00000000abce").wait(30)
    found = play.convicted_of(ECHO)
    assert (found.level, found.count) == (Level.MUST, 2)
    assert play.musts() == {ECHO}


def test_other_ids_of_error_answers_alone_are_told_as_such() -> None:
    """Where confirmations do it, too, all answers do."""
    play = booted().push().confirm().wait(15).push().confirm(STRANGE, {"message": "no"}, type=3).wait(15)
    assert play.convicted_of(ECHO).perhaps == "error answers get a message id of their own; copy the push's"
    play.push().confirm("00000000-0000-4000-8000-00000000abce").wait(30)
    assert play.convicted_of(ECHO).perhaps == "answers get a message id of their own; copy the push's"


def test_other_action_is_convicted_alone() -> None:
    """Under the right id."""
    play = booted().push().confirm(action="BootNotification").wait(30)
    assert play.musts() == {ECHO}
    assert play.convicted_of(ECHO).perhaps.startswith("answers carry an action of their own")


def test_payload_of_a_confirmation_is_convicted() -> None:
    """It must be empty."""
    assert booted().push().confirm(payload={"status": "ok"}).convicted_of(EMPTY).level is Level.MUST


def test_second_answer_is_convicted() -> None:
    """One push, one answer."""
    assert booted().push().confirm().confirm().musts() == {ONCE}


def test_repeated_push_may_be_answered_once_or_twice() -> None:
    """It was handed twice."""
    play = booted().push(message_id=uuid(50)).push(message_id=uuid(50), fault="repeated").confirm().confirm()
    assert play.held(ONCE)
    assert Play().connect().boot().accept().push(message_id=uuid(50)).push(
        message_id=uuid(50), fault="repeated").confirm().held(ONCE)  # fmt: skip
    assert play.confirm().musts() == {ONCE}


def test_answer_on_the_next_link_is_a_remark() -> None:
    """It was under way when the link was lost."""
    play = booted().push(message_id=uuid(50)).ended("us").exchange().confirm(uuid(50))
    assert play.convicted_of(ONCE).level is Level.MAY


def test_answer_to_nothing_is_convicted() -> None:
    """All pushes had theirs."""
    assert Play().exchange().confirm(STRANGE).musts() == {ONCE}


def test_answer_to_our_answer_is_convicted() -> None:
    """It carries the id of the product's own list."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(60)).takes()
    play.confirm(uuid(60), action="ProvideChargingRequests")
    assert play.convicted_of(REQUESTS_ONLY).level is Level.MUST
    assert play.musts() == {REQUESTS_ONLY}


def test_answer_to_a_stray_of_ours_is_a_warning() -> None:
    """Only a broken CMS would have provoked it."""
    play = Play().exchange().hands(2, PUSHES, {}, STRANGE, "stray").confirm(STRANGE)
    assert play.convicted_of(REQUESTS_ONLY).level is Level.SHOULD


def test_statement_of_a_milder_case_says_should() -> None:
    """Beside a must it says must."""
    play = Play().exchange().asks(entry("a"), message_id=uuid(60)).takes()
    play.confirm(uuid(60), action="ProvideChargingRequests")
    assert play.convicted_of(REQUESTS_ONLY).message == "The presystem must answer requests only, never an answer."
    stray = Play().exchange().hands(2, PUSHES, {}, STRANGE, "stray").confirm(STRANGE)
    assert stray.convicted_of(REQUESTS_ONLY).message == "The presystem should answer requests only, never an answer."


def test_going_on_after_our_answer_holds() -> None:
    """The next answered push shows that the product had it."""
    assert Play().exchange().asks(entry("a")).takes().pushed().held(REQUESTS_ONLY)


def test_silence_after_our_answer_shows_nothing() -> None:
    """Perhaps it never came."""
    assert not Play().connect().boot().accept().exercised(REQUESTS_ONLY)


@pytest.mark.parametrize(("payload", "fits"), [
    ({"errorMessage": "no"}, True), ({"message": "no"}, False), ({"errorMessage": "no", "code": 1}, False),
    ({"errorMessage": 1}, False),
])  # fmt: skip
def test_error_payload_has_one_form_in_2_0(payload: Any, fits: bool) -> None:
    """Only there a schema says what stands in it."""
    play = booted(dialect="vdv-2.0-rc1").push().confirm(type=3, payload=payload)
    if fits:
        assert play.held(ERROR)
    else:
        assert play.convicted_of(ERROR).level is Level.MUST
    assert ERROR not in booted().push().confirm(type=3, payload=payload).judged().rules_exercised
