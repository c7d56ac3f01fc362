"""What a dialect is: one record that gathers a schema version or vendor profile.

Nothing else in the code asks for a version; whoever needs to know how a dialect differs reads a field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from mockpilot.protocol.envelope import Action, MessageType
from mockpilot.protocol.vocabulary.spelling import AS_THEY_ARE, Spelling


@dataclass(frozen=True, slots=True)
class Quirk:
    """One switch: something in which a vendor's text departs from a version of the standard, or goes beyond it."""

    name: str
    reason: str
    changes: str
    """What it switches: a field of ``Dialect``, or a key of a message as ``Struct.key``."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A schema version or vendor profile of VDV 463."""

    name: str
    """As in ``--dialect``: ``chargepilot``, ``vdv-1.1``, …"""
    title: str
    """For people."""
    payloads: Mapping[tuple[Action, MessageType], Any] = field(hash=False, repr=False)
    """Type of the payload per action and message type, as msgspec understands types. A missing key: anything goes."""
    error_key: str
    """Key of the text in an error answer that we send."""
    subprotocols: tuple[str, ...]
    """What the CMS may select, the preferred one first."""
    guideline_only: bool
    """ChargePilot's own text counts as much as the standard: what only it says is a must here, elsewhere a should."""
    quirks: tuple[Quirk, ...] = ()
    notes: tuple[str, ...] = ()
    """Slips of a vendor's text that change nothing, for whoever reads it beside us."""
    spelling: Spelling = AS_THEY_ARE
    """How ids stand on the wire."""
    ids_are_uris: bool = False
    """Presystem id and the ids in payloads have format uri."""
    has_instructions: bool = True
    """A charging request may carry ``chargingInstruction``."""
    default_presystem_id: str = "Presystem1"
    """Where nobody names one."""
    sources: tuple[str, ...] = ()
    """All that may stand in the slot of the source; empty: any text."""
    error_answer_may_be_anything: bool = False
    """The payload of a presystem's error answer need not even be an object."""
    promised_push_interval_s: float | None = None
    """Seconds between two pushes; None: nothing is promised, and a presystem must not rely on any interval."""
    requests_follow_pushes: bool = False
    """A presystem must wait for the first push and name only points that a push has named."""
    information_needs_prediction_time: bool = True
    """Whether the predictions of scheduled processes carry ``predictedTime``."""
    default_station: bool = True
    """Every depot shows a station with one point where the requests wait that name no point."""
    sends_reserved: bool = True
    """A reserved point is told as such; else as unavailable."""
    unknown_error_is_no_fault_known: bool = False
    """An error without a kind is told as NoFaultKnown, not as one of the other kinds."""
    no_error_has_fault_info: bool = False
    """A healthy point or station carries a fault info, too."""
    rejects_in_push: bool = False
    """Charging requests that cannot be carried out are confirmed, and named in the next push."""
    vocabulary: ModuleType | None = field(default=None, repr=False)
    """The module with the structs of this dialect; all of them export the same names."""
