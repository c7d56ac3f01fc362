"""What the CMS says about its depot: the payload of ProvideChargingInformation in a dialect.

Stations, points, vehicles, and charging processes that run or are to come, as they stand at this moment. Decides
nothing and asks for no version: where versions differ, the dialect's vocabulary has a function. What stays as it was
from push to push (ids, predictions, times) is put into words once; a depot of a thousand busy points pushes often.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, inspect

from mockpilot.depot.demand import Demand
from mockpilot.depot.model import OcppError
from mockpilot.depot.ocpp_mapping import point_fault_code, point_status, station_fault_code, station_status
from mockpilot.depot.present import Fault, Forecast, PointNow, Present, Process, Scheduled, StationNow, VehicleFault
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import (
    ChargingPointFaultInfo,
    ChargingStationFaultInfo,
    ChargingStationStatus,
    PreconditioningInfo,
    ProcessStatus,
    VehicleFaultInfo,
    VehicleStatusInfo,
)

Rejected = tuple[str, str, str]
"""Presystem id, charging request id and reason."""

_EMPTY_V, _FULL_V = 620.0, 750.0
"""Voltage of a bus battery by its state of charge: what a current is computed from."""
_NOTHING_LEFT = PreconditioningInfo()
_STATUS_INFO = {
    (hvac, systems): VehicleStatusInfo(hvac_preconditioning_active=hvac, system_preconditioning_active=systems)
    for hvac in (False, True) for systems in (False, True)
}  # fmt: skip


@dataclass(slots=True, eq=False)
class _Known:
    """What is in words already of one process."""

    process: Process
    demand: Demand | None
    forecast: Forecast | None
    until: datetime | None
    """When the first state of charge that was foreseen lies in the past."""
    vehicle: dict[str, Any]
    fixed: dict[str, Any]


class View:
    """Tells a depot in one dialect.

    Args:
        dialect: in whose words.
        began: since when everything is as it is that has no other time.
    """

    def __init__(self, dialect: Dialect, began: datetime) -> None:
        self._dialect, self._began = dialect, began
        self._words: Any = dialect.vocabulary
        self._spell = functools.lru_cache(maxsize=100_000)(dialect.spelling.out)
        self._encoder = msgspec.json.Encoder()
        self._known: dict[str, _Known] = {}
        self._to_come: dict[str, tuple[tuple[Scheduled, ...], msgspec.Raw]] = {}
        self._takes_empty = _takes_empty_stations(self._words)
        self._knows_evcc = "evcc_id" in self._words.VehicleInfo.__struct_fields__

    def information(self, present: Present, rejected: Sequence[Rejected] = ()) -> bytes:
        """The payload of a push as JSON."""
        return self._encoder.encode(self.payload(present, rejected))

    def payload(self, present: Present, rejected: Sequence[Rejected] = ()) -> Any:
        """The payload of a push; what has not changed is in it as JSON already."""
        depot, spell = present.depot, self._spell
        shown = [one for one in present.stations if self._is_shown(one, present)]
        stations = tuple(self._station(station, present) for station in shown)
        info = self._words.DepotInfo(
            depot_id=spell(depot.id), name=depot.name or UNSET, charging_station_info_list=stations
        )
        told = [(spell(presystem), spell(request), reason) for presystem, request, reason in rejected]
        return self._words.information_request((info,), told)

    # -- stations and points ---------------------------------------------------------------------------------------

    def _is_shown(self, station: StationNow, present: Present) -> bool:
        if _is_default(station, present):
            return self._dialect.default_station
        return bool(station.points) or self._takes_empty

    def _station(self, now: StationNow, present: Present) -> Any:
        id_ = self._spell(now.station.id)
        if _is_default(now, present):
            points = tuple(self._default_point(point, present) for point in now.points)
            return self._words.charging_station_info(id_, ChargingStationStatus.UNAVAILABLE, points)
        silent_for = None if now.silent_since is None else present.now - now.silent_since
        error = now.fault.error if now.fault is not None else OcppError.NO_ERROR
        points = tuple(self._point(point, present) for point in now.points)
        return self._words.charging_station_info(
            id_, station_status(error, silent_for), points, self._station_fault(now.fault), round(now.total_kw, 1)
        )

    def _default_point(self, now: PointNow, present: Present) -> Any:
        status = point_status(now.state, self._dialect)
        return self._words.charging_point_info(
            self._spell(now.point.id), status, scheduled=self._scheduled(now, present.now)
        )

    def _point(self, now: PointNow, present: Present) -> Any:
        process = now.process
        vehicle = running = UNSET
        if process is not None:
            known = self._known_of(now.point.id, process, present.now)
            vehicle, running = self._vehicle(process, known), self._running(process, known, now.meter_wh)
        return self._words.charging_point_info(
            self._spell(now.point.id), point_status(now.state, self._dialect), power_limit_kw=round(now.limit_kw, 1),
            energy_meter_reading=round(now.meter_wh), fault=self._point_fault(now.fault), vehicle=vehicle,
            process=running, scheduled=self._scheduled(now, present.now) if now.scheduled else UNSET,
        )  # fmt: skip

    def _station_fault(self, fault: Fault | None) -> ChargingStationFaultInfo | UnsetType:
        told = fault or Fault(OcppError.NO_ERROR, self._began)
        code = station_fault_code(told.error, self._dialect)
        if code is None:
            return UNSET
        return ChargingStationFaultInfo(
            charging_station_fault_code=code, fault_text=_text(told), fault_time_stamp=_stamp(told.since)
        )

    def _point_fault(self, fault: Fault | None) -> ChargingPointFaultInfo | UnsetType:
        if fault is None and not self._dialect.no_error_has_fault_info:
            return UNSET
        told = fault or Fault(OcppError.NO_ERROR, self._began)
        code = point_fault_code(told.error, self._dialect)
        if code is None:
            return UNSET
        return ChargingPointFaultInfo(
            charging_point_fault_code=code, fault_text=_text(told), fault_time_stamp=_stamp(told.since)
        )

    # -- the process that runs -------------------------------------------------------------------------------------

    def _known_of(self, point_id: str, process: Process, now: datetime) -> _Known:
        known = self._known.get(point_id)
        if (
            known is None or known.process is not process or known.demand is not process.demand
            or known.forecast is not process.forecast or (known.until is not None and known.until <= now)
        ):  # fmt: skip
            known = self._known[point_id] = self._get_to_know(process, now)
        return known

    def _get_to_know(self, process: Process, now: datetime) -> _Known:
        demand, forecast, vehicle = process.demand, process.forecast, process.vehicle
        fixed = {
            "presystem_id": self._spell(demand.presystem_id) if demand is not None else UNSET,
            "charging_request_id": self._spell(demand.request_id) if demand is not None else UNSET,
            "charging_process_id": self._spell(process.id),
            "start_time": _stamp(process.began),
            "charging_prediction_data": self._raw(
                self._prediction(forecast, process.began, now, self._words.charging_prediction)
            ),
        }
        properties = {"vehicle_id": vehicle.id, "mileage": UNSET if vehicle.mileage is None else vehicle.mileage}
        if self._knows_evcc:
            properties["evcc_id"] = vehicle.evcc_id or UNSET
        until = next((at for at, _ in forecast.progress if at > now), None) if forecast is not None else None
        return _Known(process, demand, forecast, until, properties, fixed)

    def _vehicle(self, process: Process, known: _Known) -> Any:
        words, fault = self._words, process.fault
        heats, prepares = process.hvac_kw > 0.0, process.systems_kw > 0.0
        return words.VehicleInfo(
            traction_battery_info=words.TractionBatteryInfo(
                state_of_charge=_percent(process.soc_percent), state_of_health=process.vehicle.soh_percent
            ),
            vehicle_status_info=_STATUS_INFO[heats, prepares],
            vehicle_charging_status=words.vehicle_charging_status(
                charging=process.status is ProcessStatus.CHARGING,
                preconditioning=heats or prepares,
                impossible=fault is not None or process.status is ProcessStatus.REJECTED_TECHNICALLY,
            ),
            vehicle_fault_info=UNSET if fault is None else _vehicle_fault(fault),
            preconditioning_info=_left_of(process) if process.preconditioning_left_s > 0.0 else _NOTHING_LEFT,
            **known.vehicle,
        )

    def _running(self, process: Process, known: _Known, meter_wh: float) -> Any:
        volts = round(_EMPTY_V + (_FULL_V - _EMPTY_V) * process.soc_percent / 100.0, 1)
        kw = process.power_kw
        return self._words.ChargingProcessInfo(
            process_status=process.status,
            electric_data=self._words.ElectricData(
                charging_current=round(kw * 1000.0 / volts, 1), charging_voltage=volts, charging_power=round(kw, 1)
            ),
            # As two readings of the meter have it, so that both always agree to the last digit.
            delivered_energy=round(meter_wh) - round(meter_wh - process.delivered_wh),
            **known.fixed,
        )

    # -- processes to come, and predictions ------------------------------------------------------------------------

    def _scheduled(self, point: PointNow, now: datetime) -> Any:
        if not point.scheduled:
            return UNSET
        known, raw = self._to_come.get(point.point.id, ((), None))
        if raw is None or known is not point.scheduled:
            raw = self._raw([self._process_to_come(one, now) for one in point.scheduled])
            self._to_come[point.point.id] = point.scheduled, raw
        return raw

    def _process_to_come(self, one: Scheduled, now: datetime) -> Any:
        demand, spell = one.demand, self._spell
        return self._words.ScheduledChargingProcess(
            presystem_id=spell(demand.presystem_id),
            charging_request_id=spell(demand.request_id),
            charging_process_id=spell(demand.process_id),
            vehicle_id=demand.vehicle_id,
            start_time=_stamp(one.starts),
            charging_prediction_data=self._prediction(
                one.forecast, one.starts, now, self._words.scheduled_prediction
            ),
        )

    def _prediction(self, forecast: Forecast | None, starts: datetime, now: datetime, words_of: Any) -> Any:
        if forecast is None:  # it is being made
            forecast = Forecast(0.0, None, 0.0, None, None, 0.0)
        times = (forecast.departs, forecast.max_reached, forecast.min_reached, starts)
        ahead = [(at, soc) for at, soc in forecast.progress if at > now]
        return words_of(
            min_soc=_percent(forecast.min_soc_percent), min_time=_stamp_or_none(forecast.min_reached),
            max_soc=_percent(forecast.max_soc_percent), max_time=_stamp_or_none(forecast.max_reached),
            departure=_stamp_or_none(forecast.departs), departure_soc=_percent(forecast.soc_at_departure_percent),
            horizon=_stamp(ahead[-1][0] if ahead else next(time for time in times if time is not None)),
            progress=[(_stamp(at), _percent(soc)) for at, soc in ahead], finished=forecast.finished,
        )  # fmt: skip

    def _raw(self, value: Any) -> msgspec.Raw:
        return msgspec.Raw(self._encoder.encode(value))


def _is_default(station: StationNow, present: Present) -> bool:
    return station is present.stations[0]


def _takes_empty_stations(words: Any) -> bool:
    kind = inspect.type_info(words.ChargingStationInfo)
    assert isinstance(kind, inspect.StructType)
    points = next(field.type for field in kind.fields if field.name == "charging_point_info_list")
    return not getattr(points, "min_length", None)


def _vehicle_fault(fault: VehicleFault) -> VehicleFaultInfo:
    return VehicleFaultInfo(
        vehicle_fault_code=fault.code, fault_text=fault.text or UNSET, fault_time_stamp=_stamp(fault.since)
    )


def _left_of(process: Process) -> PreconditioningInfo:
    return PreconditioningInfo(
        vehicle_preconditioning_time=math.ceil(process.preconditioning_left_s / 60.0),
        vehicle_preconditioning_energy=round(process.preconditioning_left_wh),
    )


def _text(fault: Fault) -> str:
    return fault.text or str(fault.error)


def _percent(value: float) -> float:
    return round(min(max(value, 0.0), 100.0), 1)


@functools.lru_cache(maxsize=100_000)
def _stamp(instant: datetime) -> str:
    return format_timestamp(instant)


def _stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else _stamp(instant)
