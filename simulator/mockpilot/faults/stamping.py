"""Our time stamps when a fault is at our clock: the stamp of a message and the times in a push, alike. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import parse_timestamp

NOT_OURS = frozenset({"requestedTimeForDeparture"})
"""Keys of times that we only say again: no clock of ours made them."""


def restamped(fault: Fault, text: str) -> str:
    """A time stamp as it comes from a clock with that fault; what is no time stamp stays as it is."""
    instant = parse_timestamp(text)
    if instant is None:
        return text
    try:
        shifted = instant.astimezone(UTC) + timedelta(seconds=fault.skew_s)
    except OverflowError:
        return text
    return _written(shifted, fault.form or "milliseconds")


def restamped_all(fault: Fault, value: Any) -> Any:
    """A payload with all its times from such a clock."""
    match value:
        case str():
            return restamped(fault, value)
        case list():
            return [restamped_all(fault, item) for item in value]
        case dict():
            kept = NOT_OURS if fault.skew_s else frozenset[str]()
            return {key: item if key in kept else restamped_all(fault, item) for key, item in value.items()}
    return value


def _written(instant: datetime, form: str) -> str:
    match form:
        case "seconds":
            return _iso(instant, "seconds") + "Z"
        case "offset":
            return _iso(instant, "milliseconds") + "+00:00"
        case "nanoseconds":
            return _iso(instant, "microseconds") + "000Z"
    return _iso(instant, "milliseconds") + "Z"


def _iso(instant: datetime, timespec: str) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec=timespec)
