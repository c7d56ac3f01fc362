"""What follows a change while its vehicle is charging, judged from made recordings."""

from __future__ import annotations

from typing import Any

from conformance.playbook import PRESYSTEM, Play, entry, information, second_chance
from mockpilot.conformance.levels import Level

CHARGING = "requests.change-while-charging"

A = entry("a")


def running(request: str, status: str = "Charging") -> dict[str, Any]:
    """A push that shows a request at work."""
    told = information("P1", "P2")
    point = told["depotInfoList"][0]["chargingStationInfoList"][0]["chargingPointInfoList"][0]
    point["chargingProcessInfo"] = {"presystemId": PRESYSTEM, "chargingRequestId": request, "processStatus": status}
    return told


def charged(*, control: bool = True, status: str = "Charging") -> Play:
    """A change outside charging brought a list; then the vehicle charges and the request is changed."""
    play = Play().exchange().asks(A).takes().wait(1)
    if control:
        play.step("change-request", request="a").asks(entry("a", soc=70)).takes()
    return play.wait(70).push(says=running("a", status)).confirm().wait(1).step("change-request", request="a")


def test_change_that_comes_while_charging_holds() -> None:
    """As it did before."""
    assert charged().asks(entry("a", soc=60)).takes().held(CHARGING)


def test_change_that_never_comes_is_a_warning_after_a_second_chance() -> None:
    """Silence, reconnect, silence."""
    assert CHARGING not in charged().pushed(6).complaints()
    assert second_chance(charged()).convicted_of(CHARGING).level is Level.SHOULD


def test_change_that_comes_with_the_reconnect_is_late() -> None:
    """And no silence."""
    play = charged().pushed(5).closed().wait(5).exchange().asks(entry("a", soc=60)).takes().pushed(5)
    assert CHARGING not in play.complaints()


def test_without_the_control_nothing_is_known() -> None:
    """Perhaps changes never bring a list."""
    assert CHARGING not in second_chance(charged(control=False)).complaints()


def test_vehicle_that_is_not_charging_yet_is_no_test() -> None:
    """It only prepares."""
    assert not charged(status="Preparing").asks(entry("a", soc=60)).takes().exercised(CHARGING)
