"""The one door for whoever drives a CMS: stage, fixture and console are thin over it.

Everything done here is an event in the recording; nothing changes silently. Waiting reads the recording from a cursor
on, so what came between two waits is never missed, whichever link it came on.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import trio

from mockpilot.cms import pushing, sending
from mockpilot.cms.acting import Acting
from mockpilot.cms.link import Link
from mockpilot.cms.server import Server
from mockpilot.depot.simulation import Simulation
from mockpilot.durations import format_duration
from mockpilot.errors import ScenarioError, UsageError
from mockpilot.faults.evidence import Watch
from mockpilot.faults.injector import Armed
from mockpilot.faults.selecting import Seconds
from mockpilot.faults.verbs import Fault, drop
from mockpilot.history.events import DepotChanged, Event, FaultArmed, FaultDisarmed, FaultFired, FaultSeen, Mark
from mockpilot.history.recorder import Recorder


class Control:
    """Drives one CMS through one episode.

    Args:
        server: the CMS; its recorder and injector must be the episode's.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cursor = 0
        """Index of the first event that the next wait looks at."""
        self._changed = trio.lowlevel.ParkingLot()
        self._watches: list[Watch] = []
        self._unsubscribe = self.recorder.subscribe(self._on_event)
        self._acting = Acting(server, self._on_fired)
        server.world.on_fired, server.world.on_occasion = self._on_fired, self._acting.act

    @property
    def recorder(self) -> Recorder:
        """Where everything is written down."""
        return self.server.world.recorder

    def close(self) -> None:
        """Stop listening to the recorder."""
        self._unsubscribe()
        self.server.world.on_fired, self.server.world.on_occasion = lambda *_: None, lambda: None

    # -- faults ----------------------------------------------------------------------------------------------------

    def arm(self, fault: Fault) -> Armed:
        """Put a fault to work."""
        if fault.do == "certificate":
            self._prepare_certificate(fault.kind)
        if fault.do == "refuse" and fault.how == "redirect" and not fault.location:
            self._prepare_redirect()
        armed = self.server.world.injector.arm(fault, self.server.world.clock.now())
        self.recorder.record(
            FaultArmed(name=armed.name, do=fault.do, how=fault.described(), optional=fault.optional)
        )
        self._acting.act()
        for link in self.server.live_links():
            for seconds in self.server.world.injector.waits(armed.at):
                link.wake_in(seconds)
        return armed

    def _prepare_certificate(self, kind: str) -> None:
        try:
            self.server.certificates.context(kind)
        except UsageError as error:
            raise ScenarioError(str(error)) from error

    def _prepare_redirect(self) -> None:
        if not self.server.certificates.can_sign:
            raise ScenarioError("refuse: redirect needs the key of the CA (ca.key) for a certificate of another host, "
                                "or a location")  # fmt: skip
        self.server.open_elsewhere()

    def disarm(self, armed: Armed) -> None:
        """Take a fault out; its evidence stays."""
        if armed.disarmed:
            return
        self.server.world.injector.disarm(armed)
        for link in self.server.live_links():
            sending.let_go(link, armed)
            link.pressure.end(armed.name)
        self.recorder.record(FaultDisarmed(name=armed.name, do=armed.fault.do))
        if armed.fault.do == "refuse" and armed.fault.how == "tcp":
            self.server.open_port()
        if armed.fault.do == "drop" and armed.fault.down_s:
            self.server.tcp.end_outage()

    def disarm_all(self) -> None:
        """Take all faults out."""
        for armed in list(self.server.world.injector.armed):
            self.disarm(armed)

    def drop(self, how: str, code: int | None = 1001, down: Seconds = 0.0) -> Armed:
        """End all live links now, and refuse TCP for ``down`` afterwards.

        Raises:
            ScenarioError: there is none.
        """
        if not self.server.live_links():
            raise ScenarioError("drop: a live link is expected, there is none; wait for one first")
        return self.arm(drop(how, code=code, down=down))

    def _on_fired(self, name: str, do: str, of: int | None, link: int | None) -> None:
        fired = self.recorder.record(FaultFired(link=link, name=name, do=do, of=of))
        for armed in self.server.world.injector.armed:
            if armed.name == name and not armed.seen:
                self._watches.append(Watch(fired, armed.fault.how))

    def _on_event(self, event: Event) -> None:
        if self._watches and not isinstance(event, FaultArmed | FaultFired | FaultSeen | FaultDisarmed):
            proven = {watch.fired.name: watch for watch in self._watches if watch.is_proof(event)}
            for watch in proven.values():
                self._see(watch, event)
        self._changed.unpark_all()

    def _see(self, watch: Watch, proof: Event) -> None:
        self._watches = [other for other in self._watches if other.fired.name != watch.fired.name]
        for armed in self.server.world.injector.armed:
            armed.seen = armed.seen or armed.name == watch.fired.name
        self.recorder.record(FaultSeen(link=proof.link, name=watch.fired.name, do=watch.fired.do, proof=proof.index))

    # -- pushes and notes ------------------------------------------------------------------------------------------

    def push(self) -> None:
        """Push now, beside the rhythm, to every booted link."""
        for link in self.server.live_links():
            if link.session.is_booted:
                pushing.push(link)

    def push_early(self, armed: Armed) -> None:
        """Push to every link, booted or not: a probe that belongs to a fault."""
        for link in self.server.live_links():
            pushing.push_early(link, armed.name)

    def hold_pushes(self) -> None:
        """Keep pushes back until they are released."""
        if self.server.world.release_pushes.is_set():
            self.server.world.release_pushes = trio.Event()

    def pause_pushes(self) -> None:
        """Keep pushes back, by hand."""
        self.hold_pushes()
        self.note("by hand: pushes paused")

    def resume_pushes(self) -> None:
        """Let pushes out again, by hand."""
        self.note("by hand: pushes resumed")
        self.release_pushes()

    @property
    def pushes_paused(self) -> bool:
        """Whether pushes are kept back."""
        return not self.server.world.release_pushes.is_set()

    def release_pushes(self) -> None:
        """Let pushes out again; what was due goes at once, what comes after keeps its phase."""
        self.server.world.release_pushes.set()

    def mark(self, text: str) -> None:
        """Write a note into the recording; the next wait begins here."""
        self.recorder.record(Mark(text=text))
        self.cursor = len(self.recorder.history)

    def note(self, text: str) -> None:
        """Write a note into the recording; no wait looks at it."""
        self.recorder.record(Mark(text=text))

    # -- by hand ---------------------------------------------------------------------------------------------------

    def let_go(self, armed: Armed, text: str | None = None) -> None:
        """Let out what a hold keeps back.

        Args:
            text: what is said in its place.

        Raises:
            ScenarioError: it keeps nothing.
        """
        link = self._holding_link(armed)
        self.note(f"by hand: {armed.name} let go{' with another text' if text is not None else ''}")
        sending.let_go(link, armed, text)

    def discard(self, armed: Armed) -> None:
        """Never let out what a hold keeps back.

        Raises:
            ScenarioError: it keeps nothing.
        """
        link = self._holding_link(armed)
        self.note(f"by hand: {armed.name} discarded")
        sending.discard(link, armed)

    def _holding_link(self, armed: Armed) -> Link:
        for link in self.server.live_links():
            if link.number in armed.held:
                return link
        raise ScenarioError(f"{armed.name}: a message that is held is expected, it keeps none")

    def meddle(self, what: str, do: Callable[[Simulation], None]) -> None:
        """Do something to the depot, as it is now.

        Args:
            what: in words, for the recording.
            do: is given the simulation.

        Raises:
            DepotError: it cannot be done; nothing has changed.
        """
        world = self.server.world
        world.site.advance(world.clock.instant())
        do(world.site.simulation)
        self.recorder.record(DepotChanged(what="depot", detail=f"by hand: {what}"))

    def advance(self, seconds: float) -> None:
        """Let simulated time jump forward.

        Raises:
            UsageError: time is the wall's.
        """
        self.server.world.clock.advance(seconds)
        self.note(f"by hand: clock advanced by {format_duration(seconds)}")
        self.server.world.site.advance(self.server.world.clock.instant())

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def wait_event(self, matches: Callable[[Event], bool], within_s: float = math.inf) -> Event | None:
        """Wait for an event from the cursor on, and move the cursor behind it; None if the time runs out."""
        with trio.move_on_after(within_s):
            while True:
                history = self.recorder.history
                while self.cursor < len(history):
                    event = history[self.cursor]
                    self.cursor += 1
                    if matches(event):
                        return event
                await self._changed.park()
        return None
