"""What armed faults make of each message and each connection."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.errors import ScenarioError
from mockpilot.faults import Fault, answer, certificate, delay, drop, lose, refuse, repeat
from mockpilot.faults.injector import Departure, Fate, Injector, Occasion
from mockpilot.protocol.envelope import Action, Encoded, Envelope, MessageType, write
from mockpilot.protocol.vocabulary import dialect

BOOT, LIST, PUSH = Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION
ID = "b5c1cf63-2e0d-4b27-9a4c-0d7d3a1f2e50"


def message(message_type: MessageType, action: Action) -> Envelope:
    """A message of that kind."""
    return Envelope(message_type, "CMS", "Presystem1", "2031-03-04T17:20:00Z", ID, action, Encoded(b"{}"))


CONFIRMED_LIST = message(MessageType.CONFIRMATION, LIST)
CONFIRMED_BOOT = message(MessageType.CONFIRMATION, BOOT)
PUSHED = message(MessageType.REQUEST, PUSH)
ALL = [message(message_type, action) for message_type in MessageType for action in Action]


def armed_with(*faults: Fault) -> Injector:
    """An injector with these faults at work."""
    injector = Injector(dialect("vdv-1.1"), random.Random, "7")
    for fault in faults:
        injector.arm(fault)
    return injector


def hit(injector: Injector, envelopes: list[Envelope]) -> list[int]:
    """Which of these messages a fault struck, counted from 1."""
    return [n for n, envelope in enumerate(envelopes, 1) if injector.fate_of(envelope).struck]


@given(st.sampled_from(ALL))
def test_nothing_armed_leaves_messages_as_they_are(envelope: Envelope) -> None:
    """The same object leaves at once, so its bytes are the same."""
    fate = armed_with().fate_of(envelope)
    assert fate == Fate((Departure(envelope),))
    assert fate.departures[0].envelope is envelope
    assert write(fate.departures[0].envelope) == write(envelope)
    assert (fate.applied, fate.withheld_by) == (True, None)


@pytest.mark.parametrize(("fault", "struck"), [
    (lose("confirmation"), [(2, action) for action in Action]),
    (lose("confirmation", LIST), [(2, LIST)]),
    (lose("request", PUSH), [(1, PUSH)]),
    (lose("error"), [(3, action) for action in Action]),
    (delay("request", by=1.0), [(1, action) for action in Action]),
    (repeat("confirmation", BOOT), [(2, BOOT)]),
    (answer(LIST, "error"), [(2, LIST)]),
    (drop("reset"), []), (drop("reset", action=LIST, when="before-answer"), []), (refuse(503), []), (refuse("tcp"), []),
    (certificate("unknown-ca"), []),
])  # fmt: skip
def test_fault_strikes_what_it_selects_and_nothing_else(fault: Fault, struck: list[tuple[int, Action]]) -> None:
    """Over all types and actions."""
    injector = armed_with(fault)
    assert [(int(one.message_type), one.action) for one in ALL if injector.fate_of(one).struck] == struck


@pytest.mark.parametrize(("nth", "struck"), [(None, [1, 2, 3, 4]), (1, [1]), (3, [3]), ((2, 4), [2, 4]), (9, [])])
def test_nth_counts_from_arming_among_what_matches(nth: int | tuple[int, ...] | None, struck: list[int]) -> None:
    """Messages before the arming and messages of other kinds don't count."""
    injector = armed_with()
    injector.fate_of(PUSHED)
    injector.arm(lose("request", PUSH, nth=nth) if nth else lose("request", PUSH))
    matching: list[int] = []
    for number in range(1, 5):
        injector.fate_of(CONFIRMED_BOOT)
        if injector.fate_of(PUSHED).struck:
            matching.append(number)
    assert matching == struck
    assert (injector.armed[0].matched, injector.armed[0].fired) == (4, len(struck))


def test_first_fault_that_strikes_has_the_message() -> None:
    """One message, one fault; the second waits for its turn."""
    injector = armed_with(lose("request", nth=1), repeat("request", nth=1))
    assert injector.fate_of(PUSHED).withheld_by == "lose"
    assert len(injector.fate_of(PUSHED).departures) == 2
    assert injector.fate_of(PUSHED).struck == ()


def test_disarmed_fault_strikes_no_more_and_keeps_its_evidence() -> None:
    """What it did stays known."""
    injector = armed_with(lose("request"))
    injector.fate_of(PUSHED)
    injector.disarm(injector.armed[0])
    assert not injector.fate_of(PUSHED).struck
    assert injector.armed[0].fired == 1


def test_arm_names_faults_by_their_verb() -> None:
    """One name each; one that was given is kept, and may not be given twice."""
    injector = armed_with(lose("request"), lose("request", name="lose-2"), lose("request"), repeat("request"))
    assert [armed.name for armed in injector.armed] == ["lose", "lose-2", "lose-3", "repeat"]
    with pytest.raises(ScenarioError, match="armed already"):
        injector.arm(lose("error", name="lose-2"))


@pytest.mark.parametrize("applied", [True, False])
def test_lose_withholds(applied: bool) -> None:
    """Nothing leaves; whether the list is taken over is the fault's to say."""
    fate = armed_with(lose("confirmation", applied=applied)).fate_of(CONFIRMED_LIST)
    assert (fate.departures, fate.withheld_by, fate.applied) == ((), "lose", applied)


def test_delay_sends_the_same_later() -> None:
    """Unaltered, so it moves the session when it leaves."""
    fate = armed_with(delay("confirmation", by=20.0)).fate_of(CONFIRMED_LIST)
    assert fate.departures == (Departure(CONFIRMED_LIST, 20.0, "delay"),)
    assert fate.applied


def test_repeat_sends_copies() -> None:
    """The first as if nothing were, the others with the fault's name and for nobody's session."""
    assert armed_with(repeat("request", times=3, gap=0.5)).fate_of(PUSHED).departures == (
        Departure(PUSHED), Departure(PUSHED, 0.5, "repeat", unaltered=False),
        Departure(PUSHED, 1.0, "repeat", unaltered=False),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "changed"), [
    ("error", {"message_type": MessageType.ERROR, "payload": {"errorMessage": "The request was refused."}}),
    ("wrong-id", {"message_id": ID[:-1] + "1"}),
    ("wrong-action", {"action": BOOT}),
    ("wrong-presystem", {"presystem_id": "Presystem1-other"}),
])  # fmt: skip
def test_answer_says_something_else(kind: str, changed: dict[str, object]) -> None:
    """Exactly one thing is other than it should be; it moves no session, and the list is not taken over."""
    fate = armed_with(answer(LIST, kind, by=2.0)).fate_of(CONFIRMED_LIST)
    meant = Envelope(**{slot: getattr(CONFIRMED_LIST, slot) for slot in CONFIRMED_LIST.__slots__} | changed)
    assert fate.departures == (Departure(meant, 2.0, "answer", unaltered=False),)
    assert not fate.applied


def test_answer_rejected_moves_the_session() -> None:
    """A rejection is what the CMS says, so the link is rejected."""
    departure = armed_with(answer(BOOT, "rejected")).fate_of(CONFIRMED_BOOT).departures[0]
    assert (departure.envelope.payload, departure.unaltered) == ({"status": "Rejected"}, True)


def test_answer_wrong_action_is_wrong_for_every_action() -> None:
    """The boot gets one that isn't the boot's."""
    assert armed_with(answer(BOOT, "wrong-action")).fate_of(CONFIRMED_BOOT).departures[0].envelope.action is not BOOT


def test_answer_error_says_what_it_was_given() -> None:
    """In the key of the dialect."""
    fate = armed_with(answer(LIST, "error", text="Depot closed.")).fate_of(CONFIRMED_LIST)
    assert fate.departures[0].envelope.payload == {"errorMessage": "Depot closed."}


@given(st.text(max_size=40))
def test_answer_wrong_id_is_never_the_same(message_id: str) -> None:
    """Whatever the id, the other one differs."""
    asked = replace(CONFIRMED_LIST, message_id=message_id)
    assert armed_with(answer(LIST, "wrong-id")).fate_of(asked).departures[0].envelope.message_id != message_id


def test_drop_waits_for_its_message() -> None:
    """Selected by the presystem's request; a drop that is now waits for none."""
    injector = armed_with(drop("reset"), drop("reset", action=LIST, nth=2, when="before-read"))
    asked = message(MessageType.REQUEST, LIST)
    found = [injector.drop_for(one) for one in (asked, message(MessageType.REQUEST, BOOT), asked, asked)]
    assert [armed.name if armed else None for armed in found] == [None, None, "drop-2", None]


def refused(injector: Injector, link: int = 1, *, offers: bool = True) -> str | None:
    """Name of the fault that refuses an upgrade."""
    armed = injector.refusal_of_upgrade(Occasion(0.0, link, "Presystem1"), offers=offers)
    return armed.name if armed else None


def test_refuse_counts_attempts() -> None:
    """Two are refused, the third is not; refused TCP and dropped connections are not the upgrade's affair."""
    injector = armed_with(refuse("tcp"), refuse("accept-and-drop"), refuse(503, attempts=2))
    assert [refused(injector) for _ in range(3)] == ["refuse-3", "refuse-3", None]


def test_refuse_without_a_count_goes_on_until_disarmed() -> None:
    """As an outage does."""
    injector = armed_with(refuse(503))
    assert all(refused(injector) for _ in range(50))
    injector.disarm(injector.armed[0])
    assert refused(injector) is None


def test_refuse_meets_the_connections_that_are_meant() -> None:
    """By number of the link, by number of the attempt, by presystem; others aren't counted."""
    injector = armed_with(refuse(503, link=3), refuse("redirect", nth=2, link="Presystem1"), refuse(500, link="other"))
    assert [refused(injector, link) for link in (1, 2, 3, 4)] == [None, "refuse-2", "refuse", None]


def test_refuse_subprotocol_meets_only_who_offers_one() -> None:
    """Nobody misses what was not offered; an alien one is alien to everybody."""
    injector = armed_with(refuse("subprotocol"))
    assert [refused(injector, offers=offers) for offers in (False, True)] == [None, "refuse"]
    assert refused(armed_with(refuse("alien-subprotocol")), offers=False) == "refuse"


def test_dropped_connections_are_counted_too() -> None:
    """Whatever they would have asked for."""
    injector = armed_with(refuse(503), refuse("accept-and-drop", attempts=1))
    found = [injector.refusal_of_connection(Occasion(0.0, link)) for link in (1, 2)]
    assert [armed.name if armed else None for armed in found] == ["refuse-2", None]


def test_certificate_is_shown_until_it_was_met() -> None:
    """Looking it up doesn't count; the handshake does."""
    injector, here = armed_with(certificate("wrong-host", handshakes=1)), Occasion(0.0, 1)
    armed = injector.certificate_for_handshake(here)
    assert armed is not None
    assert injector.certificate_for_handshake(here) is armed
    injector.met_handshake(here, armed)
    assert injector.certificate_for_handshake(here) is None


def test_certificate_counts_handshakes_that_it_is_not_shown() -> None:
    """The third and only the third, among those of the link that is meant."""
    injector, shown = armed_with(certificate("expired", nth=3)), []
    for link in range(1, 6):
        armed = injector.certificate_for_handshake(Occasion(0.0, link))
        injector.met_handshake(Occasion(0.0, link), armed)
        shown += [link] if armed else []
    assert shown == [3]
