"""What a change has to know beside the payload, and what the dialect lets it say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from mockpilot.faults.verbs import Fault
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import ChargingPointFaultCode, ChargingPointStatus

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One push, and the fault that strikes it."""

    dialect: Dialect
    presystem_id: str
    """Whose link it is, as it stands on the wire."""
    stamp: str
    """Of the push."""
    step: int = 0
    """How often the fault has changed something so far."""
    chosen: str = ""
    """The point that was found for the fault earlier."""


def refusal(fault: Fault, dialect: Dialect) -> str | None:
    """Why a dialect cannot say what the fault wants it to, as a sentence; None if it can."""
    reason = _unknown(fault, dialect)
    if reason:
        return f"change: {fault.how!r} cannot be said in dialect {dialect.name}: {reason}; choose another change"
    words = {"status": statuses(dialect), "fault": tuple(ChargingPointFaultCode)}.get(fault.how)
    if words and fault.to and fault.to not in words:
        return f"change: to is one of {', '.join(words)} with {fault.how!r}, found {fault.to!r}"
    return None


def _unknown(fault: Fault, dialect: Dialect) -> str:
    match fault.how:
        case "empty-depots" | "empty-stations" if not takes_empty(dialect):
            return "its lists may not be empty"
        case "no-predicted-time" if dialect.information_needs_prediction_time:
            return "predictedTime is required"
        case "odd-ids" if dialect.ids_are_uris:
            return "ids are URIs"
        case "rejected-list" if not dialect.rejects_in_push:
            return "a push has no place for rejected requests"
        case "no-default-station" if not dialect.default_station:
            return "there is none"
    return ""


def takes_empty(dialect: Dialect) -> bool:
    """Whether the lists of depots, stations and points may be empty."""
    words: Any = dialect.vocabulary
    try:
        msgspec.convert({"depotInfoList": []}, words.ProvideChargingInformationRequest)
    except msgspec.ValidationError:
        return False
    return True


def statuses(dialect: Dialect) -> tuple[ChargingPointStatus, ...]:
    """Every status of a point that a dialect may send."""
    return tuple(
        status for status in ChargingPointStatus if dialect.sends_reserved or status != ChargingPointStatus.RESERVED
    )
