"""Offences in what lists of charging requests say and when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mockpilot.presystem.conduct import Entry, ListDraft
from mockpilot.presystem.offences.making import entries_with, one


def _invented_point(entry: Entry) -> Entry:
    return entry | {"chargingPointId": "invented-station/invented-point"}


def _fresh_request_id(entry: Entry) -> Entry:
    old = entry["chargingRequestId"]
    fresh = uuid.uuid4()
    return entry | {"chargingRequestId": fresh.urn if old.startswith("urn:") else str(fresh)}


def _instructed(entry: Entry) -> Entry:
    return {"chargingInstruction": "Normal"} | entry


def _changes_only(draft: ListDraft) -> Sequence[Entry]:
    return draft.entries if draft.opens_link or not draft.changed else draft.changed


def _first_twice(draft: ListDraft) -> Sequence[Entry]:
    return (*draft.entries, *draft.entries[:1])


OFFENCES = (
    one("requests.after-first-push", "sends its list once it is accepted, without waiting for a push",
        list_waits_for_push=False),
    one("requests.advertised-points", "asks for a charging point that nobody advertised",
        entries=entries_with(_invented_point)),
    one("requests.complete-list", "sends only what has changed since the list before", entries=_changes_only),
    one("requests.schema", "adds a key to its entries that no schema has",
        entries=entries_with(lambda entry: entry | {"vehicleName": "Bus"})),
    one("requests.stable-ids", "gives every entry a new id in every list", entries=entries_with(_fresh_request_id)),
    one("requests.stable-ids-when-changed", "gives an entry a new id when it changes",
        id_after_change=lambda old: _fresh_request_id({"chargingRequestId": old})["chargingRequestId"]),
    one("requests.unique-ids", "lists its first entry twice", entries=_first_twice),
    one("requests.no-instruction", "instructs what is to be done with each entry",
        entries=entries_with(_instructed)),
)  # fmt: skip
