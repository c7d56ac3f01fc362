"""What a test gets to see of a recording: one thing that happened, the history as a whole, a stored request.

Snapshots for reading; whoever wants to change something asks the CMS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import UnsetType

from mockpilot.errors import ScenarioError
from mockpilot.history.events import Event, Message, MessageReceived, MessageSent
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import Action, Envelope, read
from mockpilot.protocol.vocabulary import ChargingRequest
from mockpilot.scenario.matching import predicate, spoken, why_it_never_comes
from mockpilot.testing.telling import line_of


@dataclass(frozen=True)
class Happening:
    """One event of a recording, and the message in it if it is one."""

    event: Event

    @property
    def kind(self) -> str:
        """The event's name, such as ``message_received``."""
        return self.event.kind

    @property
    def at(self) -> float:
        """Seconds since the CMS was set up, on its own clock."""
        return self.event.at

    @property
    def link(self) -> int | None:
        """Number of the connection, counted from 1."""
        return self.event.link

    @property
    def text(self) -> str:
        """The raw text of the message; empty if it is none."""
        return (self.event.text or "") if isinstance(self.event, Message) else ""

    @cached_property
    def envelope(self) -> Envelope | None:
        """The seven slots, as far as they can be read."""
        return read(self.text).envelope if self.text else None

    @property
    def action(self) -> str:
        """The sixth slot; empty if there is none."""
        return str(self.envelope.action) if self.envelope else ""

    @property
    def message_id(self) -> str:
        """The fifth slot; empty if there is none."""
        return self.envelope.message_id if self.envelope else ""

    @property
    def payload(self) -> Any:
        """The seventh slot."""
        return self.envelope.payload if self.envelope else None

    @property
    def request_ids(self) -> tuple[str, ...]:
        """Ids of the charging requests in the message's list, in its order."""
        found = self.payload.get("chargingRequestList") if isinstance(self.payload, dict) else None
        entries = found if isinstance(found, list) else []
        return tuple(str(one.get("chargingRequestId")) for one in entries if isinstance(one, dict))

    def __str__(self) -> str:
        return line_of(self.event)


class Transcript(History):
    """The recording as far as it goes, with a test's questions."""

    def sent(self, action: str | None = None) -> list[Happening]:
        """Messages that the CMS handed to a link, all or those of an action."""
        return list(self._messages(MessageSent, action))

    def received(self, action: str | None = None) -> list[Happening]:
        """Messages that the product sent, all or those of an action; answers have the action of their request."""
        return list(self._messages(MessageReceived, action))

    def _messages(self, kind: type[Event], action: str | None) -> Iterator[Happening]:
        wanted = Action(action) if action is not None else None
        for event in self:
            happening = Happening(event)
            if isinstance(event, kind) and (wanted is None or happening.action == wanted):
                yield happening

    def matching(self, what: str) -> list[Happening]:
        """Everything that ``wait_for`` would take for the same words."""
        matches = predicate(what)
        return [Happening(event) for event in self if matches(event)]

    def lines(self, last: int | None = None) -> list[str]:
        """The history for people, a line each, all or the last ones."""
        told = [line_of(event) for event in self]
        return told if last is None else told[-last:]

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True)
class StoredRequest:
    """A charging request that the CMS holds; None where the presystem said nothing."""

    id: str
    vehicle_id: str
    point_id: str | None
    priority: int | None
    min_target_soc: float | None
    max_target_soc: float | None
    departure: str | None
    """As it stood on the wire."""
    request: ChargingRequest
    """All of it."""

    @classmethod
    def of(cls, request: ChargingRequest) -> StoredRequest:
        """Read a request of any version."""
        data = request.charging_request_data
        return cls(
            request.charging_request_id, request.vehicle_id, _told(request.charging_point_id), _told(request.priority),
            _told(data.min_target_soc), _told(data.max_target_soc), _told(data.requested_time_for_departure), request,
        )  # fmt: skip


def _told(value: Any) -> Any:
    return None if isinstance(value, UnsetType) else value


def stored_requests(requests: Mapping[str, ChargingRequest]) -> dict[str, StoredRequest]:
    """What is stored, by id."""
    return {id_: StoredRequest.of(request) for id_, request in requests.items()}


def wanted_words(what: str) -> str:
    """What is waited for, as a person would say it, if it can come from a product that does nothing wrong.

    Raises:
        ScenarioError: nobody knows the word, or it never comes.
    """
    if why := why_it_never_comes(what):
        raise ScenarioError(f"wait_for: {why}")
    return awaited_words(what)


def awaited_words(what: str) -> str:
    """What is waited for, as a person would say it; checks the word."""
    predicate(what)
    return spoken(what)
