"""Offences in taking pushes that look otherwise than most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from mockpilot.presystem.conduct import Arrival, Taking
from mockpilot.presystem.offences.making import one
from mockpilot.protocol import envelope

LARGEST_TAKEN = 1024 * 1024
"""Characters."""
OLD_S = 3600.0
SLOW_ANSWER_S = 20.0
"""Later than the next push is due."""
_FRACTION = re.compile(r".*:\d\d\.\d+(Z|\+00:00)")
_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_STATUSES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")


def _if(trouble: Callable[[Arrival], bool], taking: Taking) -> Callable[[Arrival], Taking]:
    return lambda arrival: taking if trouble(arrival) else Taking.AS_MEANT


def _stamped_otherwise(form: re.Pattern[str]) -> Callable[[Arrival], bool]:
    return lambda arrival: form.fullmatch(arrival.message.timestamp) is None


def _is_old(arrival: Arrival) -> bool:
    told = envelope.parse_timestamp(arrival.message.timestamp)
    return told is not None and abs((arrival.wall - told).total_seconds()) > OLD_S


def _objects(found: Any) -> Iterator[dict[str, Any]]:
    """Every object of a payload, however deep."""
    if isinstance(found, dict):
        yield found
    for item in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _objects(item)


def _lacks_default_station(arrival: Arrival) -> bool:
    ids = [str(found["chargingPointId"]) for found in _objects(arrival.message.payload) if "chargingPointId" in found]
    return bool(ids) and not any(point.endswith(("/0/0", "%2F0%2F0")) for point in ids)


def _is_odd(arrival: Arrival) -> bool:
    ids = [str(found["chargingPointId"]) for found in _objects(arrival.message.payload) if "chargingPointId" in found]
    return any(" " in point for point in ids)


def _has_unknown_status(arrival: Arrival) -> bool:
    told = (found.get("chargingPointStatus", "Available") for found in _objects(arrival.message.payload))
    return any(status not in _STATUSES for status in told)


def _has_empty_list(arrival: Arrival) -> bool:
    lists = ("depotInfoList", "chargingStationInfoList")
    return any(found.get(key) == [] for found in _objects(arrival.message.payload) for key in lists)


def _has_healthy_fault(arrival: Arrival) -> bool:
    return any("chargingPointFaultInfo" in found and found.get("chargingPointStatus") != "Faulted"
               for found in _objects(arrival.message.payload))  # fmt: skip


def _makes_no_sense(arrival: Arrival) -> bool:
    payload = arrival.message.payload
    return not (isinstance(payload, dict) and isinstance(payload.get("depotInfoList"), list))


def breaks_at_fragments(data: bytes) -> bytes:
    """End where a text frame without FIN begins."""
    return b"" if data[:1] == b"\x01" else data


OFFENCES = (
    one("envelope.reads-time-stamps", "refuses pushes whose stamp has no fraction of a second",
        takes=_if(_stamped_otherwise(_FRACTION), Taking.AS_AN_ERROR)),
    one("envelope.reads-unusual-time-stamps", "passes over pushes whose stamp has an offset or nanoseconds",
        takes=_if(_stamped_otherwise(_PLAIN), Taking.SILENTLY)),
    one("frames.reads-fragments", "hangs up on a message in fragments", reads=breaks_at_fragments),
    one("frames.reads-large-messages", "leaves the link at a push of more than a megabyte",
        takes=_if(lambda arrival: arrival.size > LARGEST_TAKEN, Taking.BADLY)),
    one("envelope.unmoved-by-our-clock", "passes over pushes whose stamp is more than an hour off",
        takes=_if(_is_old, Taking.SILENTLY)),
    one("information.is-answered-in-time", "confirms pushes twenty seconds late", answer_delay_s=SLOW_ANSWER_S),
    one("information.default-station", "refuses pushes without a default station",
        takes=_if(_lacks_default_station, Taking.AS_AN_ERROR)),
    one("information.chargepilot-form", "refuses pushes with blanks in ids", takes=_if(_is_odd, Taking.AS_AN_ERROR)),
    one("information.survives-unknown", "answers nothing more after a status that it doesn't know",
        takes=_if(_has_unknown_status, Taking.FOR_GOOD)),
    one("information.empty-lists", "refuses pushes with an empty list",
        takes=_if(_has_empty_list, Taking.AS_AN_ERROR)),
    one("information.vanished-points", "leaves its requests at points that are gone", follows_points=False),
    one("link.notices-missing-pushes", "waits for pushes for ever", brings=("link.notices-silence",),
        notices_silence=False),
    one("information.answers-what-makes-no-sense", "passes over pushes that make no sense",
        takes=_if(_makes_no_sense, Taking.SILENTLY)),
    one("information.legal-statuses", "leaves the link at a fault info with a status that isn't Faulted",
        takes=_if(_has_healthy_fault, Taking.BADLY)),
    one("information.is-answered-meanwhile", "answers no push while its list is unconfirmed",
        answers_while_list_is_open=False),
)  # fmt: skip
