"""Plans as scenarios: against the exemplary presystem, in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cms.stand import stand
from mockpilot.certification.plans import plan_scenarios, were_exercised
from mockpilot.conformance.levels import Outcome
from mockpilot.conformance.verdict import judge
from mockpilot.errors import ProfileError, ScenarioError, UsageError
from mockpilot.faults import change, drop, lose, refuse
from mockpilot.faults.plan import FaultPlan
from mockpilot.history.events import FaultArmed, FaultFired, FaultSeen, MessageSent, ScenarioEnded, StepProvoked
from mockpilot.presystem.offences import OFFENCES
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.scenario.planned import arm_plan, load_plan, planned, shipped_plans
from rig import perform

if TYPE_CHECKING:
    from trio.testing import MockClock

LIST, PUSH = "ProvideChargingRequests", "ProvideChargingInformation"
LOST = FaultPlan(
    "Lost", (lose("confirmation", LIST, nth=1, applied=False),), ("L-03",), ("requests",), "create-request", 600.0
)


@pytest.mark.parametrize("file", shipped_plans(), ids=lambda file: file.stem)
def test_shipped_plan_is_passed_by_a_conforming_presystem(file: Path) -> None:
    """Every fault was met, every claim was put to the test."""
    (scenario,) = plan_scenarios([file], load_catalogue(), "chargepilot").values()
    history = perform(scenario)
    verdict = judge(history)
    assert (verdict.outcome, verdict.detail, verdict.findings) == (Outcome.PASSED, "", ())
    needed = {event.name for event in history.of(FaultArmed) if not event.optional}
    assert needed <= {event.name for event in history.of(FaultSeen)}


def test_plan_convicts_who_breaks_what_it_claims() -> None:
    """Lists that are never confirmed and never come again, on the next link either."""
    rule = "requests.unconfirmed-list-comes-again"
    faults = (lose("confirmation", LIST, applied=False, until="100 s"), drop("reset", after="100 s"))
    plan = FaultPlan("Lost", faults, ("L-03",), ("requests",), "create-request", 600.0)
    verdict = judge(perform(planned("lost", plan, were_exercised), OFFENCES[rule].conduct))
    assert verdict.outcome is Outcome.FAILED
    assert [finding.rule for finding in verdict.findings] == [rule]


def test_plan_provokes_what_it_says_and_ends_once_it_knows_enough() -> None:
    """Long before it has to."""
    history = perform(planned("lost", LOST, were_exercised))
    assert [event.step for event in history.of(StepProvoked)] == ["create-request"]
    assert history.of(ScenarioEnded)[0].at < 120
    assert judge(history).outcome is Outcome.PASSED


@pytest.mark.parametrize(("plan", "outcome", "cause"), [
    (FaultPlan("x", (lose("request", PUSH, nth=500),), lasts_s=60.0), Outcome.INCONCLUSIVE, "fault never fired"),
    (FaultPlan("x", (lose("request", PUSH, nth=500, optional=True),), lasts_s=60.0), Outcome.PASSED, None),
    (FaultPlan("x", (refuse(503),), lasts_s=60.0), Outcome.INCONCLUSIVE, "start state not reached"),
    (FaultPlan("x", (change("vanish", point="nowhere"),), lasts_s=60.0), Outcome.INCONCLUSIVE, "fault never fired"),
    (FaultPlan("x", (drop("silence", after="20 s"),), lasts_s=25.0), Outcome.INCONCLUSIVE, "fault never seen"),
])  # fmt: skip
def test_plan_that_showed_nothing_is_no_pass(plan: FaultPlan, outcome: Outcome, cause: str | None) -> None:
    """It ends after its time, with the cause."""
    history = perform(planned("x", plan))
    verdict = judge(history)
    assert (verdict.outcome, verdict.cause) == (outcome, cause)
    assert history.of(ScenarioEnded)[0].at < 120


def test_same_seed_gives_the_same_faults() -> None:
    """Whatever the run's own seed."""
    file = next(file for file in shipped_plans() if file.stem == "rough_night")
    first, second = (perform(planned("rough_night", load_plan(file))) for _ in range(2))
    told = [[(event.at, event.fault) for event in one.of(MessageSent)] for one in (first, second)]
    assert told[0] == told[1]


def test_plan_that_never_came_to_an_exchange_says_what_the_product_met() -> None:
    """As other scenarios do: a wrong password is no fault of ours."""
    history = perform(
        planned("lost", FaultPlan("x", (), lasts_s=60.0), were_exercised),
        adjust=lambda settings: replace(settings, password="another"),
    )
    assert re.fullmatch(
        "no exchange in 1 min, which is all that the plan lasts; refused [0-9]+ times with 401: the password was wrong",
        history.of(ScenarioEnded)[0].detail,
    )


def test_worst_time_holds_what_the_plan_lasts() -> None:
    """So that a dry run tells no tales."""
    from mockpilot.limits import Limits

    limits = Limits()
    assert planned("x", LOST).worst_s(limits) == limits.connect_within + limits.confirm_within + 600


def test_certificates_of_a_plan_need_the_authoritys_key(tmp_path: Path) -> None:
    """Said or not."""
    file = tmp_path / "expired.toml"
    file.write_text('title = "x"\n[[fault]]\ndo = "certificate"\nkind = "expired"\n', encoding="utf-8")
    assert planned("expired", load_plan(file)).needs == ("ca key",)


def test_plan_that_takes_the_subprotocol_away_needs_one_that_is_offered(tmp_path: Path) -> None:
    """Unless it may be spared."""
    file = tmp_path / "without.toml"
    text = 'title = "x"\n[[fault]]\ndo = "refuse"\nhow = "subprotocol"\n'
    file.write_text(text, encoding="utf-8")
    assert planned("without", load_plan(file)).needs == ("subprotocol",)
    file.write_text(text + "optional = true\n", encoding="utf-8")
    assert planned("without", load_plan(file)).needs == ()


@pytest.mark.parametrize(("name", "text", "said"), [
    ("boot_accepted", 'title = "x"\n[[fault]]\ndo = "forget"\n', "exists already"),
    ("mine", 'title = "x"\nexercises = ["L-99"]\n[[fault]]\ndo = "forget"\n', r"exercises\[1\]"),
    ("mine", 'title = "x"\nneeds = ["luck"]\n[[fault]]\ndo = "forget"\n', r"needs\[1\]: one of requests"),
    ("mine", 'title = "x"\nprovoke = "nothing"\n[[fault]]\ndo = "forget"\n', "provoke: one of create-request"),
    ("mine", 'title = "x"\n[[fault]]\ndo = "change"\nhow = "rejected-list"\n', r"fault\[1\].how: .* chargepilot"),
])  # fmt: skip
def test_plan_that_cannot_be_played_is_refused(name: str, text: str, said: str, tmp_path: Path) -> None:
    """Before anything starts, with file and key."""
    file = tmp_path / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises((ProfileError, UsageError), match=said):
        plan_scenarios([file], load_catalogue(), "chargepilot")


def test_plan_that_is_not_there_is_named() -> None:
    """With those that are."""
    with pytest.raises(ScenarioError, match="rough_night"):
        load_plan(Path("nowhere.toml"))


async def test_plan_is_armed_on_a_cms_that_nobody_drives(autojump_clock: MockClock) -> None:
    """All its faults, with their seeds, and they strike."""
    plan = FaultPlan("x", (lose("confirmation", LIST, share=1.0), drop("reset", after="20 s")), seed=4)
    async with stand() as cms:
        arm_plan(plan, cms.control)
        client = await cms.boot()
        await client.request(LIST, {"chargingRequestList": []})
        await client.frames_to_end()
        await client.leave()
        await cms.idle()
        assert [event.how.get("seed") for event in cms.history.of(FaultArmed)] == [8, None]
        assert [event.name for event in cms.history.of(FaultFired)] == ["lose", "drop"]
