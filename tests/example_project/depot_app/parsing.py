"""What the depot app takes from a push."""

from __future__ import annotations

from typing import Any


def points_of(payload: dict[str, Any], bug: str = "") -> list[str]:
    """The charging points that a push names, over all depots."""
    depots = payload["depotInfoList"]
    if bug == "needs-a-depot":
        depots = [depots[0], *depots[1:]]
    stations = [station for depot in depots for station in depot["chargingStationInfoList"]]
    return [point["chargingPointId"] for station in stations for point in station["chargingPointInfoList"]]
