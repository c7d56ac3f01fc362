"""What may be asked of the control API: plain records, from which its description is generated.

What may be asked of a fault follows from the vocabulary's constructors; everything else stands here.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any, Literal

import msgspec

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
Word = typing.Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = typing.Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class _Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is asked."""


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
    """Index of the first event that counts; left out: from the newest command on that did something, or behind a mark.
    """
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
    what: list[Literal["links", "faults", "depot", "pushes", "history"]] = msgspec.field(
        default_factory=lambda: ["links", "faults", "depot", "pushes", "history"]
    )
    """With history the console's recording begins anew, and links, faults and depot go with it; a trace file goes on.
    """


class RunAsked(_Given, frozen=True, kw_only=True):
    """A selection of the catalogue, in the words of certify; nothing means everything."""

    selection: typing.Annotated[list[Word], msgspec.Meta(max_length=200)] = []
    skip: typing.Annotated[list[Word], msgspec.Meta(max_length=200)] = []
    seed: typing.Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    """For whatever is left to chance; left out: made up."""


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
