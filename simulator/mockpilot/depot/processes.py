"""Vehicles and charging processes, running ones and ones to come, in a dialect's words.

What changes with every kilowatt-second is left blank here: ``numbers`` has the numbers that belong there, and ``view``
fills them in. So a thousand busy points cost a push no more than a thousand lines of numbers.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import UNSET, Raw

from mockpilot.depot.present import Forecast, PointNow, Process, Scheduled, VehicleFault
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import (
    PreconditioningInfo,
    ProcessStatus,
    VehicleFaultInfo,
    VehicleStatusInfo,
)

_EMPTY_V, _V_PER_PERCENT = 620.0, 1.3  # of a bus battery: what a current is computed from
_NOTHING_LEFT = PreconditioningInfo()
_NOBODY_KNOWS = Forecast(0.0, None, 0.0, None, None, 0.0)


BLANK = b"\x01"
"""Begins a blank: a control character that stands in no JSON text by itself."""


def blank(name: str, form: str) -> Any:
    """A place for a number, or more, where JSON is expected.

    Args:
        name: under which the number is brought.
        form: how it is written, in the manner of ``%``.
    """
    return Raw(BLANK + f"({name}){form}".encode())


class ProcessWords:
    """Words for what happens at points in one dialect.

    Args:
        dialect: whose words.
        spell: our ids to the wire.
    """

    def __init__(self, dialect: Dialect, spell: Callable[[str], str]) -> None:
        self._words: Any = dialect.vocabulary
        self._spell = spell
        self._knows_evcc = _knows_evcc(self._words)

    def vehicle(self, process: Process) -> Any:
        """The vehicle at the plug; its state of charge is left blank."""
        words, vehicle, fault = self._words, process.vehicle, process.fault
        heats, prepares = process.hvac_kw > 0.0, process.systems_kw > 0.0
        evcc = {"evcc_id": vehicle.evcc_id or UNSET} if self._knows_evcc else {}
        return words.VehicleInfo(
            vehicle_id=vehicle.id, **evcc, mileage=UNSET if vehicle.mileage is None else vehicle.mileage,
            traction_battery_info=words.TractionBatteryInfo(
                state_of_charge=blank("soc", ".1f"), state_of_health=percent(vehicle.soh_percent)
            ),
            vehicle_status_info=VehicleStatusInfo(
                hvac_preconditioning_active=heats, system_preconditioning_active=prepares
            ),
            vehicle_charging_status=words.vehicle_charging_status(
                charging=process.status is ProcessStatus.CHARGING, preconditioning=heats or prepares,
                impossible=fault is not None or process.status is ProcessStatus.REJECTED_TECHNICALLY,
            ),
            vehicle_fault_info=UNSET if fault is None else _vehicle_fault(fault),
            preconditioning_info=_LEFT if process.preconditioning_left_s > 0.0 else _NOTHING_LEFT,
        )  # fmt: skip

    def running(self, process: Process, now: datetime) -> Any:
        """The process at a point; what flows and has flowed is left blank."""
        demand, words = process.demand, self._words
        return words.ChargingProcessInfo(
            presystem_id=UNSET if demand is None else self._spell(demand.presystem_id),
            charging_request_id=UNSET if demand is None else self._spell(demand.request_id),
            charging_process_id=self._spell(process.id),
            process_status=process.status,
            start_time=stamp(process.began),
            charging_prediction_data=self._prediction(
                process.forecast or _NOBODY_KNOWS, process.began, now, words.charging_prediction
            ),
            electric_data=words.ElectricData(
                charging_current=blank("amperes", ".1f"), charging_voltage=blank("volts", ".1f"),
                charging_power=blank("kw", ".1f"),
            ),
            delivered_energy=blank("delivered_wh", "d"),
        )  # fmt: skip

    def to_come(self, one: Scheduled, now: datetime) -> Any:
        """A process that is planned."""
        demand, spell = one.demand, self._spell
        return self._words.ScheduledChargingProcess(
            presystem_id=spell(demand.presystem_id),
            charging_request_id=spell(demand.request_id),
            charging_process_id=spell(demand.process_id),
            vehicle_id=demand.vehicle_id,
            start_time=stamp(one.starts),
            charging_prediction_data=self._prediction(
                one.forecast, one.starts, now, self._words.scheduled_prediction
            ),
        )

    def _prediction(self, forecast: Forecast, starts: datetime, now: datetime, words_of: Callable[..., Any]) -> Any:
        ahead = [(at, soc) for at, soc in forecast.progress if at > now]
        ends = (ahead[-1][0] if ahead else None, forecast.departs, forecast.max_reached, forecast.min_reached, starts)
        return words_of(
            min_soc=percent(forecast.min_soc_percent), min_time=_stamp_or_none(forecast.min_reached),
            max_soc=percent(forecast.max_soc_percent), max_time=_stamp_or_none(forecast.max_reached),
            departure=_stamp_or_none(forecast.departs), departure_soc=percent(forecast.soc_at_departure_percent),
            horizon=stamp(next(end for end in ends if end is not None)),
            progress=[(stamp(at), percent(soc)) for at, soc in ahead], finished=forecast.finished,
        )  # fmt: skip


NUMBERS = ("limit", "meter", "soc", "kw", "volts", "amperes", "delivered_wh", "left_min", "left_wh")
"""Names of the blanks of a point and of the process at it, in the order in which ``numbers`` tells them."""


def numbers(point: PointNow) -> tuple[float, ...]:
    """What belongs into the blanks of a point; those of a process only if there is one."""
    process, meter_wh = point.process, round(point.meter_wh)
    if process is None:
        return point.limit_kw, meter_wh
    soc, kw = process.soc_percent, process.charging_kw + process.hvac_kw + process.systems_kw
    volts = _EMPTY_V + _V_PER_PERCENT * soc
    # Delivered is what two readings of the meter make of it, so that both always agree to the last digit.
    delivered_wh = meter_wh - round(point.meter_wh - process.delivered_wh)
    left_min = math.ceil(process.preconditioning_left_s / 60.0)
    return (
        point.limit_kw, meter_wh, soc, kw, volts, kw * 1000.0 / volts, delivered_wh, left_min,
        process.preconditioning_left_wh,
    )  # fmt: skip


_LEFT = PreconditioningInfo(
    vehicle_preconditioning_time=blank("left_min", "d"), vehicle_preconditioning_energy=blank("left_wh", ".0f")
)


def _knows_evcc(words: Any) -> bool:
    return "evcc_id" in words.VehicleInfo.__struct_fields__


def percent(value: float) -> float:
    """A state of charge or health as it is told."""
    return round(min(max(value, 0.0), 100.0), 1)


@functools.lru_cache(maxsize=50_000)
def stamp(instant: datetime) -> str:
    """A time as it stands in a payload."""
    return format_timestamp(instant)


def _stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def _vehicle_fault(fault: VehicleFault) -> VehicleFaultInfo:
    return VehicleFaultInfo(
        vehicle_fault_code=fault.code, fault_text=fault.text or UNSET, fault_time_stamp=stamp(fault.since)
    )
