"""A fault plan as a scenario: all its faults are armed at the start; it ends once they were met and all is well again.

Whether the requirements that it claims were exercised is for the judgement to say, which this layer doesn't know: who
plays a plan may bring a function that looks at the recording. It is asked once every fault was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import trio

from mockpilot.control import Control
from mockpilot.durations import format_duration
from mockpilot.errors import ProfileError, ScenarioError
from mockpilot.faults.plan import FaultPlan, read_plan
from mockpilot.history.recorder import History
from mockpilot.scenario.catalogue import shipped_folder
from mockpilot.scenario.definition import NEEDS, Scenario
from mockpilot.scenario.shortfall import met
from mockpilot.scenario.stage import Stage
from mockpilot.scenario.steps import STEPS
from mockpilot.scenario.waiting import ScenarioOver
from mockpilot.toml_tables import Problems

Exercised = Callable[[History, tuple[str, ...]], bool]
"""Takes a recording and requirement ids; answers whether all of them were put to the test."""

FIRST_LOOK_S, LAST_LOOK_S = 1.0, 10.0
"""How long until a recording is looked at again that does not show enough yet: longer each time, since looking is dear.
"""


def _nothing_more(_history: History, _requirements: tuple[str, ...]) -> bool:
    return True


def note_plan(text: str, problems: Problems) -> FaultPlan:
    """Read a plan and note everything that is wrong with it, needs and steps included."""
    plan = read_plan(text, problems)
    for number, need in enumerate(plan.needs, 1):
        if need not in NEEDS:
            problems.note(f"needs[{number}]", f"one of {', '.join(NEEDS)} is expected, found {need!r}")
    if plan.provoke and plan.provoke not in STEPS:
        problems.note("provoke", f"one of {', '.join(STEPS)} is expected, found {plan.provoke!r}")
    return plan


def load_plan(file: Path) -> FaultPlan:
    """Read a plan's file, or a shipped plan by its name.

    Raises:
        ProfileError: the first mistake, with file and key.
        ScenarioError: it cannot be read.
    """
    shipped = shipped_folder() / "plans" / f"{file}.toml"
    found = shipped if not file.suffix and not file.exists() and shipped.is_file() else file
    problems = Problems(found)
    try:
        plan = note_plan(found.read_text(encoding="utf-8"), problems)
    except OSError as error:
        known = ", ".join(one.stem for one in shipped_plans())
        raise ScenarioError(
            f"{file}: a plan's file or one of {known} is expected, it cannot be read: {error.strerror}"
        ) from error
    except UnicodeDecodeError as error:
        raise ProfileError(found, "", f"text in UTF-8 is expected: {error}") from error
    problems.raise_first()
    return plan


def shipped_plans() -> list[Path]:
    """Files of the plans that came with this installation, by name."""
    return sorted((shipped_folder() / "plans").glob("*.toml"))


def planned(name: str, plan: FaultPlan, exercised: Exercised = _nothing_more) -> Scenario:
    """Make a scenario of a plan.

    Args:
        name: under which it is reported.
        exercised: whether a recording puts what the plan claims to the test.
    """

    async def play(cms: Stage) -> None:
        armed = [cms.arm(fault) for fault in plan.seeded_faults]
        await cms.wait_connected()
        with trio.move_on_after(plan.lasts_s) as scope:
            await cms.reach("exchange")
            if plan.provoke:
                await cms.provoke(plan.provoke)
            await cms.wait_seen(armed, plan.lasts_s)
            await cms.wait_exchange(plan.lasts_s)
            pause = FIRST_LOOK_S
            while not exercised(cms.history, plan.exercises):
                await trio.sleep(pause)
                pause = min(1.5 * pause, LAST_LOOK_S)
        if scope.cancelled_caught and not cms.started:
            detail = f"no exchange in {format_duration(plan.lasts_s)}, which is all that the plan lasts"
            raise ScenarioOver("start state not reached", f"{detail}{met(cms.history)}")

    return Scenario(
        name=name, what_the_cms_does=plan.title,
        what_the_presystem_must_do="All that is required of it anyway, as far as the faults leave it possible.",
        exercises=plan.exercises, group="Losing the link", needs=_needs(plan), typical_s=min(30.0, plan.lasts_s),
        bounded_by=(), script=play, lasts_s=plan.lasts_s,
    )  # fmt: skip


def _needs(plan: FaultPlan) -> tuple[str, ...]:
    certificates = ["ca key" for fault in plan.faults if fault.do == "certificate"]
    # who offers no subprotocol cannot miss one
    missing = ["subprotocol" for fault in plan.faults
               if (fault.do, fault.how) == ("refuse", "subprotocol") and not fault.optional]  # fmt: skip
    return tuple(dict.fromkeys([*plan.needs, *certificates, *missing]))


def arm_plan(plan: FaultPlan, control: Control) -> None:
    """Arm all faults of a plan on a CMS that no scenario drives."""
    for fault in plan.seeded_faults:
        control.arm(fault)
