"""What a test gets to see of a recording."""

from __future__ import annotations

import pytest

from conformance.playbook import Play, entry, uuid
from mockpilot.errors import ScenarioError
from mockpilot.history import events as ev
from mockpilot.protocol.vocabulary import v1_1_0, v2_0_0rc1
from mockpilot.testing.happening import Happening, StoredRequest, Transcript, awaited_words, wanted_words

LISTS, PUSHES = "ProvideChargingRequests", "ProvideChargingInformation"


def transcript(play: Play) -> Transcript:
    """A made recording."""
    return Transcript(play.events)


def test_messages_are_found_by_side_and_action() -> None:
    """An answer has the action of its request."""
    seen = transcript(Play().exchange())
    assert [one.action for one in seen.received()] == ["BootNotification", PUSHES]
    assert [one.action for one in seen.sent(PUSHES)] == [PUSHES]
    assert seen.received(LISTS) == []
    with pytest.raises(ValueError, match="is not a valid Action"):
        seen.sent("Pushes")


def test_list_names_its_requests() -> None:
    """Whatever else a message is names none."""
    seen = transcript(Play().exchange().asks(entry("r1"), entry("r2"), message_id=uuid(9)))
    (message,) = seen.matching(LISTS)
    assert (message.request_ids, message.message_id, message.link) == (("r1", "r2"), uuid(9), 1)
    assert seen.received(PUSHES)[0].request_ids == ()


def test_event_without_message_has_none() -> None:
    """Nothing raises on what a product may send."""
    assert Happening(ev.Mark(text="here")).payload is None
    unreadable = Happening(ev.MessageReceived(link=1, text="[1,"))
    assert (unreadable.action, unreadable.message_id, unreadable.request_ids) == ("", "", ())


def test_history_reads_as_lines() -> None:
    """All, or the last ones."""
    seen = transcript(Play().exchange())
    assert len(seen.lines()) == len(seen) == len(str(seen).splitlines())
    assert seen.lines(2) == seen.lines()[-2:]


def test_stored_request_reads_alike_in_every_version() -> None:
    """What a presystem did not say is None."""
    for words in (v1_1_0, v2_0_0rc1):
        data = words.ChargingRequestData(min_target_soc=50, max_target_soc=80)
        made = words.ChargingRequest(charging_request_id="r1", vehicle_id="4711", charging_request_data=data)
        stored = StoredRequest.of(made)
        assert (stored.id, stored.vehicle_id, stored.max_target_soc) == ("r1", "4711", 80)
        assert (stored.point_id, stored.priority, stored.departure) == (None, None, None)


def test_unknown_word_is_named_before_anybody_waits() -> None:
    """With the known ones."""
    assert awaited_words("answer") == "an answer to a push"
    with pytest.raises(ScenarioError, match="wait_for: one of"):
        awaited_words("anser")


def test_nobody_waits_for_a_push() -> None:
    """It is ours; but that no product sends one may be made sure of."""
    with pytest.raises(ScenarioError, match="pushes are ours; wait for 'answer'"):
        wanted_words("ProvideChargingInformation")
    assert wanted_words("ProvideChargingRequests") == "ProvideChargingRequests"
    assert awaited_words("ProvideChargingInformation") == "ProvideChargingInformation"
