"""What an episode plays with: profile, clock, server, product, and how each is treated. Plays nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mockpilot.certification.product import Surroundings
from mockpilot.certification.provoking import Ask
from mockpilot.clock import RunClock
from mockpilot.cms.server import END_WITHIN_S, Server
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile
from mockpilot.scenario.steps import Provoke

if TYPE_CHECKING:
    import trio


class Running(Protocol):
    """A product while it runs."""

    recorder: Recorder
    gone: trio.Event

    async def start(self, nursery: trio.Nursery) -> None:
        """Start it and watch it."""

    async def stop(self) -> None:
        """End it; not interrupted by anybody."""

    async def write_line(self, line: str) -> str | None:
        """Write to its standard input; answers what went wrong, or None."""


@dataclass(slots=True)
class Set:
    """What an episode plays with; the server is told of the episode before it listens."""

    profile: Profile
    clock: RunClock
    server: Server
    surroundings: Surroundings
    seed: int
    ask: Ask
    launch: Callable[[Set, Recorder], Running] | None = None
    """Makes the product of this episode; None if it runs already, or somebody else started it."""
    running: Running | None = None
    """The product that was started for the whole run."""
    advertised: tuple[str, ...] = ()
    first: bool = True
    """No episode of this run came before on this listener."""
    can_stall: bool = True
    """Whether our own loop can come late; on a virtual clock it cannot."""
    on_open: Callable[[Recorder], None] = lambda _recorder: None
    """Told of the recorder once it has its first line."""
    provoke: Provoke | None = None
    """Asks the product for a step, whatever the profile says; None: the way of the profile."""
    started_here: bool = False
    """Whoever plays started the product on this machine, though not as COMMAND, and nobody else works with it."""
    settles: bool = True
    """Behind the script one push is handed and its answer awaited; else the recording ends where the script does."""
    end_within_s: float = END_WITHIN_S
    """How long open links may take to close at the end."""
