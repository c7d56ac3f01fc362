"""Presystems that conform in ways of their own: where the sources leave freedom, no rule may speak against them."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mockpilot.conformance.levels import Level
from mockpilot.conformance.verdict import judge
from mockpilot.presystem.backoff import Backoff
from mockpilot.presystem.conduct import CONFORMING, Conduct, Entry, ListDraft
from mockpilot.profile import PresystemSettings, Profile
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from rig import PROFILE, Adjust, catalogue, perform


def _paced(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, pace=replace(settings.pace, **changes))


def _set(**changes: Any) -> Adjust:
    return lambda settings: replace(settings, **changes)


def _stamped(change: Callable[[str], str]) -> Conduct:
    return replace(CONFORMING, message=lambda message: replace(message, timestamp=change(message.timestamp)))


def _spelt(change: Callable[[str], str]) -> Conduct:
    return replace(CONFORMING, spelling=lambda message: (change(envelope.write(message)),))


def _other_boot_key(message: Envelope) -> Envelope:
    if message.action is Action.BOOT_NOTIFICATION and message.message_type is MessageType.REQUEST:
        return replace(message, payload={"presystem": "BMS"})
    return message


def _is_list(message: Envelope) -> bool:
    return message.action is Action.PROVIDE_CHARGING_REQUESTS and message.message_type is MessageType.REQUEST


def _lists_twice(message: Envelope) -> tuple[str, ...]:
    return (envelope.write(message),) * (2 if _is_list(message) else 1)


def _lists_twice_under_new_ids(message: Envelope) -> tuple[str, ...]:
    again = replace(message, message_id=str(uuid.uuid5(uuid.NAMESPACE_OID, message.message_id)))
    return (envelope.write(message), envelope.write(again)) if _is_list(message) else (envelope.write(message),)


def _without_points(draft: ListDraft) -> list[Entry]:
    return [{key: value for key, value in entry.items() if key != "chargingPointId"} for entry in draft.entries]


@dataclass(frozen=True)
class Variant:
    """One way to conform."""

    conduct: Conduct = CONFORMING
    adjust: Adjust = lambda settings: settings
    profile: Profile = PROFILE


def _profile(**presystem: Any) -> Profile:
    return replace(PROFILE, presystem=replace(PROFILE.presystem, **presystem), presystems=())


def _speaking(dialect: str) -> Profile:
    return replace(PROFILE, presystem=PresystemSettings(dialect=dialect), presystems=())


VARIANTS = {
    "offers no subprotocol": Variant(replace(CONFORMING, offers_subprotocol=False)),
    "offset of zero": Variant(_stamped(lambda stamp: stamp.replace("Z", "+00:00"))),
    "nanoseconds": Variant(_stamped(lambda stamp: stamp.replace("Z", "000000Z"))),
    "whole seconds": Variant(_stamped(lambda stamp: stamp[:19] + "Z")),
    "lower-case time stamps": Variant(_stamped(str.lower)),
    "ids in capitals": Variant(replace(CONFORMING, message_id=str.upper)),
    "answers in capitals": Variant(
        replace(CONFORMING, answers=lambda answer: (replace(answer, message_id=answer.message_id.upper()),))
    ),
    "the other boot key": Variant(replace(CONFORMING, message=_other_boot_key)),
    "indented JSON": Variant(_spelt(lambda text: json.dumps(json.loads(text), indent=2))),
    "escaped JSON": Variant(_spelt(lambda text: json.dumps(json.loads(text), ensure_ascii=True) + "\r\n")),
    "dialect vdv-1.0": Variant(profile=_speaking("vdv-1.0")),
    "dialect vdv-1.1": Variant(profile=_speaking("vdv-1.1")),
    "dialect vdv-2.0-rc1": Variant(profile=_speaking("vdv-2.0-rc1")),
    "a URL as its id": Variant(profile=_profile(dialect="vdv-1.0", id="https://depot.example/7?a=b#c", user="depot")),
    "an ITCS": Variant(profile=_profile(kind="ITCS")),
    "an id with an umlaut": Variant(profile=_profile(id="Betriebshof Süd/7", user="sued")),
    "cannot be provoked": Variant(profile=replace(PROFILE, provoke=None)),
    "tries again every fifteen seconds": Variant(adjust=_set(back_off=Backoff(15.0, 15.0))),
    "tries again every four minutes": Variant(adjust=_set(back_off=Backoff(240.0, 240.0))),
    "tries again at once, then slower": Variant(adjust=_set(back_off=Backoff(0.5, 300.0))),
    "resends after a reconnect only": Variant(adjust=_paced(list_time_out=math.inf, list_time_out_cap=math.inf)),
    "resends after fifty seconds": Variant(adjust=_paced(list_time_out=50.0, list_time_out_cap=50.0)),
    "resends every fifteen seconds": Variant(adjust=_paced(list_time_out=15.0, list_time_out_cap=15.0)),
    "reconnects when its boot is unanswered": Variant(adjust=_paced(boots_per_link=1)),
    "waits long for its boot": Variant(adjust=_paced(boot_time_out=110.0)),
    "waits long after a rejection": Variant(adjust=_paced(boot_pause_floor=110.0)),
    "boots after four seconds": Variant(replace(CONFORMING, boot_delay_s=4.0)),
    "notices silence late": Variant(adjust=_set(silence_after_s=280.0)),
    "exits under a supervisor": Variant(
        replace(CONFORMING, survives_loss=False), profile=_profile(supervised=True)
    ),
    "sends every list twice": Variant(replace(CONFORMING, spelling=_lists_twice)),
    "sends every list twice, under new ids": Variant(replace(CONFORMING, spelling=_lists_twice_under_new_ids)),
    "binds no request to a point": Variant(replace(CONFORMING, entries=_without_points)),
    "notices silence early": Variant(adjust=_set(silence_after_s=16.0)),
}


UNDECIDED = {
    "cannot be provoked",  # nothing new to send after the first list
    "exits under a supervisor",  # a new process has a store of its own, so an open list cannot come again
}


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_conforming_presystem_gets_no_finding(variant: str) -> None:
    """No must and no should is held against it, in any scenario."""
    chosen = VARIANTS[variant]
    verdicts = {
        name: judge(perform(scenario, chosen.conduct, chosen.profile, chosen.adjust))
        for name, scenario in catalogue().items()
    }
    against = {
        (name, finding.rule, finding.expected, finding.observed)
        for name, verdict in verdicts.items() for finding in verdict.findings if finding.level is not Level.MAY
    }  # fmt: skip
    assert against == set()


@pytest.mark.parametrize("variant", sorted(set(VARIANTS) - UNDECIDED))
def test_conforming_presystem_is_shown_to_conform(variant: str) -> None:
    """Every scenario decides: its own way of conforming keeps nothing from being put to the test."""
    chosen = VARIANTS[variant]
    undecided = {
        name: (str(verdict.cause), verdict.detail)
        for name, scenario in catalogue().items()
        if (verdict := judge(perform(scenario, chosen.conduct, chosen.profile, chosen.adjust))).cause is not None
    }
    assert undecided == {}
