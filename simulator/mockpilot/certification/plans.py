"""Fault plans as scenarios of a run: what they claim exists, and the judgement says when it was put to the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from mockpilot.conformance.case import Case
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import observe
from mockpilot.errors import ProfileError, UsageError
from mockpilot.faults.changes.setting import refusal
from mockpilot.faults.plan import FaultPlan
from mockpilot.history.events import Mark
from mockpilot.history.recorder import History
from mockpilot.protocol.vocabulary import dialect
from mockpilot.scenario.definition import Scenario
from mockpilot.scenario.planned import load_plan, note_plan, planned
from mockpilot.toml_tables import Problems, nearest

SILENCE_S = 3600.0
"""Longer than any limit."""


def note_claims(text: str, problems: Problems) -> FaultPlan:
    """Read a plan and note everything that is wrong with it, requirements that nobody knows included."""
    plan = note_plan(text, problems)
    for key, problem in _unknown_claims(plan):
        problems.note(key, problem)
    return plan


def plan_scenarios(
    files: Iterable[Path], catalogue: Mapping[str, Scenario], spoken: str
) -> dict[str, Scenario]:
    """Make scenarios of plans, named after their files.

    Args:
        catalogue: what there is already.
        spoken: name of the dialect in which the faults have to be possible.

    Raises:
        UsageError: a name is taken, or there is no such file.
        ProfileError: the first mistake in a plan, with file and key.
    """
    found: dict[str, Scenario] = {}
    for file in files:
        plan, name = load_plan(file), file.stem
        for key, problem in _unknown_claims(plan):
            raise ProfileError(file, key, problem)
        for number, fault in enumerate(plan.faults, 1):
            cannot = refusal(fault, dialect(spoken)) if fault.do == "change" else None
            if cannot is not None:
                raise ProfileError(file, f"fault[{number}].how", cannot)
        if name in catalogue or name in found:
            raise UsageError(f"--plan {file}: scenario {name!r} exists already; give the file another name")
        found[name] = planned(name, plan, were_exercised)
    return found


def were_exercised(history: History, requirements: tuple[str, ...]) -> bool:
    """Whether a recording puts these requirements to the test, and nothing that they ask for is still awaited.

    What is awaited shows in what the verdict would be if the presystem fell silent now.
    """
    wanted = {one.rstrip("abc") for one in requirements}
    now, in_silence = _decided(history), _decided(_followed_by_silence(history))
    awaited = {requirement for requirement, held in in_silence - now if not held}
    return wanted <= {requirement for requirement, _ in now} and not wanted & awaited


def _decided(history: History) -> set[tuple[str | None, bool]]:
    seen, _ = observe(Case(history))
    return {(RULES[one.rule].requirement, one.held) for one in seen if one.held is not None}


def _followed_by_silence(history: History) -> History:
    return History([*history, Mark(index=len(history), at=history.end + SILENCE_S, text="nothing more came")])


def _unknown_claims(plan: FaultPlan) -> list[tuple[str, str]]:
    return [
        (f"exercises[{number}]", f"the id of a requirement is expected, found {claim!r}{nearest(claim, REQUIREMENTS)}")
        for number, claim in enumerate(plan.exercises, 1) if claim not in REQUIREMENTS
    ]  # fmt: skip
