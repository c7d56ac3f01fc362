"""A stretch of the recording as a fault plan: what was armed there, in the order and the circumstances it was. Pure.

A plan arms everything at the start. So a fault that was armed while a link was in exchange waits for the first push,
one that was armed after another had fired waits for that one, and one that was taken out ends after as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mockpilot.durations import format_duration
from mockpilot.faults.plan import FaultPlan, write_plan
from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.history.events import (
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    LinkEnded,
    Mark,
    MessageSent,
    UpgradeAnswered,
)
from mockpilot.protocol.envelope import Action

PUSH = Action.PROVIDE_CHARGING_INFORMATION
_BY_HAND = "by hand: "
WAY_THERE_S = 10.0
"""How long a presystem may take to get where the stretch began; ends are told from the plan's start on."""
LASTS_BEYOND_S = 60.0
"""What a presystem gets for its reaction, beyond the stretch itself."""


@dataclass(slots=True)
class _Seen:
    """What is known when a fault is armed."""

    presystem_of: dict[int | None, str] = field(default_factory=dict)
    pushed: set[int | None] = field(default_factory=set)
    fired: list[str] = field(default_factory=list)
    """Faults of the stretch that have fired, the newest last."""

    def note(self, event: Event) -> None:
        match event:
            case UpgradeAnswered(status=101):
                self.presystem_of[event.link] = event.presystem_id
            case MessageSent(text=str(text)) if PUSH in text[:300] and text.startswith("[1"):
                self.pushed.add(event.link)
            case LinkEnded():
                self.pushed.discard(event.link)


def plan_of(
    events: Sequence[Event], faults: Mapping[str, Fault], *, since: int, until: int, title: str,
    exercises: tuple[str, ...] = (),
) -> tuple[FaultPlan, list[str]]:  # fmt: skip
    """Make a plan of a stretch.

    Args:
        events: the recording, what came before the stretch too.
        faults: by the names that they have there.
        since, until: indexes of the first event of the stretch and of the first behind it.

    Returns:
        the plan, and what was done there that no plan can repeat.
    """
    seen, made, left_out, ends = _Seen(), {}, [], {}
    stretch = [event for event in events if since <= event.index < until]
    begins_at = stretch[0].at if stretch else 0.0
    for event in events:
        if event.index >= until:
            break
        if event.index >= since:
            match event:
                case FaultArmed(do=do) if do == HOLD or event.name not in faults:
                    left_out.append(f"{event.name}: a message was held back")
                case FaultArmed():
                    made[event.name] = _as_planned(faults[event.name], event, seen)
                case FaultFired() if event.name in made:
                    seen.fired.append(event.name)
                case FaultDisarmed() if event.name in made:
                    ends[event.name] = event.at - begins_at
                case Mark(text=text) if text.startswith(_BY_HAND):
                    left_out.append(text.removeprefix(_BY_HAND))
        seen.note(event)
    lasts = (stretch[-1].at - begins_at if stretch else 0.0) + LASTS_BEYOND_S
    planned = tuple(_ending(fault, ends.get(name), name in seen.fired) for name, fault in made.items())
    return FaultPlan(title, planned, exercises, lasts_s=float(max(120, round(lasts)))), left_out


def _as_planned(fault: Fault, armed: FaultArmed, seen: _Seen) -> Fault:
    selects = fault.selects
    if isinstance(selects.link, int):  # numbers count the connections of one recording
        who = seen.presystem_of.get(selects.link)
        selects = replace(selects, link=who if len(set(seen.presystem_of.values())) > 1 else None)
    if selects.after is None and selects.after_s is None:
        selects = replace(selects, after=_circumstance(seen))
    return replace(fault, name=armed.name, selects=selects)


def _circumstance(seen: _Seen) -> str | None:
    if seen.fired:
        return seen.fired[-1]
    return str(PUSH) if seen.pushed else None


def _ending(fault: Fault, after_s: float | None, has_fired: bool) -> Fault:
    lies_on = fault.do in ("refuse", "slow", "ping", "change", "clock", "certificate") or not has_fired
    selects = fault.selects
    if after_s is None or not lies_on or selects.until is not None or selects.until_s is not None:
        return fault
    way_there_s = 0.0 if selects.after is None else WAY_THERE_S
    return replace(fault, selects=replace(selects, until_s=max(1.0, round(after_s + way_there_s, 1))))


def written(plan: FaultPlan, left_out: Sequence[str]) -> str:
    """The plan as TOML, with what it leaves out as comments."""
    notes = [f"# done by hand and not repeated here: {' '.join(one.split())}" for one in left_out]
    return "\n".join([f"# from the lab bench; lasts {format_duration(plan.lasts_s)} at most", *notes, write_plan(plan)])
