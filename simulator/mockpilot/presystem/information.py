"""What the presystem takes from a push: real charging points, and which of its requests the CMS shows.

Tolerant on purpose: whatever is missing, unknown or of another type is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEFAULT_POINT_ENDINGS = ("/0/0", "%2F0%2F0")
"""ChargePilot's synthetic point for requests that are not bound to one; the second where ids are URIs."""


@dataclass(frozen=True, slots=True)
class Information:
    """One push as the presystem reads it."""

    points: tuple[str, ...] = ()
    """Real charging points, available ones first."""
    shown: frozenset[str] = frozenset()
    """Charging request ids of this presystem that are scheduled or running."""


def read_information(payload: Any, presystem_id: str) -> Information | None:
    """Read the payload of a push; None if it has no list of depots."""
    if not isinstance(payload, dict) or not isinstance(payload.get("depotInfoList"), list):
        return None
    points = [point for point in _points(payload["depotInfoList"]) if isinstance(point.get("chargingPointId"), str)]
    real = [point for point in points if not point["chargingPointId"].endswith(DEFAULT_POINT_ENDINGS)]
    real.sort(key=lambda point: point.get("chargingPointStatus") != "Available")
    shown = (
        process["chargingRequestId"]
        for point in points
        for process in _processes(point)
        if process.get("presystemId", presystem_id) == presystem_id
        and isinstance(process.get("chargingRequestId"), str)
    )
    return Information(tuple(dict.fromkeys(point["chargingPointId"] for point in real)), frozenset(shown))


def _points(depots: Any) -> Iterator[dict[str, Any]]:
    for depot in _objects(depots):
        for station in _objects(depot.get("chargingStationInfoList")):
            yield from _objects(station.get("chargingPointInfoList"))


def _processes(point: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _objects(point.get("scheduledChargingProcessList"))
    yield from _objects([point.get("chargingProcessInfo")])


def _objects(items: Any) -> Iterator[dict[str, Any]]:
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
