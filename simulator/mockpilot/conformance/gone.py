"""Why an entry of one list may be missing in a later one, without being held against the product.

Entries end by themselves when their departure has passed, their process finished, their point vanished, they were
terminated or cancelled, or their vehicle has another entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.lists import Entry, RequestList, Step, steps_between
from mockpilot.conformance.pushed import ended_in, payload_of
from mockpilot.conformance.shown import Shown
from mockpilot.protocol.envelope import Action, MessageType

AHEAD = timedelta(minutes=10)
"""Entries that depart sooner may be gone for good reason."""


class Gone:
    """What became of entries.

    Args:
        lists: the product's, in order.
        pushes: what it was handed, in order.
        steps: what it was made to do.
        shown: what pushes showed.
        operator_at_work: a person may change its plans at any time.
        told_end: when the recording ends, by the clock that departures count on.
    """

    def __init__(
        self, lists: Sequence[RequestList], pushes: Sequence[Frame], steps: Sequence[Step], shown: Shown, *,
        operator_at_work: bool, told_end: datetime | None,
    ) -> None:  # fmt: skip
        self._lists, self._steps, self._shown = lists, steps, shown
        self._operator_at_work, self._told_end = operator_at_work, told_end
        self._ended = [*_terminated(lists), *_shown_to_have_ended(pushes)]

    def is_explained(self, entry: Entry, since: RequestList, later: RequestList) -> bool:
        """Whether something that was seen explains that an entry of one list is missing in a later one."""
        points = self._shown.latest_points(later.index)
        return (
            _leaves_soon(entry, later.wall)
            or bool(later.of_vehicle(entry.vehicle))
            or any(step.cancels for step in steps_between(self._steps, since.index, later.index))
            or self.ended_between(entry.id, since.index, later.index)
            or self.refused_between(since.index, later.index)
            or bool(entry.point and points and entry.point not in points)
        )

    def is_allowed(self, entry: Entry, since: RequestList, later: RequestList) -> bool:
        """Whether an entry of one list may rightly be missing in a later one, seen reason or not."""
        unknown = self._operator_at_work or entry.departure is None or later.wall is None
        return unknown or self.is_explained(entry, since, later)

    def has_departed(self, entry: Entry) -> bool:
        """Whether its vehicle has left by the end of the recording, or is about to: nothing is left to ask for."""
        return _leaves_soon(entry, self._told_end)

    def ended_between(self, entry_id: str, earlier: int, later: int) -> bool:
        """Whether an entry ended for all to see: terminated, its process finished, or rejected."""
        return any(entry_id == ended and earlier <= index < later for index, ended in self._ended)

    def refused_between(self, earlier: int, later: int) -> bool:
        """Whether a list was answered by an error: nothing of it was accepted."""
        return any(
            read.answer is not None and earlier <= read.index and read.answer.index < later
            and read.answer.is_a(MessageType.ERROR, Action.PROVIDE_CHARGING_REQUESTS) for read in self._lists
        )  # fmt: skip


def _leaves_soon(entry: Entry, at: datetime | None) -> bool:
    return entry.departure is not None and at is not None and entry.departure - at < AHEAD


def _terminated(lists: Sequence[RequestList]) -> list[tuple[int, str]]:
    return [(read.index, entry.id) for read in lists for entry in read.entries if entry.terminated]


def _shown_to_have_ended(pushes: Sequence[Frame]) -> list[tuple[int, str]]:
    return [(push.index, request) for push in pushes for request in ended_in(payload_of(push))]
