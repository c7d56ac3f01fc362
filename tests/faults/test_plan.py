"""Fault plans: from TOML to faults and back, and what is said about mistakes."""

from __future__ import annotations

import re

import pytest

from mockpilot import faults
from mockpilot.faults.plan import FaultPlan, examples, given, parameters, read_plan, write_plan
from mockpilot.faults.verbs import VERBS
from mockpilot.scenario.planned import shipped_plans
from mockpilot.toml_tables import Problems

BOOT, LIST, PUSH = "BootNotification", "ProvideChargingRequests", "ProvideChargingInformation"

LOST = """
title = "Two confirmations lost, then the link resets"
seed = 7
exercises = ["L-03", "L-12", "R-05"]

[[fault]]
name = "lost"
do = "lose"
type = "confirmation"
action = "ProvideChargingRequests"
nth = [1, 2]

[[fault]]
do = "drop"
how = "reset"
after = "lost"
down = "20 s"
"""


def mistakes(text: str) -> list[str]:
    """Keys and what is wrong with them."""
    problems = Problems("plan.toml")
    read_plan(text, problems)
    return [f"{one.key}: {one.problem}" for one in problems.found]


def plan(text: str) -> FaultPlan:
    """A plan without mistakes."""
    problems = Problems("plan.toml")
    read = read_plan(text, problems)
    assert [str(one) for one in problems.found] == []
    return read


def test_plan_is_read() -> None:
    """Its faults are those that the constructors make; times have defaults."""
    assert plan(LOST) == FaultPlan(
        "Two confirmations lost, then the link resets",
        (faults.lose("confirmation", LIST, nth=[1, 2], name="lost"), faults.drop("reset", after="lost", down="20 s")),
        ("L-03", "L-12", "R-05"), seed=7, lasts_s=120.0,
    )  # fmt: skip


@pytest.mark.parametrize("fault", [
    *[fault for _, fault in examples()],
    faults.lose("request", PUSH, direction="in", nth="every 4", optional=True, link=3),
    faults.lose("error", link="Presystem1", share=0.25, seed=4, times=2, applied=False),
    faults.delay("confirmation", BOOT, by=0.4, jitter="2 s"), faults.repeat("request", times=3, gap="250 ms"),
    faults.swap("request", until=LIST, after="90 s"), faults.answer(BOOT, "rejected", by=3),
    faults.damage("huge", size=4_194_304, nth=1), faults.damage("cut", "confirmation", LIST),
    faults.inject("message", text='say "ä" \\ \n'), faults.drop("close", code=None),
    faults.drop("close", code=1012, until=5.5), faults.drop("silence", action=BOOT, type="request", when="after-read"),
    faults.refuse("redirect", location="https://elsewhere"), faults.refuse("tcp", after="first"),
    faults.certificate("rotated"), faults.slow("no-read", until="30 s"), faults.ping("withhold-pong"), faults.forget(),
    faults.forget("sessions", link="P"), faults.change("rename", point="P1", to="P2"),
    faults.clock(form="nanoseconds", times=5), faults.clock(skew=0.001),
])  # fmt: skip
def test_fault_is_written_and_read_again(fault: object) -> None:
    """Nothing of it is lost."""
    before = FaultPlan("x", (fault, faults.lose("error", name="first")))  # type: ignore[arg-type]
    assert plan(write_plan(before)) == before


def test_plan_is_written_and_read_again() -> None:
    """With all that stands at its head."""
    before = FaultPlan("ä “x”", (faults.lose("error"),), ("L-03",), ("requests",), "create-request", 0.4, 0)
    assert plan(write_plan(before)) == before


def test_every_verb_has_an_example_with_its_parameters() -> None:
    """And nothing is said in it twice."""
    assert [verb for verb, _ in examples()] == list(VERBS)
    for verb, fault in examples():
        assert fault.do == verb
        assert set(given(fault)) - {"do"} <= set(parameters(verb))


@pytest.mark.parametrize("file", shipped_plans(), ids=lambda file: file.stem)
def test_shipped_plan_is_one(file: object) -> None:
    """Without mistakes, and with a title."""
    assert plan(file.read_text(encoding="utf-8")).title  # type: ignore[attr-defined]


def test_seed_of_a_plan_is_given_to_what_is_left_to_chance() -> None:
    """To each fault its own, and none to those that leave nothing to chance or bring a seed."""
    by_chance, jitters = faults.lose("error", share=0.5), faults.delay("error", by=1, jitter=1)
    armed = (faults.lose("error"), by_chance, jitters, faults.lose("error", share=0.5, seed=3))
    seeds = [fault.selects.seed for fault in FaultPlan("x", armed, seed=9).seeded_faults]
    assert seeds[0] is None
    assert seeds[3] == 3
    assert None not in seeds[1:3]
    assert seeds[1] != seeds[2]
    assert FaultPlan("x", armed).seeded_faults == armed


@pytest.mark.parametrize(("text", "said"), [
    ("", ["title: is missing", "fault: at least one [[fault]] is expected"]),
    ('title = "x"\n[[fault]]\n', ["fault[1].do: is missing"]),
    ('title = "x"\n[[fault]]\ndo = "loose"\n', ["fault[1].do: one of lose, .* did you mean lose"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\n', ["fault[1].type: is missing"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "answer"\n', ["fault[1].type: type is one of .* found 'answer'"]),
    ('title = "x"\n[[fault]]\ndo = "delay"\ntype = "error"\nby = 5\n', ["fault[1].by: a duration in quotes"]),
    ('title = "x"\n[[fault]]\ndo = "delay"\ntype = "error"\nby = "soon"\n', ["fault[1].by: delay: by: a duration"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "error"\ncode = 1\n', ["fault[1].code: is no parameter of lose"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "error"\nnht = 1\n', ["fault[1].nht: unknown key; did you mean nth"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "error"\nnth = 0\n', ["fault[1].nth: nth counts messages from 1"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "error"\nnth = true\n',
     ["fault[1].nth: a whole number or a list of whole numbers or text in quotes is expected, found true"]),
    ('title = "x"\n[[fault]]\ndo = "lose"\ntype = "error"\napplied = "no"\n', ["fault[1].applied: true or false"]),
    ('title = "x"\n[[fault]]\ndo = "drop"\nhow = "reset"\nafter = "lost"\n',
     ["fault[1].after: a duration, an action or"]),
    ('title = "x"\n[[fault]]\ndo = "drop"\nhow = "reset"\nafter = 5\n', ["fault[1].after: a duration in quotes"]),
    ('title = "x"\nlasts = "0 s"\nseed = -1\nexercises = "L-03"\n[[fault]]\ndo = "forget"\n',
     ["lasts: a duration longer than nothing", "seed: a whole number", "exercises: a list of texts"]),
    ('title = "x"\n[fault]\ndo = "forget"\n', [r"fault: \[\[fault\]\] with two brackets"]),
    ('title = "x"\n[[fault]]\nname = "a"\ndo = "forget"\n[[fault]]\nname = "a"\ndo = "forget"\n',
     ["fault[2].name: 'a' is the name of another fault"]),
    ("title = ", ["^: is no TOML"]),
])  # fmt: skip
def test_mistake_is_named_by_its_key(text: str, said: list[str]) -> None:
    """All of them, in one sentence each."""
    found = mistakes(text)
    for sentence in said:
        pattern = sentence if sentence.startswith("^") or ".*" in sentence or "\\" in sentence else re.escape(sentence)
        pattern = pattern.replace("fault[1].", r"fault\[1\].") if ".*" in sentence else pattern
        assert any(re.search(pattern, one) for one in found), found
    assert not any("\n" in one for one in found)
