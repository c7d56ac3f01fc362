"""What pushes may look like: each feature judged against a control push, and only if it fails on two links.

A product that meets a feature badly once may have had another reason; one that does so again on its next link has not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mockpilot.conformance.case import Case
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.probes import BAD, Probe, Reception, probes_of
from mockpilot.history.events import FaultArmed
from mockpilot.protocol.vocabulary.dialect import Dialect

READS_TIME_STAMPS = "envelope.reads-time-stamps"
READS_UNUSUAL_STAMPS = "envelope.reads-unusual-time-stamps"
UNMOVED_BY_CLOCK = "envelope.unmoved-by-our-clock"
READS_FRAGMENTS = "frames.reads-fragments"
READS_LARGE = "frames.reads-large-messages"
DEFAULT_STATION = "information.default-station"
CHARGEPILOT_FORM = "information.chargepilot-form"
EMPTY_LISTS = "information.empty-lists"
LEGAL_STATUSES = "information.legal-statuses"

_DAMAGES = {
    "fragments": (READS_FRAGMENTS, "a push in fragments"),
    "split-utf8": (READS_FRAGMENTS, "a push whose fragments part a character"),
    "ping-between": (READS_FRAGMENTS, "a push with a ping between its fragments"),
    "huge": (READS_LARGE, "a push of {size} bytes"),
}
_CHANGES = {
    "no-default-station": (DEFAULT_STATION, "a push without the default station"),
    "no-predicted-time": (CHARGEPILOT_FORM, "a scheduled process without predictedTime"),
    "predicted-time": (CHARGEPILOT_FORM, "a scheduled process with predictedTime"),
    "odd-ids": (CHARGEPILOT_FORM, "ids that are no URIs"),
    "empty-depots": (EMPTY_LISTS, "an empty list of depots"),
    "empty-stations": (EMPTY_LISTS, "a depot without stations"),
    "status": (LEGAL_STATUSES, "the status {to}"),
    "fault": (LEGAL_STATUSES, "the fault code {to}"),
    "statuses": (LEGAL_STATUSES, "a mixture of legal statuses and faults"),
}
_FORMS = {
    "seconds": (READS_TIME_STAMPS, "time stamps in whole seconds"),
    "milliseconds": (READS_TIME_STAMPS, "time stamps with milliseconds"),
    "offset": (READS_UNUSUAL_STAMPS, "time stamps with +00:00"),
    "nanoseconds": (READS_UNUSUAL_STAMPS, "time stamps with nanoseconds"),
}
_SKEWED = (UNMOVED_BY_CLOCK, "time stamps {skew_s} s off")
_IN_CHARGEPILOT_ALONE = (CHARGEPILOT_FORM,)


@dataclass(frozen=True, slots=True)
class _Feature:
    """What was otherwise, and the rule that it puts to the test."""

    rule: str
    title: str


def check(case: Case) -> Iterator[Observation]:
    """Every feature that was shown after a control push."""
    tried: dict[_Feature, list[Probe]] = {}
    for probe in probes_of(case):
        feature = _feature_of(probe.armed)
        if feature is not None and (case.dialect.guideline_only or feature.rule not in _IN_CHARGEPILOT_ALONE):
            tried.setdefault(feature, []).append(probe)
    for feature, probes in tried.items():
        yield _judged(case.dialect, feature, probes)


def _feature_of(armed: FaultArmed) -> _Feature | None:
    known: dict[str, tuple[str, str]] = {"damage": _DAMAGES, "change": _CHANGES}.get(armed.do, {})
    if armed.do == "clock":
        found = _FORMS.get(str(armed.how.get("form")), _SKEWED)
    elif armed.how.get("how") in known:
        found = known[armed.how["how"]]
    else:
        return None
    words = {"size": "", "to": "", "skew_s": ""} | armed.how
    return _Feature(found[0], found[1].format_map(words))


def _judged(dialect: Dialect, feature: _Feature, probes: list[Probe]) -> Observation:
    good = next((probe for probe in probes if probe.reception is Reception.CONFIRMED), None)
    if good is not None:
        return held(feature.rule, *good.shown, link=good.link.number)
    bad = [probe for probe in probes if probe.reception in BAD]
    twice = next((pair for pair in pairwise(bad) if pair[0].link is not pair[1].link), None)
    if twice is None:
        last = probes[-1]
        why = f"{feature.title} was {last.reception.value}, which alone decides nothing"
        return undecided(feature.rule, *last.shown, why=why, link=last.link.number)
    level, basis = _weight(dialect, feature.rule)
    return Observation(
        feature.rule, False, (*twice[0].shown, *twice[1].shown), f"a confirmation of {feature.title}",
        f"{twice[0].reception.value}, and on the next link {twice[1].reception.value}", level, basis,
        cause=feature.title, link=twice[1].link.number,
    )  # fmt: skip


def _weight(dialect: Dialect, rule: str) -> tuple[Level | None, Basis | None]:
    """Empty lists are the standard's from 1.1 on; ChargePilot's own text says nothing of them."""
    mild = rule == EMPTY_LISTS and dialect.guideline_only
    return (Level.SHOULD, Basis.POLICY) if mild else (None, None)
