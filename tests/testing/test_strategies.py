"""Strategies for property tests of others: valid things are valid, nearly valid ones mostly are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from mockpilot.protocol.envelope import Action, MessageType, read
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.testing import strategies
from protocol.strategies import UNHURRIED

FEW = settings(UNHURRIED, max_examples=25)


def is_sound(text: str, dialect_name: str) -> bool:
    """Whether a message has neither a defect nor a violation."""
    reading = read(text)
    if reading.envelope is None or reading.defects:
        return False
    one = reading.envelope
    return not violations(one.payload, DIALECTS[dialect_name], one.action, one.message_type)


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(data=st.data())
def test_valid_messages_are_valid(dialect: str, data: st.DataObject) -> None:
    """In their dialect, envelope and payload."""
    assert is_sound(data.draw(strategies.envelopes(dialect)), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(data=st.data())
def test_valid_payloads_are_valid(dialect: str, data: st.DataObject) -> None:
    """Pushes and lists alone."""
    push, requests = data.draw(strategies.pushes(dialect)), data.draw(strategies.request_lists(dialect))
    spoken, request = DIALECTS[dialect], MessageType.REQUEST
    assert not violations(push, spoken, Action.PROVIDE_CHARGING_INFORMATION, request)
    assert not violations(requests, spoken, Action.PROVIDE_CHARGING_REQUESTS, request)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nearly_valid_things_are_wrong_in_every_place(dialect: str) -> None:
    """A message with a bad slot, one that is no JSON, a list with a bad entry, a push with one: all can be found."""
    listed, pushed = Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION
    spoken = DIALECTS[dialect]
    wanted: list[tuple[st.SearchStrategy[Any], Callable[[Any], bool]]] = [
        (strategies.nearly_valid_envelopes(dialect), lambda text: read(text).envelope is None),
        (strategies.nearly_valid_envelopes(dialect), lambda text: not is_sound(text, dialect)),
        (strategies.nearly_valid_request_lists(dialect),
         lambda found: bool(violations(found, spoken, listed, MessageType.REQUEST))),
        (strategies.nearly_valid_pushes(dialect),
         lambda found: bool(violations(found, spoken, pushed, MessageType.REQUEST))),
    ]  # fmt: skip
    for strategy, is_wrong in wanted:
        find(strategy, is_wrong, settings=settings(UNHURRIED, database=None, phases=[Phase.generate]))


# -- what they are for: somebody's small parser with a planted bug -----------------------------------------------------


def points_of(text: str) -> list[str]:
    """Somebody's parser: the charging points that a push names. It takes it for granted that a depot has stations."""
    payload = json.loads(text)[6]
    first: list[Any] = payload["depotInfoList"][0]["chargingStationInfoList"]
    return [point["chargingPointId"] for station in first for point in station["chargingPointInfoList"]]


def survives(text: str) -> bool:
    """Whether the parser takes a push without falling over."""
    try:
        points_of(text)
    except (LookupError, TypeError):
        return False
    return True


def test_planted_bug_is_found_and_shrunk() -> None:
    """The smallest push that the parser cannot take is one without any depot."""
    pushes = strategies.pushes("chargepilot").map(lambda payload: json.dumps([1, "CMS", "P", "", "", "", payload]))
    smallest = find(pushes, lambda text: not survives(text), settings=settings(UNHURRIED, database=None))
    assert json.loads(smallest)[6] == {"depotInfoList": []}
    with pytest.raises(NoSuchExample):
        find(pushes, lambda text: json.loads(text)[6]["depotInfoList"] != [] and not survives(text),
             settings=settings(FEW, database=None))  # fmt: skip
