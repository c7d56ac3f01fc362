"""The lines that ``serve`` writes: one for each happening, and pushes counted where they come thick and fast.

Pure: events in, lines out. Simulated time stands beside the wall's where there is some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockpilot.counts import counted
from mockpilot.history.events import Event, LinkEnded, Message, MessageReceived, MessageSent
from mockpilot.protocol.envelope import Action, MessageType, read
from mockpilot.report.happenings import tell

COUNTED_BELOW_S = 5.0
"""Push interval below which pushes and their confirmations are counted, not told one by one."""
COUNTED_FOR_S = 10.0


@dataclass(slots=True)
class _Count:
    """Pushes of one link that have not been told."""

    since: float
    pushes: int = 0
    confirmed: int = 0


class Teller:
    """Makes lines of events.

    Args:
        push_interval_s: decides whether pushes are counted.
    """

    def __init__(self, push_interval_s: float) -> None:
        self._counts_pushes = push_interval_s < COUNTED_BELOW_S
        self._counts: dict[int | None, _Count] = {}

    def lines(self, event: Event) -> Iterator[str]:
        """What to write about an event: nothing, a line, or a count and a line."""
        if self._counts_pushes and isinstance(event, Message) and (which := _of_push(event)) is not None:
            yield from self._count(event, which)
            return
        if isinstance(event, LinkEnded) and event.link in self._counts:
            yield _line(event, _told(self._counts.pop(event.link), event.at))
        if (told := tell(event)) is not None:
            yield _line(event, told)

    def _count(self, event: Event, which: MessageType) -> Iterator[str]:
        count = self._counts.setdefault(event.link, _Count(event.at))
        if event.at - count.since >= COUNTED_FOR_S:
            yield _line(event, _told(count, event.at))
            count = self._counts[event.link] = _Count(event.at)
        count.pushes += which is MessageType.REQUEST
        count.confirmed += which is MessageType.CONFIRMATION


def _of_push(message: Message) -> MessageType | None:
    """Whether a message is a push of ours or the confirmation of one; None if it is neither."""
    envelope = read(message.text or "").envelope
    if envelope is None or envelope.action is not Action.PROVIDE_CHARGING_INFORMATION:
        return None
    expected = {MessageSent: MessageType.REQUEST, MessageReceived: MessageType.CONFIRMATION}.get(type(message))
    return expected if envelope.message_type is expected else None


def _told(count: _Count, until: float) -> str:
    return f"→ {counted(count.pushes, 'push', 'pushes')} in {until - count.since:.0f} s, {count.confirmed} confirmed"


def _line(event: Event, told: str) -> str:
    simulated = f"{event.simulated[5:10]} {event.simulated[11:16]}  " if event.simulated else ""
    return f"{event.wall[11:23]}  {simulated}{event.link or '–':>3}  {told}"
