"""Faults by hand: one is armed or taken out, a whole plan replaces them all, a stretch with them is taken home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from mockpilot.console.bench import Bench, NotDoneError
from mockpilot.console.stretch import plan_of, written
from mockpilot.console.told import Done, PlanMade
from mockpilot.counts import counted
from mockpilot.errors import MockpilotError
from mockpilot.faults.injector import Armed
from mockpilot.faults.plan import FaultPlan
from mockpilot.faults.verbs import Fault
from mockpilot.history.events import FaultArmed, FaultDisarmed, FaultFired, Mark


def arm(bench: Bench, fault: Fault) -> Done:
    """Arm a fault; its name is what was done."""
    armed: list[Armed] = []
    done = bench.do("armed", lambda: armed.append(bench.control.arm(fault)))
    return msgspec.structs.replace(done, did=armed[0].name)


def disarm(bench: Bench, name: str) -> Done:
    """Take a fault out."""
    armed = bench.fault(name)
    if armed.disarmed:
        raise NotDoneError(f"fault {name} is disarmed already")
    return bench.do(f"disarmed {name}", lambda: bench.control.disarm(armed))


def arm_plan(bench: Bench, plan: FaultPlan) -> Done:
    """Arm all faults of a plan in place of those that are armed; all of them or none."""
    before, old = bench.recording.end, list(bench.control.server.world.injector.armed)
    faults = _with_fresh_names(plan.seeded_faults, {one.name for one in old})
    _arm_all(bench, faults)
    for one in old:
        bench.control.disarm(one)
    return bench.shown(f"armed {counted(len(faults), 'fault')} in place of all others", before,
                       (FaultArmed, FaultDisarmed, FaultFired, Mark))  # fmt: skip


def _with_fresh_names(faults: Sequence[Fault], taken: set[str]) -> list[Fault]:
    # A name is one fault's for ever, since the evidence is kept by it.
    names = [fault.name for fault in faults]
    fresh = {name: _fresh(name, taken | set(names)) if name in taken else name for name in names if name}
    return [_renamed(fault, fresh) for fault in faults]


def _fresh(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _renamed(fault: Fault, names: dict[str, str]) -> Fault:
    selects = fault.selects
    after, until = names.get(selects.after or "", selects.after), names.get(selects.until or "", selects.until)
    return replace(fault, name=names.get(fault.name, fault.name), selects=replace(selects, after=after, until=until))


def _arm_all(bench: Bench, faults: Sequence[Fault]) -> None:
    armed: list[Armed] = []
    try:
        for fault in faults:
            armed.append(bench.control.arm(fault))  # noqa: PERF401 - those before one that fails are taken out again
    except MockpilotError:
        for one in armed:
            bench.control.disarm(one)
        raise


def take_home(bench: Bench, title: str, since: int, until: int | None, exercises: tuple[str, ...]) -> PlanMade:
    """A stretch of the recording as a plan."""
    faults = {one.name: one.fault for one in bench.control.server.world.injector.armed}
    end = bench.recording.end if until is None else until
    plan, left_out = plan_of(
        bench.recording.since(0), faults, since=since, until=end, title=title, exercises=exercises
    )
    if not plan.faults:
        raise NotDoneError(f"a stretch in which a fault was armed is expected; between events {since} and {end} "
                           "there is none")  # fmt: skip
    return PlanMade(toml=written(plan, left_out), faults=len(plan.faults), left_out=left_out)
