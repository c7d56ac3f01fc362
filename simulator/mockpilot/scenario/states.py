"""The states in which a scenario starts: what shows that a link has reached one, and how one is waited for."""

from __future__ import annotations

import trio

from mockpilot.control import Control
from mockpilot.depot.model import PointState
from mockpilot.depot.present import PointNow
from mockpilot.errors import ScenarioError
from mockpilot.history.events import StateReached, TcpAccepted
from mockpilot.limits import Limits
from mockpilot.scenario.matching import Predicate
from mockpilot.scenario.shortfall import nobody, shortfall
from mockpilot.scenario.steps import Steps
from mockpilot.scenario.waiting import ScenarioOver, Waits
from mockpilot.scenario.watching import Watching

STATES = {"fresh": "link", "booted": "accepted", "exchange": "answer"}
"""Start states, and the word for the event that shows that a link has reached them."""

CHARGING = "charging"
CHARGES_WITHIN_S = 120.0
"""Twice what the depot takes to prepare."""
_SPOKEN = {
    "fresh": "a new connection",
    "booted": "a connection with an accepted boot",
    "exchange": "a connection, a boot and an answered push",
}


class States:
    """Start states on one CMS.

    Args:
        control: of the CMS.
        waits: of the scenario.
        watching: likewise.
        steps: where charging requests come from.
        limits: of this run.
        connects_within_s: how long the first connection may take.
    """

    def __init__(
        self, control: Control, waits: Waits, watching: Watching, steps: Steps, limits: Limits, *,
        connects_within_s: float,
    ) -> None:  # fmt: skip
        self._control, self._waits, self._watching, self._steps = control, waits, watching, steps
        self._limits, self._connects_within_s = limits, connects_within_s

    async def reach(self, state: str) -> None:
        """Wait until a live link is in a state: fresh, booted, exchange or charging.

        Raises:
            ScenarioError: nobody knows the state.
            ScenarioOver: it was not reached in time.
        """
        if state == CHARGING:
            await self._reach_charging()
        elif state in STATES:
            await self._reach(state)
        else:
            raise ScenarioError(f"reach: one of {', '.join([*STATES, CHARGING])} is expected, found {state!r}")

    async def _reach(self, state: str) -> None:
        await self.wait_connected()
        within_s = self._within(state)
        with self._waits.recorded(_SPOKEN[state], within_s, "reconnect_within"), trio.move_on_after(within_s) as bound:
            await self._watching.wait_live(self.shows(state))
        if bound.cancelled_caught:
            raise ScenarioOver("start state not reached", shortfall(self._control.recorder.history, state, within_s))
        self._control.recorder.record(StateReached(state=state))
        self._waits.started = True

    def _within(self, state: str) -> float:
        connect = self._limits.reconnect_within
        boot = 0.0 if state == "fresh" else self._limits.boot_never
        return connect + boot + (self._limits.confirm_within if state == "exchange" else 0.0)

    def shows(self, state: str) -> Predicate:
        """The predicate for the event that shows a link to have reached a state, one of ``STATES``."""
        return self._watching.predicate(STATES[state])

    async def wait_connected(self) -> None:
        """Wait for the first connection of the scenario, whatever comes of it.

        Raises:
            ScenarioOver: nobody came.
        """
        if self._control.recorder.history.of(TcpAccepted):
            return
        cursor, within_s = self._control.cursor, self._connects_within_s
        with self._waits.recorded("its first connection", within_s, "connect_within"):
            event = await self._waits.within(lambda event: isinstance(event, TcpAccepted), within_s)
        self._control.cursor = cursor
        if event is None:
            raise ScenarioOver("start state not reached", nobody(self._control.recorder.history, within_s))

    async def _reach_charging(self) -> None:
        await self.reach("exchange")
        if not self._steps.request_ids:
            await self._steps.obtain_list(None)
            await self._watching.wait_for("depot_changed")
        await self._charge_somewhere()
        self._control.push()
        await self._watching.wait_for("answer")
        self._control.recorder.record(StateReached(state=CHARGING))

    async def _charge_somewhere(self) -> None:
        place = self._steps.plug_one_in()
        if place is None:
            raise ScenarioOver("start state not reached", "no vehicle of a charging request could be plugged in")
        with trio.move_on_after(CHARGES_WITHIN_S):
            while not _charges(place):  # who came by itself is prepared first
                await self._watching.wait_for("answer")
        if not _charges(place):
            raise ScenarioOver("done", "the vehicle was plugged in, but its request lets nothing be charged")


def _charges(place: PointNow) -> bool:
    return place.state is PointState.CHARGING
