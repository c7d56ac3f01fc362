"""From a recording to a verdict: run the checkers safely, fold what they saw, name the cause of any doubt.

The verdict follows from the recording alone, so it is the same live and offline. A mistake of ours never makes a
scenario failed.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mockpilot.conformance.case import Case
from mockpilot.conformance.causes import doubts
from mockpilot.conformance.checkers import (
    after_loss,
    answers,
    boot,
    boot_mishaps,
    boot_patience,
    cancelling,
    certificates,
    changes,
    clock,
    control_frames,
    envelope,
    features,
    foreign_processes,
    further_lists,
    handshake,
    information,
    instructions,
    link,
    list_form,
    list_rates,
    message_ids,
    offline_changes,
    one_link,
    outages,
    pace,
    passwords,
    plausibility,
    product,
    recovery,
    requests,
    resend,
    strange,
    subprotocols,
    vanished_points,
)
from mockpilot.conformance.levels import Basis, Cause, Level, Outcome
from mockpilot.conformance.observation import MAX_EVENTS, Observation
from mockpilot.conformance.precedence import first_causes
from mockpilot.conformance.reading import columns_of, outcome_of
from mockpilot.conformance.refusals import without_followers
from mockpilot.conformance.rules import RULES
from mockpilot.history.events import SimulatorBroke
from mockpilot.history.recorder import History

Checker = Callable[[Case], Iterable[Observation]]

CHECKERS: tuple[Checker, ...] = (
    handshake.check, certificates.check, subprotocols.check, passwords.check, boot.check, boot_patience.check,
    boot_mishaps.check, envelope.check, message_ids.check, clock.check, information.check, answers.check,
    features.check, strange.check, requests.check, list_form.check, plausibility.check, cancelling.check, changes.check,
    vanished_points.check, foreign_processes.check, instructions.check, resend.check, list_rates.check,
    further_lists.check, after_loss.check, link.check, one_link.check, outages.check, offline_changes.check,
    control_frames.check, recovery.check, pace.check, product.check,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was violated, with its evidence."""

    rule: str
    requirement: str | None
    level: Level
    basis: Basis
    inferred: bool
    message: str
    expected: str
    observed: str
    events: tuple[int, ...]
    """Indexes of the first events that show it."""
    perhaps: str = ""
    """Likely cause and usual repair."""
    count: int = 1
    """How often it was seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of one scenario."""

    outcome: Outcome
    cause: Cause | None
    detail: str
    """Why it is inconclusive, in one sentence."""
    findings: tuple[Finding, ...]
    exercised: tuple[str, ...]
    """Ids of the requirements that were put to the test."""
    rules_exercised: tuple[str, ...]
    held: Mapping[str, int]
    """How often each rule was kept."""
    columns: Mapping[str, str]
    broken: tuple[str, ...] = field(default=(), repr=False)
    """Tracebacks of checkers that raised: bugs of ours."""


_CUT_SHORT = frozenset({Cause.START_STATE_NOT_REACHED, Cause.PRODUCT_LEFT, Cause.INTERRUPTED, Cause.CHECKER_BROKE})


def judge(history: History) -> Verdict:
    """Judge one recording.

    Raises:
        MockpilotError: it does not begin with its scenario, or names an unknown dialect.
    """
    case = Case(history)
    seen, broken = observe(case)
    findings = tuple(_findings(case, seen))
    seen = [_as_far_as_time_decides(case, observation) for observation in seen]
    decided = [observation for observation in seen if observation.held is not None]
    rules = _in_order(observation.rule for observation in decided)
    requirements = _requirements(case, decided, rules, findings)
    worst = outcome_of(findings)
    reasons = list(doubts(case, seen, requirements, broken))
    doubt = reasons[0] if reasons and worst is not Outcome.FAILED else None
    # A failed scenario that never got going says nothing about the text that its finding is not from.
    cut_short = next((reason for reason in reasons if reason.cause in _CUT_SHORT), None)
    outcome = worst if doubt is None else Outcome.INCONCLUSIVE
    return Verdict(
        outcome, doubt.cause if doubt else None, doubt.detail if doubt else "", findings, requirements, rules,
        Counter(observation.rule for observation in seen if observation.held),
        columns_of(findings, inconclusive=(doubt or cut_short) is not None), broken,
    )  # fmt: skip


def observe(case: Case, checkers: Sequence[Checker] = CHECKERS) -> tuple[list[Observation], tuple[str, ...]]:
    """Run all checkers; one that raises spoils no other.

    Returns:
        what they saw, first causes only, and the tracebacks of those that raised.
    """
    seen: list[Observation] = []
    broken: list[str] = []
    for checker in checkers:
        try:
            seen += list(checker(case))
        except Exception:
            broken.append(traceback.format_exc())
    if case.of(SimulatorBroke):
        # Whatever did not come may have failed to come because of us.
        seen = [observation for observation in seen if observation.held is not False or not _by_absence(observation)]
    return first_causes(without_followers(case, seen)), tuple(broken)


def _by_absence(observation: Observation) -> bool:
    return RULES[observation.rule].missing or observation.basis is Basis.POLICY


def _findings(case: Case, seen: Iterable[Observation]) -> Iterator[Finding]:
    """One finding per rule and cause."""
    groups: dict[tuple[str, Level, Basis, str], list[Observation]] = {}
    for observation in seen:
        if observation.held is False:
            level, basis = _weight(case, observation)
            groups.setdefault((observation.rule, level, basis, observation.cause), []).append(observation)
    for (rule_id, level, basis, _), group in sorted(groups.items(), key=lambda item: _rank(item[0])):
        rule = RULES[rule_id]
        events = dict.fromkeys(index for observation in group for index in observation.events)
        first = group[0]
        yield Finding(
            rule_id, rule.requirement, level, basis, rule.inferred, first.message or rule.statement_at(level),
            first.expected, first.observed, tuple(sorted(events)[:MAX_EVENTS]), first.perhaps or rule.perhaps,
            len(group),
        )  # fmt: skip


def _is_of_another_time(case: Case, observation: Observation) -> bool:
    """Whether it rests on a clock that is not the product's: what came too late, too often or never may be ours."""
    if case.start.time == "real" and case.start.time_factor == 1:
        return False
    rule = RULES[observation.rule]
    return rule.rate or observation.basis is Basis.POLICY or (rule.missing and observation.basis is None)


def _as_far_as_time_decides(case: Case, observation: Observation) -> Observation:
    if observation.held is not False or not _is_of_another_time(case, observation):
        return observation
    return replace(observation, held=None, message="our clock was not the product's")


def _weight(case: Case, observation: Observation) -> tuple[Level, Basis]:
    rule = RULES[observation.rule]
    basis = observation.basis or (Basis.POLICY if rule.missing else rule.basis)
    if _is_of_another_time(case, observation):
        return Level.MAY, basis
    return observation.level or rule.level_in(case.dialect), basis


_RULE_ORDER = {rule_id: place for place, rule_id in enumerate(RULES)}


def _rank(key: tuple[str, Level, Basis, str]) -> tuple[int, int]:
    return _LEVEL_ORDER.index(key[1]), _RULE_ORDER[key[0]]


def _in_order(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(rules), key=_RULE_ORDER.__getitem__))


def _requirements(
    case: Case, decided: Iterable[Observation], rules: Iterable[str], findings: Iterable[Finding]
) -> tuple[str, ...]:
    # A milder rule that was kept says nothing of its requirement's must; one that was broken speaks for itself.
    judged = [RULES[rule] for rule in rules]
    found = dict.fromkeys(rule.requirement for rule in judged if rule.level is _STRICTEST[rule.requirement])
    found |= dict.fromkeys(finding.requirement for finding in findings if finding.level is not Level.MAY)
    if any(observation.rule in REPEATED_ON_NEW_LINKS and _on_later_link(case, observation) for observation in decided):
        found["L-04"] = None
    return tuple(sorted(requirement for requirement in found if requirement is not None))


_LEVEL_ORDER = list(Level)
_STRICTEST = {
    requirement: min((rule.level for rule in RULES.values() if rule.requirement == requirement), key=_LEVEL_ORDER.index)
    for requirement in {rule.requirement for rule in RULES.values()}
}
"""The level of the rule without which a requirement is not put to the test."""

REPEATED_ON_NEW_LINKS = ("requests.after-first-push", "boot.waits-for-confirmation")
"""Seen on a later link, they show that the order of a beginning holds after a loss too (L-04)."""


def _on_later_link(case: Case, observation: Observation) -> bool:
    seen_on = case.link(observation.link)
    return seen_on is not None and bool(case.earlier_links(seen_on))
