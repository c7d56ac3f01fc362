"""The depot in motion: vehicles come, charge by a plan, and leave, as far as somebody lets time pass.

Time and chance come in as arguments; the present is a record that others read between two calls. Everything happens at
its own moment, whatever steps time passes in, and what is told between two moments is read off the plan at exactly the
time that it is told for. So the same calls at the same times give the same depot, whoever else looked meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from mockpilot.depot import motion
from mockpilot.depot.course import Course
from mockpilot.depot.course import DepotError as DepotError
from mockpilot.depot.demand import Demand
from mockpilot.depot.matching import Ledger
from mockpilot.depot.model import Depot, OcppError, Visit
from mockpilot.depot.present import Present
from mockpilot.depot.stays import ASSUMED_STAY_S, PREPARING_S, Phase, Place, Stay
from mockpilot.depot.summary import Departure
from mockpilot.depot.traffic import Traffic
from mockpilot.depot.troubles import Troubles
from mockpilot.depot.wishes import Wishes


class Simulation:
    """One depot from its start on.

    Args:
        depot: what there is, and what is planned.
        start: the instant from which the depot's times count.
        chance: floats from 0 up to, not including, 1; asked once per visit, when the simulation is made.
    """

    def __init__(self, depot: Depot, start: datetime, chance: Callable[[], float]) -> None:
        self._course, self._ledger = Course(depot, start), Ledger()
        self._traffic = Traffic(self._course, self._ledger)
        self._wishes = Wishes(self._course, self._ledger, self._traffic)
        self._troubles = Troubles(self._course, self._traffic, self._wishes)
        for place in self._course.row:
            motion.show(self._course, place)
        for visit in depot.visits:
            self._traffic.expect(self._stay(visit, chance()))
        for trouble in depot.troubles:
            self._troubles.plan(trouble)
        self._catch_up()

    @property
    def present(self) -> Present:
        """How the depot stands; changed in place."""
        return self._course.present

    @property
    def revision(self) -> int:
        """Grows whenever a push would say something else."""
        return self._course.revision

    @property
    def departures(self) -> list[Departure]:
        """Every vehicle that has left, in the order of leaving."""
        return self._traffic.departures

    def advance(self, now: datetime) -> None:
        """Let time pass; a time before the present changes nothing."""
        if now > self.present.now:
            until = self._course.seconds(now)
            self._run(until)
            self.present.now = now
            if motion.flow(self._course, self._course.plugged.values(), until):
                self._course.revision += 1
            self._tell()

    def set_demands(self, demands: Sequence[Demand]) -> None:
        """Take the complete set of demands over all presystems, at the present moment."""
        self._wishes.take(demands)
        self._catch_up()

    # -- by hand

    def plug_in(
        self, vehicle_id: str, point_id: str, soc_percent: float = 40.0, *, is_prepared: bool = False
    ) -> None:
        """Plug a vehicle in, now. If it was to come within hours anyway, this is that stay; else it leaves by hand.

        Args:
            is_prepared: it was plugged in as long ago as preparing takes, and can be given power at once.

        Raises:
            DepotError: there is no such point, it is not free or doesn't work, or the vehicle is plugged in already.
        """
        place = self._place(point_id)
        self._check_free(place, vehicle_id)
        if not 0.0 <= soc_percent <= 100.0:
            raise DepotError(f"State of charge of {vehicle_id}: expected 0 to 100 percent, found {soc_percent:g}.")
        self._ledger.reopen(vehicle_id)
        ago_s = PREPARING_S if is_prepared else 0.0
        self._traffic.plug_in_by_hand(self._stay_now(vehicle_id, soc_percent), place, ago_s)
        self._wishes.match(vehicle_id)
        self._catch_up()

    def unplug(self, point_id: str) -> None:
        """Let the vehicle at a point leave, now.

        Raises:
            DepotError: there is no such point, or nothing is plugged in there.
        """
        place = self._place(point_id)
        if place.stay is None:
            raise DepotError(f"Point {point_id}: expected a vehicle that is plugged in, found none; plug one in first.")
        self._traffic.unplug(place.stay)
        self._catch_up()

    def set_fault(self, target_id: str, error: OcppError, text: str = "") -> None:
        """Break a point, a station or a vehicle, now.

        Raises:
            DepotError: there is no such thing.
        """
        self._troubles.set(target_id, error, text)
        self._catch_up()

    def clear_fault(self, target_id: str) -> None:
        """Mend a point, a station or a vehicle, now.

        Raises:
            DepotError: there is no such thing.
        """
        self._troubles.clear(target_id)
        self._catch_up()

    def go_offline(self, station_id: str) -> None:
        """Let a station go silent, now; it counts as offline a minute later.

        Raises:
            DepotError: there is no such station.
        """
        self._troubles.silence(station_id)
        self._catch_up()

    def come_back(self, station_id: str) -> None:
        """Let a silent station speak again, now.

        Raises:
            DepotError: there is no such station.
        """
        self._troubles.hear(station_id)
        self._catch_up()

    # -- time

    def _run(self, until: float) -> None:
        course = self._course
        while (moment := course.next_at()) <= until:
            course.at = moment
            while course.next_at() <= moment:
                course.do_next()
            self._traffic.settle()
        course.at = until

    def _catch_up(self) -> None:
        """Let everything follow from what was done at this moment."""
        self._traffic.settle()
        self._run(self._course.at)
        motion.flow(self._course, self._course.plugged.values(), self._course.at)
        self._tell()

    def _tell(self) -> None:
        motion.total(self._course)
        self._wishes.tell()

    # -- looking up

    def _stay(self, visit: Visit, chance: float) -> Stay:
        comes_s = visit.arrives_s + self._course.depot.jitter_s * (2.0 * chance - 1.0)
        return Stay(
            self._wishes.vehicle(visit.vehicle_id), self._course.number(), max(visit.arrives_s, 0.0),
            max(comes_s, 0.0), visit.departs_s, visit.soc_percent, visit, expected_s=visit.arrives_s,
        )  # fmt: skip

    def _stay_now(self, vehicle_id: str, soc_percent: float) -> Stay:
        now = self._course.at
        for stay in self._course.stays_of(vehicle_id):
            if stay.phase is Phase.WAITING or stay.planned_s <= now + ASSUMED_STAY_S:
                stay.soc_percent = soc_percent
                return stay
        vehicle, number = self._wishes.vehicle(vehicle_id), self._course.number()
        return Stay(vehicle, number, now, now, math.inf, soc_percent, by_hand=True, expected_s=now)

    def _place(self, point_id: str) -> Place:
        if (place := self._course.places.get(point_id)) is not None:
            return place
        known = ", ".join(list(self._course.places)[:8]) or "none"
        raise DepotError(
            f"{point_id}: expected the id of a real point of depot {self._course.depot.id}; its points are {known}."
        )

    def _check_free(self, place: Place, vehicle_id: str) -> None:
        id_ = place.now.point.id
        if place.stay is not None:
            raise DepotError(f"Point {id_}: expected it to be free, found {place.stay.vehicle.id}; unplug that first.")
        if not place.works:
            raise DepotError(f"Point {id_}: expected it to work, found it {place.now.state.value}; mend it first.")
        here = self._course.here.get(vehicle_id)
        if here is not None and here.phase is Phase.PLUGGED and here.place is not None:
            at = here.place.now.point.id
            raise DepotError(f"Vehicle {vehicle_id}: expected it elsewhere, found it at point {at}; unplug it first.")
