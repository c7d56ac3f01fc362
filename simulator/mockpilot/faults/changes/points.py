"""One charging point that is gone, has another id or another status, and one with an odd id."""

from __future__ import annotations

from mockpilot.faults.changes.finding import Place
from mockpilot.faults.changes.setting import Payload, Setting, takes_empty
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.vocabulary.common import ChargingPointFaultCode, ChargingPointStatus

ODD_ID = "Säule 7 / Hof Süd (hinten), " + "lang" * 30


def vanish(place: Place, _fault: Fault, payload: Payload, setting: Setting) -> str | None:
    """Take the point away, and what would be empty without it where the dialect wants it so."""
    place.station["chargingPointInfoList"].remove(place.point)
    if not place.station["chargingPointInfoList"] and not takes_empty(setting.dialect):
        for depot in payload["depotInfoList"]:
            depot["chargingStationInfoList"] = [
                station for station in depot["chargingStationInfoList"] if station is not place.station
            ]
            if not depot["chargingStationInfoList"]:
                return None
    return f"point {place.id} is gone"


def rename(place: Place, fault: Fault, _payload: Payload, setting: Setting) -> str:
    """Give the point another id."""
    before, new = place.id, setting.dialect.spelling.out(fault.to) if fault.to else f"{place.id}-renamed"
    place.point["chargingPointId"] = new
    return f"point {before} is called {new}"


def status(place: Place, fault: Fault, _payload: Payload, _setting: Setting) -> str:
    """Give the point another status."""
    was = place.point["chargingPointStatus"]
    other = ChargingPointStatus.UNAVAILABLE
    to = fault.to or str(other if was != other else ChargingPointStatus.AVAILABLE)
    place.point["chargingPointStatus"] = to
    return f"point {place.id} is {to}"


def break_down(place: Place, fault: Fault, _payload: Payload, setting: Setting) -> str:
    """Give the point a fault."""
    code = fault.to or str(ChargingPointFaultCode.OTHER)
    place.point["chargingPointStatus"] = str(ChargingPointStatus.FAULTED)
    place.point["chargingPointFaultInfo"] = fault_info("chargingPointFaultCode", code, setting)
    return f"point {place.id} has the fault {code}"


def fault_info(key: str, code: str, setting: Setting) -> Payload:
    """What a push tells of a fault of point or station."""
    return {key: code, "faultText": "Störung zur Probe", "faultTimeStamp": setting.stamp}


def add_odd_id(place: Place, _fault: Fault, _payload: Payload, _setting: Setting) -> str:
    """Put a point beside it whose id is no URI, holds blanks and umlauts, and is long."""
    kept = {"chargingPointId": ODD_ID, "chargingPointStatus": place.point["chargingPointStatus"]}
    place.station["chargingPointInfoList"].append(kept)
    return f"a point with the id {ODD_ID!r} is there"
