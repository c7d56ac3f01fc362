"""Who is tried: the exemplary presystem, presystems that conform in ways of their own, and an offender for each rule.

A role says how a presystem behaves and what is known of it; nothing here plays or judges. Where the sources leave
freedom there should be a conforming role that takes it.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockpilot.conformance.levels import Level
from mockpilot.conformance.rules import RULES
from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.conduct import CONFORMING, Arrival, Conduct, Entry, ListDraft, Taking
from mockpilot.presystem.offences import OFFENCES
from mockpilot.profile import PresystemSettings, Profile
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import dialect
from mockpilot.selftest.rehearsal import PROFILE, Adjust, as_told


@dataclass(frozen=True, slots=True)
class Role:
    """One presystem on trial."""

    name: str
    conduct: Conduct = CONFORMING
    adjust: Adjust = as_told
    profile: Profile = PROFILE
    offends: str | None = None
    """The rule that it breaks; None for one that conforms."""
    leaves_undecided: bool = False
    """Conforms in a way that some scenarios cannot see through: inconclusive there, and never failed."""


def _set(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, **changes)


def _paced(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, pace=replace(settings.pace, **changes))


def _profile(**presystem: Any) -> Profile:
    return replace(PROFILE, presystem=replace(PROFILE.presystem, **presystem), presystems=())


def speaking(dialect: str) -> Profile:
    """The usual profile, for a presystem that speaks that dialect."""
    return replace(PROFILE, presystem=PresystemSettings(dialect=dialect), presystems=())


# What conforming presystems may do otherwise

def _stamped(change: Callable[[str], str]) -> Conduct:
    return replace(CONFORMING, message=lambda message: replace(message, timestamp=change(message.timestamp)))


def _spelt(change: Callable[[str], str]) -> Conduct:
    return replace(CONFORMING, spelling=lambda message: (change(envelope.write(message)),))


def _other_boot_key(message: Envelope) -> Envelope:
    if message.action is Action.BOOT_NOTIFICATION and message.message_type is MessageType.REQUEST:
        return replace(message, payload={"presystem": "BMS"})
    return message


def _strictly(taking: Taking) -> Callable[[Arrival], Taking]:
    """The schemas are closed: to take them at their word is right."""
    def takes(arrival: Arrival) -> Taking:
        said = arrival.message
        found = violations(said.payload, dialect("chargepilot"), said.action, said.message_type)
        return taking if found else Taking.AS_MEANT

    return takes


def _early(taking: Taking) -> Conduct:
    """Whether a push before the boot is accepted is to be answered, nobody says."""
    return replace(CONFORMING, takes=lambda arrival: taking if arrival.early else Taking.AS_MEANT)


def _is_list(message: Envelope) -> bool:
    return message.action is Action.PROVIDE_CHARGING_REQUESTS and message.message_type is MessageType.REQUEST


def _lists_twice(message: Envelope) -> tuple[str, ...]:
    return (envelope.write(message),) * (2 if _is_list(message) else 1)


def _lists_twice_under_new_ids(message: Envelope) -> tuple[str, ...]:
    again = replace(message, message_id=str(uuid.uuid5(uuid.NAMESPACE_OID, message.message_id)))
    return (envelope.write(message), envelope.write(again)) if _is_list(message) else (envelope.write(message),)


def _without_points(draft: ListDraft) -> list[Entry]:
    return [{key: value for key, value in entry.items() if key != "chargingPointId"} for entry in draft.entries]


def _in_capitals(answer: Envelope) -> tuple[Envelope, ...]:
    return (replace(answer, message_id=answer.message_id.upper()),)


_CONFORMING = (
    Role("the exemplary presystem"),
    # who offers none cannot miss one
    Role("offers no subprotocol", replace(CONFORMING, offers_subprotocol=False), leaves_undecided=True),
    # it has left its first link by the time that the second is asked for with credentials
    Role("waits to be asked for its login", replace(CONFORMING, waits_to_be_asked=True), leaves_undecided=True),
    Role("passes over pushes before its boot is accepted", _early(Taking.SILENTLY)),
    Role("refuses pushes before its boot is accepted", _early(Taking.AS_AN_ERROR)),
    Role("follows redirects without its credentials", replace(CONFORMING, follows_redirects=True)),
    Role("speaks TLS 1.2 alone", replace(CONFORMING, tls_versions=("TLSv1_2", "TLSv1_2"))),
    Role("speaks TLS 1.3 alone", replace(CONFORMING, tls_versions=("TLSv1_3", "TLSv1_3"))),
    Role("offset of zero", _stamped(lambda stamp: stamp.replace("Z", "+00:00"))),
    Role("nanoseconds", _stamped(lambda stamp: stamp.replace("Z", "000000Z"))),
    Role("whole seconds", _stamped(lambda stamp: stamp[:19] + "Z")),
    Role("lower-case time stamps", _stamped(str.lower)),
    Role("ids in capitals", replace(CONFORMING, message_id=str.upper)),
    Role("answers in capitals", replace(CONFORMING, answers=_in_capitals)),
    Role("the other boot key", replace(CONFORMING, message=_other_boot_key)),
    Role("indented JSON", _spelt(lambda text: json.dumps(json.loads(text), indent=2))),
    Role("escaped JSON", _spelt(lambda text: json.dumps(json.loads(text), ensure_ascii=True) + "\r\n")),
    Role("dialect vdv-1.0", profile=speaking("vdv-1.0")),
    Role("dialect vdv-1.1", profile=speaking("vdv-1.1")),
    Role("dialect vdv-2.0-rc1", profile=speaking("vdv-2.0-rc1")),
    Role("a URL as its id", profile=_profile(dialect="vdv-1.0", id="https://depot.example/7?a=b#c", user="depot")),
    Role("an ITCS", profile=_profile(kind="ITCS")),
    Role("an id with an umlaut", profile=_profile(id="Betriebshof Süd/7", user="sued")),
    # nothing new to send after the first list
    Role("cannot be provoked", profile=replace(PROFILE, provoke=None), leaves_undecided=True),
    Role("listens only", profile=_profile(sends_requests=False), leaves_undecided=True),
    Role("tries again every fifteen seconds", adjust=_set(back_off=Backoff(15.0, 15.0))),
    Role("tries again every four minutes", adjust=_set(back_off=Backoff(240.0, 240.0))),
    Role("tries again at once, then slower", adjust=_set(back_off=Backoff(0.5, 300.0))),
    Role("resends after a reconnect only", adjust=_paced(list_time_out=math.inf, list_time_out_cap=math.inf)),
    Role("resends after fifty seconds", adjust=_paced(list_time_out=50.0, list_time_out_cap=50.0)),
    Role("resends every fifteen seconds", adjust=_paced(list_time_out=15.0, list_time_out_cap=15.0)),
    Role("reconnects when its boot is unanswered", adjust=_paced(boots_per_link=1)),
    Role("waits long for its boot", adjust=_paced(boot_time_out=110.0)),
    Role("waits long after a rejection", adjust=_paced(boot_pause_floor=110.0)),
    Role("boots after four seconds", replace(CONFORMING, boot_delay_s=4.0)),
    Role("notices silence late", adjust=_set(silence_after_s=280.0)),
    Role("notices silence early", adjust=_set(silence_after_s=16.0)),
    # a new process has a store of its own, so an open list cannot come again
    Role("exits under a supervisor", replace(CONFORMING, survives_loss=False), profile=_profile(supervised=True),
         leaves_undecided=True),
    Role("sends every list twice", replace(CONFORMING, spelling=_lists_twice)),
    Role("sends every list twice, under new ids", replace(CONFORMING, spelling=_lists_twice_under_new_ids)),
    Role("binds no request to a point", replace(CONFORMING, entries=_without_points), leaves_undecided=True),
    Role("refuses what its schema does not know", replace(CONFORMING, takes=_strictly(Taking.AS_AN_ERROR))),
    Role("leaves at what its schema does not know", replace(CONFORMING, takes=_strictly(Taking.BADLY))),
    Role("answers after ten seconds", replace(CONFORMING, answer_delay_s=10.0), leaves_undecided=True),
)  # fmt: skip

CONFORMING_ROLES: Mapping[str, Role] = {role.name: role for role in _CONFORMING}
"""By name; the exemplary presystem first."""


# Offenders

SPOKEN = {
    "envelope.ids-are-uris": "vdv-1.0",
    "information.error-payload": "vdv-2.0-rc1",
    "requests.no-instruction": "vdv-2.0-rc1",
}
"""Rules that one dialect alone has; offenders against all others are tried in chargepilot."""

NAMED = frozenset({"handshake.sends-server-name"})
"""Rules that are judged only where the CMS is reached by a name."""

FOUND_AS = {
    "handshake.speaks-tls-1.2": Level.MAY,  # 1.2 or newer is asked for, and this one speaks 1.3
    "handshake.offers-subprotocol": Level.MAY,  # a remark in chargepilot, whose guideline is silent on it
    "information.empty-lists": Level.SHOULD,  # a must of the schemas alone; they are tried in chargepilot
    "envelope.clock": Level.MUST,  # off by whole hours on our own host: local time called UTC
}
"""Where the offender is found at another level than that of the rule's plain violation."""


def offender(rule: str) -> Role:
    """The presystem that breaks that rule."""
    profile = speaking(SPOKEN.get(rule, "chargepilot"))
    if rule in NAMED:
        profile = replace(profile, cms=replace(profile.cms, host="localhost"))
    return Role(rule, OFFENCES[rule].conduct, profile=profile, offends=rule)


def offenders() -> Iterator[Role]:
    """One for each rule, in the order of the rules."""
    return (offender(rule) for rule in RULES if rule in OFFENCES)


def level_found(rule: str) -> Level:
    """The level at which an offender is to be convicted."""
    return FOUND_AS.get(rule, RULES[rule].level)
