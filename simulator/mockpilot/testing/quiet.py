"""Whether a CMS has anything under way: what it asked and was not answered, who is just connecting. Pure."""

from __future__ import annotations

from mockpilot.history.events import (
    Event,
    LinkEnded,
    MessageReceived,
    MessageSent,
    TcpAccepted,
    UpgradeAnswered,
)
from mockpilot.protocol.envelope import MessageType, read


class Quiet:
    """Follows a recording; ``note`` every event of it."""

    def __init__(self) -> None:
        self.events = 0
        """How many were noted."""
        self._open: dict[int | None, set[str]] = {}
        self._connecting: set[int | None] = set()

    @property
    def awaits_product(self) -> bool:
        """Whether the next move is the product's: a request of ours is open, or a connection on its way."""
        return bool(self._connecting) or any(self._open.values())

    def note(self, event: Event) -> None:
        """Take one event."""
        self.events += 1
        match event:
            case TcpAccepted():
                self._connecting.add(event.link)
            case UpgradeAnswered():
                self._connecting.discard(event.link)
            case LinkEnded():
                self._connecting.discard(event.link)
                self._open.pop(event.link, None)
            case MessageSent() if (asked := _request(event)) is not None:
                self._open.setdefault(event.link, set()).add(asked)
            case MessageReceived() if (answered := _answer(event)) is not None:
                self._open.get(event.link, set()).discard(answered)


def _request(event: MessageSent) -> str | None:
    envelope = read(event.text or "").envelope
    is_request = envelope is not None and envelope.message_type is MessageType.REQUEST
    return envelope.message_id if envelope is not None and is_request else None


def _answer(event: MessageReceived) -> str | None:
    envelope = read(event.text or "").envelope
    is_answer = envelope is not None and envelope.message_type is not MessageType.REQUEST
    return envelope.message_id if envelope is not None and is_answer else None
