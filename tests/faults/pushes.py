"""Pushes of a living depot, in any dialect, for whoever alters them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mockpilot.depot.loader import load
from mockpilot.depot.site import Site
from mockpilot.protocol.envelope import Action, Encoded, Envelope, MessageType
from mockpilot.protocol.vocabulary import DIALECTS, Dialect
from mockpilot.scenario.catalogue import shipped_folder

NOW = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
STAMP = "2031-03-04T17:20:00.000Z"
ID = "b5c1cf63-2e0d-4b27-9a4c-0d7d3a1f2e50"
ALL_DIALECTS = list(DIALECTS.values())
PUSH = Action.PROVIDE_CHARGING_INFORMATION


@cache
def _information(name: str, *, asked: bool) -> bytes:
    dialect = DIALECTS[name]
    file = shipped_folder() / "depots/small.toml"
    site = Site(load(file.read_text(encoding="utf-8"), str(file)), NOW)
    if asked:
        entry = {
            "vehicleId": "bus-1", "chargingRequestId": dialect.spelling.out("request-1"),
            "chargingPointId": dialect.spelling.out(site.real_points()[0]),
            "chargingRequestData": {
                "minTargetSoc": 80, "maxTargetSoc": 95, "expectedArrivalTimeAtChargingPoint": "2031-03-04T18:00:00Z",
                "requestedTimeForDeparture": "2031-03-04T22:00:00Z",
            },
        }  # fmt: skip
        told = site.receive_list(presystem_of(dialect), {"chargingRequestList": [entry]}, dialect, now=NOW)
        assert told.created, told.error
    return site.information(dialect, NOW)


def presystem_of(dialect: Dialect) -> str:
    """Whom the pushes are for."""
    return dialect.default_presystem_id


def payload(dialect: Dialect, *, asked: bool = True) -> dict[str, Any]:
    """What a push says of the small depot; ``asked``: with one charging request of the presystem."""
    told: dict[str, Any] = json.loads(_information(dialect.name, asked=asked))
    return told


def push(dialect: Dialect, *, asked: bool = True) -> Envelope:
    """The push itself, encoded once as the CMS does it."""
    told = Encoded(_information(dialect.name, asked=asked))
    return Envelope(MessageType.REQUEST, "CMS", presystem_of(dialect), STAMP, ID, PUSH, told)
