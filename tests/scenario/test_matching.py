"""What a scenario can wait for, as predicates over events."""

from __future__ import annotations

import json

import pytest

from mockpilot.errors import ScenarioError
from mockpilot.history.events import (
    Event,
    FirstBytes,
    LinkEnded,
    Mark,
    MessageReceived,
    MessageSent,
    StepProvoked,
    TcpAccepted,
    UpgradeAnswered,
)
from mockpilot.scenario.matching import (
    EVENT_NAMES,
    WORDS,
    answers_a_boot,
    asks_for_something,
    envelope_of,
    is_answer_to,
    is_end,
    is_link,
    predicate,
    push_of,
    spoken,
)

PUSH, LIST, BOOT = "ProvideChargingInformation", "ProvideChargingRequests", "BootNotification"
ID = "5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c11"


def said(kind: int, action: str, payload: object = None, source: str = "BMS") -> str:
    """A message as it travels."""
    return json.dumps([kind, source, "depot-7", "2031-03-04T17:20:00Z", ID, action, payload or {}])


def received(kind: int, action: str) -> Event:
    """A message of the presystem."""
    return MessageReceived(link=1, text=said(kind, action))


def sent(kind: int, action: str, payload: object = None) -> Event:
    """A message of ours."""
    return MessageSent(link=1, text=said(kind, action, payload, "CMS"))


EVENTS = {
    "attempt": FirstBytes(link=1, looks_like="tls"),
    "link": UpgradeAnswered(link=1, status=101),
    "refusal": UpgradeAnswered(link=1, status=401),
    "tcp_accepted": TcpAccepted(link=1, peer="127.0.0.1"),
    "boot": received(1, BOOT),
    "accepted": sent(2, BOOT, {"status": "Accepted"}),
    "rejected": sent(2, BOOT, {"status": "Rejected"}),
    "answer": received(2, PUSH),
    "error answer": received(3, PUSH),
    "our push": sent(1, PUSH),
    "list": received(1, LIST),
    "our confirmation": sent(2, LIST),
    "no envelope": MessageReceived(link=1, text="BootNotification"),
    "no text": MessageReceived(link=1, base64="/w=="),
    "mark": Mark(text="here"),
}


@pytest.mark.parametrize(("word", "names"), [
    (BOOT, {"boot"}),
    (LIST, {"list"}),
    (PUSH, set[str]()),
    ("attempt", {"attempt"}),
    ("link", {"link"}),
    ("accepted", {"accepted"}),
    ("answer", {"answer", "error answer"}),
    ("tcp_accepted", {"tcp_accepted"}),
    ("upgrade_answered", {"link", "refusal"}),
    ("mark", {"mark"}),
])  # fmt: skip
def test_a_word_means_these_events(word: str, names: set[str]) -> None:
    """And no others."""
    matches = predicate(word)
    assert {name for name, event in EVENTS.items() if matches(event)} == names


def test_accepted_counts_under_the_id_of_a_boot_of_its_link() -> None:
    """One under a foreign id, or on another link, accepts nothing."""
    accepted, boot = EVENTS["accepted"], EVENTS["boot"]
    elsewhere = MessageReceived(link=2, text=said(1, BOOT))
    other = MessageReceived(link=1, text=said(1, BOOT).replace(ID, ID[::-1]))
    capitals = MessageReceived(link=1, text=said(1, BOOT).replace(ID, ID.upper()))
    assert answers_a_boot(accepted, [other, boot])
    assert answers_a_boot(accepted, [capitals])
    assert not answers_a_boot(accepted, [other, elsewhere, EVENTS["list"]])


@pytest.mark.parametrize(("payload", "asks"), [
    ({"chargingRequestList": [{"chargingRequestId": "a"}]}, True),
    ({"chargingRequestList": [{"chargingInstruction": "Terminate"}, {"chargingInstruction": "Normal"}]}, True),
    ({"chargingRequestList": {"not": "a list"}}, True),
    ({"chargingRequestList": [7]}, True),
    ({"chargingRequestList": [{"chargingInstruction": "Terminate"}]}, False),
    ({"chargingRequestList": []}, False),
    ({"chargingRequestList": None}, False),
    ({}, False),
])  # fmt: skip
def test_list_asks_for_something_unless_it_is_clearly_empty(payload: object, asks: bool) -> None:
    """What cannot be read is for others to judge."""
    assert asks_for_something(MessageReceived(link=1, text=said(1, LIST, payload))) is asks


def test_push_tells_of_points_if_it_tells_of_a_depot() -> None:
    """Whatever else went out is none."""
    payload = {"depotInfoList": [{"depotId": "d"}]}
    assert push_of(sent(1, PUSH, payload)) == payload
    assert push_of(sent(1, PUSH, {"depotInfoList": []})) is None
    assert {name for name, event in EVENTS.items() if push_of(event) is not None} == set()


@pytest.mark.parametrize("word", ["", "boot", "bootnotification", "message"])
def test_an_unknown_word_is_a_mistake_of_the_author(word: str) -> None:
    """The known ones are named."""
    with pytest.raises(ScenarioError, match="wait_for: one of attempt, link, accepted, answer"):
        predicate(word)


def test_every_word_and_event_can_be_waited_for_and_spoken() -> None:
    """In words that a person reads in the progress display."""
    for word in (*WORDS, *EVENT_NAMES):
        assert callable(predicate(word))
        assert "_" not in spoken(word)


def test_envelope_is_read_where_there_is_one() -> None:
    """From messages of both sides."""
    readable = {name for name, event in EVENTS.items() if envelope_of(event) is not None}
    assert readable == {
        "boot", "accepted", "rejected", "answer", "error answer", "our push", "list", "our confirmation"
    }


def test_links_begin() -> None:
    """With an upgrade that was accepted, not with one that was refused, nor with an end."""
    ended = LinkEnded(link=1, by="us", how="cleanly")
    assert [is_link(EVENTS["link"]), is_link(EVENTS["refusal"]), is_link(ended)] == [True, False, False]


def test_answer_to_a_push_carries_its_id() -> None:
    """Ids are compared as values; a request with that id answers nothing."""
    assert is_answer_to(received(2, PUSH), ID.upper())
    assert is_answer_to(received(3, PUSH), ID)
    assert not is_answer_to(received(2, PUSH), ID.replace("5e", "6e"))
    assert not is_answer_to(received(1, PUSH), ID)


def test_end_of_a_link_is_a_close_or_the_end() -> None:
    """Of that link alone."""
    assert is_end(LinkEnded(link=1, by="us", how="cleanly"), 1)
    assert not is_end(LinkEnded(link=2, by="us", how="cleanly"), 1)
    assert not is_end(received(2, PUSH), 1)


def a_list(*ids: str) -> MessageReceived:
    """A list with these entries."""
    entries = [{"chargingRequestId": one} for one in ids]
    return MessageReceived(text=said(1, LIST, {"chargingRequestList": entries}))


def test_news_is_a_list_that_says_something_else_than_before_the_step() -> None:
    """Whoever sends its list with every push says the old one now and then while the step takes effect."""
    history = [a_list(), a_list("a"), StepProvoked(step="create-request", charging_point_id="P1"), a_list("a")]
    is_news = predicate("news", history)
    assert not is_news(a_list("a"))
    assert not is_news(MessageReceived(text=said(1, BOOT)))
    assert is_news(a_list("a", "b"))
    assert is_news(a_list())


def test_any_list_is_news_where_nothing_was_said_or_provoked() -> None:
    """There is nothing to compare it with."""
    assert predicate("news")(a_list("a"))
    assert predicate("news", [a_list("a")])(a_list("a"))
    assert predicate("news", [StepProvoked(step="create-request", charging_point_id="P1")])(a_list("a"))
