"""A stretch of the recording as a plan."""

from __future__ import annotations

from mockpilot.console.stretch import plan_of, written
from mockpilot.faults import Fault, drop, lose, refuse
from mockpilot.faults.holding import hold
from mockpilot.faults.plan import FaultPlan, read_plan
from mockpilot.history.events import (
    Event,
    FaultArmed,
    FaultDisarmed,
    FaultFired,
    Mark,
    MessageSent,
    UpgradeAnswered,
)
from mockpilot.toml_tables import Problems

LIST, PUSH = "ProvideChargingRequests", "ProvideChargingInformation"
OPEN = UpgradeAnswered(link=1, status=101, presystem_id="Presystem1")
PUSHED = MessageSent(link=1, text=f'[1,"CMS","Presystem1","","","{PUSH}",{{}}]')


def armed(name: str, do: str = "lose") -> FaultArmed:
    """That a fault was armed."""
    return FaultArmed(name=name, do=do)


def recorded(*events: Event) -> list[Event]:
    """Events with their indexes, a second apart."""
    return [type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {"index": n, "at": float(n)})
            for n, one in enumerate(events)]  # fmt: skip


def made(events: list[Event], faults: dict[str, Fault], since: int = 0) -> tuple[FaultPlan, list[str]]:
    """The plan, read again from what was written."""
    plan, left_out = plan_of(events, faults, since=since, until=len(events), title="taken home")
    problems = Problems("plan")
    again = read_plan(written(plan, left_out), problems)
    problems.raise_first()
    assert again == plan
    return plan, left_out


def test_fault_armed_in_exchange_waits_for_the_first_push() -> None:
    """A plan arms everything at the start, where the boot's confirmation would be the first one."""
    plan, _ = made(recorded(OPEN, PUSHED, armed("mine")), {"mine": lose("confirmation", LIST, nth=1)})
    assert [(one.name, one.selects.after) for one in plan.faults] == [("mine", PUSH)]


def test_fault_armed_before_anybody_came_is_armed_at_the_start() -> None:
    """So that it meets the boot as it did."""
    plan, _ = made(recorded(armed("mine")), {"mine": lose("confirmation", nth=1)})
    assert plan.faults[0].selects.after is None


def test_fault_armed_after_another_fired_waits_for_it() -> None:
    """What was done in reaction is done in reaction again."""
    events = recorded(OPEN, PUSHED, armed("lost"), FaultFired(name="lost", do="lose"), armed("cut", "drop"))
    plan, _ = made(events, {"lost": lose("confirmation", LIST, nth=1), "cut": drop("reset", link=1)})
    assert [one.selects.after for one in plan.faults] == [PUSH, "lost"]


def test_number_of_a_connection_becomes_its_presystem_where_there_are_several() -> None:
    """Numbers count the connections of one recording only."""
    faults = {"cut": drop("reset", link=1)}
    assert made(recorded(OPEN, armed("cut", "drop")), faults)[0].faults[0].selects.link is None
    other = UpgradeAnswered(link=2, status=101, presystem_id="Presystem2")
    assert made(recorded(OPEN, other, armed("cut", "drop")), faults)[0].faults[0].selects.link == "Presystem1"


def test_fault_that_was_taken_out_ends_after_as_long() -> None:
    """Closed for as many seconds as it was."""
    events = recorded(armed("shut", "refuse"), FaultFired(name="shut", do="refuse"), Mark(text="x"),
                      FaultDisarmed(name="shut", do="refuse"))  # fmt: skip
    plan, _ = made(events, {"shut": refuse("tcp")})
    assert plan.faults[0].selects.until_s == 3.0
    plan, _ = made(recorded(OPEN, PUSHED, *events), {"shut": refuse("tcp")}, since=2)
    assert (plan.faults[0].selects.after, plan.faults[0].selects.until_s) == (PUSH, 13.0)


def test_what_was_done_by_hand_is_named_and_left_out() -> None:
    """No plan can wait for a person."""
    events = recorded(armed("hold", "hold"), Mark(text="by hand: hold let go"), Mark(text="a note"), armed("mine"))
    plan, left_out = made(events, {"hold": hold("request"), "mine": lose("error")})
    assert [one.name for one in plan.faults] == ["mine"]
    assert left_out == ["hold: a message was held back", "hold let go"]
    assert "# done by hand and not repeated here: hold let go" in written(plan, left_out)


def test_what_lies_outside_the_stretch_is_not_in_it() -> None:
    """But what was known before counts as known."""
    events = recorded(OPEN, PUSHED, armed("earlier"), armed("mine"))
    plan, _ = made(events, {"earlier": lose("error"), "mine": lose("error")}, since=3)
    assert [(one.name, one.selects.after) for one in plan.faults] == [("mine", PUSH)]
