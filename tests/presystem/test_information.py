"""What the presystem takes from a push."""

from __future__ import annotations

from typing import Any

import pytest

from mockpilot.presystem.information import Information, read_information


def _push(*points: dict[str, Any]) -> dict[str, Any]:
    return {"depotInfoList": [{"chargingStationInfoList": [{"chargingPointInfoList": list(points)}]}]}


def test_default_point_is_not_real() -> None:
    """The default point is passed over, available points come first."""
    push = _push(
        {"chargingPointId": "d/0/0"},
        {"chargingPointId": "busy", "chargingPointStatus": "Occupied"},
        {"chargingPointId": "free", "chargingPointStatus": "Available"},
    )
    assert read_information(push, "me") == Information(("free", "busy"))


def test_own_requests_are_shown() -> None:
    """Scheduled and running processes of this presystem count, others don't."""
    push = _push(
        {"chargingPointId": "d/0/0", "scheduledChargingProcessList": [
            {"chargingRequestId": "mine", "presystemId": "me"},
            {"chargingRequestId": "theirs", "presystemId": "they"}]},
        {"chargingPointId": "p", "chargingProcessInfo": {"chargingRequestId": "running"}},
    )  # fmt: skip
    found = read_information(push, "me")
    assert found is not None
    assert found.shown == {"mine", "running"}
    assert found.foreign == {"theirs"}


def test_charging_requests_are_those_at_work() -> None:
    """Preparing is not charging, and others' vehicles are others'."""
    states = {"a": ("me", "Charging"), "b": ("me", "Preparing"), "c": ("they", "Charging")}
    push = _push(*(
        {"chargingPointId": f"p{id_}", "chargingProcessInfo": {
            "chargingRequestId": id_, "presystemId": presystem, "processStatus": status}}
        for id_, (presystem, status) in states.items()
    ))  # fmt: skip
    found = read_information(push, "me")
    assert found is not None
    assert found.charging == {"a"}


@pytest.mark.parametrize("payload", [None, [], {}, {"depotInfoList": {}}])
def test_absurd_payload_is_none(payload: Any) -> None:
    """Without a list of depots there is no information."""
    assert read_information(payload, "me") is None


@pytest.mark.parametrize("payload", [
    {"depotInfoList": [1, {"chargingStationInfoList": 3}]},
    _push({"chargingPointId": 7}, {"chargingPointStatus": "Available"}),
])  # fmt: skip
def test_odd_parts_are_passed_over(payload: Any) -> None:
    """Parts of another type are passed over."""
    assert read_information(payload, "me") == Information()
