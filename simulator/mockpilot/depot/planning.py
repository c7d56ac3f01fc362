"""What a new list of charging requests means for the list that is stored.

The list is the whole truth: what is new is created, what differs is changed, what is missing is deleted. Where the
version has instructions they can end a request, or claim that one is known. A list that cannot be carried out as a
whole is not carried out at all; no source says what ChargePilot does with the good half of a bad list.

Knows one presystem's list and nothing of messages, time or other presystems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockpilot.protocol.vocabulary import ChargingRequest
from mockpilot.protocol.vocabulary.common import ChargingInstruction


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a list; with an error, ``stored`` is what it was before."""

    stored: Mapping[str, ChargingRequest]
    """All requests by their id, in the order of the list."""
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    """Missing from the list, or terminated."""
    refused: tuple[str, ...] = ()
    """Ids of the requests that kept the list from being carried out."""
    error: str | None = None
    """Text for the error answer."""


def plan(
    stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest], points: Collection[str]
) -> Plan:
    """Compare a list with the stored one.

    Args:
        stored: what the presystem asked for so far, by charging request id.
        incoming: the new list.
        points: ids of all charging points, the default point included.
    """
    return _obstacle(stored, incoming, points) or _replacement(stored, incoming)


def _obstacle(
    stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest], points: Collection[str]
) -> Plan | None:
    if twice := _twice(incoming):
        return Plan(stored, refused=twice, error=f"Charging request ids are not unique: {', '.join(twice)}.")
    if unknown := _unknown(stored, incoming):
        # The one error text that the ChargePilot guideline publishes, to the letter.
        text = f"Charging requests for ids: {', '.join(unknown)} does not exist."
        return Plan(stored, refused=unknown, error=text)
    lost = [request for request in incoming if not _has_known_point(request, points)]
    if lost:
        names = dict.fromkeys(str(request.charging_point_id) for request in lost)
        text = f"Charging points are not known: {', '.join(names)}."
        return Plan(stored, refused=_ids(lost), error=text)
    return None


def _replacement(stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest]) -> Plan:
    kept = {
        request.charging_request_id: request
        for request in incoming
        if request.charging_instruction != ChargingInstruction.TERMINATE
    }
    # An instruction Normal on a known id is compared as well: the guideline's table says "no action", its rule of
    # the complete list says "update", and only the second never leaves the CMS with values that nobody sent.
    changed = (id_ for id_, request in kept.items() if id_ in stored and values(request) != values(stored[id_]))
    return Plan(
        kept,
        created=tuple(id_ for id_ in kept if id_ not in stored),
        changed=tuple(changed),
        deleted=tuple(id_ for id_ in stored if id_ not in kept),
    )


def values(request: ChargingRequest) -> tuple[object, ...]:
    """What is compared of a request: everything but the instruction, which says what to do with the rest."""
    return tuple(getattr(request, name) for name in request.__struct_fields__ if name != "charging_instruction")


def _twice(incoming: Sequence[ChargingRequest]) -> tuple[str, ...]:
    return tuple(id_ for id_, count in Counter(_ids(incoming)).items() if count > 1)


def _unknown(stored: Mapping[str, ChargingRequest], incoming: Sequence[ChargingRequest]) -> tuple[str, ...]:
    claims = (ChargingInstruction.CHANGED, ChargingInstruction.TERMINATE)
    return tuple(id_ for id_ in _ids(request for request in incoming if request.charging_instruction in claims)
                 if id_ not in stored)  # fmt: skip


def _has_known_point(request: ChargingRequest, points: Collection[str]) -> bool:
    ends = request.charging_instruction == ChargingInstruction.TERMINATE
    return ends or not isinstance(request.charging_point_id, str) or request.charging_point_id in points


def _ids(requests: Iterable[ChargingRequest]) -> tuple[str, ...]:
    return tuple(request.charging_request_id for request in requests)
