"""Offences in what charging requests ask for, and in what becomes of them."""

from __future__ import annotations

import copy
import dataclasses
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from mockpilot.presystem.conduct import Entry, ListDraft
from mockpilot.presystem.offences.making import entries_with, one
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType

LIST_EVERY_S = 0.5
"""Far more than ten times a minute, and more often than the quickest pushes, with each of which a list may come."""
_ARRIVAL, _DEPARTURE = "expectedArrivalTimeAtChargingPoint", "requestedTimeForDeparture"


def _asking(**data: Any) -> Callable[[ListDraft], Sequence[Entry]]:
    """Ask for something else in every entry."""
    return entries_with(lambda entry: entry | {"chargingRequestData": entry["chargingRequestData"] | data})


def _moved(value: Any, by: timedelta) -> Any:
    """The same with all its times moved."""
    if isinstance(value, dict):
        return {key: _moved(item, by) for key, item in value.items()}
    instant = envelope.parse_timestamp(value) if isinstance(value, str) else None
    return value if instant is None else envelope.format_timestamp(instant + by)


def _arrives_late(entry: Entry) -> Entry:
    data = entry["chargingRequestData"]
    return entry | {"chargingRequestData": data | {_ARRIVAL: _moved(data[_DEPARTURE], timedelta(hours=1))}}


def _of_yesterday(entry: Entry) -> Entry:
    moved: Entry = _moved(entry, timedelta(days=-1))
    return moved


def _conditioned_twice(entry: Entry) -> Entry:
    start = entry["chargingRequestData"][_DEPARTURE]
    begin = _moved(start, timedelta(minutes=-30))
    return entry | {
        "automaticPreconditioning": {"preconditioningRequest": "WarmWaterAndVentilation"},
        "manualPreconditioning": {"hvacPreconditioningStartTime": begin, "systemPreconditioningStartTime": begin},
    }


def _with_a_double(draft: ListDraft) -> Sequence[Entry]:
    """The first vehicle stands there twice, for stays that overlap."""
    doubles = []
    for entry in draft.entries[:1]:
        double = copy.deepcopy(entry)
        name = uuid.uuid5(uuid.NAMESPACE_OID, entry["chargingRequestId"])
        double["chargingRequestId"] = name.urn if entry["chargingRequestId"].startswith("urn:") else str(name)
        double["chargingRequestData"][_DEPARTURE] = _moved(
            entry["chargingRequestData"][_DEPARTURE], timedelta(hours=1)
        )
        double.pop("chargingPointId", None)
        doubles.append(double)
    return (*draft.entries, *doubles)


def _made_up_process(entry: Entry) -> Entry:
    return entry | {"chargingProcessId": str(uuid.uuid5(uuid.NAMESPACE_URL, entry["chargingRequestId"]))}


def _least_urgent(entry: Entry) -> Sequence[Entry]:
    return (entry | {"priority": 99},)


def _without_empty_lists(message: Envelope) -> Envelope:
    is_list = (message.action, message.message_type) == (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
    empty = is_list and message.payload == {"chargingRequestList": []}
    return dataclasses.replace(message, payload={}) if empty else message


OFFENCES = (
    one("requests.soc-range", "asks for 120 %", entries=_asking(maxTargetSoc=120)),
    one("requests.soc-order", "asks for at least 95 % and at most 60 %",
        entries=_asking(minTargetSoc=95, maxTargetSoc=60)),
    one("requests.arrival-before-departure", "lets its vehicles arrive an hour after they depart",
        entries=entries_with(_arrives_late)),
    one("requests.cancelled-leaves", "keeps cancelled requests in its lists, as the least urgent ones",
        left_of_cancelled=_least_urgent),
    one("requests.empty-list-is-there", "leaves an empty list out of the payload", message=_without_empty_lists),
    one("requests.cancels-the-last", "sends nothing when there is nothing left to ask for", sends_empty_list=False),
    one("requests.instruction-fits", "says Normal of every entry, changed or not",
        entries=entries_with(lambda entry: entry | {"chargingInstruction": "Normal"})),
    one("requests.quiet-when-steady", "sends its list twice a second", list_every_s=LIST_EVERY_S),
    one("requests.soc-in-percent", "gives states of charge as fractions of one",
        entries=_asking(expectedSocAtArrival=0.35, minTargetSoc=0.6, maxTargetSoc=0.9)),
    one("requests.change-while-charging", "changes nothing once a vehicle is charging", changes_while_charging=False),
    one("requests.preconditioning", "asks for both kinds of preconditioning",
        entries=entries_with(_conditioned_twice)),
    one("requests.foreign-process", "drops a request when another presystem's process has its id",
        minds_presystem_ids=False),
    one("requests.one-per-stay", "lists its first vehicle twice, under two ids", entries=_with_a_double),
    one("requests.arrival-soc", "expects its vehicles fuller than it wants them",
        entries=_asking(expectedSocAtArrival=95)),
    one("requests.departure-ahead", "sends the journeys of yesterday", entries=entries_with(_of_yesterday)),
    one("requests.priority", "gives every entry the priority 0", entries=entries_with(lambda entry: entry
        | {"priority": 0})),
    one("requests.issued-processes", "makes process ids up", entries=entries_with(_made_up_process)),
)  # fmt: skip
