"""The append-only log: whoever does something writes it here first, and only then acts on it.

Times come in as a function, so the log knows no clock. Subscribers are called after the event is in the log; they
must not block. What a subscriber records itself is delivered after the event that it was called with, so that every
subscriber, a trace file among them, gets all events in the order of their indexes.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

import msgspec

from mockpilot.history.events import Event, Message, MessageReceived

E = TypeVar("E", bound=Event)


class History(Sequence[Event]):
    """A recording: events in the order of their indexes."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self._events = list(events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def of(self, kind: type[E], link: int | None = None) -> list[E]:
        """All events of one kind, of one link if it is named."""
        return [event for event in self._events if isinstance(event, kind) and link in (None, event.link)]

    @property
    def end(self) -> float:
        """Time of the last event, in seconds on the run's clock; nothing is known of what came later."""
        return self._events[-1].at if self._events else 0.0


class Recorder:
    """Writes a history.

    Args:
        now: seconds on the run's monotonic clock.
        wall: the wall clock as RFC 3339 text in UTC.
        simulated: simulated time as such a text; None where it is the wall's.
        keeps: False only passes events on to subscribers: a CMS that runs for weeks must not collect them.
        mask: hides secrets in the text of messages, where nobody but a product could have put them.
    """

    def __init__(
        self, now: Callable[[], float], wall: Callable[[], str], *, keeps: bool = True,
        simulated: Callable[[], str] | None = None, mask: Callable[[str], str] | None = None,
    ) -> None:  # fmt: skip
        self.history = History()
        self._keeps, self._count = keeps, 0
        self._now, self._wall, self._simulated, self._mask = now, wall, simulated, mask
        self._subscribers: list[Callable[[Event], None]] = []
        self._told = False
        """A product has put a secret into a message."""
        self._undelivered: deque[Event] = deque()
        self._delivering = False

    def record(self, event: E) -> E:
        """Put an event into the log and return it with its index and times."""
        filled = msgspec.structs.replace(
            self._masked(event), index=self._count, at=round(self._now(), 6), wall=self._wall(),
            simulated=self._simulated() if self._simulated is not None else "",
        )  # fmt: skip
        self._count += 1
        if self._keeps:
            self.history._events.append(filled)  # noqa: SLF001 - the recorder is the one writer of its history
        self._undelivered.append(filled)
        if not self._delivering:
            self._deliver()
        return filled

    def _masked(self, event: E) -> E:
        # Ours hold nothing secret unless a product's word comes back in them; they are long, and searching takes time.
        if self._mask is None or not isinstance(event, Message if self._told else MessageReceived):
            return event
        if event.text is not None:
            masked = msgspec.structs.replace(event, text=self._mask(event.text))
        else:
            data = base64.b64decode(event.base64 or "").decode("utf-8", "surrogateescape")
            hidden = self._mask(data).encode("utf-8", "surrogateescape")
            masked = msgspec.structs.replace(event, base64=base64.b64encode(hidden).decode())
        told = masked != event or (isinstance(event, MessageReceived) and event.password_in)
        self._told = self._told or told
        return masked

    def _deliver(self) -> None:
        self._delivering = True
        try:
            while self._undelivered:
                event = self._undelivered.popleft()
                for subscriber in list(self._subscribers):
                    subscriber(event)
        finally:
            self._delivering = False

    def subscribe(self, subscriber: Callable[[Event], None]) -> Callable[[], None]:
        """Call somebody with every event from now on; the answer unsubscribes, once or more often."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe
