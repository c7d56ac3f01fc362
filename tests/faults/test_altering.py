"""What altered messages look like."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from faults.pushes import ALL_DIALECTS, payload, push
from mockpilot.faults import damage
from mockpilot.faults.altering import HARMLESS, Form, damaged, is_still_said
from mockpilot.faults.words import DAMAGES
from mockpilot.protocol.envelope import Action, Envelope, MessageType, Trouble, read, write
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, Dialect

PUSHED = push(DEFAULT_DIALECT)
BOOT = Action.BOOT_NOTIFICATION
CONFIRMED = Envelope(
    MessageType.CONFIRMATION, "CMS", "Presystem1", PUSHED.timestamp, PUSHED.message_id, BOOT, {"status": "Accepted"}
)
MIB = 2**20


def form(how: str, size: int = 0) -> Form:
    """A push with that damage."""
    return damaged(damage(how, size=size or (MIB if how == "huge" else 0)), PUSHED)


@pytest.mark.parametrize(("how", "troubles"), [
    ("not-json", {Trouble.NOT_JSON}), ("object", {Trouble.NOT_AN_ARRAY}), ("six-slots", {Trouble.SLOT_COUNT}),
    ("eight-slots", {Trouble.SLOT_COUNT}), ("type", {Trouble.MESSAGE_TYPE}), ("cut", {Trouble.NOT_JSON}),
    ("absurd", set()), ("extra-field", set()), ("unknown-value", set()), ("fragments", set()), ("split-utf8", set()),
    ("ping-between", set()), ("huge", set()),
])  # fmt: skip
def test_text_is_wrong_in_exactly_one_way(how: str, troubles: set[Trouble]) -> None:
    """What has no defect is a good envelope."""
    made = form(how)
    assert made.text is not None
    assert made.whole == made.text.encode()
    assert {defect.trouble for defect in read(made.text).defects} == troubles


@pytest.mark.parametrize("how", ["binary", "bad-utf8"])
def test_bytes_have_no_text(how: str) -> None:
    """Binary holds the very text; bad UTF-8 comes in a text frame and cannot be decoded."""
    made = form(how)
    assert made.text is None
    assert [part.kind for part in made.parts] == ["binary" if how == "binary" else "text"]
    if how == "binary":
        assert made.whole == write(PUSHED).encode()
    else:
        with pytest.raises(UnicodeDecodeError):
            made.whole.decode()


@pytest.mark.parametrize("how", ["fragments", "split-utf8", "ping-between"])
def test_frames_make_up_the_same_message(how: str) -> None:
    """First a text frame, then continuations, the last one said to be it."""
    made = form(how)
    data = [part for part in made.parts if part.kind != "ping"]
    assert made.whole == write(PUSHED).encode()
    assert [part.kind for part in data] == ["text"] + ["continuation"] * (len(data) - 1)
    assert [part.last for part in data] == [False] * (len(data) - 1) + [True]
    assert len(data) >= 2
    assert [part.kind for part in made.parts].count("ping") == (how == "ping-between")


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
def test_split_utf8_parts_a_character(dialect: Dialect) -> None:
    """No frame ends where a character does, and the push stays valid."""
    made = damaged(damage("split-utf8"), push(dialect))
    with pytest.raises(UnicodeDecodeError):
        made.parts[0].payload.decode()
    envelope = read(made.text or "").envelope
    assert envelope is not None
    assert violations(envelope.payload, dialect, PUSHED.action, MessageType.REQUEST) == []


def test_split_utf8_brings_a_character_where_there_is_none() -> None:
    """A depot whose name is plain gets an umlaut."""
    plain = payload(DEFAULT_DIALECT)
    plain["depotInfoList"][0]["name"] = "North"
    made = damaged(damage("split-utf8"), replace(PUSHED, payload=plain))
    assert "North (Süd)" in (made.text or "")


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("size", [MIB, 4 * MIB])
def test_huge_is_a_valid_push_of_that_size(dialect: Dialect, size: int) -> None:
    """By many more points, each with an id of its own."""
    made = damaged(damage("huge", size=size), push(dialect))
    assert size <= len(made.whole) < 1.02 * size
    envelope = read(made.text or "").envelope
    assert envelope is not None
    assert violations(envelope.payload, dialect, PUSHED.action, MessageType.REQUEST) == []
    ids = [point["chargingPointId"] for station in envelope.payload["depotInfoList"][0]["chargingStationInfoList"]
           for point in station["chargingPointInfoList"]]  # fmt: skip
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize(("how", "keyword"), [("extra-field", "additionalProperties"), ("unknown-value", "enum")])
def test_one_place_of_a_push_is_not_in_the_schema(how: str, keyword: str, dialect: Dialect) -> None:
    """One violation, of that kind."""
    envelope = read(damaged(damage(how), push(dialect)).text or "").envelope
    assert envelope is not None
    found = violations(envelope.payload, dialect, PUSHED.action, MessageType.REQUEST)
    assert [one.keyword for one in found] == [keyword]


def test_boot_confirmation_can_be_damaged_too() -> None:
    """A field more, or a status that nobody knows."""
    found = [read(damaged(damage(how, "confirmation", BOOT), CONFIRMED).text or "").envelope
             for how in ("extra-field", "unknown-value")]  # fmt: skip
    assert [one.payload for one in found if one] == [{"status": "Accepted", "bayNumber": 7}, {"status": "Postponed"}]
    assert CONFIRMED.payload == {"status": "Accepted"}


def test_object_names_the_slots() -> None:
    """Seven keys in place of the array."""
    told = json.loads(form("object").text or "")
    assert list(told.values())[:6] == json.loads(write(PUSHED))[:6]
    assert len(told) == 7


def test_session_hears_of_what_still_says_the_same() -> None:
    """The harmless forms, and a push that is readable."""
    said = {how for how in DAMAGES if is_still_said(damage(how, size=9 if how == "huge" else 0), PUSHED)}
    assert said == {*HARMLESS, "extra-field", "unknown-value"}
    assert not is_still_said(damage("unknown-value", "confirmation", BOOT), CONFIRMED)
