"""The choices in which an offender differs from a conforming presystem, each with its conforming default.

The rest of the presystem asks a ``Conduct`` and never which rule is being broken. Nothing here knows a rule.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Envelope

Entry = dict[str, Any]
"""One charging request as it travels."""


class Opening(enum.Enum):
    """What can be said without being asked once a link is open."""

    BOOT = "boot"  # a BootNotification
    LIST = "list"  # the list of charging requests, out of turn


class EndKind(enum.Enum):
    """How far an attempt came."""

    UNREACHABLE = "unreachable"  # no TCP connection
    TLS_FAILED = "TLS failed"    # no TLS, or a certificate that we don't trust
    REFUSED = "refused"          # no upgrade
    LOST = "link ended"          # the link was open


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """How an attempt or a link ended."""

    kind: EndKind
    detail: str
    status: int | None = None
    """HTTP status of a refusal."""


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What a list is about to say."""

    entries: tuple[Entry, ...]
    """All of them, in order."""
    changed: tuple[Entry, ...]
    """Those that differ from the list sent before."""
    opens_link: bool
    """Whether it is the first list of its link."""


def _boot_first(been_accepted: bool) -> Sequence[Opening]:
    return (Opening.BOOT,)


def _as_it_is(text: str) -> str:
    return text


def _as_composed(message: Envelope) -> Envelope:
    return message


def _spelled_once(message: Envelope) -> Sequence[str | bytes]:
    return (envelope.write(message),)


def _answered_once(answer: Envelope) -> Sequence[Envelope]:
    return (answer,)


def _complete(draft: ListDraft) -> Sequence[Entry]:
    return draft.entries


def _bytes_as_they_are(data: bytes) -> bytes:
    return data


def _planned_pause(end: LinkEnd, planned_s: float) -> float:
    return planned_s


@dataclass(frozen=True, slots=True)
class Conduct:
    """How to behave; all defaults together conform."""

    # connecting
    encrypts: bool = True
    verifies_certificate: bool = True
    sends_credentials: bool = True
    offers_subprotocol: bool = True
    target: Callable[[str], str] = _as_it_is
    """From the resource name handed over to the one asked for."""
    wire: Callable[[bytes], bytes] = _bytes_as_they_are
    """Last change to what leaves above TLS: the upgrade request first, then one frame a call."""

    # booting
    opening: Callable[[bool], Sequence[Opening]] = _boot_first
    """From whether an earlier link was accepted to what a new link begins with."""
    boot_delay_s: float = 0.0
    boots_again: bool = True
    list_while_unanswered_s: float = math.inf
    """A list out of turn if a boot has waited so long for its answer."""
    list_after_rejection_s: float = math.inf
    """A list out of turn so long after Rejected, again and again."""
    hasty_boots: int = 0
    """So many boots in a row after Rejected, whatever is answered meanwhile."""
    hasty_boot_gap_s: float = 0.05

    # messages
    message_id: Callable[[str], str] = _as_it_is
    """From a fresh UUID to the message id of a request."""
    message: Callable[[Envelope], Envelope] = _as_composed
    spelling: Callable[[Envelope], Sequence[str | bytes]] = _spelled_once
    answers: Callable[[Envelope], Sequence[Envelope]] = _answered_once
    """From the confirmation of a push to what is sent in its place."""
    confirms_confirmations: bool = False

    # charging requests
    list_waits_for_push: bool = True
    list_awaits_confirmation: bool = True
    entries: Callable[[ListDraft], Sequence[Entry]] = _complete
    id_after_change: Callable[[str], str] = _as_it_is

    # links
    deaf_after_late_confirmation_s: float = math.inf
    """Stops answering for good once a confirmation came so long after its list."""
    notices_silence: bool = True
    returns: bool = True
    survives_loss: bool = True
    pause: Callable[[LinkEnd, float], float] = _planned_pause
    """From the pause planned before the next attempt to the one kept."""


CONFORMING = Conduct()
