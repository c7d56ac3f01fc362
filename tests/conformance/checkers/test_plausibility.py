"""What entries ask for, judged from made recordings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conformance.playbook import START, Play, entry, information
from mockpilot.conformance.levels import Level
from mockpilot.protocol.envelope import format_timestamp

ORDER, ARRIVES, PERCENT = (
    "requests.soc-order", "requests.arrival-before-departure", "requests.soc-in-percent",
)  # fmt: skip
CONDITIONED, STAY, ARRIVAL_SOC = "requests.preconditioning", "requests.one-per-stay", "requests.arrival-soc"
AHEAD, PRIORITY, PROCESSES = "requests.departure-ahead", "requests.priority", "requests.issued-processes"


def at(minutes: float) -> str:
    """A time stamp, in minutes from the start."""
    return format_timestamp(START + timedelta(minutes=minutes))


def asking(name: str = "a", vehicle: str = "", leaves_in_min: float = 600, **data: Any) -> dict[str, Any]:
    """An entry with more in its data."""
    one = entry(name, vehicle, leaves_in_min=leaves_in_min)
    return one | {"chargingRequestData": one["chargingRequestData"] | data}


def read(*entries: dict[str, Any], **play: Any) -> Play:
    """One list."""
    return Play(**play).exchange().asks(*entries).takes()


def coming(minutes: float, **more: Any) -> dict[str, Any]:
    """An entry that arrives at a time."""
    return asking(expectedArrivalTimeAtChargingPoint=at(minutes), **more)


@pytest.mark.parametrize(("rule", "bad", "level"), [
    (ORDER, asking(minTargetSoc=90, maxTargetSoc=80), Level.MUST),
    (ARRIVES, coming(601), Level.SHOULD),
    (ARRIVES, coming(600), Level.SHOULD),
    (PERCENT, asking(minTargetSoc=0.5, maxTargetSoc=1), Level.SHOULD),
    (CONDITIONED, entry("a", automaticPreconditioning={"preconditioningRequest": "HotWaterAndHeating"},
                        manualPreconditioning={"hvacPreconditioningStartTime": at(500),
                                               "systemPreconditioningStartTime": at(500)}), Level.SHOULD),
    (CONDITIONED, entry("a", automaticPreconditioning={"preconditioningRequest": "HotWaterAndHeating",
                                                       "requestedFinishTime": at(601)}), Level.SHOULD),
    (CONDITIONED, entry("a", manualPreconditioning={"hvacPreconditioningStartTime": at(500),
                                                    "systemPreconditioningStartTime": at(601)}), Level.SHOULD),
    (ARRIVAL_SOC, asking(expectedSocAtArrival=95), Level.MAY),
    (AHEAD, asking(leaves_in_min=-2), Level.SHOULD),
    (PRIORITY, entry("a", priority=0), Level.MAY),
    (PROCESSES, entry("a", chargingProcessId="made up"), Level.SHOULD),
])  # fmt: skip
def test_implausible_entry_is_convicted_of_that_alone(rule: str, bad: dict[str, Any], level: Level) -> None:
    """Every one of them is valid by the schema."""
    play = read(bad)
    assert play.convicted_of(rule).level is level
    assert play.complaints() <= {rule}


@pytest.mark.parametrize(("rule", "good"), [
    (ORDER, asking(minTargetSoc=80, maxTargetSoc=80)),
    (ARRIVES, coming(599)),
    (PERCENT, asking(minTargetSoc=0, maxTargetSoc=80, expectedSocAtArrival=1)),
    (CONDITIONED, entry("a", automaticPreconditioning={"preconditioningRequest": "HotWaterAndHeating",
                                                       "requestedFinishTime": at(600)})),
    (ARRIVAL_SOC, asking(expectedSocAtArrival=94)),
    (AHEAD, asking(leaves_in_min=1)),
    (PRIORITY, entry("a", priority=1)),
])  # fmt: skip
def test_plausible_entry_holds(rule: str, good: dict[str, Any]) -> None:
    """And nothing is said against it."""
    play = read(good)
    assert play.held(rule)
    assert not play.complaints()


@pytest.mark.parametrize("rule", [ARRIVES, CONDITIONED, ARRIVAL_SOC, PRIORITY, PROCESSES])
def test_entry_that_says_nothing_of_it_is_no_occasion(rule: str) -> None:
    """All these keys are optional."""
    assert not read(entry("a")).exercised(rule)


def test_times_are_compared_as_instants() -> None:
    """An hour's offset turns the order of the texts round."""
    early = asking(expectedArrivalTimeAtChargingPoint="2031-03-05T05:30:00+02:00")
    early["chargingRequestData"]["requestedTimeForDeparture"] = "2031-03-05T04:30:00Z"
    assert read(early).held(ARRIVES)
    late = asking(expectedArrivalTimeAtChargingPoint="2031-03-05T03:30:00-02:00")
    late["chargingRequestData"]["requestedTimeForDeparture"] = "2031-03-05T04:30:00Z"
    assert read(late).convicted_of(ARRIVES).level is Level.SHOULD


def test_arrival_in_the_past_is_an_arrival() -> None:
    """The vehicle may have come already."""
    assert not read(coming(-60)).complaints()


def test_one_entry_that_asks_for_next_to_nothing_is_no_fraction() -> None:
    """All of them would be."""
    assert read(asking(minTargetSoc=0.5, maxTargetSoc=1), entry("b")).held(PERCENT)
    assert PERCENT not in read(asking(minTargetSoc=0, maxTargetSoc=0)).complaints()


def stay(name: str, begin: float, end: float, vehicle: str = "bus", **more: Any) -> dict[str, Any]:
    """A stay of a vehicle."""
    return asking(name, vehicle, end, expectedArrivalTimeAtChargingPoint=at(begin)) | more


def test_two_requests_for_one_stay_are_a_warning() -> None:
    """Overlapping by a minute is enough."""
    assert read(stay("a", 10, 100), stay("b", 99, 200)).complaints() == {STAY}


@pytest.mark.parametrize("other", [
    stay("b", 100, 200), stay("b", 50, 90, "another bus"), stay("b", 50, 90, chargingInstruction="Terminate"),
    asking("b", "bus"),
])  # fmt: skip
def test_other_stays_are_free(other: dict[str, Any]) -> None:
    """Touching ones, other vehicles', terminated ones, and those of which no time is known."""
    assert STAY not in read(stay("a", 10, 100), other).complaints()


def test_departure_counts_when_the_entry_is_first_seen() -> None:
    """An entry that departed meanwhile stays in complete lists."""
    old = asking(leaves_in_min=1)
    play = Play().exchange().asks(old).takes().pushed(20).asks(old, entry("b")).takes()
    assert not play.complaints()


def test_departure_a_moment_ago_is_a_matter_of_clocks() -> None:
    """The skew that clocks may have is granted."""
    assert not read(asking(leaves_in_min=-0.5)).complaints()


def test_departures_of_an_operated_product_may_be_left_over() -> None:
    """What it holds from before is not of this run's making."""
    assert not read(asking(leaves_in_min=-60), launched=False).complaints()


def test_departures_under_a_wrong_clock_are_not_judged() -> None:
    """Neither ours nor the product's."""
    ours = Play().exchange().fired("clock", "clock").asks(asking(leaves_in_min=-60)).takes()
    theirs = Play()
    theirs.clock_ahead = timedelta(hours=-2)
    theirs.exchange().pushed(3).asks(asking(leaves_in_min=-60)).takes()
    assert AHEAD not in ours.complaints() | theirs.complaints()


def test_process_id_of_a_push_is_issued() -> None:
    """Scheduled or running, in any push before."""
    told = information("P1", shows=("a",))
    process = told["depotInfoList"][0]["chargingStationInfoList"][0]["chargingPointInfoList"][0]
    process["scheduledChargingProcessList"][0]["chargingProcessId"] = "issued"
    play = Play().exchange().push(says=told).confirm().asks(entry("a", chargingProcessId="issued")).takes()
    assert play.held(PROCESSES)


def test_process_id_of_an_operated_product_may_be_left_over() -> None:
    """An earlier push may have issued it."""
    assert not read(entry("a", chargingProcessId="old"), launched=False).complaints()


def test_what_a_running_product_still_holds_is_not_of_this_scenario() -> None:
    """It was started for the run, not for this scenario: departures pass, processes were issued before."""
    old = entry("old", leaves_in_min=-60, chargingProcessId="of an earlier scenario")
    play = Play()
    play.events.pop()  # it was started before this scenario
    assert not play.exchange().asks(old).takes().complaints()


def test_charging_that_nobody_planned_arrives_whenever_it_does() -> None:
    """Its times need not fit."""
    planned = entry("a")
    planned["chargingRequestData"] |= {"expectedArrivalTimeAtChargingPoint": "2032-01-01T00:00:00Z"}
    ad_hoc = planned | {"chargingRequestData": planned["chargingRequestData"] | {"adHocCharging": True}}
    assert Play().exchange().asks(planned).takes().complaints() == {"requests.arrival-before-departure"}
    assert not Play().exchange().asks(ad_hoc).takes().complaints()
