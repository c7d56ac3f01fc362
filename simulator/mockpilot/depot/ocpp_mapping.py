"""What VDV 463 makes of the states and error codes of ChargePilot and OCPP: tables, row by row as in the guideline.

Knows neither depots nor messages; the dialect's switches decide the few rows about which sources differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from mockpilot.depot.model import OcppError, PointState
from mockpilot.protocol.vocabulary import Dialect
from mockpilot.protocol.vocabulary.common import (
    ChargingPointFaultCode,
    ChargingPointStatus,
    ChargingStationFaultCode,
    ChargingStationStatus,
)

OFFLINE_AFTER = timedelta(minutes=1)
"""How old a station's last status may become before the station counts as offline."""

POINT_STATUS: Mapping[PointState, ChargingPointStatus] = MappingProxyType({
    PointState.AVAILABLE:      ChargingPointStatus.AVAILABLE,
    PointState.PREPARING:      ChargingPointStatus.OCCUPIED,
    PointState.CHARGING:       ChargingPointStatus.OCCUPIED,
    PointState.FINISHING:      ChargingPointStatus.OCCUPIED,
    PointState.PAUSED_EV:      ChargingPointStatus.OCCUPIED,
    PointState.PAUSED_LM:      ChargingPointStatus.OCCUPIED,
    PointState.SUSPENDED_EV:   ChargingPointStatus.OCCUPIED,
    PointState.SUSPENDED_EVSE: ChargingPointStatus.OCCUPIED,
    PointState.RESERVED:       ChargingPointStatus.RESERVED,  # unless the dialect never sends it
    PointState.UNAVAILABLE:    ChargingPointStatus.UNAVAILABLE,
    PointState.OFFLINE:        ChargingPointStatus.UNAVAILABLE,
    PointState.ERROR:          ChargingPointStatus.FAULTED,
    PointState.UNKNOWN:        ChargingPointStatus.FAULTED,
})  # fmt: skip
"""State of a point to its status."""

POINT_FAULT: Mapping[OcppError, ChargingPointFaultCode] = MappingProxyType({
    OcppError.NO_ERROR:               ChargingPointFaultCode.NO_FAULT_KNOWN,  # told only where the dialect says so
    OcppError.EV_COMMUNICATION_ERROR: ChargingPointFaultCode.COMMUNICATION_FAILURE,
    OcppError.WEAK_SIGNAL:            ChargingPointFaultCode.COMMUNICATION_FAILURE,
    OcppError.CONNECTOR_LOCK_FAILURE: ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.GROUND_FAILURE:         ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.HIGH_TEMPERATURE:       ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.LOCAL_LIST_CONFLICT:    ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.OVER_CURRENT_FAILURE:   ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.POWER_METER_FAILURE:    ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.POWER_SWITCH_FAILURE:   ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.READER_FAILURE:         ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.RESET_FAILURE:          ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.UNDER_VOLTAGE:          ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.OVER_VOLTAGE:           ChargingPointFaultCode.USAGE_FAILURE,
    OcppError.INTERNAL_ERROR:         ChargingPointFaultCode.OTHER,
    OcppError.OTHER_ERROR:            ChargingPointFaultCode.NO_FAULT_KNOWN,  # this row and the next: in ChargePilot
    OcppError.UNKNOWN:                ChargingPointFaultCode.NO_FAULT_KNOWN,
})  # fmt: skip
"""Error code of a point to its fault code."""

STATION_FAULT: Mapping[OcppError, ChargingStationFaultCode] = MappingProxyType({
    OcppError.NO_ERROR:               ChargingStationFaultCode.NO_FAULT_KNOWN,  # told only where the dialect says so
    OcppError.EV_COMMUNICATION_ERROR: ChargingStationFaultCode.COMMUNICATION_FAILURE,
    OcppError.WEAK_SIGNAL:            ChargingStationFaultCode.COMMUNICATION_FAILURE,
    OcppError.GROUND_FAILURE:         ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.POWER_METER_FAILURE:    ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.POWER_SWITCH_FAILURE:   ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.HIGH_TEMPERATURE:       ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.OVER_VOLTAGE:           ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.UNDER_VOLTAGE:          ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.OVER_CURRENT_FAILURE:   ChargingStationFaultCode.ELECTRICAL_OPERATION_FAILURE,
    OcppError.LOCAL_LIST_CONFLICT:    ChargingStationFaultCode.CONFIGURATION_FAILURE,
    OcppError.CONNECTOR_LOCK_FAILURE: ChargingStationFaultCode.OTHER,
    OcppError.INTERNAL_ERROR:         ChargingStationFaultCode.OTHER,
    OcppError.READER_FAILURE:         ChargingStationFaultCode.OTHER,
    OcppError.RESET_FAILURE:          ChargingStationFaultCode.OTHER,
    OcppError.OTHER_ERROR:            ChargingStationFaultCode.NO_FAULT_KNOWN,  # this row and the next: in ChargePilot
    OcppError.UNKNOWN:                ChargingStationFaultCode.NO_FAULT_KNOWN,
})  # fmt: skip
"""Error code of a station to its fault code."""

_OF_NO_KIND = (OcppError.OTHER_ERROR, OcppError.UNKNOWN)


def point_status(state: PointState, dialect: Dialect) -> ChargingPointStatus:
    """The status that is told of a point; a fault code beside it changes nothing, as in ChargePilot."""
    if state is PointState.RESERVED and not dialect.sends_reserved:
        return ChargingPointStatus.UNAVAILABLE
    return POINT_STATUS[state]


def point_fault_code(error: OcppError, dialect: Dialect) -> ChargingPointFaultCode | None:
    """The fault code that is told of a point; None: no fault info."""
    if error is OcppError.NO_ERROR and not dialect.no_error_has_fault_info:
        return None
    if error in _OF_NO_KIND and not dialect.unknown_error_is_no_fault_known:
        return ChargingPointFaultCode.OTHER
    return POINT_FAULT[error]


def station_status(error: OcppError, silent_for: timedelta | None) -> ChargingStationStatus:
    """The status that is told of a station.

    Args:
        error: its error code.
        silent_for: the age of its last status; None: it is talking.
    """
    if silent_for is not None and silent_for >= OFFLINE_AFTER:
        return ChargingStationStatus.UNAVAILABLE
    return ChargingStationStatus.AVAILABLE if error is OcppError.NO_ERROR else ChargingStationStatus.FAULTED


def station_fault_code(error: OcppError, dialect: Dialect) -> ChargingStationFaultCode | None:
    """The fault code that is told of a station; None: no fault info."""
    if error is OcppError.NO_ERROR and not dialect.no_error_has_fault_info:
        return None
    if error in _OF_NO_KIND and not dialect.unknown_error_is_no_fault_known:
        return ChargingStationFaultCode.OTHER
    return STATION_FAULT[error]
