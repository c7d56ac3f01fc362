"""What conforming presystems may do otherwise: the ways in which the sources leave them free, as conducts.

Who goes which of them is the cast's business; nothing here plays or judges.
"""

from __future__ import annotations

import copy
import itertools
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone

from mockpilot.faults.changes.finding import told_points
from mockpilot.presystem.conduct import CONFORMING, Arrival, Conduct, Entry, LinkEnd, ListDraft, Taking
from mockpilot.presystem.information import DEFAULT_POINT_ENDINGS
from mockpilot.presystem.offences.making import is_boot, is_list
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Envelope
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import dialect


def stamped(change: Callable[[str], str]) -> Conduct:
    """Time stamps written otherwise."""
    return replace(CONFORMING, message=lambda message: replace(message, timestamp=change(message.timestamp)))


def spelt(change: Callable[[str], str]) -> Conduct:
    """Messages whose text is spelt otherwise."""
    return replace(CONFORMING, spelling=lambda message: (change(envelope.write(message)),))


def other_boot_key(message: Envelope) -> Envelope:
    """The standard's key in place of the guideline's."""
    return replace(message, payload={"presystem": "BMS"}) if is_boot(message) else message


def strictly(taking: Taking) -> Callable[[Arrival], Taking]:
    """The schemas are closed: to take them at their word is right."""
    def takes(arrival: Arrival) -> Taking:
        said = arrival.message
        found = violations(said.payload, dialect("chargepilot"), said.action, said.message_type)
        return taking if found else Taking.AS_MEANT

    return takes


def early(taking: Taking) -> Conduct:
    """Whether a push before the boot is accepted is to be answered, nobody says."""
    return replace(CONFORMING, takes=lambda arrival: taking if arrival.early else Taking.AS_MEANT)


def lists_twice(message: Envelope) -> tuple[str, ...]:
    """Every list twice, as the very frame."""
    return (envelope.write(message),) * (2 if is_list(message) else 1)


def twice_under_new_ids(of: Callable[[Envelope], bool]) -> Callable[[Envelope], tuple[str, ...]]:
    """Some messages twice, as two requests."""
    def spelling(message: Envelope) -> tuple[str, ...]:
        both = (message, _under_another_id(message)) if of(message) else (message,)
        return tuple(map(envelope.write, both))

    return spelling


def _under_another_id(message: Envelope) -> Envelope:
    return replace(message, message_id=str(uuid.uuid5(uuid.NAMESPACE_OID, message.message_id)))


def without_points(draft: ListDraft) -> list[Entry]:
    """Requests that are bound to no point."""
    return [{key: value for key, value in entry.items() if key != "chargingPointId"} for entry in draft.entries]


def with_every_letter_escaped(text: str) -> str:
    """JSON may write any letter as an escape."""
    escaped = re.sub(r'(?<=")[A-Za-z]+(?=")', lambda word: "".join(f"\\u{ord(it):04x}" for it in word[0]), text)
    return "\r\n\t" + escaped + "\r\n"


def in_two_lists(message: Envelope) -> tuple[str, ...]:
    """First without preconditioning and priority, then whole: both lists are complete."""
    whole = envelope.write(message)
    if not is_list(message):
        return (whole,)
    later = ("automaticPreconditioning", "priority")
    entries = [{key: value for key, value in entry.items() if key not in later}
               for entry in message.payload["chargingRequestList"]]  # fmt: skip
    first = replace(_under_another_id(message), payload={"chargingRequestList": entries})
    return (envelope.write(first), whole)


def asking(change: Callable[[Entry], Entry]) -> Conduct:
    """Asks otherwise in every entry."""
    return replace(CONFORMING, entries=lambda draft: [change(copy.deepcopy(entry)) for entry in draft.entries])


def for_the_least(entry: Entry) -> Entry:
    """No more than what an entry must have."""
    entry["chargingRequestData"] = {"minTargetSoc": entry["chargingRequestData"]["minTargetSoc"], "maxTargetSoc": 1e2}
    return {key: entry[key] for key in ("chargingRequestData", "vehicleId", "chargingRequestId")}


def to_and_fro(entry: Entry) -> Entry:
    """A change sets one of two values in turn, neither of them the first."""
    data = entry["chargingRequestData"]
    data["minTargetSoc"] = {75: 65, 80: 70}.get(data["minTargetSoc"], data["minTargetSoc"])
    return entry


def by_local_time(entry: Entry) -> Entry:
    """Times of entries have an offset, which need not be zero."""
    data = entry["chargingRequestData"]
    for key, value in data.items():
        instant = envelope.parse_timestamp(value) if isinstance(value, str) else None
        data[key] = value if instant is None else instant.astimezone(timezone(timedelta(hours=2))).isoformat()
    return entry


def replanning() -> Conduct:
    """What is foreseen moves from list to list, and there is one with every push."""
    plans = itertools.count()

    def foreseen(entry: Entry, plan: int) -> Entry:
        return entry | {"chargingRequestData": entry["chargingRequestData"] | {"expectedSocAtArrival": 20 + plan % 30}}

    def entries(draft: ListDraft) -> list[Entry]:
        plan = next(plans)
        return [foreseen(entry, plan) for entry in draft.entries]

    return replace(CONFORMING, entries=entries, lists_with_pushes=True)


def bound_to_the_default_point() -> Conduct:
    """The default point stands in every push, so that it may be named."""
    told = [""]

    def takes(arrival: Arrival) -> Taking:
        points = told_points(arrival.message.payload, dialect("chargepilot"))
        told[0] = next((point for point in points if point.endswith(DEFAULT_POINT_ENDINGS)), told[0])
        return Taking.AS_MEANT

    def entries(draft: ListDraft) -> list[Entry]:
        return [entry | {"chargingPointId": told[0]} for entry in draft.entries]

    return replace(CONFORMING, takes=takes, entries=entries)


def told_by_instructions() -> Conduct:
    """What is taken back is terminated once, and left out from then on."""
    stood: dict[str, Entry] = {}

    def entries(draft: ListDraft) -> list[Entry]:
        if draft.opens_link:
            stood.clear()
        now = {entry["chargingRequestId"]: entry for entry in draft.entries}
        gone = [entry | {"chargingInstruction": "Terminate"} for key, entry in stood.items() if key not in now]
        stood.clear()
        stood.update(now)
        return [*now.values(), *gone]

    return replace(CONFORMING, entries=entries)


def with_more_headers(data: bytes) -> bytes:
    """Lower case, other order, an extension and headers that nobody knows."""
    if not data.startswith(b"GET "):
        return data
    first, *headers = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [name.lower() + colon + value for name, colon, value in (one.partition(b":") for one in headers)]
    more = [b"Origin: https://depot.example", b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            b"Sec-WebSocket-Protocol: v2.463.vdv.de", b"Cookie: a=b"]  # fmt: skip
    return b"\r\n".join([first, *reversed(names), *more, b"", b""])


def fully_jittered(_end: LinkEnd, planned_s: float) -> float:
    """Any pause up to the planned one, by the digits of its chance."""
    return max(0.05, planned_s * (planned_s * 1000 % 1))


def in_capitals(answer: Envelope) -> tuple[Envelope, ...]:
    """UUIDs are values: capitals are the same."""
    return (replace(answer, message_id=answer.message_id.upper()),)
