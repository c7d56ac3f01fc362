"""The lab bench: a CMS with all that the console knows of it, and how a command answers with what the recording shows.

The commands themselves stand in ``linking``, ``faulting``, ``holding``, ``meddling``, ``starting_over`` and
``waiting``; each goes through the control. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mockpilot.cms.link import Link
from mockpilot.console.recording import Recording
from mockpilot.console.tally import Tally
from mockpilot.console.told import Done
from mockpilot.control import Control
from mockpilot.errors import MockpilotError
from mockpilot.faults.injector import Armed
from mockpilot.history.events import Event, Mark
from mockpilot.history.recorder import Recorder
from mockpilot.limits import Limits

SETTLES_WITHIN_S = 5.0
"""How long the effect of a command may take beyond the closing handshake."""


class NotDoneError(MockpilotError):
    """A command cannot be carried out as things stand."""


class UnknownError(MockpilotError):
    """There is no such link, fault, hold or event."""


class WrongWordError(MockpilotError):
    """Nobody knows what was asked for."""


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
    waits_from: int = 0
    """Where a wait begins that is not told where: with the first event of the newest command, or behind a mark."""
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

    # -- doing things ----------------------------------------------------------------------------------------------

    @property
    def settles_within_s(self) -> float:
        """How long the end of a link may take that is closed politely."""
        return self.control.server.world.close_within_s + SETTLES_WITHIN_S

    def do(self, what: str, act: Callable[[], object]) -> Done:
        """Do something that does not wait; its events are those that it leaves behind."""
        before = self.recording.end
        act()
        return self.shown(what, before)

    def shown(self, what: str, before: int, kinds: tuple[type[Event], ...] = ()) -> Done:
        """What was done, by the events from an index on, all of them or those of some kinds; waits begin there.

        Raises:
            NotDoneError: there are none.
        """
        events = [one for one in self.recording.since(before) if not kinds or isinstance(one, kinds)]
        if not events:
            raise NotDoneError(f"{what}: nothing in the recording shows it")
        self.waits_from = before
        return Done(did=what, events=[one.index for one in events])
