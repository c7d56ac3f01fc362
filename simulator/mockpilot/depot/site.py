"""The depot and what the presystems asked for: the one object that a CMS keeps between two messages.

Takes lists, tells the simulation what is asked for, and encodes charging information once per dialect and revision.
It hears what the CMS meant; which bytes left and which were lost is not its business. It has no timer: whoever asks
says what time it is, and the depot then lives up to that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import msgspec
from msgspec import UnsetType

from mockpilot.depot.asking import demand_of
from mockpilot.depot.demand import Demand
from mockpilot.depot.model import Depot
from mockpilot.depot.planning import Plan, complaint, plan, reason
from mockpilot.depot.simulation import Simulation
from mockpilot.depot.view import Rejected, View
from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.schema import Violation, violations
from mockpilot.protocol.vocabulary import ChargingRequest, Unreadable, read_payload
from mockpilot.protocol.vocabulary.dialect import Dialect
from mockpilot.protocol.vocabulary.spelling import AS_THEY_ARE

_LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
_NAMED = 3  # violations that an error answer names


@dataclass(frozen=True, slots=True)
class ListPolicy:
    """What this CMS does with lists where no source says what a CMS does."""

    partial: bool = False
    """The good entries of a bad list are carried out; else nothing of it is. Error answers come either way."""
    survives_reconnect: bool = True
    """Lists are kept when their presystem boots again."""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What became of a list, and what the CMS has to say about it; ids as the presystem spells them."""

    error: str | None
    """Text of the error answer; None: confirm."""
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Considered:
    """A list that was read and compared, and has changed nothing so far."""

    presystem_id: str
    error: str | None
    """Text of the error answer; None: confirm."""
    outcome: Plan | None
    """None: it cannot be read."""
    dialect: Dialect


class Site:
    """A depot with the charging requests of all presystems.

    Args:
        depot: what it consists of.
        start: the instant at which it is as its file says.
        chance: floats in [0, 1), for arrivals that are early or late.
        policy: what is done with lists.
    """

    def __init__(
        self, depot: Depot, start: datetime, *,
        chance: Callable[[], float] = lambda: 0.5, policy: ListPolicy = ListPolicy(),
    ) -> None:  # fmt: skip
        self._depot, self._start, self._policy = depot, start, policy
        self.simulation = Simulation(depot, start, chance)
        """How the depot lives; whoever meddles with it has advanced it before."""
        self._points, self._real_points = frozenset(depot.point_ids()), frozenset(depot.real_point_ids())
        self._stored: dict[str, Mapping[str, ChargingRequest]] = {}
        self._demands: dict[str, dict[str, Demand]] = {}
        self._rejected: dict[str, tuple[Rejected, ...]] = {}
        self._revision = 0
        self._views: dict[str, View] = {}
        self._encoded: dict[str, tuple[int, bytes]] = {}

    @property
    def depot(self) -> Depot:
        """What the depot consists of."""
        return self._depot

    @property
    def revision(self) -> int:
        """Grows whenever the next push would say something else."""
        return self._revision + self.simulation.revision

    def advertised_points(self, dialect: Dialect) -> tuple[str, ...]:
        """All points that pushes name, the default point first, as they stand there."""
        shown = self._depot.point_ids() if dialect.default_station else self._depot.real_point_ids()
        return tuple(map(dialect.spelling.out, shown))

    def also_told(self, points: Iterable[str]) -> None:
        """Hear of points that a push named beside the depot's own: who asks for them is not refused."""
        self._points |= frozenset(points)

    def real_points(self) -> tuple[str, ...]:
        """Ids of the points at which vehicles can charge."""
        return self._depot.real_point_ids()

    def requests_of(self, presystem_id: str) -> Mapping[str, ChargingRequest]:
        """The stored charging requests of a presystem by their id; empty if there are none."""
        return MappingProxyType(dict(self._stored.get(presystem_id, {})))

    def advance(self, now: datetime) -> None:
        """Let the depot live up to a moment; one that has passed already changes nothing."""
        self.simulation.advance(now)

    # -- lists -----------------------------------------------------------------------------------------------------

    def receive_list(
        self, presystem_id: str, payload: object, dialect: Dialect, *, now: datetime, apply: bool = True
    ) -> ListAnswer:
        """Take the raw payload of a ProvideChargingRequests request.

        Args:
            presystem_id: whose list it is.
            payload: the JSON value in the seventh slot.
            dialect: under which it has to be valid.
            now: when it came.
            apply: False works out the answer and leaves the stored list as it is.
        """
        return self.carry_out(self.consider_list(presystem_id, payload, dialect), now=now, apply=apply)

    def consider_list(self, presystem_id: str, payload: object, dialect: Dialect) -> Considered:
        """Work out what the raw payload of a ProvideChargingRequests request would do, and what is answered."""
        # An id that is no URI is a should of vdv-1.0 and harms nobody: the checkers say so, the list is taken.
        if found := [one for one in violations(payload, dialect, *_LIST) if one.format != "uri"]:
            return Considered(presystem_id, _complaint(found), None, dialect)
        message = read_payload(dialect, *_LIST, payload)
        if isinstance(message, Unreadable):
            text = f"The charging request list cannot be read: {message.reason}."
            return Considered(presystem_id, text, None, dialect)
        requests = self._in_our_words(message.charging_request_list, dialect)
        partial = self._policy.partial or dialect.rejects_in_push
        outcome = plan(self._stored.get(presystem_id, {}), requests, self._points, partial=partial)
        bad = outcome.problems and not dialect.rejects_in_push
        error = complaint(outcome.problems, dialect.spelling.out) if bad else None
        return Considered(presystem_id, error, outcome, dialect)

    def carry_out(self, considered: Considered, *, now: datetime, apply: bool = True) -> ListAnswer:
        """Do what was worked out, unless the CMS is kept from it; the depot has lived up to ``now`` then."""
        outcome, spell = considered.outcome, considered.dialect.spelling.out
        if outcome is None:
            return ListAnswer(considered.error)
        applied = apply and outcome.carried_out
        if applied:
            self.advance(now)
            self._store(considered.presystem_id, outcome, considered.dialect)
        created, changed, deleted = (
            tuple(map(spell, ids)) for ids in (outcome.created, outcome.changed, outcome.deleted)
        )
        return ListAnswer(considered.error, created, changed, deleted, applied)

    def apply(self, presystem_id: str, requests: Sequence[ChargingRequest]) -> Plan:
        """Replace a presystem's list by typed requests in our words, as of the last moment that was asked for."""
        stored = self._stored.get(presystem_id, {})
        outcome = plan(stored, requests, self._points, partial=self._policy.partial)
        if outcome.carried_out:
            self._store(presystem_id, outcome, None)
        return outcome

    def link_opened(self, presystem_id: str) -> None:
        """Hear that a presystem was let in; the policy may say that its list is forgotten now."""
        if not self._policy.survives_reconnect:
            self.forget(presystem_id)

    def forget(self, presystem_id: str) -> None:
        """Lose a presystem's requests, as a CMS does that was set up anew."""
        rejected = self._rejected.pop(presystem_id, ())
        if self._stored.pop(presystem_id, None):
            del self._demands[presystem_id]
            self._demand()
        if rejected:
            self._revision += 1

    def _in_our_words(self, requests: Sequence[ChargingRequest], dialect: Dialect) -> list[ChargingRequest]:
        spelling = dialect.spelling
        if spelling is AS_THEY_ARE:
            return list(requests)
        # A depot's file may write its points as the wire does, or not.
        ours = {spelling.out(point): point for point in self._points}
        return [
            msgspec.structs.replace(
                request,
                charging_request_id=spelling.back(request.charging_request_id),
                charging_point_id=_replaced(request.charging_point_id, lambda id_: ours.get(id_, spelling.back(id_))),
                charging_process_id=_replaced(request.charging_process_id, spelling.back),
            )
            for request in requests
        ]

    def _store(self, presystem_id: str, outcome: Plan, dialect: Dialect | None) -> None:
        self._stored[presystem_id] = outcome.stored
        fresh = {*outcome.created, *outcome.changed}
        if fresh or outcome.deleted:
            known = self._demands.get(presystem_id, {})
            self._demands[presystem_id] = {
                id_: demand_of(presystem_id, request, self._real_points) if id_ in fresh else known[id_]
                for id_, request in outcome.stored.items()
            }
            self._demand()
        told = dialect is not None and dialect.rejects_in_push
        spell = dialect.spelling.out if dialect is not None else str
        rejected = tuple((presystem_id, one.request_id, reason(one, spell)) for one in outcome.problems if told)
        if rejected != self._rejected.get(presystem_id, ()):
            self._rejected[presystem_id] = rejected
            self._revision += 1

    def _demand(self) -> None:
        self.simulation.set_demands([demand for mine in self._demands.values() for demand in mine.values()])

    # -- pushes ----------------------------------------------------------------------------------------------------

    def information(self, dialect: Dialect, now: datetime) -> bytes:
        """The payload of a push as JSON; the same bytes until something has changed.

        Every presystem sees all requests and rejections; each of them says whose it is.
        """
        self.advance(now)
        revision, encoded = self._encoded.get(dialect.name, (-1, b""))
        if revision != self.revision:
            view = self._view(dialect)
            rejected = [one for mine in self._rejected.values() for one in mine]
            encoded = view.information(self.simulation.present, rejected)
            self._encoded[dialect.name] = (self.revision, encoded)
        return encoded

    def _view(self, dialect: Dialect) -> View:
        view = self._views.get(dialect.name)
        if view is None:
            view = self._views[dialect.name] = View(dialect, self._start)
        return view


def _replaced(id_: str | UnsetType, spell: Callable[[str], str]) -> str | UnsetType:
    return spell(id_) if isinstance(id_, str) else id_


def _complaint(found: Sequence[Violation]) -> str:
    named = "; ".join(f"{violation.path}: {violation.problem}" for violation in found[:_NAMED])
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"The charging request list is not valid: {named}{more}."
