"""Which vehicle goes to which point: those that name one wait for it, the others take one that nobody else needs.

Whoever came first goes first. Knows nothing of power.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import heappop, heappush

from mockpilot.depot.course import Course
from mockpilot.depot.stays import ASSUMED_STAY_S, Phase, Place, Stay

_MUCH_LATER_S = 900.0
"""Whoever is plugged in so much later than planned leaves power to others."""

_SEARCHED = 100
"""So many places are searched for the best one among those who are expected: in a large depot it's not worth more."""
_MANY_STAYS = 3
"""With more stays for each place than that, it isn't worth that either."""


class Yard:
    """Assigns places; the simulation plugs in."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._free: list[tuple[float, int]] = [(-math.inf, place.number) for place in course.row]
        """A heap of places by when they are free; what is no longer so is dropped when it comes up."""

    def expect(self, stay: Stay) -> None:
        """Book a place for a stay to come, or for a vehicle that has to wait."""
        place = self._named(stay) or self._kept(stay) or self._any(stay)
        self._course.enqueue(stay, place)
        if place is not None:
            heappush(self._free, (place.free_s, place.number))

    def look_after(self, place: Place) -> None:
        """A place may work again."""
        heappush(self._free, (place.look_ahead(), place.number))

    def place_for(self, stay: Stay) -> Place | None:
        """Where a vehicle that has just come is plugged in at once; None: it has to wait.

        Where it was expected, or where it would be expected now.
        """
        named = self._named(stay)
        if named is not None:
            return named if named.is_free else None
        if stay.place is not None and stay.place.is_free:
            return stay.place
        place = self._any(stay)
        return place if place is not None and place.is_free else None

    def next_for(self, place: Place) -> Stay | None:
        """Who of the waiting goes to a place that has become free: who waits for it, else who would go anywhere."""
        if not place.is_free:
            return None
        here = (stay for stay in place.queue if stay.phase is Phase.WAITING)
        return next(here, None) or next(self._going_anywhere(place), None)

    def settle(self, place: Place) -> list[Stay]:
        """Work out when each of a queue will be plugged in; answers those for whom it has changed."""
        free_s = place.stay.leaves_s if place.stay is not None else -math.inf
        moved = []
        for stay in place.queue:
            plugs_s = max(stay.planned_s, free_s)
            if plugs_s != stay.plugs_s:
                self._course.freed = self._course.freed or plugs_s > stay.plugs_s + _MUCH_LATER_S
                stay.plugs_s = plugs_s
                moved.append(stay)
            if plugs_s < stay.departs_s:
                free_s = stay.departs_s if math.isfinite(stay.departs_s) else stay.leaves_s
        heappush(self._free, (place.look_ahead(), place.number))
        return moved

    def displaced(self, moved: list[Stay]) -> list[Stay]:
        """Who of a queue that has moved should look for another place, since any will do.

        Whoever has to wait, and whoever is in the way of somebody who has to wait and will go nowhere else.
        """
        waiting = [stay for stay in moved if stay.plugs_s > stay.planned_s]
        named = [stay for stay in waiting if self._named(stay) is not None]
        return [stay for stay in waiting if self._named(stay) is None] + (self._before(named[-1]) if named else [])

    def _before(self, stay: Stay) -> list[Stay]:
        queue = stay.place.queue if stay.place is not None else []
        earlier = queue[: queue.index(stay)] if stay in queue else []
        return [other for other in earlier if other.phase is Phase.COMING and self._named(other) is None]

    def _named(self, stay: Stay) -> Place | None:
        return self._course.places.get(stay.wanted_point)

    def _kept(self, stay: Stay) -> Place | None:
        place = stay.place
        return place if place is not None and place.works and not _overlaps(place, stay) else None

    def _any(self, stay: Stay) -> Place | None:
        """The first place that nobody is expected at, else where everybody together waits least, if in time."""
        if (unbooked := self._unbooked()) is not None:
            return unbooked
        first = self._first_free()
        if first is None:
            return next((place for place in self._course.row if place.usable), None)
        if first.free_s <= stay.planned_s:
            return first
        if len(self._course.stays) > _MANY_STAYS * len(self._course.row):
            return first if first.free_s < stay.departs_s else None
        return self._best(stay)

    def _best(self, stay: Stay) -> Place | None:
        best, least_s = None, math.inf
        for place in self._course.row[:_SEARCHED]:
            if place.works and (waited_s := _waited_s(place, stay)) < least_s:
                best, least_s = place, waited_s
                if waited_s == 0.0:
                    break
        return best

    def _first_free(self) -> Place | None:
        while self._free:
            free_s, number = self._free[0]
            place = self._course.row[number]
            if place.works and free_s == place.free_s:
                return place
            heappop(self._free)
        return None

    def _unbooked(self) -> Place | None:
        """Looks no earlier than where the last one was found: with a thousand vehicles it is asked a thousand times."""
        row = self._course.row
        for number in range(self._course.unbooked_from, len(row)):
            place = row[number]
            if place.stay is None and not place.queue and place.works:
                self._course.unbooked_from = number
                return place
        self._course.unbooked_from = len(row)
        return None

    def _going_anywhere(self, place: Place) -> Iterator[Stay]:
        waiting = (stay for stay in self._course.here.values() if stay.phase is Phase.WAITING)
        anywhere = (stay for stay in waiting if self._named(stay) is None)
        return (stay for stay in anywhere if self._any(stay) is place)


def _waited_s(place: Place, stay: Stay) -> float:
    """How long a stay would wait for a place, and those for it who come later; infinity: it would never get there."""
    starts_s = max(stay.planned_s, place.stay.leaves_s if place.stay is not None else -math.inf)
    ends_s = min(stay.departs_s, stay.planned_s + ASSUMED_STAY_S if stay.lingers else math.inf)
    later_s = 0.0
    for other in place.queue:
        if other is not stay and (other.planned_s, other.number) < (stay.planned_s, stay.number):
            starts_s = max(starts_s, min(other.leaves_s, other.departs_s))
        elif other is not stay:
            later_s = max(later_s, ends_s - other.planned_s)
    return starts_s - stay.planned_s + later_s if starts_s < stay.departs_s else math.inf


def _overlaps(place: Place, stay: Stay) -> bool:
    """Whether somebody else is or will be there during the stay."""
    return _waited_s(place, stay) > 0.0
