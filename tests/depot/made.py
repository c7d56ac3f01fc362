"""Depots and charging requests for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mockpilot.depot.model import Depot, Point, Station
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary import ChargingRequest, dialect, read_payload

DEPOT = Depot("d", (Station("s", (Point("p1"), Point("p2"))),), "North")
NOW = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)


def entry(id_: str = "cr-1", **changes: Any) -> dict[str, Any]:
    """One entry of a list as it stands on the wire."""
    data = {"minTargetSoc": 80, "maxTargetSoc": 95}
    return {"chargingRequestId": id_, "vehicleId": f"bus of {id_}", "chargingRequestData": data} | changes


def a_list(*entries: dict[str, Any]) -> dict[str, Any]:
    """The payload with these entries."""
    return {"chargingRequestList": list(entries)}


def request(id_: str = "cr-1", **changes: Any) -> ChargingRequest:
    """One typed charging request."""
    message = read_payload(
        dialect("chargepilot"), Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST, a_list(entry(id_, **changes))
    )
    made = message.charging_request_list[0]
    assert isinstance(made, ChargingRequest)
    return made
