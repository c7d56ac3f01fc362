"""Who is tried: the exemplary presystem, presystems that conform in ways of their own, and an offender for each rule.

A role says how a presystem behaves and what is known of it; nothing here plays or judges. Where the sources leave
freedom there should be a conforming role that takes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockpilot.conformance.levels import Level
from mockpilot.conformance.rules import RULES
from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.conduct import CONFORMING, Conduct, Taking
from mockpilot.presystem.offences import OFFENCES
from mockpilot.presystem.offences.making import is_boot, is_list
from mockpilot.profile import PresystemSettings, Profile
from mockpilot.selftest import freedoms as free
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
    only: tuple[str, ...] = ()
    """Beginnings of the scenarios in which its way can make a difference; empty: all of them."""


def _set(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, **changes)


def _paced(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, pace=replace(settings.pace, **changes))


def _profile(**presystem: Any) -> Profile:
    return replace(PROFILE, presystem=replace(PROFILE.presystem, **presystem), presystems=())


def speaking(dialect: str) -> Profile:
    """The usual profile, for a presystem that speaks that dialect."""
    return replace(PROFILE, presystem=PresystemSettings(dialect=dialect), presystems=())


_ASKING = ("request", "point_", "all_requests_", "foreign_", "cms_", "outage_with_", "confirmation_late_after_change")
"""Scenarios in which lists are made and compared."""

_CONFORMING = (
    Role("the exemplary presystem"),
    Role("offers no subprotocol", replace(CONFORMING, offers_subprotocol=False),
         profile=_profile(offers_subprotocol=False)),
    Role("waits to be asked for its login", replace(CONFORMING, waits_to_be_asked=True)),
    Role("takes its time over its login", replace(CONFORMING, waits_to_be_asked=True, challenge_pause_s=3.0),
         only=("boot_accepted", "login_", "subprotocol_", "redirect_", "outage_")),
    Role("passes over pushes before its boot is accepted", free.early(Taking.SILENTLY)),
    Role("refuses pushes before its boot is accepted", free.early(Taking.AS_AN_ERROR)),
    Role("follows redirects without its credentials", replace(CONFORMING, follows_redirects=True)),
    Role("speaks TLS 1.2 alone", replace(CONFORMING, tls_versions=("TLSv1_2", "TLSv1_2"))),
    Role("speaks TLS 1.3 alone", replace(CONFORMING, tls_versions=("TLSv1_3", "TLSv1_3"))),
    Role("offset of zero", free.stamped(lambda stamp: stamp.replace("Z", "+00:00"))),
    Role("nanoseconds", free.stamped(lambda stamp: stamp.replace("Z", "000000Z"))),
    Role("whole seconds", free.stamped(lambda stamp: stamp[:19] + "Z")),
    Role("lower-case time stamps", free.stamped(str.lower)),
    Role("ids in capitals", replace(CONFORMING, message_id=str.upper)),
    Role("answers in capitals", replace(CONFORMING, answers=free.in_capitals)),
    Role("the other boot key", replace(CONFORMING, message=free.other_boot_key)),
    Role("indented JSON", free.spelt(lambda text: json.dumps(json.loads(text), indent=2))),
    Role("escaped JSON", free.spelt(free.with_every_letter_escaped)),
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
    Role("tries again after all but five minutes", adjust=_set(back_off=Backoff(299.0, 299.0, 0.0))),
    Role("tries again by chance", replace(CONFORMING, pause=free.fully_jittered), _set(back_off=Backoff(2.0, 300.0)),
         only=("outage_", "link_", "login_refused", "subprotocol_")),
    Role("tries again at once, then slower", adjust=_set(back_off=Backoff(0.5, 300.0))),
    Role("resends after a reconnect only", adjust=_paced(list_time_out=math.inf, list_time_out_cap=math.inf)),
    Role("resends after fifty seconds", adjust=_paced(list_time_out=50.0, list_time_out_cap=50.0)),
    Role("resends every fifteen seconds", adjust=_paced(list_time_out=15.0, list_time_out_cap=15.0)),
    Role("reconnects when its boot is unanswered", adjust=_paced(boots_per_link=1)),
    Role("waits long for its boot", adjust=_paced(boot_time_out=110.0)),
    Role("waits long after a rejection", adjust=_paced(boot_pause_floor=110.0)),
    Role("boots after four seconds", replace(CONFORMING, boot_delay_s=4.0)),
    Role("notices silence late", adjust=_set(silence_after_s=295.0)),
    Role("notices silence early", adjust=_set(silence_after_s=16.0)),
    # a new process has a store of its own, so an open list cannot come again
    Role("exits under a supervisor", replace(CONFORMING, survives_loss=False), profile=_profile(supervised=True),
         leaves_undecided=True),
    Role("sends every list twice", replace(CONFORMING, spelling=free.lists_twice)),
    Role("sends every list twice, under new ids", replace(CONFORMING, spelling=free.twice_under_new_ids(is_list))),
    Role("binds no request to a point", replace(CONFORMING, entries=free.without_points), leaves_undecided=True),
    Role("refuses what its schema does not know", replace(CONFORMING, takes=free.strictly(Taking.AS_AN_ERROR))),
    Role("leaves at what its schema does not know", replace(CONFORMING, takes=free.strictly(Taking.BADLY))),
    Role("answers all but too late", replace(CONFORMING, answer_delay_s=14.9)),
    Role("answers in bursts, the newest first", replace(CONFORMING, bursts_s=6.0)),
    Role("sends its list with every push", replace(CONFORMING, lists_with_pushes=True)),
    Role("replans with every push", free.replanning()),
    Role("sends every list in two steps", replace(CONFORMING, spelling=free.in_two_lists), only=_ASKING),
    Role("asks for the least that there is", free.asking(free.for_the_least), only=_ASKING, leaves_undecided=True),
    Role("changes values to and fro", free.asking(free.to_and_fro), only=("outage_with_changed", "request_changed")),
    Role("plans by local time", free.asking(free.by_local_time), only=_ASKING),
    Role("binds its requests to the default point", free.bound_to_the_default_point(), only=_ASKING,
         leaves_undecided=True),
    Role("terminates what it takes back", free.told_by_instructions(), only=_ASKING),
    Role("names its requests oddly", replace(CONFORMING, request_id=lambda text: f" Süd/{text[:4]}\\ \"→\t'"),
         only=_ASKING),
    Role("uses a link for a hundred seconds", replace(CONFORMING, link_lasts_s=100.0),
         only=("confirmation_", "link_", "request_ref", "information_")),
    Role("leaves a link over a list", replace(CONFORMING, leaves_over_lists=True),
         only=("confirmation_", "link_", "request_ref", "cms_", "outage_")),
    Role("gives a refused list up", replace(CONFORMING, refusal_pause=lambda _planned: math.inf),
         only=("request_ref",)),
    Role("boots twice at once", replace(CONFORMING, spelling=free.twice_under_new_ids(is_boot)),
         only=("boot_", "information_withheld")),
    Role("boots every two seconds", adjust=_paced(boot_time_out=2.0, boots_per_link=99), only=("boot_",)),
    Role("boots again soon after a rejection", only=("boot_",),
         adjust=lambda settings: _paced(boot_pause_floor=3.0)(replace(settings, back_off=Backoff(3.0, 300.0)))),
    Role("asks with headers of its own", replace(CONFORMING, wire=free.with_more_headers),
         only=("boot_accepted", "login_", "subprotocol_", "redirect_")),
    Role("names the address in full", replace(CONFORMING, target=lambda path: f"https://127.0.0.1{path}?depot=7"),
         only=("boot_accepted", "login_", "redirect_")),
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
