"""A recording made ready for judgement: everything that checkers look at, worked out once.

Nothing here judges. Times are seconds on the run's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import inf
from typing import TypeVar, cast

from mockpilot.conformance.attempts import Attempt, fold, is_own, is_proxied
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Exchange, exchanges_of
from mockpilot.conformance.delivery import Delivery
from mockpilot.conformance.gone import Gone
from mockpilot.conformance.links import links_of
from mockpilot.conformance.lists import (
    RequestList,
    Step,
    lists_of,
    made_by_steps,
    read_entries,
    steps_between,
    steps_of,
)
from mockpilot.conformance.our_faults import OurFaults
from mockpilot.conformance.shown import Shown
from mockpilot.conformance.waiting import Waiting
from mockpilot.errors import MockpilotError
from mockpilot.history.events import (
    DepotChanged,
    Event,
    ListenerDown,
    ListenerUp,
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

    @cached_property
    def delivery(self) -> Delivery:
        """What was under way when."""
        return Delivery(
            self.links, self.exchanges, self.waiting, guard_s=self.limits["guard"], pace=self.start.pace,
            paused=self.of(ReadingPaused), resumed=self.of(ReadingResumed),
        )  # fmt: skip

    @cached_property
    def answered_at(self) -> dict[int, float]:
        """When the product answered a push, by the index of each handing."""
        answered = (push for exchange in self.exchanges.values() for push in exchange.pushes if push.answers)
        return {handed.index: push.answers[0].at for push in answered for handed in push.handed}

    def spoilt_from(self, link: Link) -> float:
        """The index of an unusual message of ours after which the product answered no push of that link any more.

        What it makes of such a message is judged as such: the silence after it is no matter of its own.
        """
        answered = [push.first.index for push in self.exchanges[link.number].pushes if push.answers]
        last = max(answered, default=-1)
        unusual = [s.index for s in link.sent if s.index > last and self.faults.is_unusual(s.fault)]
        begun: float = link.accepted.index if link.accepted is not None else inf
        early = [push.index for push in link.pushes_handed() if last < push.index < begun]
        return float(min([*unusual, *early], default=inf))

    # -- requests --------------------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> list[Step]:
        """What the product was made to do."""
        return steps_of(self.events)

    @cached_property
    def lists(self) -> list[RequestList]:
        """The product's lists on links that we did not break."""
        return lists_of(self.clean_links, self.steps, self.of(DepotChanged), self.limits["provoke_within"])

    def list_before(self, index: int) -> RequestList | None:
        """The last list before an event."""
        return next((read for read in reversed(self.lists) if read.index < index), None)

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
        return steps_between(self.steps, earlier, later)

    @property
    def operator_at_work(self) -> bool:
        """Whether a person may change the product's plans at any time."""
        return not self.presystem.launched and not self.presystem.provoked

    @cached_property
    def gone(self) -> Gone:
        """What became of entries that are missing in a later list."""
        return Gone(
            self.lists, self.pushes_handed, self.steps, self.shown, operator_at_work=self.operator_at_work,
            told_end=parse_timestamp(self.events[-1].told_time),
        )  # fmt: skip

    # -- what pushes said ------------------------------------------------------------------------------------------

    @cached_property
    def pushes_handed(self) -> list[Frame]:
        """All pushes that the product was handed, in order."""
        return sorted((f for link in self.links for f in link.pushes_handed()), key=lambda frame: frame.index)

    @cached_property
    def shown(self) -> Shown:
        """What those pushes showed."""
        return Shown(self.pushes_handed, self.start.advertised_points, self.dialect.spelling, self.presystem.id)

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

    @cached_property
    def faults(self) -> OurFaults:
        """What we did to it on purpose."""
        return OurFaults(self.events)


def _before(one: Link, other: Link) -> bool:
    return one.opened is not None and other.opened is not None and one.opened.index < other.opened.index
