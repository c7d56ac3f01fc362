"""What the presystem takes from a push: real charging points, and which of its requests the CMS shows.

Tolerant on purpose: whatever is missing, unknown or of another type is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    charging: frozenset[str] = frozenset()
    """Those of them whose vehicle is charging just now."""
    foreign: frozenset[str] = frozenset()
    """Charging request ids that another presystem gave."""


def read_information(payload: Any, presystem_id: str) -> Information | None:
    """Read the payload of a push; None if it has no list of depots."""
    if not isinstance(payload, dict) or not isinstance(payload.get("depotInfoList"), list):
        return None
    points = [point for point in _points(payload["depotInfoList"]) if isinstance(point.get("chargingPointId"), str)]
    real = [point for point in points if not point["chargingPointId"].endswith(DEFAULT_POINT_ENDINGS)]
    real.sort(key=lambda point: point.get("chargingPointStatus") != "Available")
    shown = (process for point in points for process in _processes(point))
    processes = [process for process in shown if isinstance(process.get("chargingRequestId"), str)]
    own = [process for process in processes if process.get("presystemId", presystem_id) == presystem_id]
    return Information(
        tuple(dict.fromkeys(point["chargingPointId"] for point in real)), _ids(own),
        _ids(process for process in own if process.get("processStatus") == "Charging"),
        _ids(process for process in processes if process.get("presystemId", presystem_id) != presystem_id),
    )  # fmt: skip


def _ids(processes: Iterable[dict[str, Any]]) -> frozenset[str]:
    return frozenset(process["chargingRequestId"] for process in processes)


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
