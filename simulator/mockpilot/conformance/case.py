"""A recording made ready for judgement: everything that checkers look at, worked out once.

Nothing here judges. Times are seconds on the run's clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import inf
from typing import Any, TypeVar, cast

from mockpilot.conformance.attempts import Attempt, fold, is_own, is_proxied
from mockpilot.conformance.conversation import Frame, Link, links_of
from mockpilot.conformance.correlation import Exchange, exchanges_of
from mockpilot.conformance.lists import AHEAD, Entry, RequestList, Step, lists_of, made_by_steps, read_entries, steps_of
from mockpilot.conformance.pushed import ended_in, payload_of, points_in, requests_in
from mockpilot.conformance.waiting import Waiting
from mockpilot.errors import MockpilotError
from mockpilot.history.events import (
    DepotChanged,
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    ListenerDown,
    ListenerUp,
    PongReceived,
    ProductExited,
    ReadingPaused,
    ReadingResumed,
    ScenarioEnded,
    ScenarioStarted,
    Stalled,
)
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.protocol.envelope import Action, MessageType, parse_timestamp
from mockpilot.protocol.vocabulary import dialect
from mockpilot.protocol.vocabulary.dialect import Dialect

E = TypeVar("E", bound=Event)

MAX_GUARD_S = 5.0
UNUSUAL = ("damage", "inject", "change", "clock")
"""Verbs that make a message say something else than a CMS says every day."""


class Case:
    """What there is to judge.

    Raises:
        MockpilotError: the recording does not begin with its scenario.
    """

    def __init__(self, history: History) -> None:
        if not history or not isinstance(history[0], ScenarioStarted):
            raise MockpilotError("a recording begins with event 'scenario_started'; without it nothing can be judged")
        self.history = history
        self.start: ScenarioStarted = history[0]
        self.presystem = self.start.presystem
        self.dialect: Dialect = dialect(self.start.dialect)
        self.limits: dict[str, float] = Limits().as_seconds() | self.start.limits
        self.ended: ScenarioEnded | None = next((e for e in history if isinstance(e, ScenarioEnded)), None)
        cut = len(history) if self.ended is None else self.ended.index + 1
        self.events: Sequence[Event] = history[:cut]
        """Without what is only clearing up."""
        self.ends_at: float = self.events[-1].at
        self._of: dict[type[Event], list[Event]] = {}
        self._guards: dict[int, float] = {}
        self.waiting = Waiting(self.of(Stalled), self.limits["own_stall"], self.ends_at)

    def of(self, kind: type[E]) -> list[E]:
        """All judged events of one kind."""
        if kind not in self._of:
            self._of[kind] = [event for event in self.events if isinstance(event, kind)]
        return cast("list[E]", self._of[kind])

    # -- links -----------------------------------------------------------------------------------------------------

    @cached_property
    def _every_link(self) -> list[Link]:
        return links_of(self.events)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The product's own links that began in this recording."""
        return tuple(link for link in self._every_link if is_own(link, self.presystem) and not link.elsewhere)

    @cached_property
    def elsewhere(self) -> tuple[Link, ...]:
        """Connections to the other host of ours, to which only a redirect points: no attempts, and hardly judged."""
        return tuple(link for link in self._every_link if link.elsewhere)

    @cached_property
    def clean_links(self) -> tuple[Link, ...]:
        """Open links that we did not break below the messages."""
        return tuple(link for link in self.links if link.opened is not None and not link.tainted)

    @cached_property
    def proxied(self) -> bool:
        """Whether something stands between the product and us."""
        return any(is_proxied(link) for link in self._every_link)

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """Attempts to connect, in order."""
        return tuple(fold(self.links, self.limits["attempt_burst"]))

    @cached_property
    def _by_number(self) -> dict[int, Link]:
        return {link.number: link for link in self.links}

    def link(self, number: int | None) -> Link | None:
        """The own link of a number."""
        return self._by_number.get(number) if number is not None else None

    def own_attempt_after(self, index: int, instance: int | None = None) -> Link | None:
        """The first own connection after an event; a supervised product is one over its processes."""
        anybody = instance is None or self.presystem.supervised
        later = (link for link in self.links if link.begun.index > index)
        return next((link for link in later if anybody or link.instance == instance), None)

    def earlier_links(self, link: Link) -> list[Link]:
        """Links of the same product process that opened before; a supervised product is one over its processes."""
        before = [other for other in self.clean_links if _before(other, link)]
        return [other for other in before if self.presystem.supervised or other.instance == link.instance]

    def began_with_boot(self, link: Link) -> bool:
        """Whether its first data frame is a boot."""
        return bool(link.received) and link.received[0].is_a(MessageType.REQUEST, Action.BOOT_NOTIFICATION)

    # -- exchange --------------------------------------------------------------------------------------------------

    @cached_property
    def exchanges(self) -> dict[int, Exchange]:
        """Pushes and answers by link."""
        return exchanges_of([link for link in self.links if link.opened is not None])

    def guard(self, link: Link) -> float:
        """Seconds after our own frame in which theirs may have been sent before it."""
        if link.number not in self._guards:
            usual = self.exchanges[link.number].median_answer_s() if link.number in self.exchanges else 0.0
            pace = self.start.pace  # what is under way takes real time
            self._guards[link.number] = min(MAX_GUARD_S * pace, max(self.limits["guard"] * pace, 3 * usual))
        return self._guards[link.number]

    def known_at(self, link: Link, handed_at: float) -> float:
        """From when on the product's frames follow what we handed; our own stalls delay our reading."""
        return self.waiting.deadline(handed_at, self.guard(link))

    @cached_property
    def _proofs(self) -> dict[int, tuple[list[int], list[float]]]:
        """Per link: indexes of handed requests and pings that were answered, and when that proved all before them."""
        proofs = {}
        for link in self.links:
            pairs = sorted([*self._answered_pushes(link), *self._answered_pings(link)])
            times, soonest = [], float("inf")
            for _, at in reversed(pairs):
                soonest = min(soonest, at)
                times.append(soonest)
            proofs[link.number] = ([index for index, _ in pairs], times[::-1])
        return proofs

    def _answered_pushes(self, link: Link) -> Iterator[tuple[int, float]]:
        exchange = self.exchanges.get(link.number)
        for push in exchange.pushes if exchange else ():
            yield from ((handed.index, answer.at) for handed, answer in zip(push.handed, push.answers, strict=False))

    def _answered_pings(self, link: Link) -> Iterator[tuple[int, float]]:
        pongs = [sign for sign in link.signs if isinstance(sign, PongReceived)]
        for ping in link.pings:
            pong = next((p for p in pongs if p.index > ping.index and p.payload == ping.payload), None)
            if pong is not None:
                yield ping.index, pong.at

    def spoilt_from(self, link: Link) -> float:
        """The index of an unusual message of ours after which the product answered no push of that link any more.

        What it makes of such a message is judged as such: the silence after it is no matter of its own.
        """
        answered = [push.first.index for push in self.exchanges[link.number].pushes if push.answers]
        last = max(answered, default=-1)
        unusual = [s.index for s in link.sent if s.index > last and self.fault_verb(s.fault) in UNUSUAL]
        begun: float = link.accepted.index if link.accepted is not None else inf
        early = [push.index for push in link.pushes_handed() if last < push.index < begun]
        return float(min([*unusual, *early], default=inf))

    def delivery_proved_at(self, link: Link, index: int) -> float | None:
        """When it was proved that the product has what we handed; None if nothing proves it."""
        indexes, times = self._proofs[link.number]
        place = bisect_right(indexes, index)
        return times[place] if place < len(indexes) else None

    # -- requests --------------------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> list[Step]:
        """What the product was made to do."""
        return steps_of(self.events)

    @cached_property
    def lists(self) -> list[RequestList]:
        """The product's lists on links that we did not break."""
        return lists_of(self.clean_links, self.steps, self.of(DepotChanged), self.limits["provoke_within"])

    @cached_property
    def late_lists(self) -> list[RequestList]:
        """Lists that were read while their link was ending: they show what the product had, and are not judged."""
        return [
            RequestList(link, frame, tuple(read_entries(frame)), (link.instance, link.kind))
            for link in self.clean_links for frame in link.received
            if link.is_late(frame) and frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS)
        ]  # fmt: skip

    @cached_property
    def step_made(self) -> dict[str, RequestList]:
        """Ids that create steps made, with the first list that has them."""
        return made_by_steps(self.lists)

    def steps_between(self, earlier: int, later: int) -> list[Step]:
        """Steps that could change what stands in a list, begun after one event and before another."""
        return [step for step in self.steps if earlier < step.provoked.index < later]

    @property
    def operator_at_work(self) -> bool:
        """Whether a person may change the product's plans at any time."""
        return not self.presystem.launched and not self.presystem.provoked

    def has_reason_to_be_gone(self, entry: Entry, since: RequestList, later: RequestList) -> bool:
        """Whether something that was seen explains that an entry of one list is missing in a later one."""
        wall, points = later.wall, self.latest_points(later.index)
        return (
            (entry.departure is not None and wall is not None and entry.departure - wall < AHEAD)
            or bool(later.of_vehicle(entry.vehicle))
            or any(step.cancels for step in self.steps_between(since.index, later.index))
            or self.ended_between(entry.id, since.index, later.index)
            or self.refused_between(since.index, later.index)
            or bool(entry.point and points and entry.point not in points)
        )

    def has_departed(self, entry: Entry) -> bool:
        """Whether its vehicle has left by the end of the recording, or is about to: nothing is left to ask for."""
        end = parse_timestamp(self.events[-1].told_time)
        return entry.departure is not None and end is not None and entry.departure - end < AHEAD

    def may_be_gone(self, entry: Entry, since: RequestList, later: RequestList) -> bool:
        """Whether an entry of one list may rightly be missing in a later one, seen reason or not."""
        unknown = self.operator_at_work or entry.departure is None or later.wall is None
        return unknown or self.has_reason_to_be_gone(entry, since, later)

    def ended_between(self, entry_id: str, earlier: int, later: int) -> bool:
        """Whether an entry ended for all to see: terminated, its process finished, or rejected."""
        return any(entry_id == ended and earlier <= index < later for index, ended in self._ended_ids)

    @cached_property
    def _ended_ids(self) -> list[tuple[int, str]]:
        """Ids that ended for all to see: terminated, finished or rejected; with the event that shows it."""
        ended = [(read.index, entry.id) for read in self.lists for entry in read.entries if entry.terminated]
        for frame in self.pushes_handed:
            ended += [(frame.index, request) for request in ended_in(payload_of(frame))]
        return ended

    def refused_between(self, earlier: int, later: int) -> bool:
        """Whether a list was answered by an error: nothing of it was accepted."""
        return any(
            read.answer is not None and earlier <= read.index and read.answer.index < later
            and read.answer.is_a(MessageType.ERROR, Action.PROVIDE_CHARGING_REQUESTS) for read in self.lists
        )  # fmt: skip

    # -- what pushes said ------------------------------------------------------------------------------------------

    @cached_property
    def pushes_handed(self) -> list[Frame]:
        """All pushes that the product was handed, in order."""
        return sorted((f for link in self.links for f in link.pushes_handed()), key=lambda frame: frame.index)

    @cached_property
    def _points_handed(self) -> tuple[list[int], list[frozenset[str]]]:
        """Per push, all points that were advertised up to it."""
        points = frozenset(self.start.advertised_points)
        indexes, seen = [], []
        for frame in self.pushes_handed:
            more = points_in(payload_of(frame))
            points = points if more <= points else points | more
            indexes.append(frame.index)
            seen.append(points)
        return indexes, seen

    def advertised_points(self, before: int) -> frozenset[str]:
        """Every point that some push had named before an event; empty if no push had been handed."""
        indexes, seen = self._points_handed
        place = bisect_right(indexes, before)
        return seen[place - 1] if place else frozenset()

    def pushes_before(self, index: int, count: int) -> list[Frame]:
        """The last pushes that were handed before an event, in order."""
        place = bisect_right(self._points_handed[0], index)
        return self.pushes_handed[max(0, place - count):place]

    @cached_property
    def answered_at(self) -> dict[int, float]:
        """When the product answered a push, by the index of each handing."""
        answered = (push for exchange in self.exchanges.values() for push in exchange.pushes if push.answers)
        return {handed.index: push.answers[0].at for push in answered for handed in push.handed}

    def latest_points(self, before: int) -> frozenset[str]:
        """The points of the last push before an event."""
        place = bisect_right(self._points_handed[0], before)
        return points_in(payload_of(self.pushes_handed[place - 1])) if place else frozenset()

    def shows_all(self, frame: Frame, ids: frozenset[str]) -> bool:
        """Whether a push shows all these requests as this presystem's, in whatever spelling it came with them."""
        spelling = self.dialect.spelling
        told = frozenset(spelling.out(spelling.back(id_)) for id_ in ids)
        return told <= requests_in(payload_of(frame), self.told_presystem_id)

    @property
    def told_presystem_id(self) -> str:
        """The id of the presystem as our pushes spell it."""
        return self.dialect.spelling.out(self.presystem.id)

    # -- set-up ----------------------------------------------------------------------------------------------------

    @cached_property
    def exits(self) -> list[ProductExited]:
        """Ends of the product that we did not bring about."""
        return [event for event in self.of(ProductExited) if not event.by_us]

    def ran_until(self, start: float, end: float) -> bool:
        """Whether the product was running all the time, as far as we know."""
        return not any(start <= event.at <= end for event in self.of(ProductExited))

    def listening_from(self, at: float) -> list[tuple[float, float]]:
        """Spans from a time on in which the product could have connected."""
        spans: list[tuple[float, float]] = []
        up: float | None = 0.0
        for event in self.events:
            if isinstance(event, ListenerDown) and up is not None:
                spans.append((up, event.at))
                up = None
            elif isinstance(event, ListenerUp) and up is None:
                up = event.at
        if up is not None:
            spans.append((up, self.ends_at))
        return [(max(at, begun), to) for begun, to in spans if to > at]

    def fault_verb(self, name: str | None) -> str | None:
        """The verb of a fault by its name."""
        return self._verbs.get(name) if name is not None else None

    def fault_kind(self, name: str | None) -> str:
        """Which kind of answer, certificate or other variety a fault is of; empty if it has none."""
        return str(self._how(name).get("kind", ""))

    def fault_how(self, name: str | None) -> str:
        """In which way a fault works, empty if its verb knows one alone."""
        return str(self._how(name).get("how", ""))

    def fault_location(self, name: str | None) -> str:
        """Where a redirect points; empty for another host of ours."""
        return str(self._how(name).get("location", ""))

    def _how(self, name: str | None) -> dict[str, Any]:
        return armed.how if (armed := self.armed_as(name)) is not None else {}

    def armed_as(self, name: str | None) -> FaultArmed | None:
        """How a fault was armed, by its name."""
        return self._armed.get(name) if name is not None else None

    @cached_property
    def _armed(self) -> dict[str, FaultArmed]:
        return {event.name: event for event in self.of(FaultArmed)}

    @cached_property
    def _verbs(self) -> dict[str, str]:
        return {event.name: event.do for event in self.events if isinstance(event, FaultArmed | FaultFired)}

    @cached_property
    def clock_at_fault(self) -> bool:
        """Whether a fault moved our own clock."""
        return any(fired.do == "clock" for fired in self.of(FaultFired))

    def under_pressure(self, index: int, *, pinged_too: bool = True, for_s: float = 0.0) -> bool:
        """Whether a fault made the transport slow, kept pongs back or (``pinged_too``) flooded it with pings then.

        Args:
            index: the event in question.
            pinged_too: count a flood of pings, which troubles whoever reads one by one.
            for_s: seconds after the event in which it may have begun, too.
        """
        until = self.history[index].at + for_s
        return any(
            (fired.index < index or fired.at < until)
            and index < self._disarmed_at.get(fired.name, len(self.history))
            for fired in self.of(FaultFired)
            if fired.do == "slow" or (fired.do == "ping" and (pinged_too or self.fault_how(fired.name) != "flood"))
        )

    def caught_up_at(self, link: Link) -> float:
        """When all was read that had come while we did not read; what is read then was sent at an unknown time."""
        resumed = (over for over in self.of(ReadingResumed) if over.link == link.number)
        return max((self.known_at(link, over.at) for over in resumed), default=0.0)

    def read_late(self, link: Link, frame: Frame) -> bool:
        """Whether a frame was read after we had not read for a while, so that it may have waited for us."""
        paused = min((event.at for event in self.of(ReadingPaused) if event.link == link.number), default=inf)
        return paused <= frame.at <= self.caught_up_at(link)

    @cached_property
    def _disarmed_at(self) -> dict[str, int]:
        return {event.name: event.index for event in self.of(FaultDisarmed)}


def _before(one: Link, other: Link) -> bool:
    return one.opened is not None and other.opened is not None and one.opened.index < other.opened.index
