"""The shapes of ``result.json`` and their way to JSON and back; fields stand in the order in which they are written."""

from __future__ import annotations

from importlib import resources
from typing import Annotated, Any

import msgspec

from mockpilot.conformance.levels import Basis, Cause, Level
from mockpilot.errors import MockpilotError

RESULT_SCHEMA = "mockpilot.result/1"
NOT_SELECTED = "not_selected"


def _one_of(*words: str) -> msgspec.Meta:
    # For the JSON Schema; what reads a result takes newer words too.
    return msgspec.Meta(extra_json_schema={"enum": list(words)})


OUTCOMES = ("passed", "warned", "inconclusive", "failed")
RunOutcome = Annotated[str, _one_of(*OUTCOMES)]
ScenarioOutcome = Annotated[str, _one_of(*OUTCOMES, NOT_SELECTED)]
ColumnOutcome = Annotated[str, _one_of(*OUTCOMES, "limit", NOT_SELECTED)]
RequirementOutcome = Annotated[str, _one_of("passed", "warned", "failed", "not exercised", "not judged")]
DeviationState = Annotated[str, _one_of("occurred", "gone", "overdue", "not exercised")]
LinkEnd = Annotated[str, _one_of(
    "by us, cleanly", "by us, broken on purpose", "by the product, cleanly", "by the product, broken off",
    "still open", "never opened",
)]  # fmt: skip


class FindingResult(msgspec.Struct, frozen=True, kw_only=True, rename={"basis": "class"}):
    """One thing that did not hold."""

    rule: str
    requirement: str | None
    level: Level
    basis: Basis
    """Who says so; ``class`` on the wire."""
    inferred: bool
    """No source states the level."""
    expected_deviation: bool = False
    """Named by ``[[expected]]``: part of no outcome."""
    message: str
    expected: str
    observed: str
    events: tuple[int, ...]
    """Indexes in the trace."""
    perhaps: str = ""
    """A guess at the cause, for people."""
    count: int = 1
    """How often it was seen; ``events`` has the first."""


class FaultResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a fault; times in seconds since the scenario's start."""

    name: str
    do: str
    armed_s: float
    fired_s: float | None
    """Its first firing."""
    seen: bool
    optional: bool = False
    how: dict[str, Any] = {}
    """Its parameters, as it was armed."""


class About(msgspec.Struct, frozen=True):
    """What a scenario says of itself, so that a result can be read without the catalogue that it came from."""

    group: str = ""
    """Area of the catalogue."""
    claims: tuple[str, ...] = ()
    """Requirement ids that it is there to put to the test."""
    does: str = ""
    """What the CMS does."""
    asks: str = ""
    """What a conforming presystem must do."""


class Columns(msgspec.Struct, frozen=True):
    """Two readings of the same run: an outcome's name, ``limit`` or ``not_selected``."""

    vdv463: ColumnOutcome
    """What the schemas and RFCs say."""
    chargepilot: ColumnOutcome
    """That, and what the ChargePilot guideline says."""


class ScenarioResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one scenario."""

    name: str
    outcome: ScenarioOutcome
    """An outcome's name, or ``not_selected``."""
    cause: Cause | None = None
    duration_s: float = 0.0
    link_ended: LinkEnd = "never opened"
    exercised: tuple[str, ...] = ()
    """Requirement ids."""
    columns: Columns = Columns(NOT_SELECTED, NOT_SELECTED)
    findings: tuple[FindingResult, ...] = ()
    faults: tuple[FaultResult, ...] = ()
    trace: str | None = None
    """Path from the run folder."""
    detail: str = ""
    """What stands behind the cause."""
    reason: str = ""
    """Why it was not selected."""
    exercised_rules: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    """Tracebacks of checkers that raised: bugs of ours."""
    about: About = About()

    @property
    def selected(self) -> bool:
        """It was run, or was to be."""
        return self.outcome != NOT_SELECTED


class DeviationResult(msgspec.Struct, frozen=True):
    """What became of a known deviation."""

    rule: str
    reason: str
    owner: str
    until: str | None
    state: DeviationState
    """``occurred``, ``gone``, ``overdue`` or ``not exercised``."""


class RequirementResult(msgspec.Struct, frozen=True):
    """How a requirement fared in the whole run."""

    outcome: RequirementOutcome
    """``passed``, ``warned``, ``failed``, ``not exercised`` or ``not judged``."""
    scenarios: tuple[str, ...] = ()
    """Those that this outcome rests on."""
    expected_deviations: tuple[str, ...] = ()
    """Scenarios in which it did not hold, as the profile says."""
    reason: str = ""
    """Why nothing was shown, where nothing was."""


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """The system under test."""

    name: str = ""
    version: str = ""
    kind: str = "BMS"
    id: str = "Presystem1"
    sends_requests: bool = True
    command: tuple[str, ...] = ()
    """As the user wrote it; empty: an operator started it."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run beside its scenarios."""

    mockpilot: str
    catalogue: str
    dialect: str
    seed: int
    started: str
    """UTC, RFC 3339."""
    duration_s: float
    push_interval_s: float
    limits: dict[str, float]
    product: Product = Product()
    short_limits: tuple[str, ...] = ()
    """Limits so short that the speed of the machine counts."""
    time: str = "real"
    """How our own clock ran: ``real``, ``scaled:N`` or ``manual``."""
    profile: str = ""
    """The profile's file name, for people."""
    environment: dict[str, str] = {}
    """What mockpilot ran on, for people."""


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """``result.json``."""

    schema: Annotated[str, _one_of(RESULT_SCHEMA)] = RESULT_SCHEMA
    mockpilot: str
    outcome: RunOutcome
    dialect: str
    seed: int
    started: str
    duration_s: float
    scenarios: tuple[ScenarioResult, ...]
    finished: bool
    catalogue: str
    counts: dict[str, int]
    columns: Columns
    deviations: tuple[DeviationResult, ...]
    requirements: dict[str, RequirementResult]
    by_limits: bool = False
    """Without this tool's own limits and policy the outcome would have been better."""
    facts: RunFacts

    def scenario(self, name: str) -> ScenarioResult:
        """The result of one scenario.

        Raises:
            KeyError: with the name, if the run has none of that name.
        """
        for scenario in self.scenarios:
            if scenario.name == name:
                return scenario
        raise KeyError(name)


def encode_result(result: RunResult) -> bytes:
    """Write ``result.json``, indented for people."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def decode_result(data: bytes, source: str = "result.json") -> RunResult:
    """Read ``result.json``.

    Raises:
        MockpilotError: names the source and what is wrong.
    """
    try:
        result = msgspec.json.decode(data, type=RunResult)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MockpilotError(f"{source}: a result of {RESULT_SCHEMA} is expected: {error}") from error
    if result.schema != RESULT_SCHEMA:
        raise MockpilotError(f"{source}: a result of {RESULT_SCHEMA} is expected, found {result.schema!r}")
    return result


def schema_text() -> str:
    """The JSON Schema of ``result.json``, as it is shipped."""
    return resources.files("mockpilot.results").joinpath("result.schema.json").read_text(encoding="utf-8")
