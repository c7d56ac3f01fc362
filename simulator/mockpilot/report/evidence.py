"""What the page shows of one scenario: its outcome and why, and everything that this rests on, as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mockpilot.conformance.levels import Level, Outcome
from mockpilot.conformance.requirements import REQUIREMENTS, Requirement
from mockpilot.durations import format_duration
from mockpilot.history.events import FaultFired, FaultSeen
from mockpilot.history.recorder import History
from mockpilot.report import wording
from mockpilot.report.connections import Connection, connections
from mockpilot.report.differing import Piece, pieces
from mockpilot.report.drawing import sequence_drawing
from mockpilot.report.fault_words import fault_name, unseeable
from mockpilot.report.night import night_of
from mockpilot.report.night_drawing import drawing
from mockpilot.report.steps import Step, steps
from mockpilot.report.wire import LEAST, MOST, Cut, Row, log, rows
from mockpilot.results import FaultResult, FindingResult, ScenarioResult
from mockpilot.results.folding import counting

MOST_FRAMES = 6
"""Of one finding; the wire log marks the others."""
LEAST_FRAMES = 2
"""Of a finding that was seen more than once: what the first time took is enough to understand it."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding, and its frames."""

    finding: FindingResult
    anchor: str
    """Where it stands on the page."""
    level: str
    expected: list[Piece]
    observed: list[Piece]
    frames: list[Row]
    more: tuple[int, ...]
    """Indexes of further frames."""


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault, and where the wire log shows it."""

    fault: FaultResult
    name: str
    fired_at: int | None
    """Index of its first firing."""
    proof: int | None
    """Index of what shows that the product met it."""
    unseeable: str
    """Why nothing can show it, of one that fired; else empty."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A requirement that the scenario is there for."""

    id: str
    statement: str
    level: str
    """And where it stands."""
    shown: str
    """What this scenario showed of it."""
    outcome: str
    """The same as an outcome's name, for mark and colour."""


@dataclass(frozen=True, slots=True)
class Section:
    """One scenario on the page."""

    scenario: ScenarioResult
    why: str
    took: str
    fired: str
    """How many of its faults."""
    beside: list[tuple[str, str]]
    """What stands beside a pass, such as ``2 remarks``, and where the first of them stands."""
    claims: list[Claim]
    findings: list[ShownFinding]
    told_at: dict[str, str]
    """Where the first finding of a requirement or rule stands, by the label that frames bear."""
    faults: list[ShownFault]
    steps: list[Step]
    connections: list[Connection]
    sequence: str
    """Markup; empty where nothing was said."""
    log: list[Row | Cut]
    events: int
    """In the whole recording."""
    shown: frozenset[int]
    """Indexes of the rows in the log."""
    vehicles: int
    """In the picture of power."""
    picture: str
    """Markup; empty where no power flowed."""


def section(scenario: ScenarioResult, history: History, room: int) -> Section:
    """Put together what is shown of a scenario.

    Args:
        scenario: its result.
        history: its recording; empty if that was lost.
        room: characters that its wire log may take.
    """
    said = _said(scenario.findings)
    shown_log = log(history, said, room)
    shown = frozenset(row.index for row in shown_log if isinstance(row, Row))
    night = night_of(history)
    return Section(
        scenario=scenario,
        why=wording.why(scenario),
        took=format_duration(scenario.duration_s),
        fired=fired(scenario),
        beside=_beside(scenario) if scenario.outcome == Outcome.PASSED else [],
        claims=[_claim(id_, scenario) for id_ in scenario.about.claims],
        findings=[_finding(one, anchor, history, room) for anchor, one in anchored(scenario)],
        told_at={_label(one): anchor for anchor, one in reversed(anchored(scenario))},
        faults=_faults(scenario, history),
        steps=steps(history),
        connections=connections(history),
        sequence=sequence_drawing(history, scenario.name, _said(counting(scenario.findings)), shown),
        log=shown_log,
        events=len(history),
        shown=shown,
        vehicles=0 if night is None else len(night.buses),
        picture="" if night is None else drawing(night),
    )


def _beside(scenario: ScenarioResult) -> list[tuple[str, str]]:
    known = [anchor for anchor, one in anchored(scenario) if one.expected_deviation]
    remarks = remark_anchors(scenario)
    told = ((wording.known_words(len(known)), known), (wording.remark_words(len(remarks)), remarks))
    return [(words, anchors[0]) for words, anchors in told if anchors]


def fired(scenario: ScenarioResult) -> str:
    """How many of its faults fired, such as ``1 of 2``; an optional one that did not is not counted."""
    number = sum(one.fired_s is not None for one in scenario.faults)
    due = sum(one.fired_s is not None or not one.optional for one in scenario.faults)
    return f"{number} of {due}" if due else "–"


def _said(findings: Iterable[FindingResult]) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for finding in findings:
        for index in finding.events:
            said.setdefault(index, []).append(_label(finding))
    return said


def _label(finding: FindingResult) -> str:
    return finding.requirement or finding.rule


def anchored(scenario: ScenarioResult) -> list[tuple[str, FindingResult]]:
    """Its findings as they stand on the page, each with where that is."""
    return [(f"{scenario.name}-finding-{number}", one) for number, one in enumerate(wording.decisive(scenario), 1)]


def remark_anchors(scenario: ScenarioResult, requirement: str = "") -> list[str]:
    """Where its remarks stand, all or those of one requirement."""
    said = wording.remarks_of(scenario, requirement)
    return [anchor for anchor, one in anchored(scenario) if any(one is remark for remark in said)]


def _finding(finding: FindingResult, anchor: str, history: History, room: int) -> ShownFinding:
    expected, observed = pieces(wording.visible(finding.expected), wording.visible(finding.observed))
    first, more = _decisive_events(finding)
    of_one = max(LEAST, min(MOST, room // 20))
    level, frames = wording.level_words(finding), rows(history, first, of_one)
    return ShownFinding(finding, anchor, level, expected, observed, frames, more)


def _decisive_events(finding: FindingResult) -> tuple[tuple[int, ...], tuple[int, ...]]:
    of_one = math.ceil(len(finding.events) / finding.count)
    shown = min(MOST_FRAMES, max(LEAST_FRAMES, of_one))
    return finding.events[:shown], finding.events[shown:]


def _faults(scenario: ScenarioResult, history: History) -> list[ShownFault]:
    fired = {event.name: event.index for event in reversed(history.of(FaultFired))}
    proofs = {event.name: event.proof for event in reversed(history.of(FaultSeen))}
    return [
        ShownFault(one, fault_name(one), fired.get(one.name), proofs.get(one.name), unseeable(one))
        for one in scenario.faults
    ]


def _claim(id_: str, scenario: ScenarioResult) -> Claim:
    row = REQUIREMENTS.get(id_.rstrip("abc"))
    if row is None:
        return Claim(id_, "a requirement that this version does not know", "", "not shown", "inconclusive")
    return Claim(id_, row.statement, wording.row_words(row), *_shown(row, scenario))


def _shown(row: Requirement, scenario: ScenarioResult) -> tuple[str, str]:
    """What a scenario showed of a requirement, in words and as an outcome's name."""
    against = [one for one in wording.decisive(scenario) if one.requirement == row.id and one.level is not Level.MAY]
    if against:
        known = all(one.expected_deviation for one in against)
        failed = "failed" if against[0].level is Level.MUST else "warned"
        return ("did not hold, as expected", "expected") if known else ("did not hold", failed)
    held = row.id in scenario.exercised
    remarked = wording.remark_words(len(wording.remarks_of(scenario, row.id)))
    return " · ".join(filter(None, ("held" if held else "not shown", remarked))), "passed" if held else "inconclusive"
