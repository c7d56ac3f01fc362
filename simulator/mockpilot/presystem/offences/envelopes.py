"""Offences against the form of messages."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta, timezone
from typing import Any

from mockpilot.presystem.conduct import Entry
from mockpilot.presystem.offences.making import answered_with, entries_with, is_boot, is_confirmation, one, spelt
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Envelope, MessageType

TWO_HOURS = timedelta(hours=2)
SUMMER_TIME = timezone(TWO_HOURS)
_ONE_ID_FOR_ALL = "3f0c2a5e-8b7d-4c61-9e12-5d40a7b6c8f1"


def _confirmations_with(**changes: Any) -> Callable[[Envelope], Envelope]:
    return lambda message: dataclasses.replace(message, **changes) if is_confirmation(message) else message


def _stamped(write: Callable[[Any], str]) -> Callable[[Envelope], Envelope]:
    """Another spelling of the same or another instant; the envelope's stamp is read back for it."""
    def restamped(message: Envelope) -> Envelope:
        instant = envelope.parse_timestamp(message.timestamp)
        return dataclasses.replace(message, timestamp=write(instant)) if instant else message

    return restamped


def _eighth_slot_beside(text: str) -> Sequence[str]:
    # The right confirmation follows, so that nothing but the form of the first one is wrong.
    return [text.removesuffix("]") + ",null]", text]


def _type_as_text(text: str) -> Sequence[str]:
    return [text.replace("[2,", '["2",', 1)]


def _other_case(text: str) -> Sequence[str]:
    return [text.replace('"ProvideChargingInformation"', '"provideChargingInformation"', 1)]


def _binary(text: str) -> Sequence[bytes]:
    return [text.encode()]


def _key_twice(text: str) -> Sequence[str]:
    before, brace, pair = text.rpartition("{")
    inside, end, after = pair.rpartition("}")
    return [f"{before}{brace}{inside},{inside}{end}{after}"]


def _bare_uuid(entry: Entry) -> Entry:
    return entry | {"chargingRequestId": entry["chargingRequestId"].removeprefix("urn:uuid:")}


OFFENCES = (
    one("envelope.seven-slots", "sends a copy with an eighth slot before each confirmation",
        spelling=spelt(_eighth_slot_beside, is_confirmation)),
    one("envelope.message-type", 'writes the message type of confirmations as the text "2"',
        spelling=spelt(_type_as_text, is_confirmation)),
    one("envelope.message-id-is-uuid", "gives its requests message ids that are no UUIDs",
        message_id=lambda fresh: f"message-{fresh}"),
    one("envelope.message-id-is-new", "gives all its requests one message id", message_id=lambda _: _ONE_ID_FOR_ALL),
    one("envelope.time-stamp", "writes time stamps without offset",
        message=_stamped(lambda instant: f"{instant:%Y-%m-%dT%H:%M:%S}")),
    one("envelope.time-stamp-is-utc", "writes time stamps in summer time, with the right offset",
        message=_stamped(lambda instant: instant.astimezone(SUMMER_TIME).isoformat(timespec="milliseconds"))),
    one("envelope.clock", "stamps two hours ahead and calls it UTC",
        message=_stamped(lambda instant: envelope.format_timestamp(instant + TWO_HOURS))),
    one("envelope.presystem-id", "names another presystem in its confirmations",
        message=_confirmations_with(presystem_id="AnotherPresystem")),
    one("envelope.action", "spells the action of its confirmations with a small letter",
        spelling=spelt(_other_case, is_confirmation)),
    one("envelope.payload-is-object", "confirms with an empty array", message=_confirmations_with(payload=[])),
    one("envelope.text-frames", "sends its confirmations as binary messages",
        spelling=spelt(_binary, is_confirmation)),
    one("envelope.ids-are-uris", "names its charging requests by bare UUIDs, which are no URIs",
        entries=entries_with(_bare_uuid)),
    one("envelope.direction", "answers pushes with a request of its own",
        answers=answered_with({"message_type": MessageType.REQUEST})),
    one("envelope.clean-json", "names a key of its boot twice", spelling=spelt(_key_twice, is_boot)),
)  # fmt: skip
