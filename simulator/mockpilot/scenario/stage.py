"""What a scenario can do. It provokes and waits; it asserts nothing and judges nothing.

Thin over the control. Waits look at the recording from a cursor on (the start, the last ``wait_for``, or ``mark``), so
what comes between two calls is never missed, whichever link it comes on. Outside ``patience`` a wait is bounded by
``provoke_within`` and running out ends the scenario normally: whatever was not exercised then is undecided.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import trio

from mockpilot.control import Control
from mockpilot.depot.model import PointState
from mockpilot.depot.site import Site
from mockpilot.errors import ScenarioError
from mockpilot.faults.injector import Armed
from mockpilot.faults.selecting import Seconds
from mockpilot.faults.verbs import Fault, inject, refuse
from mockpilot.history.events import (
    Event,
    MessageSent,
    StateReached,
    StepEnded,
    StepProvoked,
    TcpAccepted,
)
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.protocol.envelope import Action, MessageType, Source, answer_to, write
from mockpilot.scenario.matching import (
    Predicate,
    answers_a_boot,
    asks_for_something,
    envelope_of,
    is_accepted,
    is_answer_to,
    is_end,
    is_push_answer,
    predicate,
    spoken,
)
from mockpilot.scenario.places import plug_one_in, point_to_name, shown_points
from mockpilot.scenario.waiting import Patience, ScenarioOver, Waits

STEPS = ("create-request", "change-request", "cancel-request", "cancel-all-requests")
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

Provoke = Callable[[str, str, str], Awaitable[tuple[bool, str]]]
"""Takes step, charging point and charging request; answers whether it happened, and what came of it."""


class Stage:
    """The CMS as a scenario sees it.

    Args:
        control: drives the CMS.
        limits: of this run.
        presystem_id: of the presystem under test.
        connects_within_s: how long the first connection may take.
        provoke: asks the product for a step; None if the profile says no way.
        supervised: the product may exit and is started again.
    """

    def __init__(
        self, control: Control, limits: Limits, presystem_id: str, *, connects_within_s: float,
        provoke: Provoke | None = None, supervised: bool = False,
    ) -> None:  # fmt: skip
        self._control, self.limits, self._presystem_id = control, limits, presystem_id
        self._connects_within_s, self._provoke = connects_within_s, provoke
        self._waits = Waits(control, limits, supervised=supervised)

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def reach(self, state: str) -> None:
        """Wait until a live link is in a state: fresh, booted or exchange. What comes meanwhile can be waited for.

        ``charging`` is exchange with a list taken over and one of its vehicles charging: it is plugged in by hand.
        """
        if state == CHARGING:
            await self._reach_charging()
            return
        if state not in STATES:
            raise ScenarioError(f"reach: one of {', '.join([*STATES, CHARGING])} is expected, found {state!r}")
        await self.wait_connected()
        within_s = self._within(state)
        with self._waits.recorded(_SPOKEN[state], within_s, "reconnect_within"), trio.move_on_after(within_s) as bound:
            await self._reach(self.shows(state))
        if bound.cancelled_caught:
            raise ScenarioOver("start state not reached", f"no {_SPOKEN[state].removeprefix('a ')} in {within_s:g} s")
        self._control.recorder.record(StateReached(state=state))
        self.started = True

    async def _reach_charging(self) -> None:
        await self.reach("exchange")
        if not self.request_ids:
            await self.obtain_list()
            await self.wait_for("depot_changed")
        self._bring_up_to_date()
        place = plug_one_in(self.depot, self._presystem_id, self._point())
        if place is None:
            raise ScenarioOver("start state not reached", "no vehicle of a charging request could be plugged in")
        with trio.move_on_after(CHARGES_WITHIN_S):
            while place.state is not PointState.CHARGING:  # who came by itself is prepared first
                await self.wait_for("answer")
        if place.state is not PointState.CHARGING:
            raise ScenarioOver("done", "the vehicle was plugged in, but its request lets nothing be charged")
        self.push()
        await self.wait_for("answer")
        self._control.recorder.record(StateReached(state=CHARGING))

    async def wait_connected(self) -> None:
        """Wait for the first connection of the scenario, whatever comes of it; nobody coming ends the scenario."""
        if self._control.recorder.history.of(TcpAccepted):
            return
        cursor, within_s = self._control.cursor, self._connects_within_s
        with self._waits.recorded("its first connection", within_s, "connect_within"):
            event = await self._waits.within(lambda event: isinstance(event, TcpAccepted), within_s)
        self._control.cursor = cursor
        if event is None:
            raise ScenarioOver("start state not reached", f"nobody connected in {within_s:g} s")

    def _within(self, state: str) -> float:
        connect = self.limits.reconnect_within
        boot = 0.0 if state == "fresh" else self.limits.boot_never
        return connect + boot + (self.limits.confirm_within if state == "exchange" else 0.0)

    async def _reach(self, shows: Predicate) -> None:
        cursor, self._control.cursor = self._control.cursor, 0
        try:
            while True:
                event = await self._waits.any(shows)
                if event.link in {link.number for link in self._control.server.live_links()}:
                    return
        finally:
            self._control.cursor = cursor

    async def wait_for(self, what: str, count: int = 1) -> Event:
        """Wait for the presystem to do something, ``count`` times; answers the last of those events.

        Args:
            what: an action's name, ``attempt``, ``link``, ``accepted``, ``answer`` or the name of an event.
        """
        matches, waits = self._predicate(what), self._waits
        remaining = max(0.0, min(waits.within_s, trio.current_effective_deadline() - trio.current_time()))
        event: Event | None = None
        with waits.recorded(spoken(what), remaining, waits.limit):
            for _ in range(count):
                event = await waits.next(matches, spoken(what))
        assert event is not None
        return event

    def _predicate(self, what: str) -> Predicate:
        matches = predicate(what)
        if matches is not is_accepted:
            return matches
        return lambda event: matches(event) and answers_a_boot(event, self.history)

    def shows(self, state: str) -> Predicate:
        """The predicate for the event that shows a link to have reached a start state, one of ``STATES``."""
        return self._predicate(STATES[state])

    async def look_for(self, what: str) -> Event:
        """Wait as ``wait_for`` does, and leave the next wait to begin where this one did: order doesn't matter then."""
        cursor = self._control.cursor
        try:
            return await self.wait_for(what)
        finally:
            self._control.cursor = cursor

    async def wait_seen(self, faults: Sequence[Armed], within_s: float) -> None:
        """Wait until the presystem has met these faults, those aside that are optional; or until the time runs out."""
        awaited = [one for one in faults if not one.fault.optional]
        names = ", ".join(one.name for one in awaited)
        with self._waits.recorded(f"a sign that it has met {names}", within_s, ""), trio.move_on_after(within_s):
            while not all(one.seen for one in awaited):
                await self._waits.any(lambda _: True)

    async def wait_exchange(self, within_s: float) -> None:
        """Wait until a live link is in exchange, as it was or again; or until the time runs out."""
        with self._waits.recorded("an answered push", within_s, ""), trio.move_on_after(within_s):
            await self._reach(is_push_answer)

    def patience(self, limit: str, times: float = 1.0) -> AbstractContextManager[Patience]:
        """Bound the waits inside by a limit, or so many times it; running out ends the block, not the scenario."""
        return self._waits.patience(limit, times)

    @property
    def started(self) -> bool:
        """Whether the start state that was asked for is reached, or none was."""
        return self._waits.started

    @started.setter
    def started(self, started: bool) -> None:
        self._waits.started = started

    @property
    def control(self) -> Control:
        """The control below, for whoever drives by hand."""
        return self._control

    # -- provoking -------------------------------------------------------------------------------------------------

    def arm(self, fault: Fault) -> Armed:
        """Put a fault to work."""
        return self._control.arm(fault)

    def disarm(self, armed: Armed) -> None:
        """Take a fault out."""
        self._control.disarm(armed)

    async def drop(self, how: str, code: int | None = 1001, down: Seconds = 0.0) -> Armed:
        """End the link and see it end: ``close`` (with a code, or None), ``tls-end``, ``tcp-end``, ``tls-cut``,
        ``reset`` or ``silence``; for ``down`` afterwards TCP is refused.
        """
        links = self._control.server.live_links()
        armed = self._control.drop(how, code, down)
        with trio.move_on_after(self.limits.close_within + self.limits.guard):
            for link in links if how != "silence" else []:
                await link.over.wait()
        await trio.lowlevel.checkpoint()
        return armed

    async def reconnect_meeting(self, fault: Fault) -> None:
        """Close the link, let the next attempt meet a fault, watch it for the limit ``hold``, and make all good again.

        Whoever came in all the same is thrown out, so that what follows is a link without the fault.
        """
        armed = self.arm(fault)
        await self.drop("close", code=1012)
        self.mark("the next attempt meets the fault")
        with self.patience("reconnect_within"):
            await self.wait_for("attempt")
            with self.patience("hold"):
                await self.wait_for("link_ended")
        self.disarm(armed)
        if self.is_connected:
            await self.drop("reset")
        self.mark("the fault is over")  # what was still on its way belongs to the link that ends

    @contextmanager
    def outage(
        self, how: str = "reset", refusing: int | str = 503, code: int | None = 1001
    ) -> Iterator[Armed]:
        """Drop the link and refuse new ones until the block ends: an HTTP status, or a way of fault ``refuse``."""
        refusal = self.arm(refuse(refusing))
        if self._control.server.live_links():
            self._control.drop(how, code)
        try:
            yield refusal
        finally:
            self.disarm(refusal)

    async def provoke(self, step: str) -> None:
        """Ask the product for a step; without a way to ask, go on and wait for what it sends by itself."""
        if step not in STEPS:
            raise ScenarioError(f"provoke: one of {', '.join(STEPS)} is expected, found {step!r}")
        if self._provoke is None:
            return
        point, request = self._spell(self._point()), self._request(step)
        record = self._control.recorder.record
        record(StepProvoked(step=step, charging_point_id=point, charging_request_id=request))
        happened, detail = await self._provoke(step, point, request)
        record(StepEnded(step=step, happened=happened, detail=detail))

    async def obtain_list(self, meeting: Armed | None = None) -> Event:
        """Wait for a charging-request list: one that comes by itself after the first push, or else a provoked one.

        One that asks for nothing will do only where nothing can be provoked.

        Args:
            meeting: a fault for that list; spent on one that asked for nothing, it is armed once more.
        """
        if self._provoke is None:
            return await self.wait_for(Action.PROVIDE_CHARGING_REQUESTS)
        with self.patience("hold"):
            return await self._wait_for_requests()
        if meeting is not None and meeting.fired:
            self.arm(meeting.fault)
        await self.provoke("create-request")
        with self.patience("provoke_within"):
            return await self._wait_for_requests()
        raise ScenarioOver("done", f"no list with a charging request came in {self.limits.provoke_within:g} s")

    async def _wait_for_requests(self) -> Event:
        while True:
            event = await self.wait_for(Action.PROVIDE_CHARGING_REQUESTS)
            if asks_for_something(event):
                return event

    def _point(self) -> str:
        self._bring_up_to_date()
        shown = shown_points(self.history, self._control.server.world.dialect)
        return point_to_name(self.depot, self._presystem_id, shown)

    def _bring_up_to_date(self) -> None:
        self.depot.advance(self._control.server.world.clock.instant())

    def _request(self, step: str) -> str:
        stored = self.depot.requests_of(self._presystem_id)
        return "" if step == "create-request" or not stored else self._spell(next(iter(stored)))

    @property
    def _spell(self) -> Callable[[str], str]:
        return self._control.server.world.dialect.spelling.out

    @property
    def is_connected(self) -> bool:
        """Whether there is a live link."""
        return bool(self._control.server.live_links())

    @property
    def request_ids(self) -> frozenset[str]:
        """Ids of the presystem's charging requests that the CMS holds."""
        return frozenset(map(self._spell, self.depot.requests_of(self._presystem_id)))

    @property
    def bound_point(self) -> str:
        """A charging point that a stored charging request of the presystem names; empty if none does."""
        stored = self.depot.requests_of(self._presystem_id).values()
        return next((self._spell(request.charging_point_id) for request in stored if request.charging_point_id), "")

    def push(self) -> None:
        """Push the depot now, beside the rhythm."""
        self._control.push()

    async def push_meeting(self, fault: Fault, pushes: int = 1) -> bool:
        """Push now, with a fault at work on these pushes alone; answers whether the presystem confirmed them all.

        Args:
            fault: changes what a push says, or how it travels.
            pushes: how many, one after the other's answer.
        """
        armed, confirmed = self.arm(fault), True
        for place in range(pushes):
            before = len(self._control.recorder.history)
            self.push()
            if place == pushes - 1:
                self.disarm(armed)
            confirmed = await self._is_confirmed(armed.name, before) and confirmed
        return confirmed

    async def _is_confirmed(self, fault: str, since: int) -> bool:
        sent = [event for event in self._control.recorder.history[since:]
                if isinstance(event, MessageSent) and event.fault == fault]  # fmt: skip
        asked = envelope_of(sent[0]) if sent else None
        if asked is None:
            return False
        with self.patience("confirm_within"):
            event = await self._waits.any(
                lambda event: is_answer_to(event, asked.message_id) or is_end(event, sent[0].link)
            )
            said = envelope_of(event)
            return said is not None and said.message_type is MessageType.CONFIRMATION
        return False

    def push_early(self, probe_of: Armed) -> None:
        """Push to links that are not booted as well, to see what a fault at their boot came to."""
        self._control.push_early(probe_of)

    def confirm_here(self, asked: Event) -> Armed:
        """Confirm a request that came earlier, on whatever link is live now."""
        request = envelope_of(asked)
        if request is None:
            raise ScenarioError("confirm_here: the event of a request is expected, such as obtain_list answers")
        stamp = self._control.server.world.clock.stamp()
        answer = answer_to(request, MessageType.CONFIRMATION, {}, source=Source.CMS, timestamp=stamp)
        return self.arm(inject("message", text=write(answer)))

    def hold_pushes(self) -> None:
        """Keep pushes back."""
        self._control.hold_pushes()

    def release_pushes(self) -> None:
        """Let pushes out again."""
        self._control.release_pushes()

    async def hold(self, limit: str = "hold") -> None:
        """Let a limit's time pass, to see who cannot wait."""
        seconds = self.limits.as_seconds()[limit]
        with self._waits.recorded("haste", seconds, limit):
            await trio.sleep(seconds)

    def mark(self, text: str) -> None:
        """Write a note into the recording; the next wait begins here."""
        self._control.mark(text)

    @property
    def history(self) -> History:
        """What was recorded so far."""
        return self._control.recorder.history

    @property
    def depot(self) -> Site:
        """The depot and the stored lists."""
        return self._control.server.world.site

    # -- the end ---------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """After the last fault: one plain push and its answer, so that late consequences are seen."""
        self._control.disarm_all()
        self.release_pushes()
        if not any(link.session.is_booted for link in self._control.server.live_links()):
            return
        self._control.cursor = len(self._control.recorder.history)
        self.push()
        with self._waits.recorded("an answer to the last push", self.limits.confirm_within, "confirm_within"):
            await self._control.wait_event(is_push_answer, self.limits.confirm_within)
