"""The newest events of a CMS that may run for weeks, for whoever looks at them; bounded in number and in size.

A subscriber of the recorder. Readers come with an index and take what follows: nobody has a buffer of their own, so
nobody who is slow costs anything. What they no longer find here has been let go of.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

import msgspec
import trio

from mockpilot.history.events import Event, Message

MOST_EVENTS = 50_000
MOST_CHARACTERS = 64_000_000
"""Of the messages' texts."""


class Recording:
    """The newest events.

    Args:
        most_events, most_characters: beyond which the oldest are let go of.
    """

    def __init__(self, most_events: int = MOST_EVENTS, most_characters: int = MOST_CHARACTERS) -> None:
        self._most_events, self._most_characters = most_events, most_characters
        self._events: deque[Event] = deque()
        self._characters = 0
        self._changed = trio.lowlevel.ParkingLot()
        self.begins = 0
        """Index of the first event since it began anew."""
        self.first_line: Event | None = None
        """What judging has to know; kept however long it is."""

    def append(self, event: Event) -> None:
        """Take an event."""
        if self.first_line is None:
            self.first_line = event
        self._events.append(event)
        self._characters += _size(event)
        while len(self._events) > self._most_events or self._characters > self._most_characters:
            self._characters -= _size(self._events.popleft())
        self._changed.unpark_all()

    @property
    def first(self) -> int:
        """Index of the oldest event that is still here."""
        return self._events[0].index if self._events else self.end

    @property
    def end(self) -> int:
        """Index of the next event to come."""
        return self._events[-1].index + 1 if self._events else self.begins

    @property
    def is_whole(self) -> bool:
        """Whether nothing has been let go of since it began."""
        return self.first == self.begins

    def since(self, index: int, most: int | None = None) -> list[Event]:
        """Events from an index on, the oldest first; those that are gone are left out."""
        count = min(len(self._events), self.end - index)
        newest = list(islice(reversed(self._events), max(0, count)))  # a deque is fast at its ends
        return newest[::-1][:most]

    def __getitem__(self, index: int) -> Event | None:
        """The event of an index; None if it is gone or has not come."""
        place = index - self.first
        return self._events[place] if 0 <= place < len(self._events) else None

    def begin_anew(self) -> None:
        """Let go of everything; indexes go on, since the trace does."""
        if not self._events:
            return
        self.begins, last = self.end, self._events[-1]
        if self.first_line is not None:
            self.first_line = msgspec.structs.replace(self.first_line, at=last.at, wall=last.wall)
        self._events.clear()
        self._characters = 0

    async def wait_changed(self) -> None:
        """Wait for the next event."""
        await self._changed.park()


def _size(event: Event) -> int:
    return len(event.text or event.base64 or "") if isinstance(event, Message) else 0
