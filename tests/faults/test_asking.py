"""What a person is asked for each verb, and how the answers are read."""

from __future__ import annotations

import pytest

from mockpilot.errors import ScenarioError
from mockpilot.faults.asking import Asked, as_value, asked_of
from mockpilot.faults.plan import examples, given, parameters, read_fault
from mockpilot.faults.verbs import VERBS, Fault


@pytest.mark.parametrize("verb", VERBS)
def test_every_parameter_of_a_verb_is_asked_for(verb: str) -> None:
    """With its words, and with what is meant if it is left out."""
    asked = {one.name: one for one in asked_of(verb)}
    assert set(asked) == set(parameters(verb))
    assert all(one.choices for one in asked.values() if one.kind == "choice")
    assert asked["name"].common
    assert not any(one.required for one in asked.values() if one.common)


@pytest.mark.parametrize(("verb", "fault"), list(examples()), ids=list(VERBS))
def test_what_a_person_writes_is_read_as_in_a_plan(verb: str, fault: Fault) -> None:
    """Text in, the same fault out."""
    asked = {one.name: one for one in asked_of(verb)}
    values = {name: value for name, value in given(fault).items() if name != "do"}
    typed = {name: as_value(asked[name], str(value).lower() if isinstance(value, bool) else str(value))
             for name, value in values.items()}  # fmt: skip
    assert read_fault({"do": verb} | typed) == fault


@pytest.mark.parametrize(("kind", "text", "value"), [
    ("numbers", "1, 3", [1, 3]), ("numbers", "2", 2), ("numbers", "every 2", "every 2"), ("numbers", "often", "often"),
    ("flag", "true", True), ("flag", "false", False), ("whole", "7", 7), ("whole", "seven", "seven"),
    ("number", "0.5", 0.5), ("number", "half", "half"), ("choice", "503", 503), ("choice", "tcp", "tcp"),
    ("duration", "15 s", "15 s"), ("text", "15", "15"),
])  # fmt: skip
def test_answer_is_read_by_its_kind(kind: str, text: str, value: object) -> None:
    """What cannot be read stays text."""
    assert as_value(Asked("x", kind, False, False, (), "", False), text) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(("values", "said"), [
    ({}, "do: is missing"),
    ({"do": "lose"}, "type: is missing"),
    ({"do": "lose", "type": "confirmation", "x": 1}, "x: unknown key"),
    ({"do": "delay", "type": "confirmation", "by": 5}, "by: a duration in quotes"),
    ({"do": "lose", "type": "letter"}, "one of request, confirmation, error"),
])  # fmt: skip
def test_mistakes_in_a_fault_are_named(values: dict[str, object], said: str) -> None:
    """All of them, in the words of a plan."""
    with pytest.raises(ScenarioError, match=said):
        read_fault(values)
