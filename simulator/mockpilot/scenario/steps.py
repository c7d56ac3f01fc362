"""Steps of the product: asked for if there is a way to, and the charging-request lists that come of them.

Which point and which request a step names is chosen here, as a sane planner would.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mockpilot.control import Control
from mockpilot.depot.present import PointNow
from mockpilot.depot.site import Site
from mockpilot.errors import ScenarioError
from mockpilot.faults.injector import Armed
from mockpilot.history.events import Event, StepEnded, StepProvoked
from mockpilot.limits import Limits
from mockpilot.protocol.envelope import Action
from mockpilot.scenario.matching import asks_for_something
from mockpilot.scenario.places import plug_one_in, point_to_name, real_point_of, shown_points
from mockpilot.scenario.waiting import ScenarioOver, Waits
from mockpilot.scenario.watching import Watching

STEPS = ("create-request", "change-request", "cancel-request", "cancel-all-requests")

Provoke = Callable[[str, str, str], Awaitable[tuple[bool, str]]]
"""Takes step, charging point and charging request; answers whether it happened, and what came of it."""


class Steps:
    """One presystem's steps and its stored charging requests.

    Args:
        control: of the CMS that stores them.
        waits: of the scenario.
        watching: likewise.
        limits: of this run.
        presystem_id: whose requests they are.
        provoke: asks the product for a step; None if there is no way.
    """

    def __init__(
        self, control: Control, waits: Waits, watching: Watching, limits: Limits, presystem_id: str,
        provoke: Provoke | None,
    ) -> None:  # fmt: skip
        self._control, self._waits, self._watching, self._limits = control, waits, watching, limits
        self._presystem_id, self._provoke = presystem_id, provoke

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

    async def obtain_list(self, meeting: Armed | None) -> Event:
        """Wait for a charging-request list: one that comes by itself after the first push, or else a provoked one.

        Args:
            meeting: a fault for that list; spent on one that asked for nothing, it is armed once more.
        """
        if self._provoke is None:
            return await self._watching.wait_for(Action.PROVIDE_CHARGING_REQUESTS)
        with self._waits.patience("hold"):
            return await self._wait_for_requests()
        if meeting is not None and meeting.fired:
            self._control.arm(meeting.fault)
        await self.provoke("create-request")
        with self._waits.patience("provoke_within"):
            return await self._wait_for_requests()
        raise ScenarioOver("done", f"no list with a charging request came in {self._limits.provoke_within:g} s")

    async def _wait_for_requests(self) -> Event:
        while True:
            event = await self._watching.wait_for(Action.PROVIDE_CHARGING_REQUESTS)
            if asks_for_something(event):
                return event

    def plug_one_in(self) -> PointNow | None:
        """Plug the vehicle of a stored charging request in by hand; answers where it stands, if one does."""
        return plug_one_in(self._site_now(), self._presystem_id, self._point())

    @property
    def request_ids(self) -> frozenset[str]:
        """Ids of the presystem's charging requests that the CMS holds, as they travel."""
        return frozenset(map(self._spell, self._site.requests_of(self._presystem_id)))

    @property
    def bound_point(self) -> str:
        """A charging point that a stored charging request names, but for the default one; empty if none does."""
        bound = (real_point_of(request, self._site) for request in self._site.requests_of(self._presystem_id).values())
        return next((self._spell(point) for point in bound if point), "")

    def _point(self) -> str:
        return point_to_name(self._site_now(), self._presystem_id, self._shown())

    def _shown(self) -> frozenset[str]:
        return shown_points(self._control.recorder.history, self._control.server.world.dialect)

    def _request(self, step: str) -> str:
        stored = self._site.requests_of(self._presystem_id)
        if step == "create-request" or not stored:
            return ""
        named = {request_id: real_point_of(request, self._site) for request_id, request in stored.items()}
        shown = self._shown() or frozenset(named.values())
        # One whose point has gone from the pushes wants a change, or a cancelling, more than any other.
        hidden = (request_id for request_id, point in named.items() if point and point not in shown)
        return self._spell(next(hidden, next(iter(stored))))

    def _site_now(self) -> Site:
        """The depot, brought up to this moment."""
        self._site.advance(self._control.server.world.clock.instant())
        return self._site

    @property
    def _site(self) -> Site:
        return self._control.server.world.site

    @property
    def _spell(self) -> Callable[[str], str]:
        return self._control.server.world.dialect.spelling.out
