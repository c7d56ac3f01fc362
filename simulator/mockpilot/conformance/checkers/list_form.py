"""The form of charging-request lists: what the schema of the version says, and what has a rule of its own there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.lists import read_entries
from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.pushed import payload_of
from mockpilot.protocol.envelope import Action, MessageType, Trouble
from mockpilot.protocol.schema import Violation, violations
from mockpilot.protocol.vocabulary import DIALECTS, dialect

SCHEMA = "requests.schema"
SOC_RANGE = "requests.soc-range"
EMPTY_LIST = "requests.empty-list-is-there"
NO_INSTRUCTION = "requests.no-instruction"
CLEAN_JSON = "envelope.clean-json"
IDS_ARE_URIS = "envelope.ids-are-uris"


def check(case: Case) -> Iterator[Observation]:
    """Every list that was read."""
    if case.presystem.sends_requests:
        for link in case.clean_links:
            yield from _schema(case, link)


def _schema(case: Case, link: Link) -> Iterator[Observation]:
    """Form alone, so lists that came while the link was ending count too."""
    for frame in link.received:
        if not frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS) or frame.envelope is None:
            continue
        if any(defect.trouble is Trouble.PAYLOAD for defect in frame.reading.defects):
            continue
        payload = frame.envelope.payload
        found = violations(payload, case.dialect, Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
        broken = {_rule_of(violation, payload) for violation in found}
        for violation in found:
            yield _invalid(case, link, frame, violation)
        for rule in (SCHEMA, *_own_rules(case)):
            if rule not in broken:
                yield held(rule, frame.index, link=link.number)
        if SOC_RANGE not in broken:
            yield from _soc_range(link, frame)
        if EMPTY_LIST not in broken and _asks_for_nothing(frame) and _everything_was_cancelled(case, frame):
            yield held(EMPTY_LIST, frame.index, link=link.number)
        fraction = _fractional(payload)
        if fraction:
            yield Observation(CLEAN_JSON, False, (frame.index,), "an integer without a fraction", fraction,
                              cause="fraction", link=link.number)  # fmt: skip


_LIST = "chargingRequestList"
_INSTRUCTION = re.compile(r"\$\.chargingRequestList\[\d+\]\.chargingInstruction")
_SOC = re.compile(r"\$\.chargingRequestList\[\d+\]\.[A-Za-z]+\.(min|max)?(TargetSoc|targetSoc|expectedSocAtArrival)")


def _rule_of(violation: Violation, payload: Any) -> str:
    """What a schema says may have a rule of its own, which then weighs otherwise or says more."""
    if violation.format == "uri":
        return IDS_ARE_URIS
    if violation.keyword in ("minimum", "maximum") and _SOC.fullmatch(violation.path):
        return SOC_RANGE
    if violation.path == "$.chargingRequestList" and payload in ({}, {_LIST: None}, {_LIST: []}):
        return EMPTY_LIST
    gone = violation.keyword == "additionalProperties" and _INSTRUCTION.fullmatch(violation.path)
    return NO_INSTRUCTION if gone else SCHEMA


def _own_rules(case: Case) -> Iterator[str]:
    """Those that the dialect has an opinion on."""
    if case.dialect.ids_are_uris:
        yield IDS_ARE_URIS
    if not case.dialect.has_instructions:
        yield NO_INSTRUCTION


def _invalid(case: Case, link: Link, frame: Frame, violation: Violation) -> Observation:
    payload = payload_of(frame)
    rule = _rule_of(violation, payload)
    fits = " or ".join(_fitting(case, payload)) if rule == SCHEMA else ""
    return Observation(
        rule, False, (frame.index,), f"a list that fits the schema of {case.dialect.title}",
        f"{violation.path} {violation.problem}", message=f"{_WOULD_FIT} {fits}." if fits else "",
        cause=re.sub(r"\[\d+\]", "[*]", violation.path) + " " + violation.keyword, link=link.number,
        perhaps=f"the product speaks {fits}; choose the version there, or the dialect here" if fits else "",
    )  # fmt: skip


_WOULD_FIT = "A list must follow the schema of the selected version; this one would fit"


def _fitting(case: Case, payload: Any) -> list[str]:
    """Which versions the list would fit: a hint at what the product speaks (V-01)."""
    asked = Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST
    others = [dialect(name) for name in DIALECTS if name != case.dialect.name]
    return [other.title for other in others if not violations(payload, other, *asked)]


def _soc_range(link: Link, frame: Frame) -> Iterator[Observation]:
    """What the schema lets pass is milder: version 1.0 leaves the range open."""
    data = [found for entry in read_entries(frame) if isinstance(found := entry.raw.get("chargingRequestData"), dict)]
    values = [(key, value) for part in data for key in _SOCS if isinstance(value := part.get(key), int | float)]
    outside = [f"{key} is {value:g}" for key, value in values if not 0 <= value <= 100]
    if outside:
        yield Observation(SOC_RANGE, False, (frame.index,), "states of charge from 0 to 100", ", ".join(outside[:5]),
                          Level.SHOULD, Basis.POLICY, link=link.number)  # fmt: skip
    elif values:
        yield held(SOC_RANGE, frame.index, link=link.number)


_SOCS = ("minTargetSoc", "maxTargetSoc", "expectedSocAtArrival")


def _asks_for_nothing(frame: Frame) -> bool:
    """An empty list, or one that takes back every entry."""
    entries = list(read_entries(frame))
    return payload_of(frame) == {_LIST: []} or (bool(entries) and all(entry.terminated for entry in entries))


def _everything_was_cancelled(case: Case, frame: Frame) -> bool:
    """Whether the product was made to take back requests that stood: an empty list that opens a link shows nothing."""
    steps = (step for step in case.steps if step.name == "cancel-all-requests" and step.provoked.index < frame.index)
    before = (case.list_before(step.provoked.index) for step in steps)
    return any(told is not None and any(not entry.terminated for entry in told.entries) for told in before)


_INTEGERS = ("priority", "hvacAuxiliaryConsumerPower", "systemAuxiliaryConsumerPower")
"""Keys of a list that are integers in every version."""


def _fractional(value: Any, path: str = "$") -> str:
    """Name the first integer that is written with a fraction, such as 3.0; empty if there is none."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _INTEGERS and isinstance(item, float) and item.is_integer():
                return f"{path}.{key}: {item}"
            if found := _fractional(item, f"{path}.{key}"):
                return found
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if found := _fractional(item, f"{path}[{place}]"):
                return found
    return ""
