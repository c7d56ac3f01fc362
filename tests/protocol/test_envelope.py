"""Reading frames into envelopes: every defect as data, nothing raised."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.protocol.envelope import (
    Action,
    Encoded,
    Envelope,
    MessageType,
    Trouble,
    answer_to,
    format_timestamp,
    new_message_id,
    parse_timestamp,
    read,
    same_id,
    write,
    write_pieces,
)
from mockpilot.protocol.strict_json import DEEPEST

ID = "b5c1cf63-2e0d-4b27-9a4c-0d7d3a1f2e55"
STAMP = "2031-03-04T17:20:00.000Z"
BOOT = [1, "BMS", "Presystem1", STAMP, ID, "BootNotification", {"presystem": "BMS"}]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
ENVELOPES = st.builds(
    Envelope,
    st.sampled_from(MessageType), TEXTS, TEXTS, st.just(STAMP), st.uuids().map(str), st.sampled_from(Action),
    st.dictionaries(TEXTS, JSON, max_size=5),
)  # fmt: skip


def frame(slot: int | None = None, value: object = None) -> str:
    """A boot notification, with one slot replaced."""
    return json.dumps([value if n == slot else item for n, item in enumerate(BOOT)])


def troubles(text: str | bytes) -> list[Trouble]:
    """What is wrong with a frame."""
    return [defect.trouble for defect in read(text).defects]


def test_read_finds_nothing_wrong_with_a_clean_frame() -> None:
    """Seven good slots are an envelope without a defect."""
    reading = read(frame())
    assert reading.defects == ()
    assert reading.envelope == Envelope(
        MessageType.REQUEST, "BMS", "Presystem1", STAMP, ID, Action.BOOT_NOTIFICATION, {"presystem": "BMS"}
    )


@pytest.mark.parametrize("text", [
    "", " ", "boot", "[1,", "[1,2]]", "[1,]", '{"a":1,}', "[NaN]", "[Infinity]", "[-Infinity]", "[1e999]", "[-1e999]",
    "[/* one */1]", "[1] // one", "['a']", "[01]", "[.5]", "[1.]", "[+1]", '["\t"]', "[0x1]", "undefined", "[1][2]",
    "\ufeff\ufeff[]", "[" + "9" * 5000 + "]", "[" + "9" * 310 + "]", "[-" + "9" * 400 + "]",
    "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000,
])  # fmt: skip
def test_read_tells_what_is_no_json(text: str) -> None:
    """What RFC 8259 does not allow, or no double and no reasonable nesting holds, has no envelope."""
    reading = read(text)
    assert reading.envelope is None
    assert reading.defects[-1].trouble is Trouble.NOT_JSON
    assert reading.defects[-1].found


@pytest.mark.parametrize("text", ["{}", "1", '"[]"', "null", "true", "1.5"])
def test_read_tells_what_is_no_array(text: str) -> None:
    """Any other JSON value is no envelope."""
    assert troubles(text) == [Trouble.NOT_AN_ARRAY]


@pytest.mark.parametrize("count", [0, 1, 6, 8, 1000])
def test_read_tells_a_wrong_number_of_slots(count: int) -> None:
    """Seven are wanted, and what stood there is kept."""
    slots = (BOOT * 200)[:count]
    reading = read(json.dumps(slots))
    assert (reading.envelope, reading.slots) == (None, tuple(slots))
    assert [defect.trouble for defect in reading.defects] == [Trouble.SLOT_COUNT]


@pytest.mark.parametrize(("slot", "value", "trouble", "is_read_past"), [
    (0, 4, Trouble.MESSAGE_TYPE, False), (0, 0, Trouble.MESSAGE_TYPE, False), (0, "1", Trouble.MESSAGE_TYPE, True),
    (0, True, Trouble.MESSAGE_TYPE, False), (0, None, Trouble.MESSAGE_TYPE, False),
    (0, [1], Trouble.MESSAGE_TYPE, False),
    (0, 1.5, Trouble.MESSAGE_TYPE, False), (0, "one", Trouble.MESSAGE_TYPE, False),
    (0, {}, Trouble.MESSAGE_TYPE, False),
    (0, 10**300, Trouble.MESSAGE_TYPE, False), (0, "9" * 5000, Trouble.MESSAGE_TYPE, False),
    (0, 1.0, Trouble.FRACTIONAL_INTEGER, True),
    (1, None, Trouble.SOURCE, False), (1, 1, Trouble.SOURCE, False), (1, ["BMS"], Trouble.SOURCE, False),
    (2, None, Trouble.PRESYSTEM_ID, False), (2, 7, Trouble.PRESYSTEM_ID, False), (2, {}, Trouble.PRESYSTEM_ID, False),
    (3, 0, Trouble.TIME_STAMP, True), (3, "yesterday", Trouble.TIME_STAMP, True), (3, None, Trouble.TIME_STAMP, True),
    (4, ID[:-1], Trouble.MESSAGE_ID, True), (4, ID.replace("-", ""), Trouble.MESSAGE_ID, True),
    (4, "{" + ID + "}", Trouble.MESSAGE_ID, True), (4, "urn:uuid:" + ID, Trouble.MESSAGE_ID, True),
    (4, ID + "\n", Trouble.MESSAGE_ID, True), (4, "", Trouble.MESSAGE_ID, True), (4, 1, Trouble.MESSAGE_ID, False),
    (4, ID[:-1] + "g", Trouble.MESSAGE_ID, True), (4, ID[:-1] + "\u0665", Trouble.MESSAGE_ID, True),
    (5, "Heartbeat", Trouble.ACTION, False), (5, "bootNotification", Trouble.ACTION, True),
    (5, "ProvideChargingRequest", Trouble.ACTION, True), (5, "", Trouble.ACTION, False), (5, 5, Trouble.ACTION, False),
    (5, ["BootNotification"], Trouble.ACTION, False), (5, {}, Trouble.ACTION, False), (5, None, Trouble.ACTION, False),
    (6, [], Trouble.PAYLOAD, True), (6, None, Trouble.PAYLOAD, True), (6, "x", Trouble.PAYLOAD, True),
])  # fmt: skip
def test_read_tells_what_is_wrong_with_a_slot(slot: int, value: object, trouble: Trouble, is_read_past: bool) -> None:
    """One defect with the path of the slot; what can be read past is."""
    reading = read(frame(slot, value))
    assert [(defect.trouble, defect.path) for defect in reading.defects] == [(trouble, f"$[{slot}]")]
    assert (reading.envelope is not None) is is_read_past
    assert len(reading.defects[0].found) <= 60


def test_read_lists_all_defects_of_all_slots() -> None:
    """A frame with seven bad slots has seven defects, in order."""
    assert troubles("[null,null,null,null,null,null,null]") == [
        Trouble.MESSAGE_TYPE, Trouble.SOURCE, Trouble.PRESYSTEM_ID, Trouble.TIME_STAMP, Trouble.MESSAGE_ID,
        Trouble.ACTION, Trouble.PAYLOAD,
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "keys"), [
    ('{"presystem":"BMS","presystem":"BMS"}', ["presystem"]),
    ('{"a":{"b":[{"c":1,"c":2}]}}', ["c"]),
    ('{"a":1,"\\u0061":2}', ["a"]),
    ('{"a":{"x":1,"x":1},"b":{"y":1,"y":1,"y":1}}', ["x", "y"]),
    ('{"a":{"k":1},"b":{"k":1}}', []),
])  # fmt: skip
def test_read_tells_duplicate_keys_at_any_depth(text: str, keys: list[str]) -> None:
    """Each key that one object names twice is named once."""
    defects = read(frame(6, {}).replace("{}", text)).defects
    assert [(defect.trouble, defect.found) for defect in defects] == [(Trouble.DUPLICATE_KEY, key) for key in keys]


def test_read_reads_past_a_byte_order_mark() -> None:
    """The mark is a defect, the frame behind it is read."""
    reading = read("\ufeff" + frame())
    assert [defect.trouble for defect in reading.defects] == [Trouble.BYTE_ORDER_MARK]
    assert reading.envelope is not None


def test_read_reads_past_a_binary_message() -> None:
    """Binary is a defect, what it holds is read."""
    reading = read(frame().encode())
    assert [defect.trouble for defect in reading.defects] == [Trouble.BINARY]
    assert reading.envelope is not None


@pytest.mark.parametrize("data", [b"\xff\xfe", frame().encode("utf-16"), b'["\xed\xa0\x80"]', b"[\xc3\x28]"])
def test_read_tells_bytes_that_are_no_utf8(data: bytes) -> None:
    """Such bytes have no envelope."""
    assert read(data).envelope is None
    assert troubles(data) == [Trouble.BINARY, Trouble.NOT_UTF8]


@pytest.mark.parametrize(("slot", "path"), [(2, "presystem_id"), (4, "message_id"), (1, "source")])
def test_read_puts_a_sign_where_half_a_surrogate_pair_stands(slot: int, path: str) -> None:
    """An id that no UTF-8 can hold is told and mended, so that answers and recordings can be written."""
    reading = read(frame(slot, "x\ud800y"))
    assert Trouble.HALF_CHARACTER in [defect.trouble for defect in reading.defects]
    assert getattr(reading.envelope, path) == "x\ufffdy"


def test_read_mends_half_surrogates_in_keys_and_values_at_any_depth() -> None:
    """Keys, values and items of lists alike; a whole pair is a character."""
    text = frame(6, {"k\udc00": [{"v": "\ud83d"}], "whole": "\ud83d\ude8c"})
    reading = read(text)
    assert reading.envelope is not None
    assert reading.envelope.payload == {"k\ufffd": [{"v": "\ufffd"}], "whole": "\U0001f68c"}
    assert [defect.trouble for defect in reading.defects] == [Trouble.HALF_CHARACTER]


def test_read_takes_an_escaped_backslash_before_u_for_what_it_is() -> None:
    """The text of an escape is no escape."""
    assert troubles(frame(2, r"\ud800")) == []


def test_read_bounds_nesting_alike_wherever_it_is_called() -> None:
    """The limit is ours, not that of whatever stack happens to be left."""
    fits, deep = DEEPEST - 2, DEEPEST - 1
    assert troubles(frame(6, {}).replace("{}", '{"a":' + "[" * fits + "]" * fits + "}")) == []
    assert troubles(frame(6, {}).replace("{}", '{"a":' + "[" * deep + "]" * deep + "}")) == [Trouble.NOT_JSON]


@given(st.text(st.characters()))
def test_read_never_raises_on_text(text: str) -> None:
    """No text, half surrogates included, is too much."""
    read(text)


@given(st.binary())
def test_read_never_raises_on_bytes(data: bytes) -> None:
    """No bytes are too much."""
    read(data)


@given(st.lists(JSON, min_size=6, max_size=8), st.booleans())
def test_read_never_raises_on_arrays(slots: list[Any], escaped: bool) -> None:
    """Whatever stands in the slots; and what was read can be written."""
    reading = read(json.dumps(slots, ensure_ascii=escaped))
    if reading.envelope is not None:
        write(reading.envelope).encode()


PIECES = ["[", "]", "{", "}", '"', ",", ":", "1", "NaN", "\\ud800", "e9", "-", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=80))
def test_read_never_raises_on_pieces_of_json(pieces: list[str]) -> None:
    """Nor do the signs of JSON in any order."""
    read("".join(pieces))


@given(ENVELOPES)
def test_what_was_written_is_read_back(envelope: Envelope) -> None:
    """Writing and reading is a round trip without a defect."""
    reading = read(write(envelope))
    assert (reading.envelope, reading.defects) == (envelope, ())


@given(ENVELOPES)
def test_write_takes_an_encoded_payload_as_it_is(envelope: Envelope) -> None:
    """A payload that is JSON already gives the same frame as its value."""
    encoded = Encoded(json.dumps(envelope.payload, ensure_ascii=False, separators=(",", ":")).encode())
    again = replace(envelope, payload=encoded)
    assert write(again) == write(envelope)
    assert b"".join(write_pieces(again)) == b"".join(write_pieces(envelope)) == write(envelope).encode()
    assert any(piece is encoded.utf8 for piece in write_pieces(again))


def test_answer_repeats_what_correlates() -> None:
    """Message id, action and presystem id of the request; type, source, stamp and payload of its own."""
    request = read(frame()).envelope
    assert request is not None
    answer = answer_to(request, MessageType.CONFIRMATION, {"status": "Accepted"}, source="CMS", timestamp="now")
    assert answer == Envelope(
        MessageType.CONFIRMATION, "CMS", "Presystem1", "now", ID, Action.BOOT_NOTIFICATION, {"status": "Accepted"}
    )


@pytest.mark.parametrize(("text", "instant"), [
    ("2031-03-04T17:20:00Z", datetime(2031, 3, 4, 17, 20, tzinfo=UTC)),
    ("2031-03-04t17:20:00z", datetime(2031, 3, 4, 17, 20, tzinfo=UTC)),
    ("2031-03-04T17:20:00.5Z", datetime(2031, 3, 4, 17, 20, 0, 500_000, tzinfo=UTC)),
    ("2031-03-04T17:20:00.123456789Z", datetime(2031, 3, 4, 17, 20, 0, 123_456, tzinfo=UTC)),
    ("2031-03-04T19:20:00+02:00", datetime(2031, 3, 4, 17, 20, tzinfo=UTC)),
    ("2031-03-04T17:20:00-00:00", datetime(2031, 3, 4, 17, 20, tzinfo=UTC)),
    ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2016-12-31T15:59:60-08:00", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2032-02-29T00:00:00Z", datetime(2032, 2, 29, tzinfo=UTC)),
])  # fmt: skip
def test_parse_timestamp_reads_rfc_3339(text: str, instant: datetime) -> None:
    """Small letters, fractions of any length, offsets and leap seconds included."""
    assert parse_timestamp(text) == instant


@pytest.mark.parametrize("text", [
    "", "2031-03-04", "2031-03-04T17:20:00", "2031-03-04 17:20:00Z", "2031-03-04T17:20Z", "2031-3-4T17:20:00Z",
    "2031-02-30T00:00:00Z", "2031-02-29T00:00:00Z", "2031-13-01T00:00:00Z", "2031-00-01T00:00:00Z",
    "2031-03-04T24:00:00Z", "2031-03-04T17:60:00Z", "2031-03-04T17:20:61Z", "2031-03-04T17:20:60Z",
    "2031-03-04T17:20:00.Z", "2031-03-04T17:20:00+0200", "2031-03-04T17:20:00+24:00", "2031-03-04T17:20:00+02",
    "2031-03-04T17:20:00Z ", "2031-03-04T17:20:00Z\n", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01",
    "\u0662031-03-04T17:20:00Z", "20310304T172000Z", "1930000000",
])  # fmt: skip
def test_parse_timestamp_refuses_the_rest(text: str) -> None:
    """No date that is none, no offset missing, nothing beside it, nothing outside the calendar."""
    assert parse_timestamp(text) is None


@given(st.text(st.sampled_from("0123456789-:.TtZz+ "), max_size=30))
def test_parse_timestamp_never_raises(text: str) -> None:
    """Nor does anything that looks like one; and what it reads can be written."""
    instant = parse_timestamp(text)
    if instant is not None:
        format_timestamp(instant)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-1439, 1439))
def test_format_timestamp_is_read_back_to_the_millisecond(moment: datetime, minutes: int) -> None:
    """UTC with milliseconds and Z, whatever zone the instant came in."""
    instant = moment.replace(tzinfo=UTC)
    text = format_timestamp(instant + timedelta(minutes=minutes) - timedelta(minutes=minutes))
    read_back = parse_timestamp(text)
    assert read_back is not None
    assert text.endswith("Z")
    assert timedelta(0) <= instant - read_back < timedelta(milliseconds=1)


@given(st.integers(0, 2**200))
def test_new_message_id_is_a_version_4_uuid(bits: int) -> None:
    """Whatever the bits, it passes for a message id."""
    message_id = new_message_id(bits)
    assert (message_id[14], message_id[19] in "89ab") == ("4", True)
    assert troubles(frame(4, message_id)) == []


def test_same_id_compares_uuids_as_values() -> None:
    """Capitals make no difference."""
    assert same_id(ID, ID.upper())
    assert not same_id(ID, ID[:-1] + "0")
