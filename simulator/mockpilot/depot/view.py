"""What the CMS says about its depot: the payload of ProvideChargingInformation in a dialect.

Stations, points, vehicles, and charging processes that run or are to come, as they stand at this moment. Decides
nothing and asks for no version: where versions differ, the dialect's vocabulary has a function. A point is put into
words once, with blanks for the numbers, and again when more has changed about it than numbers.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, inspect

from mockpilot.depot.model import OcppError
from mockpilot.depot.ocpp_mapping import point_fault_code, point_status, station_fault_code, station_status
from mockpilot.depot.present import Fault, PointNow, Present, Process, StationNow
from mockpilot.depot.processes import BLANK, NUMBERS, ProcessWords, blank, numbers, stamp
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import (
    ChargingPointFaultInfo,
    ChargingStationFaultInfo,
    ChargingStationStatus,
)

Rejected = tuple[str, str, str]
"""Presystem id, charging request id and reason, all as we spell them."""

_Pick = Callable[[tuple[Any, ...]], Any]
"""From all that there is, what belongs into the blanks, in their order."""
_NAMED_BLANK = re.compile(re.escape(BLANK) + rb"\((\w+)\)")


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """A point in words, with blanks."""

    key: tuple[object, ...]
    """All that the words follow from, and the numbers do not."""
    until: datetime | None
    """When the first state of charge that was foreseen lies in the past."""
    text: bytes
    pick: _Pick


class View:
    """Tells a depot in one dialect.

    Args:
        dialect: in whose words.
        began: since when everything is as it is that has no other time.
    """

    def __init__(self, dialect: Dialect, began: datetime) -> None:
        self._dialect, self._began = dialect, began
        self._words: Any = dialect.vocabulary
        self._spell = functools.lru_cache(maxsize=50_000)(dialect.spelling.out)
        self._processes = ProcessWords(dialect, self._spell)
        self._encoder = msgspec.json.Encoder()
        self._forms: dict[str, _Form] = {}
        self._station_forms: dict[str, _Form] = {}
        self._takes_empty = _takes_empty_stations(self._words)

    def information(self, present: Present, rejected: Sequence[Rejected] = ()) -> bytes:
        """The payload of a push as JSON."""
        depot, spell = present.depot, self._spell
        default, *others = present.stations
        stations = [self._station(station, present.now) for station in others if station.points or self._takes_empty]
        if self._dialect.default_station:
            stations.insert(0, self._default_station(default, present.now))
        info = self._words.DepotInfo(
            depot_id=spell(depot.id), name=depot.name or UNSET, charging_station_info_list=tuple(stations)
        )
        told = [(spell(presystem), spell(request), reason) for presystem, request, reason in rejected]
        return self._encoder.encode(self._words.information_request((info,), told))

    # -- stations --------------------------------------------------------------------------------------------------

    def _station(self, now: StationNow, at: datetime) -> msgspec.Raw:
        error = now.fault.error if now.fault is not None else OcppError.NO_ERROR
        status = station_status(error, None if now.silent_since is None else at - now.silent_since)
        form, key = self._station_forms.get(now.station.id), (status, now.fault)
        if form is None or form.key != key:
            text, pick = self._form_of(self._station_words(now, status), ("points", "kw"))
            form = self._station_forms[now.station.id] = _Form(key, None, text, pick)
        points = b",".join([self._point(point, at) for point in now.points])
        return msgspec.Raw(form.text % form.pick((points, now.total_kw)))

    def _station_words(self, now: StationNow, status: ChargingStationStatus) -> Any:
        points = (blank("points", "s"),) if now.points else ()
        return self._words.charging_station_info(
            self._spell(now.station.id), status, points, self._station_fault(now.fault), blank("kw", ".1f")
        )

    def _default_station(self, now: StationNow, at: datetime) -> Any:
        """No hardware: nothing is known of its point but who waits there."""
        points = tuple(self._default_point(point, at) for point in now.points)
        return self._words.charging_station_info(
            self._spell(now.station.id), ChargingStationStatus.UNAVAILABLE, points
        )

    def _default_point(self, now: PointNow, at: datetime) -> msgspec.Raw:
        form, key = self._forms.get(now.point.id), _key(now)
        if form is None or form.key != key:
            words = self._words.charging_point_info(
                self._spell(now.point.id), point_status(now.state, self._dialect), scheduled=self._scheduled(now, at)
            )
            form = self._forms[now.point.id] = _Form(key, None, self._encoder.encode(words), _nothing)
        return msgspec.Raw(form.text)

    def _station_fault(self, fault: Fault | None) -> ChargingStationFaultInfo | UnsetType:
        told = fault or Fault(OcppError.NO_ERROR, self._began)
        code = station_fault_code(told.error, self._dialect)
        if code is None:
            return UNSET
        return ChargingStationFaultInfo(
            charging_station_fault_code=code, fault_text=_text(told), fault_time_stamp=stamp(told.since)
        )

    # -- points ----------------------------------------------------------------------------------------------------

    def _point(self, now: PointNow, at: datetime) -> bytes:
        form, key = self._forms.get(now.point.id), _key(now)
        if form is None or form.key != key or (form.until is not None and form.until <= at):
            text, pick = self._form_of(self._point_words(now, at), NUMBERS)
            form = self._forms[now.point.id] = _Form(key, _until(now.process, at), text, pick)
        told: bytes = form.text % form.pick(numbers(now))
        return told

    def _form_of(self, words: Any, names: tuple[str, ...]) -> tuple[bytes, _Pick]:
        text = self._encoder.encode(words).replace(b"%", b"%%")
        wanted = [names.index(name.decode()) for name in _NAMED_BLANK.findall(text)]
        return _NAMED_BLANK.sub(b"%", text), operator.itemgetter(*wanted) if wanted else _nothing

    def _point_words(self, now: PointNow, at: datetime) -> Any:
        process, vehicle, running = now.process, UNSET, UNSET
        if process is not None:
            vehicle, running = self._processes.vehicle(process), self._processes.running(process, at)
        return self._words.charging_point_info(
            self._spell(now.point.id), point_status(now.state, self._dialect), power_limit_kw=blank("limit", ".1f"),
            energy_meter_reading=blank("meter", "d"), fault=self._point_fault(now.fault), vehicle=vehicle,
            process=running, scheduled=self._scheduled(now, at),
        )  # fmt: skip

    def _scheduled(self, now: PointNow, at: datetime) -> tuple[Any, ...] | UnsetType:
        return tuple(self._processes.to_come(one, at) for one in now.scheduled) or UNSET

    def _point_fault(self, fault: Fault | None) -> ChargingPointFaultInfo | UnsetType:
        told = fault or Fault(OcppError.NO_ERROR, self._began)
        code = point_fault_code(told.error, self._dialect)
        if code is None:
            return UNSET
        return ChargingPointFaultInfo(
            charging_point_fault_code=code, fault_text=_text(told), fault_time_stamp=stamp(told.since)
        )


def _key(now: PointNow) -> tuple[object, ...]:
    process = now.process
    if process is None:
        return now.state, now.fault, now.scheduled
    return (
        now.state, now.fault, now.scheduled, process.id, process.began, process.status, process.demand,
        process.forecast, process.vehicle, process.fault, process.hvac_kw > 0.0, process.systems_kw > 0.0,
        process.preconditioning_left_s > 0.0,
    )  # fmt: skip


def _until(process: Process | None, now: datetime) -> datetime | None:
    if process is None or process.forecast is None:
        return None
    return next((at for at, _ in process.forecast.progress if at > now), None)


def _nothing(_all: tuple[Any, ...]) -> tuple[Any, ...]:
    return ()


@functools.cache
def _takes_empty_stations(words: Any) -> bool:
    kind = inspect.type_info(words.ChargingStationInfo)
    assert isinstance(kind, inspect.StructType)
    points = next(field.type for field in kind.fields if field.name == "charging_point_info_list")
    return not getattr(points, "min_length", None)


def _text(fault: Fault) -> str:
    return fault.text or str(fault.error)
