"""What pushes can be made to say, in all dialects."""

from __future__ import annotations

from typing import Any

import pytest

from faults.pushes import ALL_DIALECTS, STAMP, payload, presystem_of
from mockpilot.errors import ScenarioError
from mockpilot.faults import change as changed_by
from mockpilot.faults.changes.finding import point_for, told_points
from mockpilot.faults.changes.processes import FOREIGN_PRESYSTEM
from mockpilot.faults.changes.setting import Setting, refusal, statuses
from mockpilot.faults.changing import change
from mockpilot.faults.words import CHANGES
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS, Dialect
from mockpilot.protocol.vocabulary.common import ChargingPointFaultCode

PUSH = (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST)
UNKNOWN = {
    "chargepilot": {"rejected-list"}, "vdv-1.1": {"rejected-list", "no-predicted-time"},
    "vdv-1.0": {"empty-depots", "empty-stations", "no-predicted-time", "odd-ids", "rejected-list"},
    "vdv-2.0-rc1": {"no-predicted-time"},
}  # fmt: skip


def setting(dialect: Dialect, step: int = 0, chosen: str = "") -> Setting:
    """For the presystem that asked."""
    return Setting(dialect, presystem_of(dialect), STAMP, step, chosen)


def points(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All points by their id."""
    return {
        point["chargingPointId"]: point for depot in told["depotInfoList"]
        for station in depot["chargingStationInfoList"] for point in station["chargingPointInfoList"]
    }  # fmt: skip


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("how", CHANGES)
def test_change_is_valid_or_refused(how: str, dialect: Dialect) -> None:
    """What the dialect knows says something else and is legal; what it doesn't is refused in one sentence."""
    fault, before, told = changed_by(how), payload(dialect), payload(dialect)
    if how in UNKNOWN[dialect.name]:
        sentence = refusal(fault, dialect)
        assert sentence
        assert dialect.name in sentence
        assert "\n" not in sentence
        with pytest.raises(ScenarioError, match="cannot be said"):
            change(fault, told, setting(dialect))
        return
    assert refusal(fault, dialect) is None
    changed = change(fault, told, setting(dialect))
    assert changed is not None
    assert changed.detail
    assert violations(changed.payload, dialect, *PUSH) == []
    if how not in ("predicted-time", "no-predicted-time"):  # which may be what is said anyway
        assert changed.payload != before


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("how", sorted(set(CHANGES) - {"foreign-twin", "rejected-list"}))
def test_change_needs_no_request_of_the_presystem(how: str, dialect: Dialect) -> None:
    """Most say something of any depot."""
    if how not in UNKNOWN[dialect.name]:
        changed = change(changed_by(how), payload(dialect, asked=False), setting(dialect))
        assert changed is not None
        assert violations(changed.payload, dialect, *PUSH) == []


def test_change_waits_for_its_occasion() -> None:
    """Nobody has a twin, and nothing can be rejected, where nobody asked for anything."""
    for name, how in (("chargepilot", "foreign-twin"), ("vdv-2.0-rc1", "rejected-list")):
        assert change(changed_by(how), payload(DIALECTS[name], asked=False), setting(DIALECTS[name])) is None


def test_unused_point_is_found_and_kept() -> None:
    """A real one without vehicle and plan; one that was found earlier stays, one that is named wins."""
    told = payload(DEFAULT_DIALECT)
    found = point_for(changed_by("vanish"), told, setting(DEFAULT_DIALECT))
    assert set(points(told)[found]) <= {"chargingPointId", "chargingPointStatus", "presentPower", "energyMeterReading",
                                        "chargingPointFaultInfo"}  # fmt: skip
    assert not found.endswith("/0/0")
    other = next(iter(points(told)))
    assert point_for(changed_by("vanish"), told, setting(DEFAULT_DIALECT, chosen=other)) == other
    assert point_for(changed_by("vanish", point=found), told, setting(DEFAULT_DIALECT, chosen=other)) == found
    assert change(changed_by("vanish", point="nowhere"), told, setting(DEFAULT_DIALECT)) is None


def test_points_that_are_told_are_those_of_the_payload() -> None:
    """In our own spelling, whatever changed."""
    told = payload(DEFAULT_DIALECT)
    change(changed_by("rename", to="P-neu"), told, setting(DEFAULT_DIALECT))
    assert set(told_points(told, DEFAULT_DIALECT)) == set(points(told))
    assert "P-neu" in told_points(told, DEFAULT_DIALECT)


def test_vanish_takes_one_point() -> None:
    """The other ones are as they were."""
    before, told = points(payload(DEFAULT_DIALECT)), payload(DEFAULT_DIALECT)
    gone = point_for(changed_by("vanish"), told, setting(DEFAULT_DIALECT))
    change(changed_by("vanish"), told, setting(DEFAULT_DIALECT))
    del before[gone]
    assert points(told) == before


@pytest.mark.parametrize(("how", "to", "key", "value"), [
    ("status", "Occupied", "chargingPointStatus", "Occupied"), ("fault", "", "chargingPointStatus", "Faulted"),
    ("rename", "P-neu", "chargingPointId", "P-neu"),
])  # fmt: skip
def test_one_point_says_something_else(how: str, to: str, key: str, value: str) -> None:
    """As asked for."""
    told = payload(DEFAULT_DIALECT)
    wanted = point_for(changed_by(how), told, setting(DEFAULT_DIALECT))
    change(changed_by(how, to=to), told, setting(DEFAULT_DIALECT))
    assert points(told)[to if how == "rename" else wanted][key] == value


@pytest.mark.parametrize(("how", "to"), [("status", "Broken"), ("fault", "Smoke"), ("status", "Reserved")])
def test_word_that_the_dialect_never_sends_is_refused(how: str, to: str) -> None:
    """ChargePilot never says Reserved."""
    sentence = refusal(changed_by(how, to=to), DEFAULT_DIALECT)
    assert sentence is not None
    assert repr(to) in sentence


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
def test_statuses_walk_through_every_pair(dialect: Dialect) -> None:
    """Each legal status with each fault code and without any, on points that are real."""
    pairs: set[tuple[str, str | None]] = set()
    for step in range(7):
        told = payload(dialect)
        change(changed_by("statuses"), told, setting(dialect, step))
        assert violations(told, dialect, *PUSH) == []
        for point in list(points(told).values())[1:]:
            code = point.get("chargingPointFaultInfo", {}).get("chargingPointFaultCode")
            pairs.add((point["chargingPointStatus"], code))
    assert pairs == {(status, code) for status in statuses(dialect) for code in (None, *ChargingPointFaultCode)}


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
def test_twin_has_the_request_id_of_the_presystem(dialect: Dialect) -> None:
    """And another presystem's name."""
    told = payload(dialect)
    change(changed_by("foreign-twin"), told, setting(dialect))
    scheduled = [one for point in points(told).values() for one in point.get("scheduledChargingProcessList", [])]
    mine, twin = scheduled
    assert twin["chargingRequestId"] == mine["chargingRequestId"]
    assert twin["presystemId"] == dialect.spelling.out(FOREIGN_PRESYSTEM)
    assert mine["presystemId"] == presystem_of(dialect)


def test_predicted_time_comes_and_goes() -> None:
    """In the one dialect in which both are legal."""
    for how, there in (("predicted-time", True), ("no-predicted-time", False)):
        told = payload(DEFAULT_DIALECT, asked=False)
        change(changed_by(how), told, setting(DEFAULT_DIALECT))
        (process,) = [one for point in points(told).values() for one in point.get("scheduledChargingProcessList", [])]
        assert ("predictedTime" in process["chargingPredictionData"]["chargingPredictionDataMinSoc"]) is there


def test_default_station_can_be_missing() -> None:
    """Nothing else is."""
    told = payload(DEFAULT_DIALECT)
    before = set(points(told))
    change(changed_by("no-default-station"), told, setting(DEFAULT_DIALECT))
    (gone,) = before - set(points(told))
    assert gone.endswith("/0/0")
