"""``mockpilot explain`` for faults and plans."""

from __future__ import annotations

import pytest

from mockpilot.cli.main import main
from mockpilot.faults.plan import parameters, read_plan
from mockpilot.faults.verbs import VERBS
from mockpilot.faults.words import CHANGES, DAMAGES
from mockpilot.scenario.planned import shipped_plans
from mockpilot.toml_tables import Problems


def told(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints."""
    assert main([*words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_fault_is_explained_with_parameters_and_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every parameter has a line that says something; the example is one that a plan can hold."""
    text = told("explain", verb, capsys=capsys)
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.startswith("  ")}
    assert [name for name in parameters(verb) if len(lines.get(name, [])) < 2] == []
    example = text.split("in a plan")[1].split("in Python")[0]
    problems = Problems("example")
    plan = read_plan('title = "x"\n' + "\n".join(line.strip() for line in example.splitlines()), problems)
    assert problems.found == []
    assert [fault.do for fault in plan.faults] == [verb]
    assert f"    {verb}(" in text


@pytest.mark.parametrize(("verb", "words"), [("damage", DAMAGES), ("change", CHANGES)])
def test_every_way_is_told_with_its_meaning(
    verb: str, words: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each."""
    text = told("explain", verb, capsys=capsys)
    assert [way for way, meaning in words.items() if way not in text or meaning not in text] == []


def test_plans_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """By name and title; one in full is its file."""
    names = [file.stem for file in shipped_plans()]
    assert [line.split()[0] for line in told("list", "plans", capsys=capsys).splitlines()] == names
    assert "[[fault]]" in told("explain", names[0], capsys=capsys)
