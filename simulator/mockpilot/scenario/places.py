"""What a scenario asks of the depot: which charging point a step names, and which vehicle is plugged in where.

Ids are the depot's own here; whoever tells them to a product spells them for its dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.depot.model import PointState
from mockpilot.depot.present import PointNow
from mockpilot.depot.simulation import DepotError
from mockpilot.depot.site import Site
from mockpilot.faults.changes.finding import told_points
from mockpilot.history.recorder import History
from mockpilot.protocol.vocabulary import ChargingRequest, Dialect
from mockpilot.scenario.matching import push_of

ARRIVES_WITH_PERCENT = 15.0
"""State of charge below what any request asks for."""


def shown_points(history: History, dialect: Dialect) -> frozenset[str]:
    """Points of the latest push: a fault may have hidden some."""
    pushes = (push_of(event) for event in reversed(history))
    latest = next((push for push in pushes if push is not None), None)
    return frozenset(told_points(latest, dialect) if latest else ())


def point_to_name(site: Site, presystem_id: str, shown: frozenset[str]) -> str:
    """A point for a step.

    A sane planner refuses one that is out of order, hidden from it, or promised to another bus.
    """
    taken = {request.charging_point_id for request in site.requests_of(presystem_id).values()}
    pairs = [(station, point) for station in site.simulation.present.stations[1:] for point in station.points]
    pairs.sort(key=lambda pair: pair[0].fault is not None or pair[1].fault is not None)
    points = [point for _, point in pairs if point.point.id in shown] or [point for _, point in pairs]
    available = [point.point.id for point in points if point.state is PointState.AVAILABLE]
    free = [point for point in available if point not in taken]
    return next(iter([*free, *available]), points[0].point.id)


def plug_one_in(site: Site, presystem_id: str, otherwise: str) -> PointNow | None:
    """Plug the vehicle of the first request in that can be, emptier than it may come; answers where it stands.

    Where none can be, a vehicle that has come by itself will do.

    Args:
        otherwise: the point for a request that names none, or the default point.
    """
    requests = site.requests_of(presystem_id).values()
    for request in requests:
        wanted = real_point_of(request, site) or otherwise
        try:
            site.simulation.plug_in(request.vehicle_id, wanted, ARRIVES_WITH_PERCENT, is_prepared=True)
        except DepotError:
            continue
        return next(point for point in _real_points(site) if point.point.id == wanted)
    vehicles = {request.vehicle_id for request in requests}
    return next((point for point in _real_points(site) if _stands_at(point) in vehicles), None)


def real_point_of(request: ChargingRequest, site: Site) -> str:
    """The point that a charging request is bound to; empty if none is, which the default point stands for, too."""
    named = str(request.charging_point_id or "")
    return named if named in site.real_points() else ""


def _real_points(site: Site) -> Iterator[PointNow]:
    for station in site.simulation.present.stations[1:]:
        yield from station.points


def _stands_at(point: PointNow) -> str | None:
    return point.process.vehicle.id if point.process is not None else None
