"""The rule catalogue is complete, serves known requirements, and says what a rule must say."""

from __future__ import annotations

import re

import pytest

from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES, Rule
from mockpilot.protocol.vocabulary import dialect

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())

REQUIREMENT_OF = {
    "handshake.uses-tls": "C-01", "handshake.sends-credentials": "C-02", "handshake.verifies-certificate": "C-03",
    "handshake.trusts-the-ca": "C-04", "handshake.refuses-old-tls": "C-05", "handshake.speaks-tls-1.2": "C-05",
    "handshake.speaks-tls-1.3": "C-05", "handshake.offers-subprotocol": "C-06",
    "handshake.refuses-alien-subprotocol": "C-07", "handshake.slows-without-subprotocol": "C-08",
    "handshake.valid-upgrade": "C-09", "frames.valid": "C-09", "handshake.keeps-its-password": "C-10",
    "handshake.keeps-credentials-from-others": "C-10", "handshake.slows-after-refusal": "C-11",
    "handshake.uses-the-path": "C-12", "handshake.sends-server-name": "C-13", "boot.comes-first": "B-01",
    "boot.comes-promptly": "B-02", "boot.comes": "B-02", "boot.payload": "B-03", "boot.waits-for-confirmation": "B-04",
    "boot.tries-again": "B-05", "boot.rejected-sends-no-list": "B-06", "boot.rejected-retries-slowly": "B-06",
    "boot.ignores-foreign-confirmation": "B-07", "boot.on-every-link": "B-08", "boot.source": "B-09",
    "boot.survives-early-push": "B-10", "boot.no-storm": "B-11", "envelope.seven-slots": "E-01",
    "envelope.message-type": "E-02", "envelope.message-id-is-uuid": "E-03", "envelope.message-id-is-new": "E-03",
    "envelope.time-stamp": "E-04", "envelope.time-stamp-is-utc": "E-04", "envelope.clock": "E-04",
    "envelope.presystem-id": "E-05", "envelope.action": "E-06", "envelope.payload-is-object": "E-07",
    "envelope.text-frames": "E-08", "envelope.ids-are-uris": "E-09", "envelope.reads-time-stamps": "E-10",
    "envelope.reads-unusual-time-stamps": "E-10", "frames.reads-fragments": "E-11", "envelope.direction": "E-12",
    "frames.reads-large-messages": "E-13", "envelope.clean-json": "E-14", "envelope.unmoved-by-our-clock": "E-15",
    "information.is-answered": "I-01", "correlation.echoes-message-id": "I-02",
    "information.confirmation-is-empty": "I-03", "correlation.one-answer": "I-04",
    "information.is-answered-in-time": "I-05", "information.default-station": "I-06",
    "information.chargepilot-form": "I-07", "information.survives-unknown": "I-08", "information.empty-lists": "I-09",
    "information.vanished-points": "I-10", "link.notices-missing-pushes": "I-11",
    "information.answers-what-makes-no-sense": "I-12", "information.error-payload": "I-13",
    "correlation.answers-only-requests": "I-14", "information.legal-statuses": "I-15",
    "information.is-confirmed": "I-16", "information.is-answered-meanwhile": "I-17",
    "requests.after-first-push": "R-01", "requests.advertised-points": "R-02", "requests.complete-list": "R-03",
    "requests.schema": "R-04", "requests.stable-ids": "R-05", "requests.stable-ids-when-changed": "R-05",
    "requests.unique-ids": "R-06", "requests.soc-range": "R-07", "requests.soc-order": "R-07",
    "requests.arrival-before-departure": "R-08", "requests.cancelled-leaves": "R-09",
    "requests.empty-list-is-there": "R-10", "requests.cancels-the-last": "R-10", "requests.no-instruction": "R-11",
    "requests.instruction-fits": "R-12", "requests.quiet-when-steady": "R-13", "requests.soc-in-percent": "R-14",
    "requests.change-while-charging": "R-15", "requests.preconditioning": "R-17", "requests.foreign-process": "R-18",
    "requests.one-per-stay": "R-19", "requests.arrival-soc": "R-20", "requests.departure-ahead": "R-21",
    "requests.priority": "R-22", "requests.issued-processes": "R-23", "link.reconnects": "L-01",
    "link.backs-off": "L-02", "requests.unconfirmed-list-comes-again": "L-03",
    "link.survives-late-confirmation": "L-05", "link.survives-second-confirmation": "L-05",
    "requests.foreign-confirmation-counts-not": "L-06", "requests.go-on-after-lost-answer": "L-07",
    "link.notices-silence": "L-08", "link.answers-pings": "L-09", "requests.bounded-open-lists": "L-10",
    "link.one-at-a-time": "L-11", "requests.no-doubles": "L-12", "requests.told-again-after-amnesia": "L-13",
    "requests.no-replay-after-outage": "L-14", "link.returns-after-outage": "L-15", "link.answers-close": "L-16",
    "requests.change-comes-after-outage": "L-17", "requests.refused-list-calmly": "X-01",
    "requests.survives-error-answer": "X-02", "link.survives-malformed-messages": "X-04",
    "requests.go-on-after-error": "X-05", "product.keeps-running": None,
}  # fmt: skip
"""Ids are a contract with profiles, reports and offenders: they never change."""


def test_catalogue_is_as_agreed() -> None:
    """Every id with its requirement, in order."""
    assert list(REQUIREMENT_OF.items()) == [(rule.id, rule.requirement) for rule in RULES.values()]


@every_rule
def test_requirement_of_a_rule_is_known(rule: Rule) -> None:
    """It stands in the requirement catalogue."""
    assert rule.requirement is None or rule.requirement in REQUIREMENTS


@every_rule
def test_no_rule_is_stricter_than_its_requirement(rule: Rule) -> None:
    """A requirement's level is that of its strictest part."""
    order = [Level.MAY, Level.SHOULD, Level.MUST]
    strictest = REQUIREMENTS[rule.requirement].level if rule.requirement else Level.MUST
    assert order.index(rule.level) <= order.index(strictest)


@every_rule
def test_statement_is_one_sentence_with_its_level(rule: Rule) -> None:
    """One full stop, at the end, and the word of its level."""
    assert rule.statement.endswith(".")
    assert ". " not in rule.statement
    assert re.search(rf"\b{rule.level}\b", rule.statement)


@every_rule
def test_likely_cause_is_given(rule: Rule) -> None:
    """Whoever is convicted is told where to look, and what to do there: cause, semicolon, repair."""
    cause, _, repair = rule.perhaps.partition("; ")
    assert len(cause.split()) > 2
    assert len(repair.split()) > 1
    assert not rule.perhaps.endswith(".")


@every_rule
def test_what_it_brings_is_known(rule: Rule) -> None:
    """Other rules, never itself."""
    assert set(rule.brings) <= RULES.keys() - {rule.id}


def test_rules_that_only_chargepilot_states_weigh_less_elsewhere() -> None:
    """A must there, a should in the standard's own dialects."""
    only_there = {rule.id for rule in RULES.values() if rule.cp}
    assert only_there == {
        "information.default-station", "requests.after-first-push", "requests.advertised-points",
    }  # fmt: skip
    rule = RULES["requests.after-first-push"]
    assert rule.level_in(dialect("chargepilot")) is Level.MUST
    assert rule.level_in(dialect("vdv-1.1")) is Level.SHOULD
    assert rule.basis is Basis.GUIDELINE
