"""Made recordings for the tests of the picture: pushes as a CMS sends them, in old spelling and new."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from mockpilot.history.events import MessageSent
from mockpilot.report.night import Night, NightBook

BEGAN = datetime(2027, 1, 14, 18, 0, tzinfo=UTC)
ID = "5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c11"


def point(
    name: str, vehicle: str = "", *, soc: float | None = None, kw: float = 0.0, least: float | None = None,
    limit: float | None = None, process: str = "p", new: bool = False, departs_s: float | None = None,
) -> dict[str, Any]:
    """One charging point; ``new`` spells it as version 2.0 does."""
    info: dict[str, Any] = {"chargingPointId": name, "chargingPointStatus": "Occupied" if vehicle else "Available"}
    if limit is not None:
        info["presentPowerLimit" if new else "presentPower"] = limit
    if not vehicle:
        return info
    info["vehicleInfo"] = {"vehicleId": vehicle, "vehicleStatusInfo": {}, "preconditioningInfo": {}}
    if soc is not None:
        info["vehicleInfo"]["tractionBatteryInfo"] = {"stateOfCharge": soc}
    prediction: dict[str, Any] = {}
    if least is not None and new:
        prediction["chargingPredictionDataMinTargetSoc"] = {"requestedMinTargetSoc": least, "predictedTime": stamp(0)}
    elif least is not None:
        prediction["chargingPredictionDataMinSoc"] = {"requestedMinSoc": least}
    if departs_s is not None:
        key = "requestedTimeForDeparture" if new else "predictedTime"
        prediction["chargingPredictionDataDepartureTime"] = {key: stamp(departs_s)}
    info["chargingProcessInfo"] = {
        "chargingProcessId": process, "chargingPredictionData": prediction, "electricData": {"chargingPower": kw},
    }
    return info


def push(after_s: float, *points: dict[str, Any], total: float | None = None, fault: str | None = None) -> MessageSent:
    """One push, some seconds after ``BEGAN``."""
    station: dict[str, Any] = {"chargingStationId": "s", "chargingPointInfoList": list(points)}
    if total is not None:
        station["totalPower"] = total
    payload = {"depotInfoList": [{"depotId": "d", "name": "Depot <Nord>", "chargingStationInfoList": [station]}]}
    slots = [1, "CMS", "acme", stamp(after_s), ID, "ProvideChargingInformation", payload]
    return MessageSent(text=json.dumps(slots), fault=fault)


def stamp(after_s: float) -> str:
    """A time stamp, some seconds after ``BEGAN``."""
    return (BEGAN + timedelta(seconds=after_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def gathered(*events: MessageSent, grid_limit_kw: float | None = None) -> Night:
    """The night of some events in which power flows."""
    book = NightBook()
    for event in events:
        book.note(event)
    night = book.night(grid_limit_kw)
    assert night is not None
    return night


def fleet(vehicles: int, *, grid_limit_kw: float | None = None) -> Night:
    """An hour in which each vehicle charges from 40 to 80 %, every other one asking for more than that."""
    return gathered(
        *(
            push(600.0 * step, *(
                point(f"p{at}", f"bus-{at}", soc=40.0 + 8 * step, kw=100.0, least=70.0 + 20 * (at % 2))
                for at in range(vehicles)
            ))
            for step in range(6)
        ),
        push(3600.0),
        grid_limit_kw=grid_limit_kw,
    )  # fmt: skip
