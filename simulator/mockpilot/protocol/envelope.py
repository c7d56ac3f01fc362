"""The seven-slot envelope: text to slots and back, every defect of a frame as data.

Reading never raises. What can be read past is read past (a boot with a bad UUID is still a boot) and reported beside;
what cannot leaves the envelope out. Payloads are opaque here: their meaning is the vocabulary's, their validity the
schema's.
"""

from __future__ import annotations

import enum
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from mockpilot.protocol import strict_json
from mockpilot.protocol.strict_json import shortened

SLOT_COUNT = 7


class MessageType(enum.IntEnum):
    """First slot of the envelope."""

    REQUEST = 1
    CONFIRMATION = 2
    ERROR = 3


class Action(enum.StrEnum):
    """Sixth slot: the only three actions that the schemas know."""

    BOOT_NOTIFICATION = "BootNotification"
    PROVIDE_CHARGING_REQUESTS = "ProvideChargingRequests"
    PROVIDE_CHARGING_INFORMATION = "ProvideChargingInformation"


class Source(enum.StrEnum):
    """Second slot in the ChargePilot guideline; the schemas leave it a free string."""

    BMS = "BMS"
    ITCS = "ITCS"
    CMS = "CMS"


class Trouble(enum.StrEnum):
    """What can be wrong with a frame before its payload is looked at, in the order of the slots."""

    BINARY = "binary"                        # a binary WebSocket message
    NOT_UTF8 = "not-utf8"                    # bytes that are no UTF-8
    BYTE_ORDER_MARK = "byte-order-mark"      # text that begins with U+FEFF
    NOT_JSON = "not-json"                    # RFC 8259 does not allow it: NaN, comments, trailing commas included
    DUPLICATE_KEY = "duplicate-key"          # one object names one key twice
    HALF_CHARACTER = "half-character"        # an escape for half a surrogate pair; U+FFFD is read in its place
    NOT_AN_ARRAY = "not-an-array"
    SLOT_COUNT = "slot-count"                # not exactly seven
    MESSAGE_TYPE = "message-type"            # not the integer 1, 2 or 3
    FRACTIONAL_INTEGER = "fractional-integer"  # 1.0 where an integer is due
    SOURCE = "source"                        # no string
    PRESYSTEM_ID = "presystem-id"            # no string
    TIME_STAMP = "time-stamp"                # not an RFC 3339 date-time with offset
    MESSAGE_ID = "message-id"                # no hyphenated UUID
    ACTION = "action"                        # none of the three spellings
    PAYLOAD = "payload"                      # no object


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a frame."""

    trouble: Trouble
    path: str
    """JSON path of the place, ``$`` for the frame as a whole."""
    found: str
    """What stood there, shortened."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The seven slots, read as they were meant; ``Reading.defects`` says where that took good will."""

    message_type: MessageType
    source: str
    presystem_id: str
    timestamp: str
    message_id: str
    action: Action
    payload: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a frame."""

    envelope: Envelope | None
    defects: tuple[Defect, ...] = ()
    slots: tuple[Any, ...] = field(default=(), repr=False)
    """The array's items as they stood, for whoever wants to look past a defect; empty if there was no array."""


def read(frame: str | bytes) -> Reading:
    """Read one WebSocket message; bytes are a binary message."""
    if isinstance(frame, bytes):
        return _read_binary(frame)
    defects: list[Defect] = []
    if frame.startswith("\ufeff"):
        defects.append(Defect(Trouble.BYTE_ORDER_MARK, "$", "U+FEFF"))
        frame = frame[1:]
    try:
        parsed = strict_json.parse(frame)
    except strict_json.NotJson as error:
        return Reading(None, (*defects, Defect(Trouble.NOT_JSON, "$", str(error))))
    defects += [Defect(Trouble.DUPLICATE_KEY, "$", shortened(key)) for key in parsed.duplicate_keys]
    if parsed.halves_replaced:
        defects.append(Defect(Trouble.HALF_CHARACTER, "$", "an escape such as \\ud800 alone"))
    return _read_slots(parsed.value, defects)


def _read_binary(frame: bytes) -> Reading:
    binary = Defect(Trouble.BINARY, "$", f"{len(frame)} bytes")
    try:
        meant = read(frame.decode())
    except UnicodeDecodeError as error:
        return Reading(None, (binary, Defect(Trouble.NOT_UTF8, "$", str(error))))
    return Reading(meant.envelope, (binary, *meant.defects), meant.slots)


def _read_slots(value: Any, defects: list[Defect]) -> Reading:
    if not isinstance(value, list):
        return Reading(None, (*defects, Defect(Trouble.NOT_AN_ARRAY, "$", _kind(value))))
    slots = tuple(value)
    if len(slots) != SLOT_COUNT:
        return Reading(None, (*defects, Defect(Trouble.SLOT_COUNT, "$", f"{len(slots)} items")), slots)
    defects += _slot_defects(slots)
    message_type, action = _meant_type(slots[0]), _meant_action(slots[5])
    if message_type is None or action is None or not all(isinstance(slots[n], str) for n in (1, 2, 4)):
        return Reading(None, tuple(defects), slots)
    stamp = slots[3] if isinstance(slots[3], str) else ""
    envelope = Envelope(message_type, slots[1], slots[2], stamp, slots[4], action, slots[6])
    return Reading(envelope, tuple(defects), slots)


def _slot_defects(slots: tuple[Any, ...]) -> Iterator[Defect]:
    message_type, source, presystem_id, stamp, message_id, action, payload = slots
    if isinstance(message_type, float) and message_type in (1.0, 2.0, 3.0):
        yield Defect(Trouble.FRACTIONAL_INTEGER, "$[0]", repr(message_type))
    elif isinstance(message_type, bool) or message_type not in (1, 2, 3):
        yield Defect(Trouble.MESSAGE_TYPE, "$[0]", _show(message_type))
    if not isinstance(source, str):
        yield Defect(Trouble.SOURCE, "$[1]", _kind(source))
    if not isinstance(presystem_id, str):
        yield Defect(Trouble.PRESYSTEM_ID, "$[2]", _kind(presystem_id))
    if not isinstance(stamp, str) or parse_timestamp(stamp) is None:
        yield Defect(Trouble.TIME_STAMP, "$[3]", _show(stamp))
    if not isinstance(message_id, str) or not _UUID.fullmatch(message_id):
        yield Defect(Trouble.MESSAGE_ID, "$[4]", _show(message_id))
    if action not in tuple(Action):
        yield Defect(Trouble.ACTION, "$[5]", _show(action))
    if not isinstance(payload, dict):
        yield Defect(Trouble.PAYLOAD, "$[6]", _kind(payload))


def _meant_type(value: Any) -> MessageType | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return MessageType(int(value)) if float(value) == int(value) else None
    except (ValueError, OverflowError):
        return None


def _meant_action(value: Any) -> Action | None:
    if not isinstance(value, str):
        return None
    return _NEAR_SPELLINGS.get(_letters(value))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower()).removesuffix("s")


_NEAR_SPELLINGS = {_letters(action): action for action in Action} | {"boot": Action.BOOT_NOTIFICATION}

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def same_id(one: str, other: str) -> bool:
    """Compare message ids as values: a UUID in capitals is the same UUID."""
    return one == other or one.lower() == other.lower()


class Encoded(str):
    """A payload that is JSON already, as text and in the bytes it is made of: encoded once, not once per link."""

    __slots__ = ("utf8",)

    utf8: bytes

    def __new__(cls, utf8: bytes) -> Self:
        self = super().__new__(cls, utf8, "utf-8")
        self.utf8 = utf8
        return self


def write(envelope: Envelope) -> str:
    """Encode an envelope; the payload may be anything that is JSON, or ``Encoded``."""
    return f"{_head_of(envelope)},{_payload_of(envelope)}]"


def write_pieces(envelope: Envelope) -> tuple[bytes, ...]:
    """What ``write`` writes, in UTF-8 and in pieces: a payload that was encoded before is not copied."""
    payload = _payload_of(envelope)
    return _head_of(envelope).encode(), b",", payload.utf8 if isinstance(payload, Encoded) else payload.encode(), b"]"


def _head_of(envelope: Envelope) -> str:
    head = [int(envelope.message_type), envelope.source, envelope.presystem_id, envelope.timestamp,
            envelope.message_id, str(envelope.action)]  # fmt: skip
    return _dump(head)[:-1]


def _payload_of(envelope: Envelope) -> str:
    return envelope.payload if isinstance(envelope.payload, Encoded) else _dump(envelope.payload)


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def answer_to(request: Envelope, message_type: MessageType, payload: Any, *, source: str, timestamp: str) -> Envelope:
    """A confirmation or error answer: same message id, action and presystem id, a time stamp of its own."""
    return Envelope(
        message_type, source, request.presystem_id, timestamp, request.message_id, request.action, payload
    )


# RFC 3339 section 5.6: lower-case t and z are allowed, and a second of 60 is a leap second.
_DATE_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


def parse_timestamp(text: str) -> datetime | None:
    """Read an RFC 3339 date-time with offset as an instant, nanoseconds cut to microseconds; None if it is none.

    A leap second can only be the last second of a day in UTC, and reads as the second before it.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    seconds = "59" if second == "60" else second
    micros = ((fraction or ".")[1:] + "000000")[:6]
    zone = "+00:00" if offset in "Zz" else offset
    try:
        instant = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{seconds}.{micros}{zone}")
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or an offset that leads out of the calendar
        return None
    return instant if second != "60" or (in_utc.hour, in_utc.minute) == (23, 59) else None


def format_timestamp(instant: datetime) -> str:
    """Write an instant as the ChargePilot samples do: UTC, milliseconds, Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_message_id(random_bits: int) -> str:
    """A version 4 UUID from 128 random bits that the caller brings."""
    return str(uuid.UUID(int=random_bits & (1 << 128) - 1, version=4))


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _show(value: Any) -> str:
    return shortened(json.dumps(value, ensure_ascii=False))
