"""What the control API takes and gives: plain records, from which its description is generated.

What may be asked of a fault follows from the vocabulary's constructors; everything else stands here.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any, Literal

import msgspec

from mockpilot.console.lines import Line, Verdict
from mockpilot.durations import parse_duration
from mockpilot.errors import ScenarioError
from mockpilot.faults.plan import DURATIONS, parameters
from mockpilot.faults.verbs import VERBS

Duration = typing.Annotated[str, msgspec.Meta(
    description="such as '500 ms', '15 s' or '2 h'", examples=["15 s"], max_length=60,
    pattern=r"^(\d{1,9}(\.\d{1,6})? *(ms|s|min|h) *)+$",
)]  # fmt: skip
Text = typing.Annotated[str, msgspec.Meta(max_length=1_000_000)]
Short = typing.Annotated[str, msgspec.Meta(max_length=500)]
Count = typing.Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class _Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is asked."""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is answered."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done, as RFC 9457 has it."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


# -- answers -----------------------------------------------------------------------------------------------------------


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


class Lines(_Told, frozen=True, kw_only=True):
    lines: list[Line]
    first: int
    """The oldest event that is still here."""
    next: int
    """Where to go on."""


class WaitAnswer(_Told, frozen=True, kw_only=True):
    came: bool
    events: list[int]
    """What came, in order."""
    waited_s: float
    instead: list[Line]
    """If it did not come: the newest that came in its place."""


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


# -- what can be asked -------------------------------------------------------------------------------------------------


def _plain(name: str, hint: Any) -> Any:
    """The JSON type of a constructor's parameter."""
    if name in DURATIONS:
        return str
    parts = [_plain("", one) for one in typing.get_args(hint)] if typing.get_origin(hint) in _UNIONS else [_one(hint)]
    return typing.Union[tuple(dict.fromkeys(parts))]  # noqa: UP007 - the number of parts is not known here


_UNIONS = (typing.Union, types.UnionType)


def _one(hint: Any) -> Any:
    if typing.get_origin(hint) is collections.abc.Sequence:
        return list[int]
    return hint


def _fields() -> list[tuple[str, Any, Any]]:
    types_of: dict[str, list[Any]] = {}
    for verb in VERBS:
        for name, one in parameters(verb).items():
            types_of.setdefault(name, []).append(_plain(name, one.annotation))
    return [
        (name, typing.Union[(*dict.fromkeys(hints), types.NoneType)], None)
        for name, hints in sorted(types_of.items())
    ]


FaultAsked = msgspec.defstruct(
    "FaultAsked", [("do", Literal[tuple(VERBS)]), *_fields()], frozen=True, kw_only=True, forbid_unknown_fields=True,
    omit_defaults=True, module=__name__,
)  # fmt: skip
FaultAsked.__doc__ = "One fault: its verb, and the parameters that a plan would give it."


class FaultsAsked(_Given, frozen=True, kw_only=True):
    """A whole plan; all faults that are armed now are disarmed first."""

    toml: Text = ""
    """A plan as TOML; or else:"""
    faults: list[FaultAsked] = []  # type: ignore[valid-type]


class PushAsked(_Given, frozen=True, kw_only=True):
    paused: bool


class HoldAsked(_Given, frozen=True, kw_only=True):
    """The next message of ours that is meant."""

    type: Literal["request", "confirmation", "error"] = "request"
    action: Literal["BootNotification", "ProvideChargingRequests", "ProvideChargingInformation"] | None = None
    link: int | None = None


class HoldChanged(_Given, frozen=True, kw_only=True):
    do: Literal["let-go", "discard"]
    text: str | None = None
    """What is said in its place; left out, it leaves as it is."""


class MessageAsked(_Given, frozen=True, kw_only=True):
    """A message by hand, sent as it is."""

    link: Count
    text: typing.Annotated[str, msgspec.Meta(min_length=1, max_length=1_000_000)]


class MarkAsked(_Given, frozen=True, kw_only=True):
    text: typing.Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class WaitAsked(_Given, frozen=True, kw_only=True):
    what: typing.Annotated[str, msgspec.Meta(
        max_length=60, description="an action, attempt, link, accepted, answer or the name of an event")]
    count: typing.Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    within: Duration = "30 s"
    since: int | None = None
    """Index of the first event that counts; left out: what follows the newest mark."""
    link: int | None = None
    fault: str | None = None
    """Only events of the fault of this name."""


class DepotAsked(_Given, frozen=True, kw_only=True):
    do: Literal["plug-in", "unplug", "fault", "mend", "offline", "online", "forget"]
    target: Short = ""
    """A point, a station or a vehicle; forget: a presystem, or nothing for all."""
    vehicle: Short = ""
    """plug-in: which."""
    soc_percent: typing.Annotated[float, msgspec.Meta(ge=0, le=100)] = 40.0
    error: Short = "OtherError"
    """fault: an error code of OCPP."""
    text: Short = ""


class ClockAsked(_Given, frozen=True, kw_only=True):
    advance: Duration


class ResetAsked(_Given, frozen=True, kw_only=True):
    what: list[Literal["links", "faults", "depot", "pushes"]] = msgspec.field(
        default_factory=lambda: ["links", "faults", "depot", "pushes"]
    )


class PlanAsked(_Given, frozen=True, kw_only=True):
    """A stretch of the recording, as a plan."""

    title: typing.Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "from the lab bench"
    since: Count = 0
    until: int | None = None
    exercises: list[str] = []


def seconds(duration: str) -> float:
    """A duration that was given, in seconds.

    Raises:
        ScenarioError: its units are in another order than the larger first.
    """
    try:
        return parse_duration(duration)
    except ValueError as error:
        raise ScenarioError(str(error)) from error
