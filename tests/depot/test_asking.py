"""Charging requests as what they ask of the depot."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.made import NOW, request
from mockpilot.depot.asking import charging_process_id, demand_of
from mockpilot.depot.demand import Demand, Preconditioning
from mockpilot.protocol.envelope import Action, MessageType, format_timestamp
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, read_payload
from protocol.strategies import UNHURRIED, payloads

LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
REAL = ("p1", "p2")
TARGETS = {"minTargetSoc": 80, "maxTargetSoc": 95}
HOT = "HotWaterAndHeating"


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def stamp(minutes: float) -> str:
    return format_timestamp(after(minutes))


def read(**changes: Any) -> Demand:
    """The demand of a request with these changes; ``data`` adds to its data."""
    data = TARGETS | changes.pop("data", {})
    return demand_of("P", request("cr-1", chargingRequestData=data, **changes), REAL)


def heating(**changes: Any) -> tuple[Preconditioning, ...]:
    """What becomes of automatic preconditioning when the vehicle departs in ten hours."""
    wish = {"preconditioningRequest": HOT} | changes
    return read(data={"requestedTimeForDeparture": stamp(600)}, automaticPreconditioning=wish).preconditioning


def test_a_request_is_read_whole() -> None:
    """Times come as instants in UTC."""
    data = {"expectedArrivalTimeAtChargingPoint": "2031-03-04T20:00:00+01:00", "expectedSocAtArrival": 31,
            "requestedTimeForDeparture": "2031-03-05T04:40:00Z"}  # fmt: skip
    assert read(data=data, chargingPointId="p2", priority=3) == Demand(
        presystem_id="P", request_id="cr-1", process_id=charging_process_id("P", "cr-1"), vehicle_id="bus of cr-1",
        min_percent=80.0, max_percent=95.0, point_id="p2", arrives=datetime(2031, 3, 4, 19, tzinfo=UTC),
        soc_at_arrival_percent=31.0, departs=datetime(2031, 3, 5, 4, 40, tzinfo=UTC), priority=3,
    )  # fmt: skip


def test_what_is_not_given_is_not_known() -> None:
    """The least that a request can say."""
    assert read() == Demand("P", "cr-1", charging_process_id("P", "cr-1"), "bus of cr-1", 80.0, 95.0)


@pytest.mark.parametrize("point", ["d/0/0", "vanished"])
def test_any_other_than_a_real_point_is_no_point(point: str) -> None:
    """The default point is where such requests wait, and nowhere to charge."""
    assert read(chargingPointId=point).point_id == ""


@pytest.mark.parametrize(
    "text", ["tomorrow", "2031-02-30T00:00:00Z", "2031-03-04T17:20:00", "0001-01-01T00:00:00+05:00"]
)
def test_times_that_cannot_be_read_are_not_given(text: str) -> None:
    """No such day, no offset, outside of the calendar."""
    demand = read(data={"expectedArrivalTimeAtChargingPoint": text, "requestedTimeForDeparture": text})
    assert (demand.arrives, demand.departs) == (None, None)


def test_targets_stay_within_a_battery() -> None:
    """Version 1.0 sets no bounds."""
    demand = read(data={"minTargetSoc": -7, "maxTargetSoc": 150, "expectedSocAtArrival": 101})
    assert (demand.min_percent, demand.max_percent, demand.soc_at_arrival_percent) == (0.0, 100.0, 100.0)


@pytest.mark.parametrize(
    ("wish", "starts", "ends", "kw"),
    [
        ({"requestedFinishTime": stamp(540)}, 510, 540, 20),
        ({"requestedFinishTime": stamp(540), "requestedStartTime": stamp(480)}, 480, 540, 20),
        ({"requestedStartTime": stamp(480)}, 480, 600, 20),
        ({}, 570, 600, 20),
        ({"preconditioningRequest": "WarmWaterAndVentilation"}, 570, 600, 10),
        ({"preconditioningRequest": "NoWaterCoolingOrVentilation"}, 570, 600, 10),
        ({"requestedFinishTime": "soon"}, 570, 600, 20),
    ],
)
def test_automatic_preconditioning_ends_at_its_finish(wish: dict[str, Any], starts: int, ends: int, kw: int) -> None:
    """Or at the departure; half an hour unless its start is said, with a power by what is to be done."""
    assert heating(**wish) == (Preconditioning(after(starts), after(ends), float(kw)),)


@pytest.mark.parametrize(
    "wish",
    [
        {"preconditioningRequest": "NoClimaticPreconditioningOrSNA"},
        {"requestedStartTime": stamp(540), "requestedFinishTime": stamp(540)},
        {"requestedFinishTime": "0001-01-01T00:10:00Z"},
    ],
)
def test_nothing_is_preconditioned_without_a_wish_or_a_time(wish: dict[str, Any]) -> None:
    """No climate, no duration, or a beginning before the calendar's."""
    assert heating(**wish) == ()


def test_automatic_preconditioning_without_any_time_never_happens() -> None:
    """Nobody knows when."""
    assert read(automaticPreconditioning={"preconditioningRequest": HOT}).preconditioning == ()


@pytest.mark.parametrize(
    ("departs", "powers", "expected"),
    [
        (600, {"hvacAuxiliaryConsumerPower": 12, "systemAuxiliaryConsumerPower": 4}, [(540, 600, 12), (570, 600, 4)]),
        (600, {}, [(540, 600, 10), (570, 600, 5)]),
        (600, {"hvacAuxiliaryConsumerPower": 8000, "systemAuxiliaryConsumerPower": 0}, [(540, 600, 50)]),
        (560, {"systemAuxiliaryConsumerPower": -3}, [(540, 560, 10)]),
        (None, {}, [(540, 570, 10), (570, 600, 5)]),
    ],
)
def test_manual_preconditioning_goes_on_until_departure(
    departs: int | None, powers: dict[str, int], expected: list[tuple[int, int, int]]
) -> None:
    """Climate and systems each from their own start; half an hour if nobody says when the vehicle leaves."""
    wish = {"hvacPreconditioningStartTime": stamp(540), "systemPreconditioningStartTime": stamp(570)} | powers
    data = {} if departs is None else {"requestedTimeForDeparture": stamp(departs)}
    found = read(data=data, manualPreconditioning=wish).preconditioning
    assert [(after(starts), after(ends), float(kw)) for starts, ends, kw in expected] == [
        (one.starts, one.ends, one.kw) for one in found
    ]
    assert [one.hvac for one in found] == [True, False][: len(found)]


def test_manual_preconditioning_counts_before_automatic() -> None:
    """Whoever asks for both has said more precisely what is meant by one of them."""
    manual = {"hvacPreconditioningStartTime": stamp(1), "systemPreconditioningStartTime": "never"}
    found = read(manualPreconditioning=manual, automaticPreconditioning={"preconditioningRequest": HOT})
    assert found.preconditioning == (Preconditioning(after(1), after(31), 10.0),)


def test_charging_process_id_belongs_to_presystem_and_request() -> None:
    """The same request keeps its process id, another one has another."""
    assert charging_process_id("P", "a") == charging_process_id("P", "a")
    pairs = [("P", "a"), ("P", "b"), ("Q", "a"), ("P a", ""), ("", "P a")]
    made = {charging_process_id(*pair) for pair in pairs}
    assert len(made) == len(pairs)
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {(5, uuid.RFC_4122)}


@pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)
@UNHURRIED
@given(data=st.data())
def test_every_valid_list_can_be_read(spoken: Dialect, data: st.DataObject) -> None:
    """In every dialect; what comes out is possible."""
    message = read_payload(spoken, *LIST, data.draw(payloads(spoken.payloads[LIST])))
    for one in message.charging_request_list:
        demand = demand_of("P", one, REAL)
        assert 0.0 <= demand.min_percent <= 100.0
        assert 0.0 <= demand.max_percent <= 100.0
        assert all(window.starts < window.ends and window.kw > 0.0 for window in demand.preconditioning)
