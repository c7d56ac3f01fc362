"""What the control API answers: plain records, from which its description is generated."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mockpilot.console.lines import Line, Verdict


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is answered."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done, as RFC 9457 has it."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


class Done(_Told, frozen=True, kw_only=True):
    """What was done; its effect is in the recording."""

    did: str
    events: list[int]
    """Indexes of the events that show it."""


class Health(_Told, frozen=True, kw_only=True):
    ready: bool
    mockpilot: str
    catalogue: str
    dialect: str
    role: Literal["full", "read"]
    """What the key that asks allows."""
    title: str
    listening: bool
    """Whether presystems are let in at the moment."""
    addresses: dict[str, str]
    """Where each presystem has to connect to."""
    since: str
    first_event: int
    """The oldest that is still here."""
    next_event: int


class Awaited(_Told, frozen=True, kw_only=True):
    """Somebody has to do something."""

    who: Literal["product", "you", "mockpilot"]
    what: str
    for_s: float
    """How long already."""
    within_s: float | None
    link: int | None = None


class LinkShown(_Told, frozen=True, kw_only=True):
    id: int
    presystem_id: str
    kind: str
    """BMS or ITCS, once it has booted."""
    peer: str
    state: str
    since_s: float
    pushes: int
    confirmed: int
    open: int
    """Requests of ours that are not answered so far."""
    received: int
    ending: str
    """Who began to end it; empty while it lives."""
    next_push_in_s: float | None


class FaultShown(_Told, frozen=True, kw_only=True):
    name: str
    do: str
    described: str
    state: Literal["armed", "FIRED", "SEEN", "disarmed", "disarmed, fired", "disarmed, seen"]
    fired: int
    """How often."""
    armed_event: int | None
    fired_event: int | None
    seen_event: int | None
    """The event that proves that the product met it."""
    unseen: str = ""
    """Of one that fired and is not seen: what would show it, or why nothing can."""


class HoldShown(_Told, frozen=True, kw_only=True):
    id: str
    described: str
    link: int | None
    text: str | None
    """What it keeps; None while it waits for a message."""


class PointShown(_Told, frozen=True, kw_only=True):
    id: str
    name: str
    """For people; empty if the depot's file has none."""
    state: str
    vehicle: str
    soc_percent: float | None
    power_kw: float
    limit_kw: float
    max_kw: float
    fault: str


class StationShown(_Told, frozen=True, kw_only=True):
    id: str
    name: str
    points: list[PointShown]
    power_kw: float
    limit_kw: float | None
    fault: str
    silent: bool
    is_default: bool


class DepotShown(_Told, frozen=True, kw_only=True):
    id: str
    name: str
    at: str
    stations: list[StationShown]
    power_kw: float
    grid_limit_kw: float | None
    vehicles: list[str]
    """Those that the depot's file knows."""
    requests: dict[str, int]
    """Stored charging requests by presystem."""


class FindingShown(_Told, frozen=True, kw_only=True):
    rule: str
    requirement: str
    level: str
    message: str
    expected: str
    observed: str
    perhaps: str
    count: int
    events: list[int]


class Findings(_Told, frozen=True, kw_only=True):
    """What the rules say of the recording so far."""

    judged_until: int
    """Index of the event before which everything was looked at."""
    why_not: str
    """Why it isn't judged (any more); empty if it is."""
    findings: list[FindingShown]


class ClockShown(_Told, frozen=True, kw_only=True):
    mode: Literal["real", "simulated"]
    factor: float
    now: str
    run_s: float


class Pushes(_Told, frozen=True, kw_only=True):
    paused: bool
    interval_s: float


class State(_Told, frozen=True, kw_only=True):
    """Everything that the page shows beside the conversation."""

    links: list[LinkShown]
    awaited: list[Awaited]
    faults: list[FaultShown]
    holds: list[HoldShown]
    pushes: Pushes
    depot: DepotShown
    clock: ClockShown
    findings: Findings


class MessageShown(_Told, frozen=True, kw_only=True):
    """One event in full."""

    line: Line
    raw: str
    """As it went over the wire; base64 where it is no text."""
    verdicts: list[Verdict]
    """Of all dialects, the served one first."""
    findings: list[FindingShown]
    """Those that name it as evidence."""
    fields: dict[str, Any]
    """All that was recorded of it."""


class NearMiss(_Told, frozen=True, kw_only=True):
    line: Line
    but: str
    """What does not fit."""


class Lines(_Told, frozen=True, kw_only=True):
    lines: list[Line]
    first: int
    """The oldest event that is still here."""
    next: int
    """Where to go on."""
    end: int
    """Where it ends for now: index of the next event to come."""
    near: list[NearMiss] = []
    """If a search finds nothing: what came closest, the closest first."""


class WaitAnswer(_Told, frozen=True, kw_only=True):
    came: bool
    events: list[int]
    """What came, in order."""
    since: int
    """Index of the first event that counted."""
    waited_s: float
    instead: list[Line]
    """If it did not come: the newest that came in its place."""


class ScenarioShown(_Told, frozen=True, kw_only=True):
    name: str
    outcome: str
    why: str
    """Why it says nothing, where that is so."""
    duration_s: float
    findings: list[FindingShown]
    """Their events are those of the scenario's own trace."""


class RunShown(_Told, frozen=True, kw_only=True):
    id: str
    folder: str
    """Where its traces and pages are, as seen from where serve was started."""
    state: Literal["goes on", "finished", "stopped", "broken"]
    selection: list[str]
    """As it was asked for; empty means everything."""
    started: str
    playing: str
    """The scenario that plays now; empty if none does."""
    done: int
    of: int
    """Scenarios."""
    outcome: str
    """So far, if it goes on."""
    trouble: str
    """Why it broke."""


class RunTold(RunShown, frozen=True, kw_only=True):
    scenarios: list[ScenarioShown]
    """Those that have been played."""


class PlanMade(_Told, frozen=True, kw_only=True):
    toml: str
    faults: int
    left_out: list[str]
    """What was done by hand and no plan can repeat."""


class ParameterShown(_Told, frozen=True, kw_only=True):
    name: str
    required: bool
    kind: Literal["choice", "duration", "number", "whole", "text", "flag", "numbers"]
    choices: list[str]
    default: str
    common: bool
    """Whether all verbs take it."""


class VerbShown(_Told, frozen=True, kw_only=True):
    do: str
    reaches: str
    parameters: list[ParameterShown]
