"""What a scenario can do. It provokes and waits; it asserts nothing and judges nothing.

Thin: here stand the words, and each is carried out by the module that knows about it. Waits look at the recording from
a cursor on (the start, the last ``wait_for``, or ``mark``), so what comes between two calls is never missed, whichever
link it comes on. Outside ``patience`` a wait is bounded by ``provoke_within`` and running out ends the scenario
normally: whatever was not exercised then is undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import trio

from mockpilot.control import Control
from mockpilot.depot.site import Site
from mockpilot.faults.injector import Armed
from mockpilot.faults.selecting import Seconds
from mockpilot.faults.verbs import Fault
from mockpilot.history.events import HASTE, Event
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.scenario.links import Links
from mockpilot.scenario.matching import Predicate, is_push_answer
from mockpilot.scenario.meeting import Meeting
from mockpilot.scenario.states import States
from mockpilot.scenario.steps import Provoke, Steps
from mockpilot.scenario.waiting import Patience, Waits
from mockpilot.scenario.watching import Watching


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
        self._control, self.limits = control, limits
        self._waits = Waits(control, limits, supervised=supervised)
        self._watching = Watching(control, self._waits)
        self._steps = Steps(control, self._waits, self._watching, limits, presystem_id, provoke)
        self._states = States(
            control, self._waits, self._watching, self._steps, limits, connects_within_s=connects_within_s
        )
        self._links = Links(control, self._waits, self._watching, limits)
        self._meeting = Meeting(control, self._waits)

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def reach(self, state: str) -> None:
        """Wait until a live link is in a state: fresh, booted or exchange. What comes meanwhile can be waited for.

        ``charging`` is exchange with a list taken over and one of its vehicles charging: it is plugged in by hand.
        """
        await self._states.reach(state)

    async def wait_connected(self) -> None:
        """Wait for the first connection of the scenario, whatever comes of it; nobody coming ends the scenario."""
        await self._states.wait_connected()

    async def wait_for(self, what: str, count: int = 1) -> Event:
        """Wait for the presystem to do something, ``count`` times; answers the last of those events.

        Args:
            what: an action's name, ``attempt``, ``link``, ``accepted``, ``answer``, ``news`` or the name of an event.
        """
        return await self._watching.wait_for(what, count)

    def shows(self, state: str) -> Predicate:
        """The predicate for the event that shows a link to have reached a start state, one of ``STATES``."""
        return self._states.shows(state)

    async def look_for(self, what: str) -> Event:
        """Wait as ``wait_for`` does, and leave the next wait to begin where this one did: order doesn't matter then."""
        return await self._watching.look_for(what)

    async def wait_seen(self, faults: Sequence[Armed], within_s: float) -> None:
        """Wait until the presystem has met these faults, those aside that are optional; or until the time runs out."""
        await self._watching.wait_seen(faults, within_s)

    async def wait_exchange(self, within_s: float) -> None:
        """Wait until a live link is in exchange, as it was or again; or until the time runs out."""
        await self._watching.wait_exchange(within_s)

    def patience(self, limit: str, times: float = 1.0) -> AbstractContextManager[Patience]:
        """Bound the waits inside by a limit, or so many times it; running out ends the block, not the scenario."""
        return self._waits.patience(limit, times)

    async def hold(self, limit: str = "hold") -> None:
        """Let a limit's time pass, to see who cannot wait."""
        seconds = self.limits.as_seconds()[limit]
        with self._waits.recorded(HASTE, seconds, limit):
            await trio.sleep(seconds)

    def mark(self, text: str) -> None:
        """Write a note into the recording; the next wait begins here."""
        self._control.mark(text)

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
        return await self._links.drop(how, code, down)

    async def reconnect_meeting(self, fault: Fault, attempts: int = 1, during: str = "") -> None:
        """Close the link, let the next attempts meet a fault, watch each for the limit ``hold``, and undo it all.

        Whoever came in all the same is thrown out, so that what follows is a link without the fault.

        Args:
            fault: what the attempts meet.
            attempts: how many; who does not come again in ``reconnect_within`` has met enough of them.
            during: a limit; further attempts that come before it is over meet the fault, too, ten in all.
        """
        await self._links.reconnect_meeting(fault, attempts, during)

    def outage(
        self, how: str = "reset", refusing: int | str = 503, code: int | None = 1001
    ) -> AbstractContextManager[Armed]:
        """Drop the link and refuse new ones until the block ends: an HTTP status, or a way of fault ``refuse``."""
        return self._links.outage(how, refusing, code)

    async def provoke(self, step: str) -> None:
        """Ask the product for a step; without a way to ask, go on and wait for what it sends by itself."""
        await self._steps.provoke(step)

    async def obtain_list(self, meeting: Armed | None = None) -> Event:
        """Wait for a charging-request list: one that comes by itself after the first push, or else a provoked one.

        One that asks for nothing will do only where nothing can be provoked.

        Args:
            meeting: a fault for that list; spent on one that asked for nothing, it is armed once more.
        """
        return await self._steps.obtain_list(meeting)

    def push(self) -> None:
        """Push the depot now, beside the rhythm."""
        self._control.push()

    async def push_meeting(self, fault: Fault, pushes: int = 1) -> bool:
        """Push now, with a fault at work on these pushes alone; answers whether the presystem confirmed them all.

        Args:
            fault: changes what a push says, or how it travels.
            pushes: how many, one after the other's answer.
        """
        return await self._meeting.push(fault, pushes)

    def push_early(self, probe_of: Armed) -> None:
        """Push to links that are not booted as well, to see what a fault at their boot came to."""
        self._control.push_early(probe_of)

    def confirm_here(self, asked: Event) -> Armed:
        """Confirm a request that came earlier, on whatever link is live now."""
        return self._meeting.confirm_here(asked)

    def hold_pushes(self) -> None:
        """Keep pushes back."""
        self._control.hold_pushes()

    def release_pushes(self) -> None:
        """Let pushes out again."""
        self._control.release_pushes()

    # -- how things stand ------------------------------------------------------------------------------------------

    @property
    def started(self) -> bool:
        """Whether the start state that was asked for is reached, or none was."""
        return self._waits.started

    @started.setter
    def started(self, started: bool) -> None:
        self._waits.started = started

    @property
    def is_connected(self) -> bool:
        """Whether there is a live link."""
        return self._links.is_connected

    @property
    def is_left(self) -> bool:
        """Whether the latest connection is over; that is seen even where we have fallen silent."""
        return self._links.is_left

    @property
    def request_ids(self) -> frozenset[str]:
        """Ids of the presystem's charging requests that the CMS holds."""
        return self._steps.request_ids

    @property
    def bound_point(self) -> str:
        """A charging point that a stored charging request of the presystem names; empty if none does.

        Never the default point, which stands in every push.
        """
        return self._steps.bound_point

    @property
    def history(self) -> History:
        """What was recorded so far."""
        return self._control.recorder.history

    @property
    def depot(self) -> Site:
        """The depot and the stored lists."""
        return self._control.server.world.site

    @property
    def control(self) -> Control:
        """The control below, for whoever drives by hand."""
        return self._control

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
