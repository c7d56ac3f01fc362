"""The depot as a whole: every status in turn, nothing where something was, and no default station."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from mockpilot.faults.changes.finding import Place, places
from mockpilot.faults.changes.points import fault_info
from mockpilot.faults.changes.setting import Payload, Setting, statuses, takes_empty
from mockpilot.protocol.vocabulary.common import (
    ChargingPointFaultCode,
    ChargingStationFaultCode,
    ChargingStationStatus,
)


def walk_statuses(payload: Payload, setting: Setting) -> str:
    """Show every legal status with every fault code, from push to push, at all points and stations."""
    real = [place for place in places(payload, setting.dialect) if not place.is_default]
    pairs = list(itertools.product(statuses(setting.dialect), (None, *ChargingPointFaultCode)))
    for number, place in enumerate(real, setting.step * len(real)):
        status, code = pairs[number % len(pairs)]
        place.point["chargingPointStatus"] = str(status)
        _set_fault(place.point, "chargingPointFaultInfo", "chargingPointFaultCode", code, setting)
    _walk_statuses_of_stations(real, setting)
    return f"every legal status and fault code in turn, {len(pairs)} at {len(real)} points"


def _walk_statuses_of_stations(real: Sequence[Place], setting: Setting) -> None:
    stations = list({id(place.station): place.station for place in real}.values())
    pairs = list(itertools.product(ChargingStationStatus, (None, *ChargingStationFaultCode)))
    for number, station in enumerate(stations, setting.step * len(stations)):
        status, code = pairs[number % len(pairs)]
        if "chargingStationStatus" in station:
            station["chargingStationStatus"] = str(status)
        _set_fault(station, "chargingStationFaultInfo", "chargingStationFaultCode", code, setting)


def _set_fault(holder: Payload, key: str, code_key: str, code: str | None, setting: Setting) -> None:
    holder.pop(key, None)
    if code is not None:
        holder[key] = fault_info(code_key, str(code), setting)


def empty(payload: Payload, _setting: Setting) -> str:
    """Show no depot."""
    payload["depotInfoList"] = []
    return "there is no depot"


def empty_stations(payload: Payload, _setting: Setting) -> str:
    """Show depots without stations."""
    for depot in payload["depotInfoList"]:
        depot["chargingStationInfoList"] = []
    return "depots have no stations"


def hide_default_station(payload: Payload, setting: Setting) -> str | None:
    """Take the default stations away."""
    defaults = [place.station for place in places(payload, setting.dialect) if place.is_default]
    for depot in payload["depotInfoList"]:
        stations = depot["chargingStationInfoList"]
        depot["chargingStationInfoList"] = [one for one in stations if not any(one is other for other in defaults)]
        if not depot["chargingStationInfoList"] and not takes_empty(setting.dialect):
            return None
    return "the default station is missing" if defaults else None
