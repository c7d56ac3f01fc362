"""What a dialect is: one record that gathers a schema version or vendor profile.

Nothing else in the code asks for a version; whoever needs to know how a dialect differs reads a field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from mockpilot.protocol.envelope import Action, MessageType


@dataclass(frozen=True, slots=True)
class Quirk:
    """One deliberate deviation from the official schemas, and why."""

    name: str
    reason: str


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
    information_needs_prediction_time: bool = True
    """Whether the predictions of scheduled processes carry ``predictedTime``."""
    vocabulary: ModuleType | None = field(default=None, repr=False)
    """The module with the structs of this dialect; all of them export the same names."""
