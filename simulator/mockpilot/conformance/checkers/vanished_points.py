"""What becomes of requests at charging points that a push shows no more: they move to another point, or leave.

Complete lists carry old entries along; only what is new or changed after the push was answered counts. Knows no steps:
whoever planned or changed something, a point that has gone is no place for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame
from mockpilot.conformance.levels import Level
from mockpilot.conformance.lists import Entry, RequestList, successive
from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.pushed import payload_of, points_in

VANISHED_POINTS = "information.vanished-points"

RECENT = 20
"""Pushes that are looked back on: what the product knew."""


def check(case: Case) -> Iterator[Observation]:
    """Every list after a push that took points away and was answered in time to know."""
    if not case.presystem.sends_requests:
        return
    before = {later.index: earlier for earlier, later in successive(case.lists)}
    placed: dict[tuple[int, str], set[tuple[str, str]]] = {}
    for read in case.lists:
        told = placed.setdefault(read.teller, set())
        gone = _gone(case, read)
        if gone:
            # Only what becomes of those that stood at points that have gone shows anything.
            stood = {entry_id for entry_id, point in told if point in gone}
            yield from _after_vanishing(case, read, before.get(read.index), gone, stood)
        told |= {(entry.id, entry.point) for entry in read.entries}


def _after_vanishing(
    case: Case, read: RequestList, before: RequestList | None, gone: frozenset[str], stood: set[str]
) -> Iterator[Observation]:
    strange = [entry for entry in read.entries if entry.point in gone and _is_touched(entry, read, before)]
    if strange:
        entry, is_new = strange[0], strange[0].id in read.new_ids
        yield Observation(
            VANISHED_POINTS, False, (read.index,), f"{entry.id} at a point of the latest push, or at none",
            f"{entry.id} at {entry.point}, which an earlier push had and the latest has not",
            Level.MAY if case.operator_at_work else None, link=read.link.number, perhaps="" if is_new else _STAYS,
        )  # fmt: skip
    elif any(_is_elsewhere(read.entry(one), gone) for one in stood):
        yield held(VANISHED_POINTS, read.index, link=read.link.number)


_STAYS = (
    "a charging request keeps the point that it was made for; when it changes and that point is gone, name another or "
    "none"
)


def _is_touched(entry: Entry, read: RequestList, before: RequestList | None) -> bool:
    old = before.entry(entry.id) if before is not None else None
    return entry.id in read.new_ids or (old is not None and old.values() != entry.values())


def _is_elsewhere(entry: Entry | None, gone: frozenset[str]) -> bool:
    return entry is None or entry.point not in gone


def _gone(case: Case, read: RequestList) -> frozenset[str]:
    """Points that the product must know to have vanished when it sent a list."""
    handed = [frame for frame in case.shown.pushes(read.index, RECENT) if _is_whole(case, frame)]
    known = next((frame for frame in reversed(handed) if _known_by(case, frame, read)), None)
    if known is None:
        return frozenset()
    still = points_in(payload_of(known)) | points_in(payload_of(handed[-1]))
    return case.shown.points(known.index) - still


def _is_whole(case: Case, frame: Frame) -> bool:
    """Whether it tells of a depot: what is damaged or empty takes nothing away."""
    return bool(points_in(payload_of(frame))) and case.faults.verb(frame.fault) in (None, "change", "delay", "repeat")


def _known_by(case: Case, frame: Frame, read: RequestList) -> bool:
    link = case.link(frame.event.link)
    answered_at = case.answered_at.get(frame.index)
    return link is not None and answered_at is not None and read.at > case.delivery.known_at(link, answered_at)
