"""Probing: a presystem that confirms is done at once, one that does not meets the same on its next link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.faults import change, damage
from mockpilot.history.events import FaultFired, MessageSent, StateReached
from mockpilot.history.recorder import History
from mockpilot.presystem.conduct import CONFORMING, Arrival, Conduct, Entry, Taking
from mockpilot.scenario import Stage, probe, scenario
from rig import perform


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
