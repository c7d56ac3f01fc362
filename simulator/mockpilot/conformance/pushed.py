"""What a push said, read without trusting it: a fault may have changed anything. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockpilot.conformance.conversation import Frame


def payload_of(frame: Frame) -> Any:
    """A frame's payload, None if it cannot be read."""
    return frame.envelope.payload if frame.envelope is not None else None


def _items(holder: Any, key: str) -> list[dict[str, Any]]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _points(payload: Any) -> Iterator[dict[str, Any]]:
    for depot in _items(payload, "depotInfoList"):
        for station in _items(depot, "chargingStationInfoList"):
            yield from _items(station, "chargingPointInfoList")


def points_in(payload: Any) -> frozenset[str]:
    """Ids of the charging points that a push names."""
    return frozenset(str(point.get("chargingPointId")) for point in _points(payload))


def processes_in(payload: Any) -> Iterator[dict[str, Any]]:
    """The charging processes that a push shows, scheduled and running ones."""
    for point in _points(payload):
        yield from _items(point, "scheduledChargingProcessList")
        running = point.get("chargingProcessInfo")
        if isinstance(running, dict):
            yield running


def requests_in(payload: Any, presystem_id: str) -> frozenset[str]:
    """Ids of the charging requests that a push shows, scheduled or running, as this presystem's."""
    return frozenset(
        str(process["chargingRequestId"]) for process in processes_in(payload)
        if "chargingRequestId" in process and process.get("presystemId", presystem_id) == presystem_id
    )


def ended_in(payload: Any) -> Iterator[str]:
    """Ids of the charging requests that a push shows to have ended: finished or rejected."""
    for process in processes_in(payload):
        if process.get("processStatus") in ("Finishing", "ChargingRejectedTechnically"):
            yield str(process.get("chargingRequestId"))
    for rejected in _items(payload, "rejectedChargingRequestInfoList"):
        yield str(rejected.get("chargingRequestId"))
