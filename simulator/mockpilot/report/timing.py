"""How fast a product was, over a whole run: answer times and spacing of attempts, beside this tool's limits.

Numbers only, judged by nobody: what a limit means for an outcome is the checkers' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from mockpilot.conformance.attempts import Attempt
from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame
from mockpilot.history.events import (
    CloseReceived,
    CloseSent,
    Event,
    ListenerUp,
    MessageWithheld,
    PingSent,
    PongReceived,
    StepEnded,
)
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import Action, MessageType, read


@dataclass(frozen=True, slots=True)
class Band:
    """One kind of waiting for the product, everywhere in a run."""

    what: str
    limit: str
    """Name of the limit that bounds it."""
    limit_s: float
    times_s: tuple[float, ...]
    """Sorted."""
    floor: str = ""
    """Name of the limit below which the median should not lie."""
    floor_s: float = 0.0

    @property
    def median_s(self) -> float:
        """Half were faster."""
        return median(self.times_s)

    @property
    def late(self) -> int:
        """How many took longer than the limit."""
        return sum(one > self.limit_s for one in self.times_s)

    def at(self, share: float) -> float:
        """The time within which such a share came."""
        return self.times_s[min(len(self.times_s) - 1, int(share * len(self.times_s)))]


Measure = Callable[[Case], Iterator[float]]


def bands(histories: Iterable[History], limits: Mapping[str, float]) -> list[Band]:
    """Measure a run; kinds of which nothing was seen are left out."""
    cases = [Case(history) for history in histories if history]
    found = []
    for what, limit, floor, measure in _MEASURES:
        times = sorted(time for case in cases for time in measure(case))
        if times:
            found.append(
                Band(what, limit, limits.get(limit, 0.0), tuple(times), floor, limits.get(floor, 0.0))
            )  # fmt: skip
    return found


def _answers(case: Case) -> Iterator[float]:
    for exchange in case.exchanges.values():
        yield from (push.answered_s for push in exchange.pushes if push.plain and push.answered_s is not None)


def _boots(case: Case) -> Iterator[float]:
    for link in case.clean_links:
        boots = [frame.at for frame in link.received if frame.is_a(MessageType.REQUEST, Action.BOOT_NOTIFICATION)]
        if boots and link.opened is not None:
            yield boots[0] - link.opened.at


def _spacing(case: Case) -> Iterator[float]:
    ups = [event.at for event in case.of(ListenerUp)]
    for before, after in zip(case.attempts, case.attempts[1:], strict=False):
        gone = _gone(before)
        if gone is not None and gone <= after.at:
            # While the port was closed nobody could come.
            yield after.at - max([gone, *(up for up in ups if gone < up <= after.at)])


def _gone(attempt: Attempt) -> float | None:
    ends = [link.ended.at for link in attempt.links if link.ended is not None]
    return max(ends) if len(ends) == len(attempt.links) else None


def _lists(case: Case) -> list[Frame]:
    frames = (frame for link in case.links for frame in link.received)
    lists = (one for one in frames if one.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS))
    return sorted(lists, key=lambda one: one.index)


def _provoked(case: Case) -> Iterator[float]:
    return _until_a_list(case, (event for event in case.of(StepEnded) if event.happened))


def _resent(case: Case) -> Iterator[float]:
    return _until_a_list(case, [event for event in case.of(MessageWithheld) if _answers_a_list(event)])


def _answers_a_list(event: MessageWithheld) -> bool:
    envelope = read(event.text or "").envelope
    return (
        envelope is not None and envelope.message_type is MessageType.CONFIRMATION
        and envelope.action is Action.PROVIDE_CHARGING_REQUESTS
    )  # fmt: skip


def _until_a_list(case: Case, since: Iterable[Event]) -> Iterator[float]:
    lists = _lists(case)
    for event in since:
        came = next((one.at for one in lists if one.index > event.index), None)
        if came is not None:
            yield came - event.at


def _pongs(case: Case) -> Iterator[float]:
    handed: dict[tuple[int | None, str], float] = {}
    for event in case.events:
        if isinstance(event, PingSent):
            handed.setdefault((event.link, event.payload), event.at)
        elif isinstance(event, PongReceived) and (event.link, event.payload) in handed:
            yield event.at - handed.pop((event.link, event.payload))


def _closes(case: Case) -> Iterator[float]:
    handed: dict[int | None, float] = {}
    for event in case.history:  # closing is mostly clearing up, after the scenario's end
        if isinstance(event, CloseSent):
            handed.setdefault(event.link, event.at)
        elif isinstance(event, CloseReceived) and event.link in handed:
            yield event.at - handed.pop(event.link)


_MEASURES: tuple[tuple[str, str, str, Measure], ...] = (
    ("answer to a push", "confirm_within", "", _answers),
    ("boot after the upgrade", "boot_within", "", _boots),
    ("from a lost or refused link to the next attempt", "reconnect_within", "retry_floor", _spacing),
    ("list after a provoked step", "provoke_within", "", _provoked),
    ("list again after a lost confirmation", "resend_within", "", _resent),
    ("pong after a ping", "pong_within", "", _pongs),
    ("answer to a Close frame", "close_within", "", _closes),
)
"""What, the limit above, the limit below, and how it is measured."""
