"""Charging-request lists, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import LISTS, Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

EARLY, POINTS, COMPLETE = "requests.after-first-push", "requests.advertised-points", "requests.complete-list"
UNIQUE = "requests.unique-ids"
STABLE, STABLE_CHANGED = "requests.stable-ids", "requests.stable-ids-when-changed"

A, B, C = entry("a"), entry("b"), entry("c")


# -- when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dialect", "level"), [("chargepilot", Level.MUST), ("vdv-1.1", Level.SHOULD)])
def test_list_before_the_first_push_is_convicted(dialect: str, level: Level) -> None:
    """Only ChargePilot's text says so, so elsewhere it is a should."""
    play = Play(dialect=dialect).connect().boot().accept().wait(1).asks(A).wait(1).push().confirm()
    assert play.convicted_of(EARLY).level is level


def test_quiet_until_the_push_holds() -> None:
    """The list that comes after it shows that there was something to send."""
    assert Play().connect().boot().accept().wait(4).push().confirm().asks(A).held(EARLY)


def test_quiet_without_anything_to_send_is_not_exercised() -> None:
    """A prohibition is not exercised by silence."""
    assert not Play().connect().boot().accept().wait(4).push().confirm().wait(60).exercised(EARLY)


def test_push_at_once_is_no_test_of_patience() -> None:
    """There was no time to be hasty."""
    assert not Play().exchange().asks(A).exercised(EARLY)


def test_receive_only_product_is_not_judged() -> None:
    """It has no lists."""
    play = Play(sends_requests=False).connect().boot().accept().wait(4).push().confirm()
    assert not [rule for rule in play.judged().rules_exercised if rule.startswith("requests.")]


# -- what ----------------------------------------------------------------------------------------------------------


def test_advertised_point_holds() -> None:
    """It may have been named by any push of the run, and may have vanished since."""
    assert Play().exchange().asks(A).held(POINTS)
    assert Play(points=("old",)).exchange().asks(entry("a", point="old")).held(POINTS)
    assert Play().exchange().push("P2").confirm().asks(A).held(POINTS)


def test_invented_point_is_convicted() -> None:
    """A launched product began with an empty store."""
    assert Play().exchange().asks(entry("a", point="X")).convicted_of(POINTS).level is Level.MUST


def test_left_over_point_of_an_operated_product_is_a_warning() -> None:
    """What it still holds is not of this run's making; what a step made is."""
    play = Play(launched=False).exchange().asks(entry("a", point="X"))
    assert play.convicted_of(POINTS).level is Level.SHOULD
    made = Play(launched=False).exchange().asks(A).takes().step("create-request").asks(A, entry("b", point="X"))
    assert made.convicted_of(POINTS).level is Level.MUST


def test_entry_without_point_is_free() -> None:
    """It is parked at the default point."""
    play = Play().exchange().says(1, LISTS, {"chargingRequestList": [without(A, "chargingPointId")]})
    assert not play.exercised(POINTS)
    assert not play.complaints()


def without(holder: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The same with some keys left out."""
    return {key: value for key, value in holder.items() if key not in keys}


def test_id_twice_is_convicted() -> None:
    """In one list."""
    assert Play().exchange().asks(A, B, A).convicted_of(UNIQUE).level is Level.MUST
    assert Play().exchange().asks(A, B).held(UNIQUE)


# -- complete ------------------------------------------------------------------------------------------------------


def two_and_a_step(step: str, **how: Any) -> Play:
    """A list of two, the second made by a step, and another step."""
    play = Play(**how).exchange().asks(A).takes().step("create-request").asks(A, B).takes()
    return play.wait(1).step(step)


def test_complete_list_after_a_change_holds() -> None:
    """The others are still there, reordered or with other values."""
    play = two_and_a_step("change-request").asks(entry("b", soc=90), entry("a", soc=70))
    assert play.held(COMPLETE)
    assert play.held(STABLE_CHANGED)


def test_lists_with_nothing_new_after_a_create_step_are_not_said_to_be_complete() -> None:
    """Either the step made none, or the product leaves it out: one change later nobody knows better."""
    play = Play().exchange().asks(A, B).takes().step("create-request").asks(A, B).takes()
    play.step("change-request", request="a").asks(entry("a", soc=85), B).takes()
    assert not play.exercised(COMPLETE)
    assert not play.complaints()


def test_what_a_step_made_may_come_with_the_list_after_next() -> None:
    """Equal lists with each push are tolerated; the new request comes when it is planned."""
    play = Play().exchange().asks(A).takes().step("create-request").asks(A).takes().wait(1).asks(A, B).takes()
    assert play.step("change-request", request="a").asks(entry("a", soc=85), B).takes().held(COMPLETE)


def test_list_of_changes_alone_is_convicted() -> None:
    """The entry that a step made is missing."""
    play = two_and_a_step("create-request").asks(C)
    assert play.convicted_of(COMPLETE).level is Level.MUST
    assert play.musts() == {COMPLETE}


def test_entry_that_leaves_and_returns_is_convicted() -> None:
    """In a launched product nobody else can have taken it away."""
    play = two_and_a_step("change-request").asks(entry("b", soc=90)).takes().closed().exchange().asks(A, B)
    assert play.convicted_of(COMPLETE).observed == "it left a list and came back"


def test_several_entries_that_leave_and_return_are_told_by_the_first_of_the_list() -> None:
    """Judged again in another process, the same recording names the same one."""
    for names in ("gdaebfhc", "chfbeadg"):
        all_ = [entry(name) for name in names]
        play = Play().exchange().asks(*all_).takes().step("change-request").asks(entry("x")).takes()
        assert play.closed().exchange().asks(*all_).convicted_of(COMPLETE).expected == f"{names[0]} in every list"


def test_entry_that_only_leaves_is_undecided() -> None:
    """No step made it; it may have ended by itself."""
    play = two_and_a_step("change-request").asks(entry("b", soc=90))
    assert not play.musts()


@pytest.mark.parametrize(
    "gone",
    [
        entry("b", leaves_in_min=5),
        entry("b", chargingInstruction="Terminate"),
        without(entry("b"), "chargingRequestData") | {"chargingRequestData": {"minTargetSoc": 1, "maxTargetSoc": 2}},
    ],
)
def test_entry_that_ends_by_itself_may_be_missing(gone: dict[str, Any]) -> None:
    """Its departure is near or unknown, or it was terminated."""
    play = Play().exchange().asks(A).takes().step("create-request").asks(A, gone).takes()
    assert not play.step("create-request").asks(A, C).musts()


def test_entry_at_a_vanished_point_may_be_missing() -> None:
    """The last push does not name it any more."""
    play = two_and_a_step("create-request").push("P2").confirm().asks(C)
    assert not play.musts()


def test_entry_whose_process_finished_may_be_missing() -> None:
    """A push says so."""
    info = {"depotInfoList": [{"chargingStationInfoList": [{"chargingPointInfoList": [
        {"chargingPointId": "P1", "chargingProcessInfo": {"chargingRequestId": "b", "processStatus": "Finishing"}},
    ]}]}]}  # fmt: skip
    play = two_and_a_step("create-request").hands(1, "ProvideChargingInformation", info, "x").confirm("x").asks(A, C)
    assert not [rule for rule in play.musts() if rule.startswith("requests")]


def test_cancelled_entry_may_be_missing() -> None:
    """That is what was asked for."""
    assert not two_and_a_step("cancel-request").asks(A).musts()


def test_refused_list_leaves_everything_open() -> None:
    """What an error answer asks of the next list is not said."""
    play = Play().exchange().asks(A).takes().step("create-request").asks(A, B)
    play.hands(3, LISTS, {"message": "no"}, "00000000-0000-4000-8000-000000000004")
    assert not play.step("create-request").asks(A, C).musts()


def test_operator_may_do_anything() -> None:
    """Without steps of ours a person may be at work."""
    assert not two_and_a_step("create-request", launched=False, provoked=False).asks(C).musts()


def test_step_that_did_not_happen_exercises_nothing() -> None:
    """Nothing was asked of the product."""
    play = Play().exchange().asks(A, B).takes().step("change-request", happened=False).asks(A, B)
    assert not play.exercised(COMPLETE)


# -- stable ids ----------------------------------------------------------------------------------------------------


def test_same_ids_after_a_reconnect_hold() -> None:
    """Unchanged entries keep theirs."""
    assert Play().exchange().asks(A, B).takes().closed().exchange().asks(A, B).held(STABLE)


def test_new_ids_after_a_reconnect_are_convicted_alone() -> None:
    """Same vehicle, same departure, same values, another id."""
    play = Play().exchange().asks(A).takes().closed().exchange().asks(entry("z", "bus of a"))
    assert play.convicted_of(STABLE).level is Level.MUST
    assert play.musts() == {STABLE}


def test_new_id_for_changed_values_is_a_warning() -> None:
    """Re-planning may make a new request."""
    play = two_and_a_step("change-request").asks(A, entry("z", "bus of b", soc=90))
    assert play.convicted_of(STABLE_CHANGED).level is Level.SHOULD
    assert not play.musts()


@pytest.mark.parametrize("step", ["create-request", "cancel-request"])
def test_new_id_after_a_create_or_cancel_step_is_free(step: str) -> None:
    """It may be another request."""
    assert not Play().exchange().asks(A).takes().step(step).asks(entry("z", "bus of a")).musts()


def test_two_entries_of_one_vehicle_have_no_twins() -> None:
    """Which is which cannot be said."""
    play = Play().exchange().asks(A, entry("b", "bus of a")).takes().asks(A, entry("z", "bus of a"))
    assert not play.complaints()


def test_other_departure_is_no_twin() -> None:
    """Another stay is another request."""
    play = Play().exchange().asks(A).takes().asks(entry("z", "bus of a", leaves_in_min=700))
    assert not play.complaints()


def test_id_of_a_terminated_entry_may_be_replaced() -> None:
    """It has ended."""
    play = Play().exchange().asks(A | {"chargingInstruction": "Terminate"}).takes().asks(entry("z", "bus of a"))
    assert not play.complaints()


def test_new_process_may_give_new_ids() -> None:
    """Its store was empty."""
    play = Play().line(ev.ProductStarted(command=("x",))).exchange().asks(A).takes().closed()
    play.line(ev.ProductStarted(command=("x",))).exchange().asks(entry("z", "bus of a"))
    assert not play.complaints()


def test_new_ids_after_a_refusal_are_free() -> None:
    """Nothing of the list was accepted."""
    play = Play().exchange().asks(entry("a", "bus"))
    play.hands(3, LISTS, {"message": "no"}, play._asked).wait(5).asks(entry("b", "bus")).takes()
    assert not play.complaints()
