"""What was under way when: from when on the product knew what we handed it, and which of its frames we read late.

Judges nothing. Times are seconds on the run's clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import inf

from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.correlation import Exchange
from mockpilot.conformance.waiting import Waiting
from mockpilot.history.events import PongReceived, ReadingPaused, ReadingResumed

MAX_GUARD_S = 5.0


class Delivery:
    """Frames under way on the links of one recording.

    Args:
        links: the product's own.
        exchanges: their pushes and answers, by the number of the link.
        waiting: grows deadlines by our own stalls.
        guard_s: the limit ``guard``.
        pace: seconds of the run's clock per second of the presystem's, for what is under way takes real time.
        paused: when we stopped reading.
        resumed: when we went on.
    """

    def __init__(
        self, links: Sequence[Link], exchanges: Mapping[int, Exchange], waiting: Waiting, *, guard_s: float,
        pace: float, paused: Sequence[ReadingPaused], resumed: Sequence[ReadingResumed],
    ) -> None:  # fmt: skip
        self._links, self._exchanges, self._waiting = links, exchanges, waiting
        self._least_guard_s, self._most_guard_s = guard_s * pace, MAX_GUARD_S * pace
        self._paused, self._resumed = paused, resumed
        self._guards: dict[int, float] = {}

    def guard(self, link: Link) -> float:
        """Seconds after our own frame in which theirs may have been sent before it."""
        if link.number not in self._guards:
            exchange = self._exchanges.get(link.number)
            usual = exchange.median_answer_s() if exchange is not None else 0.0
            self._guards[link.number] = min(self._most_guard_s, max(self._least_guard_s, 3 * usual))
        return self._guards[link.number]

    def known_at(self, link: Link, handed_at: float) -> float:
        """From when on the product's frames follow what we handed; our own stalls delay our reading."""
        return self._waiting.deadline(handed_at, self.guard(link))

    def proved_at(self, link: Link, index: int) -> float | None:
        """When it was proved that the product has what we handed; None if nothing proves it."""
        indexes, times = self._proofs[link.number]
        place = bisect_right(indexes, index)
        return times[place] if place < len(indexes) else None

    @cached_property
    def _proofs(self) -> dict[int, tuple[list[int], list[float]]]:
        return {link.number: self._proofs_on(link) for link in self._links}

    def _proofs_on(self, link: Link) -> tuple[list[int], list[float]]:
        """Indexes of handed requests and pings that were answered, and when that proved all before them."""
        pairs = sorted([*self._answered_pushes(link), *_answered_pings(link)])
        times, soonest = [], inf
        for _, at in reversed(pairs):
            soonest = min(soonest, at)
            times.append(soonest)
        return [index for index, _ in pairs], times[::-1]

    def _answered_pushes(self, link: Link) -> Iterator[tuple[int, float]]:
        exchange = self._exchanges.get(link.number)
        for push in exchange.pushes if exchange else ():
            yield from ((handed.index, answer.at) for handed, answer in zip(push.handed, push.answers, strict=False))

    def caught_up_at(self, link: Link) -> float:
        """When all was read that had come while we did not read; what is read then was sent at an unknown time."""
        resumed = (over for over in self._resumed if over.link == link.number)
        return max((self.known_at(link, over.at) for over in resumed), default=0.0)

    def was_read_late(self, link: Link, frame: Frame) -> bool:
        """Whether a frame was read after we had not read for a while, so that it may have waited for us."""
        paused = min((event.at for event in self._paused if event.link == link.number), default=inf)
        return paused <= frame.at <= self.caught_up_at(link)


def _answered_pings(link: Link) -> Iterator[tuple[int, float]]:
    pongs = [sign for sign in link.signs if isinstance(sign, PongReceived)]
    for ping in link.pings:
        pong = next((p for p in pongs if p.index > ping.index and p.payload == ping.payload), None)
        if pong is not None:
            yield ping.index, pong.at
