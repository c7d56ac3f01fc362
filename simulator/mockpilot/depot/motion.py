"""Moving along the curves: what charging processes, points and stations show at a moment.

Every value is read off a curve at the moment itself, never added up from step to step: however often somebody looks,
the numbers are the same to the last bit. Knows nothing of what happens next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from mockpilot.depot.asks import ROUNDING, Ask
from mockpilot.depot.course import Course
from mockpilot.depot.curve import WH_PER_KWS, Curve
from mockpilot.depot.forecast import PROGRESS_S, finished, forecast, without_past
from mockpilot.depot.model import PointState
from mockpilot.depot.present import Forecast, Process
from mockpilot.depot.stays import PREPARING_S, Phase, Place, Stay
from mockpilot.protocol.vocabulary.common import ProcessStatus

_POINT_STATES = {
    ProcessStatus.PREPARING: PointState.PREPARING,
    ProcessStatus.CHARGING: PointState.CHARGING,
    ProcessStatus.SUSPENDED_EVSE: PointState.SUSPENDED_EVSE,
    ProcessStatus.SUSPENDED_EV: PointState.SUSPENDED_EV,
    ProcessStatus.FINISHING: PointState.FINISHING,
    ProcessStatus.QUEUED: PointState.SUSPENDED_EVSE,
    ProcessStatus.REJECTED_TECHNICALLY: PointState.SUSPENDED_EV,
}
"""What OCPP calls a point whose process is in a state."""


def flow(course: Course, stays: Iterable[Stay], at: float) -> bool:
    """Move stays on to a time; answers whether anything has changed."""
    changed = False
    for stay in stays:
        if at >= stay.moves_at:
            turn(course, stay, at)
            changed = True
        elif stay.draws:
            pour(stay, at)
            changed = True
    return changed


def pour(stay: Stay, at: float) -> None:
    """Tell state of charge and energy at a time within the current piece."""
    process, place = stay.process, stay.place
    assert process is not None
    assert place is not None
    passed = at - stay.piece_at
    soc = stay.piece_soc + stay.piece_rate * passed
    process.soc_percent = min(stay.piece_last_soc, soc)
    process.delivered_wh = delivered = stay.piece_wh + stay.piece_wh_per_s * passed
    place.now.meter_wh = stay.meter_wh + delivered
    if stay.is_warmed:
        _warm(stay, at)


def _warm(stay: Stay, at: float) -> None:
    ask, process = stay.ask, stay.process
    assert ask is not None
    assert process is not None
    left = [(max(ends - max(begins, at), 0.0), hvac + systems) for begins, ends, hvac, systems in ask.warm_spans]
    process.preconditioning_left_s = sum(seconds for seconds, _ in left)
    process.preconditioning_left_wh = sum(seconds * kw for seconds, kw in left) * WH_PER_KWS


def turn(course: Course, stay: Stay, at: float) -> None:
    """Take up the piece of the curve that a time lies in, with everything that depends on the piece."""
    ask, process, place = stay.ask, stay.process, stay.place
    assert ask is not None
    assert process is not None
    assert place is not None
    if at >= stay.piece_ends:
        _advance_piece(stay, ask.curve, at)
        _take_up(stay, process, ask)
        course.unsummed.add(place.station_number)
    pour(stay, at)
    if process.status is ProcessStatus.CHARGING and process.charging_kw > 0.0:
        place.now.limit_kw = process.power_kw  # by far the most frequent: on it goes, with other power
    else:
        process.status = status(stay, at)
        show(course, place)
    _foresee(course, stay, at)
    stay.moves_at = min(stay.piece_ends, stay.foreseen_at)


def restart(course: Course, stay: Stay, at: float) -> None:
    """Follow a new curve from now on."""
    stay.piece, stay.piece_ends, stay.foreseen_at = 0, -math.inf, -math.inf
    turn(course, stay, at)
    assert stay.place is not None
    assert stay.process is not None
    stay.process.status = status(stay, at)
    show(course, stay.place)


def _take_up(stay: Stay, process: Process, ask: Ask) -> None:
    curve, piece = ask.curve, stay.piece
    process.charging_kw = curve.charging_kw[piece]
    process.hvac_kw = curve.hvac_kw[piece] if curve.hvac_kw else 0.0
    process.systems_kw = curve.systems_kw[piece] if curve.systems_kw else 0.0
    kw = process.power_kw
    stay.draws, stay.piece_wh_per_s = kw > 0.0, kw * WH_PER_KWS
    stay.piece_at, stay.piece_rate, stay.piece_soc = curve.at[piece], curve.rate[piece], curve.soc[piece]
    stay.piece_last_soc = curve.soc[min(piece + 1, len(curve.soc) - 1)]
    stay.piece_wh = stay.base_wh + curve.wh[piece]
    stay.is_warmed = bool(ask.warm_spans)
    stay.piece_ends = curve.at[piece + 1] if piece + 1 < len(curve.at) else math.inf
    if not stay.is_warmed:
        process.preconditioning_left_s = process.preconditioning_left_wh = 0.0


def _advance_piece(stay: Stay, curve: Curve, at: float) -> None:
    piece, last = stay.piece, len(curve.at) - 1
    powered = stay.powered or curve.charging_kw[piece] > 0.0
    while piece < last and at >= curve.at[piece + 1]:
        piece += 1
        powered = powered or curve.charging_kw[piece] > 0.0
    stay.piece, stay.powered = piece, powered


def status(stay: Stay, at: float) -> ProcessStatus:
    """How far a plugged-in stay is."""
    process, place = stay.process, stay.place
    assert process is not None
    assert place is not None
    if process.fault is not None:
        return ProcessStatus.REJECTED_TECHNICALLY if stay.rejected else ProcessStatus.SUSPENDED_EV
    if at < stay.plugs_s + PREPARING_S:
        return ProcessStatus.PREPARING
    if process.soc_percent >= stay.targets[1] - ROUNDING:
        return ProcessStatus.FINISHING
    if process.charging_kw > 0.0:
        return ProcessStatus.CHARGING
    stuck = stay.powered or stay.stopped or not place.works
    return ProcessStatus.SUSPENDED_EVSE if stuck else ProcessStatus.QUEUED


def _foresee(course: Course, stay: Stay, at: float) -> None:
    """Tell the forecast of a new curve; later bring it up to date."""
    ask, process = stay.ask, stay.process
    assert ask is not None
    assert process is not None
    if process.forecast is None or (math.isinf(stay.foreseen_at) and stay.foreseen_at < 0.0):
        process.forecast = forecast(
            ask.curve, stay.targets, stay.half_hours_s, stay.departs_s, at, course.start, course.departure(stay),
            process.forecast,
        )  # fmt: skip
    elif not _has_come_true(course, stay, process, process.forecast, at):
        return
    next_s = stay.half_hours_s + (math.floor((at - stay.half_hours_s) / PROGRESS_S) + 1) * PROGRESS_S
    stay.foreseen_at = next_s if process.forecast.progress else math.inf


def _has_come_true(course: Course, stay: Stay, process: Process, before: Forecast, at: float) -> bool:
    """Leave out of a forecast what has passed, and say that charging is finished; both may be due at once."""
    if at >= stay.foreseen_at:
        process.forecast = without_past(before, course.start, at)
    if process.status is ProcessStatus.FINISHING and not before.finished:
        process.forecast = finished(before)
    return process.forecast is not before


def show(course: Course, place: Place) -> None:
    """Tell a point's state and what it may draw."""
    now, stay = place.now, place.stay
    now.state = _state(place)
    now.process = stay.process if stay is not None else None
    now.limit_kw = _limit_kw(place)
    course.unsummed.add(place.station_number)


def _state(place: Place) -> PointState:
    if place.broken:
        return PointState.ERROR
    if place.offline:
        return PointState.OFFLINE
    if place.stay is not None and place.stay.process is not None:
        return _POINT_STATES[place.stay.process.status]
    if not place.usable:
        return place.now.point.state
    return PointState.AVAILABLE if place.station.fault is None else PointState.UNAVAILABLE


def _limit_kw(place: Place) -> float:
    if not place.works:
        return 0.0
    process = place.stay.process if place.stay is not None else None
    if process is None or process.status is ProcessStatus.FINISHING:
        return place.limit_kw
    return process.power_kw


def bring(course: Course, stay: Stay, at: float) -> None:
    """Move one stay on, if it is plugged in."""
    if stay.phase is Phase.PLUGGED and stay.ask is not None:
        flow(course, (stay,), at)


def total(course: Course) -> None:
    """Sum up the stations whose points have changed."""
    for number in course.unsummed:
        station = course.present.stations[number + 1]
        station.total_kw = math.fsum(point.process.power_kw for point in station.points if point.process is not None)
    course.unsummed.clear()
