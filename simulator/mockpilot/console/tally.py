"""What the console counts as events come by: per link and per fault, cheaply, however long the recording gets. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockpilot.history.events import (
    BootRead,
    Event,
    FaultArmed,
    FaultFired,
    FaultSeen,
    LinkEnded,
    MessageReceived,
    MessageSent,
    TcpAccepted,
    WaitEnded,
    WaitStarted,
)
from mockpilot.protocol.envelope import Action

_NEAR = 400  # characters of a message within which its action stands


@dataclass(slots=True)
class LinkTally:
    """What has passed on one link."""

    peer: str = ""
    kind: str = ""
    began_at: float = 0.0
    pushes: int = 0
    confirmed: int = 0
    received: int = 0


@dataclass(slots=True)
class Evidence:
    """Where the recording shows what became of a fault."""

    armed: int | None = None
    fired: int | None = None
    """The newest."""
    fired_on: int | None = None
    """The link on which it did."""
    seen: int | None = None


@dataclass(slots=True)
class Tally:
    """All counts of one CMS."""

    links: dict[int, LinkTally] = field(default_factory=dict)
    """Of connections that are open."""
    faults: dict[str, Evidence] = field(default_factory=dict)
    waits: dict[str, WaitStarted] = field(default_factory=dict)
    """Waits that are not over, by what is awaited."""
    last_link_at: float = 0.0
    """When the last connection ended; since then somebody has to come."""

    def note(self, event: Event) -> None:
        """Count an event."""
        match event:
            case TcpAccepted(link=int(link)):
                self.links[link] = LinkTally(peer=event.peer, began_at=event.at)
            case LinkEnded(link=int(link)):
                self.links.pop(link, None)
                self.last_link_at = event.at
            case BootRead(link=int(link)) if link in self.links:
                self.links[link].kind = event.presystem_kind
            case MessageSent(link=int(link), text=str(text)) if link in self.links:
                self.links[link].pushes += _is(text, "1")
            case MessageReceived(link=int(link)) if link in self.links:
                self.links[link].received += 1
                self.links[link].confirmed += _is(event.text or "", "2")
            case FaultArmed() | FaultFired() | FaultSeen():
                self._note_fault(event)
            case WaitStarted():
                self.waits[event.awaited] = event
            case WaitEnded():
                self.waits.pop(event.awaited, None)

    def _note_fault(self, event: FaultArmed | FaultFired | FaultSeen) -> None:
        evidence = self.faults.setdefault(event.name, Evidence())
        match event:
            case FaultArmed():
                evidence.armed = event.index
            case FaultFired():
                evidence.fired, evidence.fired_on = event.index, event.link
            case FaultSeen():
                evidence.seen = event.index


def _is(text: str, kind: str) -> bool:
    return text.lstrip()[:1] == "[" and text.lstrip()[1:].lstrip()[:1] == kind and _PUSH in text[:_NEAR]


_PUSH = f'"{Action.PROVIDE_CHARGING_INFORMATION}"'
