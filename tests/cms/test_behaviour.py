"""What the CMS decides on a message: an answer to every request, whatever is in it, and to nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from cms.raw_client import entry
from mockpilot.certification.setting import site_for
from mockpilot.cms import behaviour
from mockpilot.cms.world import World
from mockpilot.faults.injector import Injector
from mockpilot.history.recorder import Recorder
from mockpilot.profile import CmsSettings, Profile
from mockpilot.protocol import envelope as envelopes
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from mockpilot.protocol.session import Violation
from mockpilot.protocol.vocabulary import DIALECTS, Dialect
from rig import EPOCH, VirtualClock

LIST = Action.PROVIDE_CHARGING_REQUESTS
PROFILE = Profile()
TEXTS = st.text(max_size=8)
KEYS = TEXTS | st.sampled_from(["presystem", "chargingRequestList"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def request(action: Action, payload: object, message_type: MessageType = MessageType.REQUEST) -> Envelope:
    """A message of the presystem."""
    return Envelope(message_type, "BMS", "Presystem1", "2031-03-04T17:20:00Z", "an id", action, payload)


def with_world(spoken: Dialect, ask: Any, profile: Profile = PROFILE) -> Any:
    """Ask something of a fresh world; its clock needs trio."""

    async def main() -> Any:
        await trio.lowlevel.checkpoint()
        clock = VirtualClock(EPOCH)
        return ask(World(
            dialect=spoken, push_interval_s=15.0, accounts={}, site=site_for(profile, EPOCH), clock=clock,
            recorder=Recorder(clock.now, clock.wall), injector=Injector(spoken), chance=random.Random(7),
        ))  # fmt: skip

    return trio.run(main)


@pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda one: one.name)
@given(st.sampled_from(Action), JSON)
def test_every_request_is_answered_once_with_what_correlates(spoken: Dialect, action: Action, payload: Any) -> None:
    """Confirmation or error under the same id, action and presystem id; it can be written."""

    def ask(world: World) -> behaviour.Answer | None:
        return behaviour.answer(world, "Presystem1", request(action, payload), ())

    answer = with_world(spoken, ask)
    assert answer is not None
    sent = answer.envelope
    assert (sent.action, sent.message_id, sent.presystem_id, sent.source) == (action, "an id", "Presystem1", "CMS")
    assert sent.message_type in (MessageType.CONFIRMATION, MessageType.ERROR)
    assert envelopes.read(envelopes.write(sent)).envelope is not None
    if sent.message_type is MessageType.ERROR:
        assert list(sent.payload) == [spoken.error_key]


@given(st.sampled_from(Action), st.sampled_from([MessageType.CONFIRMATION, MessageType.ERROR]), JSON)
def test_answers_are_not_answered(action: Action, message_type: MessageType, payload: Any) -> None:
    """Asked for or not."""
    spoken = DIALECTS["chargepilot"]
    violation = (Violation("nobody asked"),)
    asked = request(action, payload, message_type)
    assert with_world(spoken, lambda world: behaviour.answer(world, "Presystem1", asked, violation)) is None


@pytest.mark.parametrize("name", DIALECTS)
def test_violation_of_the_conversation_is_refused_with_its_words(name: str) -> None:
    """In the key of the dialect, and nothing is done to the depot."""
    spoken = DIALECTS[name]
    answer = with_world(
        spoken, lambda world: behaviour.answer(world, "Presystem1", request(LIST, {}), (Violation("too early"),))
    )
    assert (answer.envelope.payload, answer.apply) == ({spoken.error_key: "too early"}, None)


def test_list_is_worked_out_before_it_is_taken_over() -> None:
    """The answer stands, the depot doesn't know of it until somebody applies it."""

    def ask(world: World) -> tuple[int, int, int]:
        answer = behaviour.answer(world, "Presystem1", request(LIST, {"chargingRequestList": [entry(1)]}), ())
        assert answer is not None
        assert answer.apply is not None
        stored = [len(world.site.requests_of("Presystem1"))]
        for applied in (False, True):
            answer.apply(applied)
            stored.append(len(world.site.requests_of("Presystem1")))
        return stored[0], stored[1], stored[2]

    assert with_world(DIALECTS["chargepilot"], ask) == (0, 0, 1)


@pytest.mark.parametrize(
    ("survive", "message_type", "is_booted", "left"),
    [
        (True, MessageType.CONFIRMATION, True, 1),
        (False, MessageType.CONFIRMATION, True, 0),
        (False, MessageType.CONFIRMATION, False, 1),
        (False, MessageType.ERROR, True, 1),
    ],
)
def test_requests_may_be_forgotten_when_a_boot_is_accepted(
    survive: bool, message_type: MessageType, is_booted: bool, left: int
) -> None:
    """If the profile says so, and only then; neither a rejection nor an error answer is an accepted boot."""
    boot = request(Action.BOOT_NOTIFICATION, {"status": "Accepted"}, message_type)

    def ask(world: World) -> int:
        answer = behaviour.answer(world, "Presystem1", request(LIST, {"chargingRequestList": [entry(1)]}), ())
        assert answer is not None
        assert answer.apply is not None
        answer.apply(True)
        behaviour.has_sent(world, "Presystem1", boot, is_booted=is_booted)
        return len(world.site.requests_of("Presystem1"))

    profile = Profile(cms=CmsSettings(requests_survive=survive))
    assert left == with_world(DIALECTS["chargepilot"], ask, profile)


@pytest.mark.parametrize("partial", [False, True])
def test_half_of_a_bad_list_is_carried_out_if_the_profile_says_so(partial: bool) -> None:
    """It is answered by an error either way."""
    bad = entry(2) | {"chargingPointId": "nowhere"}

    def ask(world: World) -> tuple[MessageType, list[str]]:
        answer = behaviour.answer(world, "Presystem1", request(LIST, {"chargingRequestList": [entry(1), bad]}), ())
        assert answer is not None
        assert answer.apply is not None
        answer.apply(True)
        return answer.envelope.message_type, list(world.site.requests_of("Presystem1"))

    expected = [entry(1)["chargingRequestId"]] if partial else []
    profile = Profile(cms=CmsSettings(partial_lists=partial))
    assert with_world(DIALECTS["chargepilot"], ask, profile) == (MessageType.ERROR, expected)


@pytest.mark.parametrize("name", DIALECTS)
def test_push_is_a_request_of_ours(name: str) -> None:
    """With a new id each time, under the id of the presystem."""
    one, other = with_world(
        DIALECTS[name], lambda world: [behaviour.push(world, "Presystem1"), behaviour.push(world, "Presystem1")]
    )
    reading = envelopes.read(envelopes.write(one))
    assert reading.defects == ()
    assert (one.message_type, one.action) == (MessageType.REQUEST, Action.PROVIDE_CHARGING_INFORMATION)
    assert (one.payload, one.message_id != other.message_id) == (other.payload, True)


def test_request_with_an_unknown_action_is_refused_as_it_came() -> None:
    """It can be answered, so it is: same id, same action, the text under the dialect's key."""
    slots: tuple[Any, ...] = (1, "BMS", "Presystem1", "2031-03-04T17:20:00Z", "an id", "Heartbeat", {})
    refusal = with_world(DIALECTS["chargepilot"], lambda world: behaviour.refuse_unknown(world, slots))
    assert (refusal.message_type, refusal.message_id, refusal.action) == (MessageType.ERROR, "an id", "Heartbeat")
    assert refusal.payload == {"message": "The action 'Heartbeat' is unknown."}


@pytest.mark.parametrize(
    "slots", [(), (2, "BMS", "P", "t", "id", "Heartbeat", {}), (1, 7, "P", "t", "id", "Heartbeat", {}),
              (1, "BMS", "P", "t", 5, "Heartbeat", {}), (True, "BMS", "P", "t", "id", "Heartbeat", {})],
)  # fmt: skip
def test_what_is_no_request_is_left_alone(slots: tuple[Any, ...]) -> None:
    """Answers, and frames that name nobody to answer, get nothing."""
    assert with_world(DIALECTS["chargepilot"], lambda world: behaviour.refuse_unknown(world, slots)) is None
