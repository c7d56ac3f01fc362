"""From a charging request as a presystem words it to what it asks of the depot.

A time that cannot be read, or lies outside of the calendar, counts as not given. What the interface leaves to the
vehicle is assumed here: how much power preconditioning takes, and when it begins.
"""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from msgspec import UnsetType

from mockpilot.depot.demand import Demand, Preconditioning
from mockpilot.protocol.envelope import parse_timestamp
from mockpilot.protocol.vocabulary import ChargingRequest

ASSUMED_KW: Mapping[str, float] = MappingProxyType({
    "HotWaterAndHeating": 20.0,
    "WarmWaterAndVentilation": 10.0,
    "NoWaterCoolingOrVentilation": 10.0,  # cooling or ventilation, without water
})  # fmt: skip
"""What automatic preconditioning draws; every other wish, none, or a signal that is not there, takes nothing."""
ASSUMED_FOR = timedelta(minutes=30)
"""How long preconditioning takes of which only one end is known."""
ASSUMED_HVAC_KW, ASSUMED_SYSTEMS_KW = 10.0, 5.0
"""Of manual preconditioning without a power."""
MOST_KW = 50.0
"""Of preconditioning: no bus draws more, but some presystems write watts."""

_PROCESS_IDS = uuid.UUID("6f4e4a3c-3f0b-5b0e-9a3e-0d5a7c1e9b46")  # made once; any fixed namespace would do


def charging_process_id(presystem_id: str, charging_request_id: str) -> str:
    """The CMS's own id of the process for a request: the same whenever it is asked."""
    # A UUID of version 5 as RFC 9562 makes it, by hand: lists can have thousands of entries.
    name = f"{len(presystem_id)} {presystem_id} {charging_request_id}".encode(errors="surrogatepass")
    digest = hashlib.sha1(_PROCESS_IDS.bytes + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def demand_of(presystem_id: str, request: ChargingRequest, points: Collection[str]) -> Demand:
    """Read one charging request.

    Args:
        presystem_id: whose it is.
        request: with our ids.
        points: ids of the real charging points; any other point, the default one too, means any free one.
    """
    data, point = request.charging_request_data, request.charging_point_id
    departs = instant(data.requested_time_for_departure)
    soc = data.expected_soc_at_arrival
    return Demand(
        presystem_id=presystem_id,
        request_id=request.charging_request_id,
        process_id=charging_process_id(presystem_id, request.charging_request_id),
        vehicle_id=request.vehicle_id,
        min_percent=_percent(data.min_target_soc),
        max_percent=_percent(data.max_target_soc),
        point_id=point if isinstance(point, str) and point in points else "",
        arrives=instant(data.expected_arrival_time_at_charging_point),
        soc_at_arrival_percent=_percent(soc) if isinstance(soc, float | int) else None,
        departs=departs,
        priority=request.priority if isinstance(request.priority, int) else None,
        preconditioning=tuple(_preconditioning(request, departs)),
    )


@functools.lru_cache(maxsize=10_000)  # lists come again and again with the same times
def instant(text: object) -> datetime | None:
    """A time of a request in UTC; None if there is none, or none that can be read."""
    read = parse_timestamp(text) if isinstance(text, str) else None
    return read.astimezone(UTC) if read is not None else None


def _percent(value: float) -> float:
    return min(max(float(value), 0.0), 100.0)  # version 1.0 sets no bounds


def _preconditioning(request: ChargingRequest, departs: datetime | None) -> Iterator[Preconditioning]:
    # Whoever asks for both has said more precisely what is meant by the manual one.
    if _is_there(request.manual_preconditioning):
        yield from _manual(request.manual_preconditioning, departs)
    elif _is_there(request.automatic_preconditioning):
        yield from _automatic(request.automatic_preconditioning, departs)


def _automatic(wish: Any, departs: datetime | None) -> Iterator[Preconditioning]:
    starts = instant(getattr(wish, "requested_start_time", None))
    ends = instant(wish.requested_finish_time) or departs
    yield from _window(starts, ends, ASSUMED_KW.get(str(wish.preconditioning_request), 0.0), hvac=True)


def _manual(wish: Any, departs: datetime | None) -> Iterator[Preconditioning]:
    hvac_kw = _kw(wish.hvac_auxiliary_consumer_power, ASSUMED_HVAC_KW)
    systems_kw = _kw(wish.system_auxiliary_consumer_power, ASSUMED_SYSTEMS_KW)
    hvac_starts, systems_start = (
        instant(wish.hvac_preconditioning_start_time), instant(wish.system_preconditioning_start_time)
    )  # fmt: skip
    if hvac_starts is not None:
        yield from _window(hvac_starts, departs, hvac_kw, hvac=True)
    if systems_start is not None:
        yield from _window(systems_start, departs, systems_kw, hvac=False)


def _window(starts: datetime | None, ends: datetime | None, kw: float, *, hvac: bool) -> Iterator[Preconditioning]:
    try:
        if starts is None and ends is not None:
            starts = ends - ASSUMED_FOR
        elif ends is None and starts is not None:
            ends = starts + ASSUMED_FOR
    except OverflowError:  # the first or last half hour of the calendar
        return
    if starts is not None and ends is not None and starts < ends and kw > 0.0:
        yield Preconditioning(starts, ends, kw, hvac)


def _kw(told: object, assumed: float) -> float:
    return min(max(float(told), 0.0), MOST_KW) if isinstance(told, int | float) else assumed


def _is_there(value: object) -> bool:
    return not isinstance(value, UnsetType)
