"""The catalogue of offenders: per rule one presystem that breaks it, and as little else as possible.

An offence is a ``Conduct`` that differs from the conforming one; nothing here sends, waits or connects.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any

from mockpilot.errors import UsageError
from mockpilot.presystem.conduct import CONFORMING, Conduct, EndKind, Entry, LinkEnd, ListDraft, Opening
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType

TWO_HOURS = timedelta(hours=2)
SUMMER_TIME = timezone(TWO_HOURS)
LATE_BOOT_S = 7.5
"""One and a half times the limit."""
HASTY_BOOT_S = 0.3
HASTY_BOOTS = 20
HASTY_LIST_S = 1.5
"""After the guard for frames in flight."""
TIGHT_LOOP_S = 0.002
"""Faster than connects of one attempt can follow one another, so that the hammering shows under any limits."""
STEADY_PAUSE_S = 0.4
"""Long enough that each connect is an attempt of its own even where bursts are folded."""
LATE_CONFIRMATION_S = 1.0
_ONE_ID_FOR_ALL = "3f0c2a5e-8b7d-4c61-9e12-5d40a7b6c8f1"


@dataclass(frozen=True, slots=True)
class Offence:
    """One way to break one rule."""

    rule: str
    does: str
    """One sentence, present tense."""
    brings: tuple[str, ...] = ()
    """Other rules that cannot but be broken with it."""
    conduct: Conduct = CONFORMING


def offences() -> Iterator[Offence]:
    """All offences in the order of the rules."""
    yield from OFFENCES.values()


def conduct_for(rule: str | None) -> Conduct:
    """How to behave to break that rule, or no rule at all.

    Raises:
        UsageError: no offender breaks it.
    """
    if rule is None:
        return CONFORMING
    if rule not in OFFENCES:
        raise UsageError(f"--offend: a rule of `mockpilot list offenders` is expected, found {rule!r}")
    return OFFENCES[rule].conduct


# What leaves above TLS

def _old_version(data: bytes) -> bytes:
    return data.replace(b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 12", 1)


def unmasked(data: bytes) -> bytes:
    """A client's frame without its mask; anything else as it is. One whole frame is expected."""
    if len(data) < 2 or data.startswith(b"GET ") or not data[1] & 0x80:
        return data
    short = data[1] & 0x7F
    length_end = {126: 4, 127: 10}.get(short, 2)
    mask, body = data[length_end:length_end + 4], data[length_end + 4:]
    plain = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
    return bytes([data[0], short]) + data[2:length_end] + plain


# What is said

def _is_confirmation(message: Envelope) -> bool:
    return message.message_type is MessageType.CONFIRMATION


def _is_boot(message: Envelope) -> bool:
    return message.action is Action.BOOT_NOTIFICATION and message.message_type is MessageType.REQUEST


def _with(**changes: Any) -> Callable[[Envelope], Envelope]:
    return lambda message: dataclasses.replace(message, **changes)


def _confirmations_with(**changes: Any) -> Callable[[Envelope], Envelope]:
    return lambda message: dataclasses.replace(message, **changes) if _is_confirmation(message) else message


def _boots_with(payload: Any) -> Callable[[Envelope], Envelope]:
    return lambda message: dataclasses.replace(message, payload=payload) if _is_boot(message) else message


def _stamped(write: Callable[[Any], str]) -> Callable[[Envelope], Envelope]:
    """Another spelling of the same or another instant; the envelope's stamp is read back for it."""
    def restamped(message: Envelope) -> Envelope:
        instant = envelope.parse_timestamp(message.timestamp)
        return dataclasses.replace(message, timestamp=write(instant)) if instant else message

    return restamped


def _answered_with(*changes: Mapping[str, Any]) -> Callable[[Envelope], Sequence[Envelope]]:
    return lambda answer: [dataclasses.replace(answer, **change) for change in changes]


def _another_id(answer: Envelope) -> Sequence[Envelope]:
    return [dataclasses.replace(answer, message_id=str(uuid.uuid4()))]


def _now_and_then_refused(answer: Envelope) -> Sequence[Envelope]:
    """One push in sixteen, by its id: hardly ever several in a row, for that would be no confirming at all."""
    if not answer.message_id.endswith("0"):
        return [answer]
    return [dataclasses.replace(answer, message_type=MessageType.ERROR, payload={"text": "not now"})]


# How it is spelt

def _spelt(change: Callable[[str], Sequence[str | bytes]], of: Callable[[Envelope], bool]) -> Any:
    def spelling(message: Envelope) -> Sequence[str | bytes]:
        text = envelope.write(message)
        return change(text) if of(message) else [text]

    return spelling


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


# What a list says

def _entries_with(change: Callable[[Entry], Entry]) -> Callable[[ListDraft], Sequence[Entry]]:
    return lambda draft: [change(entry) for entry in draft.entries]


def _invented_point(entry: Entry) -> Entry:
    return entry | {"chargingPointId": "invented-station/invented-point"}


def _fresh_request_id(entry: Entry) -> Entry:
    old = entry["chargingRequestId"]
    fresh = uuid.uuid4()
    return entry | {"chargingRequestId": fresh.urn if old.startswith("urn:") else str(fresh)}


def _bare_uuid(entry: Entry) -> Entry:
    return entry | {"chargingRequestId": entry["chargingRequestId"].removeprefix("urn:uuid:")}


def _instructed(entry: Entry) -> Entry:
    return {"chargingInstruction": "Normal"} | entry


def _changes_only(draft: ListDraft) -> Sequence[Entry]:
    return draft.entries if draft.opens_link or not draft.changed else draft.changed


def _first_twice(draft: ListDraft) -> Sequence[Entry]:
    return (*draft.entries, *draft.entries[:1])


# Links

def _boot_once(been_accepted: bool) -> Sequence[Opening]:
    return (Opening.LIST,) if been_accepted else (Opening.BOOT,)


def _refused_login(end: LinkEnd) -> bool:
    return end.kind is EndKind.REFUSED and end.status in (401, 403)


def _hammers_after_refusal(end: LinkEnd, planned_s: float) -> float:
    return TIGHT_LOOP_S if _refused_login(end) else planned_s


def _never_slows_down(end: LinkEnd, planned_s: float) -> float:
    return planned_s if _refused_login(end) else STEADY_PAUSE_S


def _one(rule: str, does: str, *, brings: tuple[str, ...] = (), **choices: Any) -> Offence:
    return Offence(rule, does, brings, dataclasses.replace(CONFORMING, **choices))


_CATALOGUE = (
    _one("handshake.uses-tls", "speaks clear text to the port", encrypts=False),
    _one("handshake.sends-credentials", "asks for the upgrade without credentials", sends_credentials=False),
    _one("handshake.verifies-certificate", "trusts any certificate for any host", verifies_certificate=False),
    _one("handshake.offers-subprotocol", "offers no subprotocol", offers_subprotocol=False),
    _one("handshake.valid-upgrade", "asks for version 12 of WebSocket", wire=_old_version),
    _one("frames.valid", "sends its frames without a mask", wire=unmasked),
    _one("handshake.slows-after-refusal", "tries again at once after a refused login",
         pause=_hammers_after_refusal),
    _one("handshake.uses-the-path", "asks for another path than the one handed over",
         target=lambda _: "/another/path"),

    _one("boot.comes-first", "sends its list and then boots", opening=lambda _: (Opening.LIST, Opening.BOOT)),
    _one("boot.comes-promptly", "boots 7.5 s after the upgrade", boot_delay_s=LATE_BOOT_S),
    _one("boot.comes", "never boots", opening=lambda _: ()),
    _one("boot.payload", "boots with the key type, which no dialect has", message=_boots_with({"type": "BMS"})),
    _one("boot.waits-for-confirmation", "sends its list if the boot isn't answered within 300 ms",
         list_while_unanswered_s=HASTY_BOOT_S),
    _one("boot.tries-again", "waits for the answer to its boot for ever", boots_again=False),
    _one("boot.rejected-sends-no-list", "sends its list 1.5 s after Rejected, again and again",
         list_after_rejection_s=HASTY_LIST_S),
    _one("boot.rejected-retries-slowly", "boots twenty times a second after Rejected, whatever is answered",
         hasty_boots=HASTY_BOOTS),
    _one("boot.on-every-link", "boots on its first link only and goes on with its list on later ones",
         opening=_boot_once),
    _one("boot.source", "names DMS as its source", message=_with(source="DMS")),

    _one("envelope.seven-slots", "sends a copy with an eighth slot before each confirmation",
         spelling=_spelt(_eighth_slot_beside, _is_confirmation)),
    _one("envelope.message-type", 'writes the message type of confirmations as the text "2"',
         spelling=_spelt(_type_as_text, _is_confirmation)),
    _one("envelope.message-id-is-uuid", "gives its requests message ids that are no UUIDs",
         message_id=lambda fresh: f"message-{fresh}"),
    _one("envelope.message-id-is-new", "gives all its requests one message id", message_id=lambda _: _ONE_ID_FOR_ALL),
    _one("envelope.time-stamp", "writes time stamps without offset",
         message=_stamped(lambda instant: f"{instant:%Y-%m-%dT%H:%M:%S}")),
    _one("envelope.time-stamp-is-utc", "writes time stamps in summer time, with the right offset",
         message=_stamped(lambda instant: instant.astimezone(SUMMER_TIME).isoformat(timespec="milliseconds"))),
    _one("envelope.clock", "stamps two hours ahead and calls it UTC",
         message=_stamped(lambda instant: envelope.format_timestamp(instant + TWO_HOURS))),
    _one("envelope.presystem-id", "names another presystem in its confirmations",
         message=_confirmations_with(presystem_id="AnotherPresystem")),
    _one("envelope.action", "spells the action of its confirmations with a small letter",
         spelling=_spelt(_other_case, _is_confirmation)),
    _one("envelope.payload-is-object", "confirms with an empty array", message=_confirmations_with(payload=[])),
    _one("envelope.text-frames", "sends its confirmations as binary messages",
         spelling=_spelt(_binary, _is_confirmation)),
    _one("envelope.ids-are-uris", "names its charging requests by bare UUIDs, which are no URIs",
         entries=_entries_with(_bare_uuid)),
    _one("envelope.direction", "answers pushes with a request of its own",
         answers=_answered_with({"message_type": MessageType.REQUEST})),
    _one("envelope.clean-json", "names a key of its boot twice", spelling=_spelt(_key_twice, _is_boot)),

    _one("information.is-answered", "answers no push", answers=_answered_with()),
    _one("correlation.echoes-message-id", "confirms pushes under fresh message ids", answers=_another_id),
    _one("information.confirmation-is-empty", "confirms pushes with a status",
         answers=_answered_with({"payload": {"status": "Accepted"}})),
    _one("correlation.one-answer", "confirms every push twice", answers=_answered_with({}, {})),
    _one("information.error-payload", "refuses one push in sixteen, under the key text, which no dialect has",
         answers=_now_and_then_refused),
    _one("correlation.answers-only-requests", "confirms the confirmations it gets", confirms_confirmations=True),
    _one("information.is-confirmed", "answers every push with an error",
         answers=_answered_with({"message_type": MessageType.ERROR, "payload": {"message": "not today"}})),

    _one("requests.after-first-push", "sends its list once it is accepted, without waiting for a push",
         list_waits_for_push=False),
    _one("requests.advertised-points", "asks for a charging point that nobody advertised",
         entries=_entries_with(_invented_point)),
    _one("requests.complete-list", "sends only what has changed since the list before", entries=_changes_only),
    _one("requests.schema", "adds a key to its entries that no schema has",
         entries=_entries_with(lambda entry: entry | {"vehicleName": "Bus"})),
    _one("requests.stable-ids", "gives every entry a new id in every list", entries=_entries_with(_fresh_request_id)),
    _one("requests.stable-ids-when-changed", "gives an entry a new id when it changes",
         id_after_change=lambda old: _fresh_request_id({"chargingRequestId": old})["chargingRequestId"]),
    _one("requests.unique-ids", "lists its first entry twice", entries=_first_twice),
    _one("requests.no-instruction", "instructs what is to be done with each entry",
         entries=_entries_with(_instructed)),

    _one("link.reconnects", "stays away once its link is lost", returns=False),
    _one("link.backs-off", "tries again every 400 ms, however often it fails", pause=_never_slows_down),
    _one("requests.unconfirmed-list-comes-again", "takes a list for delivered once it is sent",
         list_awaits_confirmation=False),
    _one("link.survives-late-confirmation", "answers nothing more after a confirmation that took over a second",
         deaf_after_late_confirmation_s=LATE_CONFIRMATION_S),
    _one("link.notices-silence", "waits for pushes for ever", notices_silence=False),
    _one("product.keeps-running", "exits with status 1 when its link is lost", survives_loss=False),
)  # fmt: skip

OFFENCES: Mapping[str, Offence] = {offence.rule: offence for offence in _CATALOGUE}
"""By the id of the rule that it breaks."""
