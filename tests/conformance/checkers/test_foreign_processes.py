"""Requests whose ids another presystem's processes carry, judged from made recordings."""

from __future__ import annotations

from typing import Any

from conformance.playbook import Play, entry, information
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

FOREIGN = "requests.foreign-process"

A, B = entry("a"), entry("b")


def twin(request: str, presystem: str = "another") -> dict[str, Any]:
    """A push that shows a request id under a presystem."""
    told = information("P1", "P2", shows=(request,))
    point = told["depotInfoList"][0]["chargingStationInfoList"][0]["chargingPointInfoList"][0]
    point["scheduledChargingProcessList"][0]["presystemId"] = presystem
    return told


def met_twin() -> Play:
    """A confirmed list, and then the twin of one of its entries."""
    play = Play().armed("twin", "change", how="foreign-twin").exchange().asks(A, B).takes().wait(5)
    return play.push(fault="twin", says=twin("a")).confirm().wait(5)


def test_product_that_goes_on_holds() -> None:
    """With or without another list that says the same."""
    assert met_twin().pushed(2).held(FOREIGN)
    assert met_twin().asks(A, B).takes().pushed(2).held(FOREIGN)


def test_own_entry_that_is_dropped_is_a_warning() -> None:
    """Within two pushes."""
    assert met_twin().asks(B).takes().pushed(2).convicted_of(FOREIGN).level is Level.SHOULD


def test_own_entry_that_is_altered_is_a_warning() -> None:
    """Its values, with nobody asking."""
    assert met_twin().asks(entry("a", soc=60), B).takes().pushed(2).complaints() == {FOREIGN}


def test_own_entry_that_is_given_to_another_vehicle_is_a_warning() -> None:
    """Whatever else its product moves about."""
    moved = [entry("a", vehicle="BUS-OF-OTHERS"), entry("b", soc=60)]
    assert met_twin().asks(*moved).takes().pushed(2).complaints() == {FOREIGN}


def test_whoever_replans_anyway_may_go_on_doing_so() -> None:
    """States of charge and times are predictions, which move with every push; the point is free, too."""
    both = [entry("a", soc=60), entry("b", soc=60)]
    assert met_twin().asks(*both).takes().pushed(2).held(FOREIGN)
    play = Play().armed("twin", "change", how="foreign-twin").exchange().asks(A).takes().wait(5)
    play.asks(entry("a", soc=60)).takes().wait(5).push(fault="twin", says=twin("a")).confirm().wait(5)
    assert play.asks(A).takes().pushed(2).held(FOREIGN)
    assert met_twin().asks(A | {"chargingPointId": "P2"}, B).takes().pushed(2).held(FOREIGN)


def test_other_entries_may_change() -> None:
    """They have no twin."""
    assert met_twin().asks(A, entry("b", soc=60)).takes().pushed(2).held(FOREIGN)


def test_step_meanwhile_decides_nothing() -> None:
    """What changed may have changed because of it."""
    play = met_twin().step("change-request").asks(entry("a", soc=60), B).takes().pushed(2)
    assert FOREIGN not in play.complaints()
    assert not play.exercised(FOREIGN)


def test_operated_product_is_not_judged() -> None:
    """A person may have changed it."""
    play = Play(launched=False).armed("twin", "change", how="foreign-twin").exchange().asks(A, B).takes().wait(5)
    play.push(fault="twin", says=twin("a")).confirm().asks(B).takes().pushed(3)
    assert FOREIGN not in play.complaints()


def test_single_push_decides_nothing() -> None:
    """Two more are waited for."""
    assert not met_twin().line(ev.Mark(text="over")).exercised(FOREIGN)
