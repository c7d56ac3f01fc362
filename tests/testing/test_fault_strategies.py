"""Faults for property tests of others: whatever comes can be armed in its dialect, and written and read again."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from mockpilot.faults import Fault
from mockpilot.faults.injector import Injector
from mockpilot.faults.plan import FaultPlan, read_plan, write_plan
from mockpilot.faults.verbs import VERBS
from mockpilot.faults.words import CERTIFICATE_KINDS
from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.testing import open_cms, strategies
from mockpilot.testing.fault_strategies import certificates, changes, faults_in
from mockpilot.toml_tables import Problems
from protocol.strategies import UNHURRIED

FEW = settings(UNHURRIED, max_examples=50)
SEARCH = settings(UNHURRIED, database=None, phases=[Phase.generate], max_examples=500)


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(data=st.data())
def test_fault_plans_can_be_armed(dialect: str, data: st.DataObject) -> None:
    """All at once, and none of them has to fire."""
    injector = Injector(DIALECTS[dialect])
    for fault in data.draw(strategies.fault_plans(dialect)):
        injector.arm(fault)
    assert all(armed.fault.optional for armed in injector.armed)


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(data=st.data())
def test_fault_plans_are_written_and_read_again(dialect: str, data: st.DataObject) -> None:
    """Nothing of them is lost."""
    plan = FaultPlan("Found by Hypothesis", tuple(data.draw(strategies.fault_plans(dialect))))
    problems = Problems("plan.toml")
    assert read_plan(write_plan(plan), problems) == plan
    assert problems.found == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_comes(verb: str) -> None:
    """None is left out."""
    assert find(faults_in(DIALECTS["chargepilot"]), lambda fault: fault.do == verb, settings=SEARCH).do == verb


SAYABLE = {
    "chargepilot": {"empty-depots"}, "vdv-1.0": set(), "vdv-1.1": {"empty-depots"},
    "vdv-2.0-rc1": {"empty-depots", "rejected-list"},
}  # fmt: skip


@pytest.mark.parametrize("how", ["vanish", "empty-depots", "rejected-list"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialect_decides_what_pushes_may_say(dialect: str, how: str) -> None:
    """Lists may be empty in all dialects but one, and one alone rejects requests in a push."""
    if how in SAYABLE[dialect] | {"vanish"}:
        assert find(changes(DIALECTS[dialect]), lambda fault: fault.how == how, settings=SEARCH).how == how
        return
    with pytest.raises(NoSuchExample):
        find(changes(DIALECTS[dialect]), lambda fault: fault.how == how, settings=SEARCH)


async def test_certificates_can_be_shown() -> None:
    """They are minted when they are armed."""
    wanted = [kind for kind in CERTIFICATE_KINDS if kind != "tls-old"]  # which not every machine can speak
    async with open_cms(dialect="vdv-1.0") as cms:
        assert [fault.fired for fault in map(cms.arm, map(_found, wanted))] == [0] * len(wanted)


def _found(kind: str) -> Fault:
    return find(certificates(), lambda fault: fault.kind == kind, settings=SEARCH)
