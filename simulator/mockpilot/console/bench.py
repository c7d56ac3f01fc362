"""What can be done at the lab bench: each command goes through the control and answers with what the recording shows.

A command that cannot work, or whose effect does not come, says why not. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import trio

from mockpilot.cms.link import Link
from mockpilot.console.asked import (
    DepotAsked,
    HoldAsked,
    HoldChanged,
    WaitAsked,
)
from mockpilot.console.meddling import meddle
from mockpilot.console.recording import Recording
from mockpilot.console.stretch import plan_of, written
from mockpilot.console.tally import Tally
from mockpilot.console.told import (
    Done,
    PlanMade,
    WaitAnswer,
)
from mockpilot.console.waiting import came, wait
from mockpilot.control import Control
from mockpilot.errors import MockpilotError
from mockpilot.faults import drop, forget, inject
from mockpilot.faults.holding import hold
from mockpilot.faults.injector import Armed
from mockpilot.faults.plan import FaultPlan
from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.history.events import (
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    LinkEnded,
    Mark,
    MessageSent,
    WentSilent,
)
from mockpilot.history.recorder import Recorder
from mockpilot.limits import Limits

SETTLES_WITHIN_S = 5.0
"""How long the effect of a command may take beyond the closing handshake."""


class NotDoneError(MockpilotError):
    """A command cannot be carried out as things stand."""


class UnknownError(MockpilotError):
    """There is no such link, fault, hold or event."""


@dataclass
class Bench:
    """A CMS with all that the console knows of it.

    Args:
        control: drives it.
        recording: its newest events.
        tally: their counts; told of every event, like the recording.
        limits: how long is long enough.
        title: what it serves, in a few words.
        addresses: where each presystem has to connect to.
    """

    control: Control
    recording: Recording
    tally: Tally
    limits: Limits = field(default_factory=Limits)
    title: str = "mockpilot"
    addresses: dict[str, str] = field(default_factory=dict)
    marked: int = 0
    """Index of the first event behind the newest mark."""
    busy_with: str = ""
    """A run that goes on, to which links, faults and depot belong meanwhile."""
    recorder: Recorder = field(init=False)
    """Its own, whoever's the present one is."""

    def __post_init__(self) -> None:
        self.recorder = self.control.recorder

    def note(self, text: str) -> None:
        """Write a note into its own recording."""
        self.recorder.record(Mark(text=text))

    @property
    def dialect(self) -> str:
        """The dialect that is served."""
        return self.control.server.world.dialect.name

    # -- finding things --------------------------------------------------------------------------------------------

    def link(self, number: int) -> Link:
        """A live link.

        Raises:
            UnknownError: there is none of that number.
        """
        live = {link.number: link for link in self.control.server.live_links()}
        if number not in live:
            known = ", ".join(map(str, live)) or "none"
            raise UnknownError(f"link {number}: the number of a live link is expected; live are: {known}")
        return live[number]

    def fault(self, name: str) -> Armed:
        """A fault that is or was armed.

        Raises:
            UnknownError: there is none of that name.
        """
        armed = {one.name: one for one in self.control.server.world.injector.armed}
        if name not in armed:
            raise UnknownError(f"fault {name[:60]!r}: the name of a fault is expected; there are: "
                          f"{', '.join(armed) or 'none'}")  # fmt: skip
        return armed[name]

    def hold(self, name: str) -> Armed:
        """A hold.

        Raises:
            UnknownError: there is none of that name.
        """
        found = self.fault(name)
        if found.fault.do != HOLD:
            raise UnknownError(f"{name!r} is a fault and no hold; disarm it instead")
        return found

    # -- commands --------------------------------------------------------------------------------------------------

    def _did(self, what: str, act: Callable[[], object]) -> Done:
        """Do something that does not wait; its events are those that it leaves behind."""
        before = self.recording.end
        act()
        return self._shown(what, before)

    def _shown(self, what: str, before: int, kinds: tuple[type[Event], ...] = ()) -> Done:
        events = [one for one in self.recording.since(before) if not kinds or isinstance(one, kinds)]
        if not events:
            raise NotDoneError(f"{what}: nothing in the recording shows it")
        return Done(did=what, events=[one.index for one in events])

    def arm(self, fault: Fault) -> Done:
        """Arm a fault; its name is what was done."""
        armed: list[Armed] = []
        done = self._did("armed", lambda: armed.append(self.control.arm(fault)))
        return replace_did(done, armed[0].name)

    def arm_plan(self, plan: FaultPlan) -> Done:
        """Arm all faults of a plan in place of those that are armed; all of them or none."""
        names = [fault.name for fault in plan.seeded_faults]
        taken = {one.name for one in self.control.server.world.injector.armed}
        # A name is one fault's for ever, since the evidence is kept by it.
        fresh = {name: _fresh(name, taken | set(names)) if name in taken else name for name in names if name}
        faults = [_renamed(fault, fresh) for fault in plan.seeded_faults]

        before, old = self.recording.end, list(self.control.server.world.injector.armed)
        self._arm_all(faults)
        for one in old:
            self.control.disarm(one)
        return self._shown(f"armed {len(faults)} faults in place of all others", before,
                           (FaultArmed, FaultDisarmed, FaultFired, Mark))  # fmt: skip

    def _arm_all(self, faults: Sequence[Fault]) -> None:
        armed: list[Armed] = []
        try:
            for fault in faults:
                armed.append(self.control.arm(fault))  # noqa: PERF401 - those before one that fails are taken out again
        except MockpilotError:
            for one in armed:
                self.control.disarm(one)
            raise

    def disarm(self, name: str) -> Done:
        """Take a fault out."""
        armed = self.fault(name)
        if armed.disarmed:
            raise NotDoneError(f"fault {name} is disarmed already")
        return self._did(f"disarmed {name}", lambda: self.control.disarm(armed))

    async def drop(self, number: int, how: str, code: int | None, down: str | float) -> Done:
        """End a link and see it end."""
        self.link(number)
        before = self.recording.end
        self.control.arm(drop(how, link=number, code=code, down=down))
        within_s = self.control.server.world.close_within_s + SETTLES_WITHIN_S
        shows = WentSilent if how == "silence" else LinkEnded

        def is_over(event: Event) -> bool:
            return isinstance(event, shows) and event.link == number

        if await came(self.recording, is_over, before, within_s):
            return self._shown(f"dropped link {number} by {how}", before, (FaultArmed, FaultFired, shows))
        raise NotDoneError(f"link {number} is still there after {within_s:g} s; the recording tells what was done")

    def push(self) -> Done:
        """Push now."""
        booted = [link for link in self.control.server.live_links() if link.session.is_booted]
        if not booted:
            raise NotDoneError("push: a link that has booted is expected, there is none; wait for one first")
        return self._did(f"pushed to {len(booted)} link{'s' if len(booted) > 1 else ''}", self.control.push)

    def pause(self, paused: bool) -> Done:
        """Keep pushes back, or let them out again."""
        if paused == self.control.pushes_paused:
            raise NotDoneError(f"pushes are {'paused' if paused else 'not paused'} already")
        act = self.control.pause_pushes if paused else self.control.resume_pushes
        return self._did(f"pushes {'paused' if paused else 'resumed'}", act)

    def hold_next(self, asked: HoldAsked) -> Done:
        """Hold the next message that is meant."""
        if asked.link is not None:
            self.link(asked.link)
        return self.arm(hold(asked.type, asked.action, asked.link))

    def change_hold(self, name: str, asked: HoldChanged) -> Done:
        """Let go of what is held, as it is or otherwise, or never."""
        held = self.hold(name)
        if not held.held:
            raise NotDoneError(f"{name} holds nothing; {'it is over' if held.fired else 'it waits for a message'}")
        if asked.do == "discard":
            return self._did(f"discarded what {name} held", lambda: self.control.discard(held))
        return self._did(f"let go what {name} held", lambda: self.control.let_go(held, _utf8(asked.text)))

    def say(self, number: int, text: str) -> Done:
        """Send a message by hand."""
        self.link(number)
        _utf8(text)
        before = self.recording.end
        self.arm(inject("message", text=text, link=number))
        return self._shown(f"said it on link {number}", before, (FaultArmed, FaultFired, MessageSent))

    def mark(self, text: str) -> Done:
        """Write a note; waits begin behind it."""
        done = self._did("marked", lambda: self.control.note(text))
        self.marked = self.recording.end
        return done

    def change_depot(self, asked: DepotAsked) -> Done:
        """Do something to the depot, or make the CMS forget what was asked of it."""
        if asked.do == "forget":
            named = {"link": asked.target} if asked.target else {}
            return self.arm(forget("requests", **named))  # type: ignore[arg-type]
        what = " ".join(one for one in (asked.do, asked.vehicle, asked.target) if one)
        return self._did(what, lambda: self.control.meddle(what, lambda depot: meddle(depot, asked)))

    def advance(self, by_s: float) -> Done:
        """Let simulated time jump."""
        if not self.control.server.world.clock.is_simulated:
            raise NotDoneError("clock: only simulated time can be advanced, and this one is the wall's; "
                          "start serve with --time-factor")  # fmt: skip
        if by_s > MOST_ADVANCED_S:
            raise NotDoneError(f"clock: at most a week at a time is expected, found {by_s / 3600:g} h")
        return self._did("advanced the clock", lambda: self.control.advance(by_s))

    async def reset(self, what: Sequence[str]) -> Done:
        """Begin afresh: links closed, faults out, requests forgotten, pushes let out; whichever are named.

        With ``history`` the recording begins anew. Nothing in it may lean on what is gone, so links, faults and
        requests go with it, whoever is halfway through a connection too.
        """
        if "history" in what:
            what = list(dict.fromkeys([*what, "faults", "depot", "links"]))
        before = self.recording.end
        self.control.note(f"by hand: reset of {', '.join(what) or 'nothing'}")
        if "faults" in what:
            self.control.disarm_all()
        if "depot" in what:
            self.control.disarm(self.control.arm(forget("requests")))
        if "pushes" in what and self.control.pushes_paused:
            self.control.resume_pushes()
        if "history" in what:
            return await self._begin_anew()
        if "links" in what and (links := self.control.server.live_links()):
            self.control.drop("close", 1001)
            with trio.move_on_after(self.control.server.world.close_within_s + SETTLES_WITHIN_S):
                for link in links:
                    await link.over.wait()
        return self._shown(f"reset {', '.join(what) or 'nothing'}", before)

    async def _begin_anew(self) -> Done:
        server = self.control.server
        try:
            await server.end_links(within_s=server.world.close_within_s)
            self.recording.begin_anew()
            self.tally.faults.clear()
            self.marked = before = self.recording.end
            self.control.note("by hand: the recording begins anew; the trace goes on")
            return self._shown("reset history, and with it links, faults and depot", before)
        finally:
            server.open_port()

    async def wait(self, asked: WaitAsked) -> WaitAnswer:
        """Wait for something, from the newest mark on."""
        return await wait(asked, self.marked, self.recording, self.control.recorder, self.dialect)

    # -- taking home -----------------------------------------------------------------------------------------------

    def plan(self, title: str, since: int, until: int | None, exercises: tuple[str, ...]) -> PlanMade:
        """A stretch of the recording as a plan."""
        faults = {one.name: one.fault for one in self.control.server.world.injector.armed}
        events = self.recording.since(0)
        end = self.recording.end if until is None else until
        plan, left_out = plan_of(events, faults, since=since, until=end, title=title, exercises=exercises)
        if not plan.faults:
            raise NotDoneError(f"a stretch in which a fault was armed is expected; between events {since} and {end} "
                          "there is none")  # fmt: skip
        return PlanMade(toml=written(plan, left_out), faults=len(plan.faults), left_out=left_out)


MOST_ADVANCED_S = 7 * 24 * 3600.0


def replace_did(done: Done, did: str) -> Done:
    """The same with other words."""
    return Done(did=did, events=done.events)


def _fresh(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _renamed(fault: Fault, names: dict[str, str]) -> Fault:
    selects = fault.selects
    after, until = names.get(selects.after or "", selects.after), names.get(selects.until or "", selects.until)
    return replace(fault, name=names.get(fault.name, fault.name), selects=replace(selects, after=after, until=until))


def _utf8(text: str | None) -> str | None:
    try:
        (text or "").encode()
    except UnicodeEncodeError as error:
        raise NotDoneError("text: Unicode text is expected, found half a surrogate pair") from error
    return text
