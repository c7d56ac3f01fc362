"""The choices in which an offender differs from a conforming presystem, each with its conforming default.

The rest of the presystem asks a ``Conduct`` and never which rule is being broken. Nothing here knows a rule.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
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


class Upset(enum.Enum):
    """What some readers do not get over."""

    SECOND_CONFIRMATION = "second confirmation"  # of a list that was confirmed before
    REFUSED_LIST = "refused list"                # an error answer to a list
    MALFORMED = "malformed message"              # one that is no envelope
    EARLY_PUSH = "early push"                    # one before the boot was accepted


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """How an attempt or a link ended."""

    kind: EndKind
    detail: str
    status: int | None = None
    """HTTP status of a refusal."""
    without_subprotocol: bool = False
    """Whether the link was open, and the CMS had chosen no subprotocol."""
    failures: int = 0
    """How many attempts in a row came to nothing since a link was accepted last, or since the start without this one.
    """


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What a list is about to say."""

    entries: tuple[Entry, ...]
    """All of them, in order."""
    changed: tuple[Entry, ...]
    """Those that differ from the list sent before."""
    opens_link: bool
    """Whether it is the first list of its link."""
    again: bool = False
    """Whether a list that said the same went out before and was not confirmed."""


class Taking(enum.Enum):
    """How a push is taken."""

    AS_MEANT = "as meant"
    SILENTLY = "silently"        # nothing is answered
    AS_AN_ERROR = "as an error"  # an error is answered
    BADLY = "badly"              # the link is left
    FOR_GOOD = "for good"        # nothing is answered any more


@dataclass(frozen=True, slots=True)
class Arrival:
    """A push that came."""

    message: Envelope
    size: int
    """In characters."""
    wall: datetime
    """The own time of day."""
    early: bool = False
    """Whether no boot of its link was accepted yet."""


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


def _as_meant(arrival: Arrival) -> Taking:
    return Taking.AS_MEANT


def _nothing_of(entry: Entry) -> Sequence[Entry]:
    return ()


def _complete(draft: ListDraft) -> Sequence[Entry]:
    return draft.entries


def _bytes_as_they_are(data: bytes) -> bytes:
    return data


def _no_headers(user: str, password: str) -> Sequence[tuple[bytes, bytes]]:
    return ()


def _as_planned(seconds: float) -> float:
    return seconds


def _planned_pause(end: LinkEnd, planned_s: float) -> float:
    return planned_s


@dataclass(frozen=True, slots=True)
class Conduct:
    """How to behave; all defaults together conform."""

    # connecting
    encrypts: bool = True
    verifies_certificate: bool = True
    trusts_handed_authority: bool = True
    tls_versions: tuple[str, str] = ("TLSv1_2", "TLSv1_3")
    """The oldest and the newest spoken."""
    server_name: Callable[[str], str] = _as_it_is
    """From the host handed over to the one named in the TLS handshake, and looked for in the certificate."""
    sends_credentials: bool = True
    waits_to_be_asked: bool = False
    """Asks without credentials first, and with them once the answer was 401, as RFC 9110 section 11 has it."""
    challenge_pause_s: float = 0.0
    """From that answer to the second connection."""
    offers_subprotocol: bool = True
    target: Callable[[str], str] = _as_it_is
    """From the resource name handed over to the one asked for."""
    wire: Callable[[bytes], bytes] = _bytes_as_they_are
    """Last change to what leaves above TLS: the upgrade request first, then one frame a call."""
    hears: Callable[[bytes], bytes] = _bytes_as_they_are
    """First change to the head that answers the upgrade request."""
    headers: Callable[[str, str], Sequence[tuple[bytes, bytes]]] = _no_headers
    """From user and password to further headers."""
    follows_redirects: bool = False
    tells_strangers: bool = False
    """Whether credentials go along to where a redirect points."""

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
    needless_boots_s: float = math.inf
    """So far apart are boots that go on after Accepted."""
    heeds_boot_ids: bool = True
    """Whether the message id tells which boot is confirmed; else any boot is."""

    # messages
    message_id: Callable[[str], str] = _as_it_is
    """From a fresh UUID to the message id of a request."""
    message: Callable[[Envelope], Envelope] = _as_composed
    spelling: Callable[[Envelope], Sequence[str | bytes]] = _spelled_once
    answers: Callable[[Envelope], Sequence[Envelope]] = _answered_once
    """From the confirmation of a push to what is sent in its place."""
    confirms_confirmations: bool = False

    # pushes
    reads: Callable[[bytes], bytes] = _bytes_as_they_are
    """First change to what comes above TLS, piece by piece; nothing at all ends the link."""
    takes: Callable[[Arrival], Taking] = _as_meant
    answer_delay_s: float = 0.0
    """From a push to its confirmation."""
    bursts_s: float = 0.0
    """So far apart are the moments at which confirmations go out, the newest first; 0: each goes when it is due."""
    answers_while_list_is_open: bool = True
    """Else nothing is answered, and nothing sent, until a list is confirmed."""
    minds_presystem_ids: bool = True
    """Else another presystem's process takes the place of an entry with its id."""
    follows_points: bool = True
    """Whether an entry leaves a point that a push no longer has."""

    # charging requests
    request_id: Callable[[str], str] = _as_it_is
    """From a fresh UUID to a charging request id."""
    lists_with_pushes: bool = False
    """Whether a list follows every push, whatever has changed."""
    leaves_over_lists: bool = False
    """Whether a list that is refused, or not confirmed in time, ends the link."""
    list_waits_for_push: bool = True
    list_awaits_confirmation: bool = True
    entries: Callable[[ListDraft], Sequence[Entry]] = _complete
    id_after_change: Callable[[str], str] = _as_it_is
    left_of_cancelled: Callable[[Entry], Sequence[Entry]] = _nothing_of
    """From an entry that is cancelled to what stays in the lists."""
    sends_empty_list: bool = True
    changes_while_charging: bool = True
    list_every_s: float = math.inf
    """From a list's confirmation to the same list again."""
    heeds_list_ids: bool = True
    """Whether the message id tells which list is confirmed; else the open one is."""
    list_time_out: Callable[[float], float] = _as_planned
    """From the time planned to wait for a list's confirmation to the time waited."""
    refusal_pause: Callable[[float], float] = _as_planned
    """From the pause planned before a refused list is sent again to the pause kept."""
    sends_after_refusal: bool = True
    sends_after_lost_answer: bool = True
    """Whether lists go on after one was open when its link was lost."""
    trusts_memory: bool = False
    """Of the CMS: a list that was confirmed once is not sent again, whatever pushes show."""
    plans_offline: bool = True
    """Whether steps count that come while no link is up."""
    replays_missed: bool = False
    """Whether each list that there was while no link was up is sent afterwards."""

    # links
    link_lasts_s: float = math.inf
    """After so long a link is left for a new one."""
    deaf_after_late_confirmation_s: float = math.inf
    """Stops answering for good once a confirmation came so long after its list."""
    deaf_after: frozenset[Upset] = frozenset()
    """Stops answering for good after these."""
    notices_silence: bool = True
    keeps_silent_links: bool = False
    """Opens another link beside one that fell silent, and goes on with both."""
    answers_close: bool = True
    returns: bool = True
    survives_loss: bool = True
    pause: Callable[[LinkEnd, float], float] = _planned_pause
    """From the pause planned before the next attempt to the one kept."""


CONFORMING = Conduct()
