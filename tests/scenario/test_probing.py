"""Probing: a presystem that confirms is done at once, one that does not meets the same on its next link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.faults import change, damage
from mockpilot.history.events import FaultArmed, FaultFired, MessageSent, ScenarioEnded, StateReached, StepProvoked
from mockpilot.history.recorder import History
from mockpilot.presystem.conduct import CONFORMING, Arrival, Conduct, Entry, ListDraft, Taking
from mockpilot.scenario import Stage, probe, scenario
from rig import catalogue, perform


@scenario(exercises=["E-11"], group="Information")
async def probing(cms: Stage) -> None:
    """The CMS sends one push in fragments.

    The presystem confirms it.
    """
    await probe(cms, damage("fragments", "request", "ProvideChargingInformation"))


@scenario(exercises=["I-15"], group="Information")
async def probing_thrice(cms: Stage) -> None:
    """The CMS pushes three combinations of statuses.

    The presystem confirms them.
    """
    await probe(cms, change("statuses"), 3)


@scenario(exercises=["R-15"], group="Requests")
async def charging(cms: Stage) -> None:
    """A vehicle charges.

    The presystem goes on.
    """
    await cms.reach("charging")


@scenario(exercises=["R-15"], group="Requests")
async def charging_later(cms: Stage) -> None:
    """A vehicle charges that has had the time to come by itself.

    The presystem goes on.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("answer", count=2)
    await cms.reach("charging")


@scenario(exercises=["R-01"], group="Requests")
async def obtaining(cms: Stage) -> None:
    """A list is obtained.

    The presystem sends it.
    """
    await cms.reach("exchange")
    await cms.obtain_list()


@scenario(exercises=["R-01"], group="Requests")
async def looking(cms: Stage) -> None:
    """An answer is looked for after the list that may have come before it.

    The presystem sends both.
    """
    await cms.wait_for("link")
    await cms.wait_for("accepted")
    await cms.look_for("ProvideChargingRequests")
    await cms.wait_for("answer")


def without_arrival(entry: Entry) -> Entry:
    """A request that doesn't say when its vehicle comes."""
    data = entry["chargingRequestData"]
    told = {key: value for key, value in data.items() if key != "expectedArrivalTimeAtChargingPoint"}
    return entry | {"chargingRequestData": told}


def taking(badly: Taking) -> Conduct:
    """Take every push badly that tells of a fault made for the occasion."""
    def takes(arrival: Arrival) -> Taking:
        return badly if "Störung zur Probe" in str(arrival.message.payload) else Taking.AS_MEANT

    return replace(CONFORMING, takes=takes)


def struck(history: History) -> list[int | None]:
    """On which links a fault met a push."""
    return [event.link for event in history.of(FaultFired) if event.do in ("damage", "change")]


def test_presystem_that_confirms_is_probed_once() -> None:
    """And only one message carries the fault."""
    history = perform(probing)
    assert struck(history) == [1]
    assert len([event for event in history.of(MessageSent) if event.fault]) == 1


def test_several_pushes_are_one_probe() -> None:
    """Each is another one."""
    assert struck(perform(probing_thrice)) == [1, 1, 1]


@pytest.mark.parametrize("badly", [Taking.AS_AN_ERROR, Taking.SILENTLY])
def test_presystem_that_does_not_confirm_is_probed_on_its_next_link(badly: Taking) -> None:
    """Then there is a third link, on which it can show that it answers at all."""
    history = perform(probing_thrice, taking(badly))
    assert set(struck(history)) == {1, 2}
    assert max(event.link or 0 for event in history.of(MessageSent)) == 3


def test_charging_is_reached_with_a_vehicle_of_the_presystem() -> None:
    """Nobody waits until the depot has prepared it."""
    history = perform(charging)
    assert history.end - history[0].at < 60
    assert [event.state for event in history.of(StateReached)] == ["exchange", "charging"]
    pushes = [event.text or "" for event in history.of(MessageSent)]
    assert '"processStatus":"Charging"' in pushes[-1]


def test_charging_is_reached_with_a_vehicle_that_stands_there_already() -> None:
    """One without an arrival time comes at once, and is prepared like all."""
    at_once = replace(CONFORMING, entries=lambda draft: [without_arrival(entry) for entry in draft.entries[:1]])
    history = perform(charging_later, at_once)
    assert [event.state for event in history.of(StateReached)] == ["exchange", "exchange", "charging"]
    assert 60 <= history.end - history[0].at < 150


def test_request_that_lets_nothing_be_charged_ends_the_scenario() -> None:
    """Nobody waits for ever."""
    nothing = replace(CONFORMING, entries=lambda draft: [
        entry | {"chargingRequestData": entry["chargingRequestData"] | {"minTargetSoc": 0, "maxTargetSoc": 0}}
        for entry in draft.entries
    ])  # fmt: skip
    history = perform(charging, nothing)
    assert [event.state for event in history.of(StateReached)] == ["exchange"]
    assert history.end - history[0].at < 300


def test_empty_list_is_no_list_to_work_with() -> None:
    """As long as another one can be provoked."""
    made = 0

    def entries(draft: ListDraft) -> list[Entry]:
        nonlocal made
        made += 1
        return list(draft.entries) if made > 1 else []

    history = perform(obtaining, replace(CONFORMING, entries=entries))
    assert [event.step for event in history.of(StepProvoked)] == ["create-request"]
    assert [event.detail for event in history.of(ScenarioEnded)] == [""]


def test_presystem_that_only_sends_empty_lists_ends_the_scenario() -> None:
    """In time, and told what was missing."""
    history = perform(obtaining, replace(CONFORMING, entries=lambda draft: []))
    assert [event.detail for event in history.of(ScenarioEnded)] == [
        "no list with a charging request came in 60 s"
    ]


def test_what_is_looked_for_is_not_passed_over() -> None:
    """The answer came before the list, and can be waited for all the same."""
    history = perform(looking)
    assert [event.detail for event in history.of(ScenarioEnded)] == [""]
    assert history.end - history[0].at < 15


def test_point_that_is_hidden_is_not_proposed() -> None:
    """Though the product gave up the request that named it."""
    made = 0

    def entries(draft: ListDraft) -> list[Entry]:
        nonlocal made
        made += 1
        kept = list(draft.entries)
        return kept if made == 1 else [{key: entry[key] for key in entry if key != "chargingPointId"} for entry in kept]

    history = perform(catalogue()["point_vanishes"], replace(CONFORMING, entries=entries))
    hidden = next(event.how["point"] for event in history.of(FaultArmed))
    proposed = [event.charging_point_id for event in history.of(StepProvoked) if event.step == "create-request"]
    assert hidden
    assert len(proposed) == 1
    assert hidden not in proposed
