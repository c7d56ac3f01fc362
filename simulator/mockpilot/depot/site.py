"""The depot and what the presystems asked for: the one object that a CMS keeps between two messages.

Applies lists whole or not at all, and encodes charging information once per dialect and revision. It hears what the
CMS meant; which bytes left and which were lost is not its business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from mockpilot.depot import view
from mockpilot.depot.model import Depot
from mockpilot.depot.planning import Plan, plan
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import Violation, violations
from mockpilot.protocol.vocabulary import ChargingRequest, Dialect, Unreadable, read_payload

_LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
_NAMED = 3  # violations that an error answer names


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What became of a list, and what the CMS has to say about it."""

    error: str | None
    """Text of the error answer; None: confirm."""
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    applied: bool = False


class Site:
    """A depot with the charging requests of all presystems."""

    def __init__(self, depot: Depot) -> None:
        self._depot = depot
        self._stored: dict[str, Mapping[str, ChargingRequest]] = {}
        self._revision = 0
        self._encoded: dict[str, tuple[int, bytes]] = {}

    @property
    def depot(self) -> Depot:
        """The depot as it is now."""
        return self._depot

    @property
    def revision(self) -> int:
        """Grows whenever the next push would say something else."""
        return self._revision

    def advertised_points(self) -> tuple[str, ...]:
        """Ids of all points that pushes name, the default point first."""
        return self._depot.point_ids()

    def real_points(self) -> tuple[str, ...]:
        """Ids of the points at which vehicles can charge."""
        return self._depot.real_point_ids()

    def requests_of(self, presystem_id: str) -> Mapping[str, ChargingRequest]:
        """The stored charging requests of a presystem by their id; empty if there are none."""
        return MappingProxyType(dict(self._stored.get(presystem_id, {})))

    def receive_list(
        self, presystem_id: str, payload: object, dialect: Dialect, *, apply: bool = True
    ) -> ListAnswer:
        """Take the raw payload of a ProvideChargingRequests request.

        Args:
            presystem_id: whose list it is.
            payload: the JSON value in the seventh slot.
            dialect: under which it has to be valid.
            apply: False works out the answer and leaves the stored list as it is.
        """
        if found := violations(payload, dialect, *_LIST):
            return ListAnswer(_complaint(found))
        message = read_payload(dialect, *_LIST, payload)
        if isinstance(message, Unreadable):
            return ListAnswer(f"The charging request list cannot be read: {message.reason}.")
        outcome = self._plan(presystem_id, message.charging_request_list)
        applied = apply and outcome.error is None
        if applied:
            self._store(presystem_id, outcome)
        return ListAnswer(outcome.error, outcome.created, outcome.changed, outcome.deleted, applied)

    def apply(self, presystem_id: str, requests: Sequence[ChargingRequest]) -> Plan:
        """Replace a presystem's list by typed requests; a plan with an error has changed nothing."""
        outcome = self._plan(presystem_id, requests)
        if outcome.error is None:
            self._store(presystem_id, outcome)
        return outcome

    def forget(self, presystem_id: str) -> None:
        """Lose a presystem's requests, as a CMS does that was set up anew."""
        if self._stored.pop(presystem_id, None):
            self._revision += 1

    def information(self, dialect: Dialect, now: datetime) -> bytes:
        """The payload of a push as JSON; ``now`` counts only when something has changed since the last one."""
        revision, encoded = self._encoded.get(dialect.name, (-1, b""))
        if revision != self._revision:
            encoded = view.encode(view.information(self._depot, self._stored, dialect, now))
            self._encoded[dialect.name] = (self._revision, encoded)
        return encoded

    def _plan(self, presystem_id: str, requests: Sequence[ChargingRequest]) -> Plan:
        return plan(self._stored.get(presystem_id, {}), requests, self._depot.point_ids())

    def _store(self, presystem_id: str, outcome: Plan) -> None:
        self._stored[presystem_id] = outcome.stored
        if outcome.created or outcome.changed or outcome.deleted:
            self._revision += 1


def _complaint(found: Sequence[Violation]) -> str:
    named = "; ".join(f"{violation.path}: {violation.problem}" for violation in found[:_NAMED])
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"The charging request list is not valid: {named}{more}."
