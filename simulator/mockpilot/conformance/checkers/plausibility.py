"""What a list asks for, entry by entry: whether it can be meant so. Times are compared as instants.

The schemas allow all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from mockpilot.conformance.case import Case
from mockpilot.conformance.lists import Entry, RequestList
from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.pushed import payload_of, processes_in
from mockpilot.protocol.envelope import parse_timestamp

SOC_ORDER = "requests.soc-order"
ARRIVES_FIRST = "requests.arrival-before-departure"
IN_PERCENT = "requests.soc-in-percent"
PRECONDITIONING = "requests.preconditioning"
ONE_PER_STAY = "requests.one-per-stay"
ARRIVAL_SOC = "requests.arrival-soc"
DEPARTURE_AHEAD = "requests.departure-ahead"
PRIORITY = "requests.priority"
ISSUED_PROCESSES = "requests.issued-processes"

_KINDS = ("automaticPreconditioning", "manualPreconditioning")
_PRECONDITIONING_TIMES = (
    "requestedStartTime", "requestedFinishTime", "hvacPreconditioningStartTime", "systemPreconditioningStartTime",
)  # fmt: skip

Trouble = Callable[[Entry], str | None]
"""What speaks against an entry; empty if nothing does, None if the entry gives no occasion."""


def check(case: Case) -> Iterator[Observation]:
    """Every list that was read."""
    if not case.presystem.sends_requests:
        return
    for read in case.lists:
        yield from _each(read, SOC_ORDER, _soc_order, "minTargetSoc up to maxTargetSoc")
        yield from _each(read, ARRIVES_FIRST, _arrives_first, "arrival before departure")
        yield from _each(read, PRECONDITIONING, _preconditioning, "one kind of preconditioning, before departure")
        yield from _each(read, ARRIVAL_SOC, _arrival_soc, "expectedSocAtArrival below maxTargetSoc")
        yield from _each(read, PRIORITY, _priority, "a priority of 1 or more")
        yield from _in_percent(read)
        yield from _one_per_stay(read)
        yield from _departures(case, read)
        yield from _process_ids(case, read)


def _each(read: RequestList, rule: str, trouble_of: Trouble, expected: str) -> Iterator[Observation]:
    troubles = [(entry, trouble) for entry in read.entries if (trouble := trouble_of(entry)) is not None]
    bad = [f"{entry.id}: {trouble}" for entry, trouble in troubles if trouble]
    if bad:
        yield Observation(rule, False, (read.index,), expected, "; ".join(bad[:5]), link=read.link.number)
    elif troubles:
        yield held(rule, read.index, link=read.link.number)


# -- one entry -----------------------------------------------------------------------------------------------------


def _data(entry: Entry) -> dict[str, Any]:
    found = entry.raw.get("chargingRequestData")
    return found if isinstance(found, dict) else {}


def _number(holder: dict[str, Any], key: str) -> float | None:
    found = holder.get(key)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _instant(holder: dict[str, Any], key: str) -> datetime | None:
    found = holder.get(key)
    return parse_timestamp(found) if isinstance(found, str) else None


def _arrival(entry: Entry) -> datetime | None:
    return _instant(_data(entry), "expectedArrivalTimeAtChargingPoint")


def _soc_order(entry: Entry) -> str | None:
    least, most = _number(_data(entry), "minTargetSoc"), _number(_data(entry), "maxTargetSoc")
    if least is None or most is None:
        return None
    return f"minTargetSoc {least:g}, maxTargetSoc {most:g}" if least > most else ""


def _arrival_soc(entry: Entry) -> str | None:
    there, most = _number(_data(entry), "expectedSocAtArrival"), _number(_data(entry), "maxTargetSoc")
    if there is None or most is None:
        return None
    return f"expectedSocAtArrival {there:g}, maxTargetSoc {most:g}" if there >= most else ""


def _priority(entry: Entry) -> str | None:
    found = _number(entry.raw, "priority")
    return None if found is None else f"priority {found:g}" if found < 1 else ""


def _arrives_first(entry: Entry) -> str | None:
    arrival = _arrival(entry)
    if arrival is None or entry.departure is None or _data(entry).get("adHocCharging") is True:
        return None
    told = f"arrival {arrival.isoformat()}, departure {entry.departure.isoformat()}"
    return told if arrival >= entry.departure else ""


def _preconditioning(entry: Entry) -> str | None:
    kinds = {kind: found for kind in _KINDS if isinstance(found := entry.raw.get(kind), dict)}
    if len(kinds) > 1:
        return "both kinds of preconditioning"
    if not kinds:
        return None
    times = {key: at for wish in kinds.values() for key in _PRECONDITIONING_TIMES if (at := _instant(wish, key))}
    late = [key for key, at in times.items() if entry.departure is not None and at > entry.departure]
    return f"{late[0]} {times[late[0]].isoformat()} after departure" if late else ""


# -- a list as a whole ---------------------------------------------------------------------------------------------


def _in_percent(read: RequestList) -> Iterator[Observation]:
    """One entry that asks for next to nothing is none; all of them are."""
    most = [value for entry in read.entries if (value := _number(_data(entry), "maxTargetSoc")) is not None]
    if most and all(0 < value <= 1 for value in most):
        yield Observation(IN_PERCENT, False, (read.index,), "percent", f"maxTargetSoc of {most[0]:g} at most 1 in "
                          f"{'every entry' if len(most) > 1 else 'the only entry'}", link=read.link.number)  # fmt: skip
    elif most:
        yield held(IN_PERCENT, read.index, link=read.link.number)


def _one_per_stay(read: RequestList) -> Iterator[Observation]:
    """Stays that touch may follow one another, and of an unknown time nothing is said."""
    open_ones = [entry for entry in read.entries if entry.vehicle and not entry.terminated]
    stays = [(entry, arrival, entry.departure) for entry in open_ones
             if (arrival := _arrival(entry)) and entry.departure]  # fmt: skip
    twice = next(
        ((one, other) for (one, came, left), (other, comes, leaves) in combinations(stays, 2)
         if one.vehicle == other.vehicle and one.id != other.id and came < leaves and comes < left), None,
    )  # fmt: skip
    if twice is not None:
        yield Observation(
            ONE_PER_STAY, False, (read.index,), "one charging request per stay of a vehicle",
            f"{twice[0].id} and {twice[1].id} for {twice[0].vehicle} at the same time", link=read.link.number,
        )  # fmt: skip
    elif stays:
        yield held(ONE_PER_STAY, read.index, link=read.link.number)


def _departures(case: Case, read: RequestList) -> Iterator[Observation]:
    """When an entry is first seen, and by a clock that is right on both sides."""
    wall = read.wall
    if wall is None or case.faults.moved_clock:
        return
    new = [entry for entry in _of_this_run(case, read) if entry.id in read.new_ids and entry.departure is not None]
    latest = wall - timedelta(seconds=case.limits["clock_skew"])
    past = [entry for entry in new if entry.departure is not None and entry.departure < latest]
    for entry in past[:1]:
        assert entry.departure is not None
        yield Observation(
            DEPARTURE_AHEAD, False, (read.index,), "a departure that is still to come",
            f"{entry.id} departed at {entry.departure.isoformat()}", link=read.link.number,
        )  # fmt: skip
    if new and not past:
        yield held(DEPARTURE_AHEAD, read.index, link=read.link.number)


def _process_ids(case: Case, read: RequestList) -> Iterator[Observation]:
    named = [(entry, found) for entry in _of_this_run(case, read)
             if isinstance(found := entry.raw.get("chargingProcessId"), str)]  # fmt: skip
    if not named:
        return
    issued = {
        process.get("chargingProcessId") for frame in case.pushes_handed if frame.index < read.index
        for process in processes_in(payload_of(frame))
    }  # fmt: skip
    made_up = [f"{entry.id}: {found}" for entry, found in named if found not in issued]
    if made_up:
        yield Observation(ISSUED_PROCESSES, False, (read.index,), "a chargingProcessId that a push issued",
                          "; ".join(made_up[:5]), link=read.link.number)  # fmt: skip
    else:
        yield held(ISSUED_PROCESSES, read.index, link=read.link.number)


def _of_this_run(case: Case, read: RequestList) -> Iterator[Entry]:
    """Entries of this scenario's making: what a product that ran before still holds is not."""
    started_here = case.presystem.launched and read.link.instance > 0
    return (entry for entry in read.entries if started_here or entry.id in case.step_made)
