"""The requirement catalogue is complete and says what a requirement must say."""

from __future__ import annotations

import re

import pytest

from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.requirements import REQUIREMENTS, Requirement

COUNTS = {"C": 13, "B": 11, "E": 15, "I": 17, "R": 23, "L": 17, "X": 5, "V": 1}

every_row = pytest.mark.parametrize("row", REQUIREMENTS.values(), ids=REQUIREMENTS.keys())


def test_the_catalogue_has_every_row_in_order() -> None:
    """Ids are consecutive within their area and stand in the catalogue's order."""
    expected = [f"{letter}-{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
    assert expected == list(REQUIREMENTS)


@every_row
def test_a_statement_is_one_sentence_with_its_level(row: Requirement) -> None:
    """Each statement ends with its only full stop and uses the word of its level."""
    assert row.statement.endswith(".")
    assert ". " not in row.statement
    assert re.search(rf"\b{row.level}\b", row.statement)


@every_row
def test_policy_alone_is_always_inferred(row: Requirement) -> None:
    """No source states what is this tool's policy alone."""
    assert row.inferred or row.basis is not Basis.POLICY


@every_row
def test_a_row_says_how_it_is_judged_or_why_not(row: Requirement) -> None:
    """Whoever asks for an explanation gets one, short rows that explain themselves apart."""
    assert row.detail or row.not_judged or row.id in {"E-14", "I-03", "R-06"}


def test_rows_only_chargepilot_states_are_musts_of_the_guideline() -> None:
    """A must that holds in one dialect alone rests on the guideline."""
    only_there = {row.id for row in REQUIREMENTS.values() if row.cp}
    assert {"I-06", "L-04", "R-01", "R-02"} == only_there
    assert all(REQUIREMENTS[row].level is Level.MUST for row in only_there)
    assert all(REQUIREMENTS[row].basis is Basis.GUIDELINE for row in only_there)


def test_some_rows_cannot_be_judged() -> None:
    """They say why."""
    assert {"R-16", "L-04", "X-03", "V-01"} == {row.id for row in REQUIREMENTS.values() if row.not_judged}


def test_an_area_is_the_heading_of_its_letter() -> None:
    """Every row knows its group."""
    assert REQUIREMENTS["L-03"].area == "Link"
