"""A whole night in memory: the bundled night shift, its CMS and the exemplary presystem, on a clock that jumps."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Any

import msgspec
import trio
import trio.testing

from mockpilot.certification.setting import server_for
from mockpilot.cli.listening import first_line
from mockpilot.conformance.levels import Outcome
from mockpilot.conformance.verdict import judge
from mockpilot.depot.simulation import Simulation
from mockpilot.faults.injector import Injector
from mockpilot.history.events import DepotChanged, MessageSent, ScenarioEnded
from mockpilot.history.recorder import History, Recorder
from mockpilot.presystem.conduct import CONFORMING
from mockpilot.presystem.settings import settings_from
from mockpilot.profile import Profile
from mockpilot.profile.settings import CmsSettings
from mockpilot.protocol.envelope import Action, MessageType, read
from rig import EPOCH, MemoryProduct, VirtualClock, certificates, opener, surroundings

NIGHT_SHIFT = Profile(cms=CmsSettings(depot="night_shift", push_interval_s=60.0))
LINKED = timedelta(hours=10)
MORNING = timedelta(hours=12, minutes=40)
"""What is left of the night the depot lives through by itself."""
LATE = {"BUS-901", "BUS-902", "BUS-903"}
"""They come for minutes only."""
OWN = {"WMOCKBUS000004712", "WMOCKBUS000004713"}
"""What the presystem plans by itself."""


@dataclass(frozen=True)
class Night:
    """What is left of it."""

    history: History
    simulation: Simulation
    cpu_s: float
    """What it took to live through the hours with the presystem."""

    def states(self) -> dict[str, list[str]]:
        """How pushes told the requests of lists, one after the other, by request id."""
        told = [_states(payload) for payload in self._pushes()]
        ids = {one for event in self.history for one in (event.created if isinstance(event, DepotChanged) else ())}
        return {one: [state for state, _ in groupby(push.get(one, "absent") for push in told)] for one in ids}

    def _pushes(self) -> Iterator[Any]:
        for event in self.history.of(MessageSent):
            envelope = read(event.text or "").envelope
            assert envelope is not None
            if (envelope.action, envelope.message_type) == (Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST):
                yield envelope.payload


def _states(payload: Any) -> dict[str, str]:
    points = [
        point for depot in payload["depotInfoList"] for station in depot["chargingStationInfoList"]
        for point in station["chargingPointInfoList"]
    ]  # fmt: skip
    scheduled = {
        one["chargingRequestId"]: "scheduled" for point in points
        for one in point.get("scheduledChargingProcessList", ()) if "chargingRequestId" in one
    }  # fmt: skip
    running = {
        point["chargingProcessInfo"]["chargingRequestId"]: "running" for point in points
        if "chargingRequestId" in point.get("chargingProcessInfo", {})
    }  # fmt: skip
    return scheduled | running


@cache
def night() -> Night:
    """The night, lived through once."""
    certificates()
    return trio.run(_live, clock=trio.testing.MockClock(autojump_threshold=0))


async def _live() -> Night:
    begun = time.process_time()
    clock = VirtualClock(EPOCH)
    told = surroundings(NIGHT_SHIFT).environment() | {"MOCKPILOT_CA_FILE": ""}
    server = server_for(NIGHT_SHIFT, certificates(), {NIGHT_SHIFT.presystem.id: told["MOCKPILOT_PASSWORD"]}, clock)
    recorder = Recorder(clock.now, clock.wall)
    first = first_line(NIGHT_SHIFT, server)
    launched = msgspec.structs.replace(first.presystem, launched=True, same_host=True)
    recorder.record(msgspec.structs.replace(first, presystem=launched))
    server.begin_episode(recorder, Injector(server.world.dialect), random.Random(7))
    async with trio.open_nursery() as nursery:
        product = MemoryProduct(settings_from({}, told), CONFORMING, clock, opener(server, nursery), recorder)
        await product.start(nursery)
        await trio.sleep(LINKED.total_seconds())
        recorder.record(ScenarioEnded(why="done"))
        took_s = time.process_time() - begun
        await server.end_links()
        await product.stop()
        server.world.site.advance(EPOCH + MORNING)
        nursery.cancel_scope.cancel()
    return Night(recorder.history, server.world.site.simulation, took_s)


def test_requests_of_the_presystem_are_scheduled_run_and_are_gone() -> None:
    """Each in that order and once."""
    states = night().states()
    assert len(states) == len(OWN)
    for told in states.values():
        assert told[0] == "absent"
        assert told[1:] == ["scheduled", "running", "absent"]


def test_ten_hours_take_less_than_five_seconds() -> None:
    """Six hundred pushes over TLS, each answered, with both sides and the recording in one process."""
    pushes = night().history.of(MessageSent)
    assert len(pushes) > LINKED / timedelta(minutes=1)
    assert night().cpu_s < 5.0


def test_every_vehicle_that_could_be_ready_left_ready() -> None:
    """All of the depot's own and of the presystem's have left by the morning."""
    gone = night().simulation.departures
    assert {one.vehicle_id for one in gone if not one.ready} == LATE
    assert len(gone) == 120 + len(OWN)
    assert {one.vehicle_id for one in gone} >= OWN


def test_a_night_of_the_exemplary_presystem_is_without_violation() -> None:
    """Judged as if it were certified."""
    verdict = judge(night().history)
    assert (verdict.outcome, verdict.findings) == (Outcome.PASSED, ())
    assert {"B-01", "E-04", "I-01", "R-04"} <= set(verdict.exercised)
