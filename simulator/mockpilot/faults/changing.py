"""What a push says of the depot when a fault changes it: the payload in, another valid payload out. Pure.

Works on JSON as it stands on the wire, whoever made it. A change that a dialect has no legal form for is refused when
it is armed; one for which a push gives no occasion (no request of the presystem to be rejected) leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockpilot.errors import ScenarioError
from mockpilot.faults.changes import depots, points, processes
from mockpilot.faults.changes.finding import Place, place_for
from mockpilot.faults.changes.setting import Payload, Setting, refusal
from mockpilot.faults.verbs import Fault

_AT_A_POINT: dict[str, Callable[[Place, Fault, Payload, Setting], str | None]] = {
    "vanish": points.vanish,
    "rename": points.rename,
    "status": points.status,
    "fault": points.break_down,
    "odd-ids": points.add_odd_id,
    "foreign-process": processes.add_foreign,
    "foreign-twin": processes.add_foreign_twin,
    "predicted-time": processes.tell_predicted_time,
    "no-predicted-time": processes.hide_predicted_time,
}
_OF_THE_WHOLE: dict[str, Callable[[Payload, Setting], str | None]] = {
    "statuses": depots.walk_statuses,
    "empty-depots": depots.empty,
    "empty-stations": depots.empty_stations,
    "no-default-station": depots.hide_default_station,
    "rejected-list": processes.reject_requests,
}
"""All change the payload in place and say for people what it says now; None if there is no occasion for it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A payload that says something else."""

    payload: Payload
    detail: str
    """For people."""


def change(fault: Fault, payload: Payload, setting: Setting) -> Changed | None:
    """Change a payload in place and say what was changed; None if there is no occasion for it.

    Raises:
        ScenarioError: the dialect has no legal form for it.
    """
    sentence = refusal(fault, setting.dialect)
    if sentence:
        raise ScenarioError(sentence)
    detail = _change(fault, payload, setting)
    return None if detail is None else Changed(payload, detail)


def _change(fault: Fault, payload: Payload, setting: Setting) -> str | None:
    if fault.how in _OF_THE_WHOLE:
        return _OF_THE_WHOLE[fault.how](payload, setting)
    place = place_for(fault, payload, setting)
    return None if place is None else _AT_A_POINT[fault.how](place, fault, payload, setting)
