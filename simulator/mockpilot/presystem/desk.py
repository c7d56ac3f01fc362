"""What all who work on one link's conversation share: the scribe, the memory, what waits for its time, what goes out.

Knows no order in which anything is said.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mockpilot.presystem.conduct import Conduct, Entry, Upset
from mockpilot.presystem.letters import Frames, Scribe
from mockpilot.presystem.rhythm import Rhythm
from mockpilot.presystem.settings import Settings

Log = Callable[[str], None]


class Due(enum.Enum):
    """What can be waiting for its time."""

    BOOT = "boot"                        # say BootNotification
    BOOT_UNANSWERED = "boot unanswered"  # no answer to it in time
    LIST = "list"                        # an open list is unconfirmed, or a refused one may be tried again
    EARLY_LIST = "early list"            # offenders only: a list out of turn
    HASTY_BOOT = "hasty boot"            # offenders only: a boot out of turn
    ANSWER = "answer"                    # a confirmation that waited
    LIST_AGAIN = "list again"            # offenders only: a confirmed list is sent once more
    SILENCE = "silence"                  # pushes are missing
    WORN = "worn"                        # some leave a link after a while, for a new one


@dataclass(slots=True)
class Agenda:
    """What waits for its time, each thing once; times in seconds of the link's clock."""

    _times: dict[Due, float] = field(default_factory=dict)

    def put(self, due: Due, at: float) -> None:
        """Have it wait until ``at``, whatever it waited for before."""
        self._times[due] = at

    def drop(self, *dues: Due) -> None:
        """Have these wait no more."""
        for due in dues:
            self._times.pop(due, None)

    def next_at(self) -> float:
        """When the next thing is due."""
        return min(self._times.values(), default=math.inf)

    def ripe(self, now: float) -> Iterator[Due]:
        """Take off what is due, the earliest first; doing one thing may put another off or drop it."""
        for due in sorted(self._times, key=self._times.__getitem__):
            if self._times.get(due, math.inf) <= now:
                del self._times[due]
                yield due


@dataclass(slots=True)
class Memory:
    """What outlives a link besides the charging requests."""

    rhythm: Rhythm
    been_accepted: bool = False
    """Whether any link of this process got as far as Accepted."""
    been_confirmed: bool = False
    """Whether any list was."""
    unconfirmed: str = ""
    """Content of the list that was sent last, until it is confirmed."""
    deaf: bool = False
    """Offenders only: answers no push any more."""
    misled: bool = False
    """Offenders only: took a confirmation that was no list's for one."""
    mute: bool = False
    """Offenders only: sends no list any more."""
    awaits_answer: bool = False
    """Whether a list is on its way and nobody gave it up."""
    missed: list[list[Entry]] = field(default_factory=list)
    """Offenders only: every list that there was while no link was up."""


@dataclass(slots=True)
class Desk:
    """What belongs to one link, from its opening to its end."""

    scribe: Scribe
    memory: Memory
    log: Log
    agenda: Agenda = field(default_factory=Agenda)
    accepted: bool = False
    """Whether a boot of this link was."""
    leaving: str | None = None
    """Why the link should be closed from our side; None while it shouldn't."""
    wants_company: bool = False
    """Offenders only: another link should be opened beside this one."""
    _out: list[str | bytes] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The presystem's settings."""
        return self.scribe.settings

    @property
    def conduct(self) -> Conduct:
        """How to behave."""
        return self.scribe.conduct

    def say(self, frames: Frames, what: str = "") -> None:
        """Lay frames out for sending, and log what they are; nothing is logged without a word."""
        if what:
            self.log(f"sent {what}")
        self._out += frames

    def take(self) -> Frames:
        """Frames to send now, in order; each is handed out once."""
        frames, self._out = self._out, []
        return frames

    def upset(self, by: Upset) -> None:
        """Something came that some readers do not get over."""
        self.memory.deaf = self.memory.deaf or by in self.conduct.deaf_after
