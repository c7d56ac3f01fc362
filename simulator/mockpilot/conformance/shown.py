"""What the product was shown: the pushes that it was handed, and the charging points and requests that they named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.pushed import payload_of, points_in, requests_in
from mockpilot.protocol.vocabulary.spelling import Spelling


class Shown:
    """What pushes showed up to an event.

    Args:
        pushes: all that the product was handed, in order.
        points_before: charging points that it had been shown before the recording.
        spelling: how the dialect writes our ids.
        presystem_id: of the presystem under test.
    """

    def __init__(
        self, pushes: Sequence[Frame], points_before: Iterable[str], spelling: Spelling, presystem_id: str
    ) -> None:
        self._pushes, self._spelling = pushes, spelling
        self._indexes = [push.index for push in pushes]
        self._points = _ever_more_points(pushes, frozenset(points_before))
        self.presystem_id: str = spelling.out(presystem_id)
        """The id of the presystem as our pushes spell it."""

    def points(self, before: int) -> frozenset[str]:
        """Every point that some push had named before an event; empty if no push had been handed."""
        place = bisect_right(self._indexes, before)
        return self._points[place - 1] if place else frozenset()

    def latest_points(self, before: int) -> frozenset[str]:
        """The points of the last push before an event."""
        latest = self.pushes(before, 1)
        return points_in(payload_of(latest[0])) if latest else frozenset()

    def pushes(self, before: int, count: int) -> Sequence[Frame]:
        """The last pushes that were handed before an event, in order."""
        place = bisect_right(self._indexes, before)
        return self._pushes[max(0, place - count):place]

    def requests(self, push: Frame) -> frozenset[str]:
        """Ids of the charging requests that a push shows as this presystem's, as they are spelled there."""
        return requests_in(payload_of(push), self.presystem_id)

    def shows_all(self, push: Frame, ids: Iterable[str]) -> bool:
        """Whether a push shows all these requests as this presystem's, in whatever spelling it came with them."""
        return frozenset(self._spelling.out(self._spelling.back(id_)) for id_ in ids) <= self.requests(push)


def _ever_more_points(pushes: Sequence[Frame], points: frozenset[str]) -> list[frozenset[str]]:
    """Per push, all points that were named up to it."""
    seen = []
    for push in pushes:
        more = points_in(payload_of(push))
        points = points if more <= points else points | more
        seen.append(points)
    return seen
