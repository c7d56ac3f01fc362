"""One link's conversation: the table of states, told as conversations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.errors import LocalProtocolError
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from mockpilot.protocol.session import TRANSITIONS, Session, State, Trigger, next_tick

BOOT, LIST, PUSH = Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION


def message(message_type: MessageType, action: Action, message_id: str = "A", payload: object = None) -> Envelope:
    """A message of either side."""
    return Envelope(message_type, "X", "Presystem1", "", message_id, action, {} if payload is None else payload)


def request(action: Action, message_id: str = "A") -> Envelope:
    """A request."""
    return message(MessageType.REQUEST, action, message_id)


def confirmation(action: Action, message_id: str = "A", payload: object = None) -> Envelope:
    """A confirmation."""
    return message(MessageType.CONFIRMATION, action, message_id, payload)


ACCEPTED = confirmation(BOOT, payload={"status": "Accepted"})
REJECTED = confirmation(BOOT, payload={"status": "Rejected"})
SENT = {Trigger.ACCEPTED: ACCEPTED, Trigger.REJECTED: REJECTED, Trigger.PUSH: request(PUSH)}
WAYS: dict[State, list[Envelope]] = {
    State.UNBOOTED: [], State.REJECTED: [REJECTED], State.BOOTED: [ACCEPTED], State.EXCHANGE: [ACCEPTED, request(PUSH)],
}  # fmt: skip


def session_in(state: State) -> Session:
    """A session that was led into a state."""
    session = Session()
    for envelope in WAYS[state]:
        session.sent(envelope, 0.0)
    assert session.state is state
    return session


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("state", State)
def test_sent_follows_the_table(state: State, trigger: Trigger) -> None:
    """What the table names leads on, what it doesn't is our mistake and leaves the state."""
    session = session_in(state)
    follows = TRANSITIONS[state].get(trigger)
    if follows is None:
        with pytest.raises(LocalProtocolError, match=state.value):
            session.sent(SENT[trigger], 1.0)
    else:
        session.sent(SENT[trigger], 1.0)
    assert session.state is (follows or state)


def test_table_names_every_state_and_keeps_pushes_from_the_unbooted() -> None:
    """The one thing that is illegal is to push before a boot was accepted."""
    illegal = {(state, trigger) for state in State for trigger in Trigger if trigger not in TRANSITIONS[state]}
    assert illegal == {(State.UNBOOTED, Trigger.PUSH), (State.REJECTED, Trigger.PUSH)}


def test_sent_lets_a_fault_choose_the_moment() -> None:
    """A push that a fault held back until the link was rejected moves nothing and raises nothing."""
    session = session_in(State.REJECTED)
    session.sent(request(PUSH, "late"), 1.0, deliberate=True)
    assert session.state is State.REJECTED
    assert "late" in session.open


@pytest.mark.parametrize(("state", "booted"), [
    (State.UNBOOTED, False), (State.REJECTED, False), (State.BOOTED, True), (State.EXCHANGE, True),
])  # fmt: skip
def test_is_booted_says_whether_pushes_may_go(state: State, booted: bool) -> None:
    """Accepted, and not rejected since."""
    assert session_in(state).is_booted is booted


@pytest.mark.parametrize("payload", [{}, {"status": "accepted"}, {"status": None}, [], "Accepted"])
def test_sent_takes_anything_but_accepted_as_rejected(payload: object) -> None:
    """Only the word itself boots a link."""
    session = Session()
    session.sent(confirmation(BOOT, payload=payload), 0.0)
    assert session.state is State.REJECTED


@pytest.mark.parametrize("envelope", [
    message(MessageType.ERROR, BOOT), confirmation(LIST), message(MessageType.ERROR, LIST),
])  # fmt: skip
def test_sent_other_answers_move_nothing(envelope: Envelope) -> None:
    """Errors and confirmations of lists leave the state."""
    for state in State:
        session = session_in(state)
        session.sent(envelope, 1.0)
        assert session.state is state


@pytest.mark.parametrize(("state", "early"), [
    (State.UNBOOTED, "before an accepted boot"), (State.REJECTED, "before an accepted boot"),
    (State.BOOTED, "before the first push"), (State.EXCHANGE, ""),
])  # fmt: skip
def test_receive_tells_a_list_that_comes_too_early(state: State, early: str) -> None:
    """Lists may come once a push was handed; until then it says what is missing, and the state stays."""
    session = session_in(state)
    assert [violation.what for violation in session.receive(request(LIST))] == (
        [f"ProvideChargingRequests {early}"] if early else []
    )
    assert session.state is state


@pytest.mark.parametrize("state", State)
def test_receive_takes_a_boot_at_any_time(state: State) -> None:
    """First, second, after a rejection: never a violation."""
    session = session_in(state)
    assert session.receive(request(BOOT)) == ()
    assert session.state is state


@pytest.mark.parametrize("state", State)
def test_receive_tells_a_request_in_the_wrong_direction(state: State) -> None:
    """Information is ours to give."""
    assert "may not request" in session_in(state).receive(request(PUSH))[0].what


def test_receive_answers_open_requests_once() -> None:
    """The first answer closes it, a second one was asked for by nobody; ids have no case."""
    session = session_in(State.BOOTED)
    session.sent(request(PUSH, "ab-CD"), 3.0)
    assert [(one.message_id, one.sent_at) for one in session.open.values()] == [("ab-CD", 3.0)]
    assert session.receive(confirmation(PUSH, "AB-cd")) == ()
    assert session.open == {}
    assert "nobody asked" in session.receive(confirmation(PUSH, "AB-cd"))[0].what


def test_receive_takes_an_error_for_an_answer() -> None:
    """An error answers as a confirmation does."""
    session = session_in(State.BOOTED)
    session.sent(request(PUSH, "a"), 3.0)
    assert session.receive(message(MessageType.ERROR, PUSH, "a")) == ()


def test_receive_tells_an_answer_that_names_another_action() -> None:
    """The id is that of a push, the action is not; the request is answered all the same."""
    session = session_in(State.BOOTED)
    session.sent(request(PUSH, "a"), 3.0)
    assert "names BootNotification" in session.receive(confirmation(BOOT, "a"))[0].what
    assert session.open == {}


TIMES = st.floats(0, 1e6)
INTERVALS = st.floats(0.05, 3600)


@given(TIMES, INTERVALS, st.floats(0, 1e5))
def test_next_tick_lies_ahead_and_in_phase(first: float, interval: float, since: float) -> None:
    """Always later than now, at most one interval away, and a whole number of intervals after the first push."""
    now = first + since
    tick = next_tick(first, interval, now)
    assert now < tick <= now + interval * (1 + 1e-6) + 1e-6
    ticks = (tick - first) / interval
    assert abs(ticks - round(ticks)) < 1e-4


@given(TIMES, INTERVALS)
def test_next_tick_never_comes_twice(first: float, interval: float) -> None:
    """Asked at a tick it names the one after, however the numbers round."""
    tick = first
    for number in range(1, 50):
        tick = next_tick(first, interval, tick)
        assert tick == first + number * interval


def test_next_tick_skips_what_was_missed() -> None:
    """A push that took three intervals is followed by the next tick in phase."""
    assert next_tick(2.0, 15.0, 50.0) == 62.0
