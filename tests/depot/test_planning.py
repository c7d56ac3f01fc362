"""A new list against the stored one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.made import request
from mockpilot.depot.planning import Plan, plan
from mockpilot.protocol.vocabulary import ChargingRequest
from mockpilot.protocol.vocabulary.common import ChargingInstruction
from protocol.strategies import UNHURRIED

POINTS = ("d/0/0", "p1", "p2")
IDS = ("a", "b", "c", "d")


def stored(*requests: ChargingRequest) -> dict[str, ChargingRequest]:
    return {one.charging_request_id: one for one in requests}


def test_first_list_is_all_new() -> None:
    """Without a stored list every entry is created."""
    a, b = request("a"), request("b")
    assert Plan(stored(a, b), created=("a", "b")) == plan({}, [a, b], POINTS)


def test_new_changed_deleted_and_unchanged_entries_may_be_mixed() -> None:
    """Each entry is compared under its own id; what is missing is deleted."""
    before = stored(request("same"), request("moved"), request("gone"))
    incoming = [request("same"), request("moved", priority=2), request("new")]
    assert Plan(stored(*incoming), created=("new",), changed=("moved",), deleted=("gone",)) == plan(
        before, incoming, POINTS
    )


def test_empty_list_deletes_everything() -> None:
    """An empty list is a complete list."""
    assert Plan({}, deleted=("a", "b")) == plan(stored(request("a"), request("b")), [], POINTS)


@pytest.mark.parametrize("instruction", ["Normal", "Changed"])
def test_instruction_alone_is_no_change(instruction: str) -> None:
    """An entry that says the same under another instruction is unchanged."""
    incoming = [request("a", chargingInstruction=instruction)]
    assert Plan(stored(*incoming)) == plan(stored(request("a")), incoming, POINTS)


@pytest.mark.parametrize("instruction", ["Normal", "Changed"])
def test_changed_values_are_taken_over(instruction: str) -> None:
    """The list decides about values, whatever the instruction says of a known id."""
    incoming = [request("a", chargingInstruction=instruction, priority=2)]
    assert plan(stored(request("a")), incoming, POINTS).changed == ("a",)


def test_normal_creates_what_is_unknown() -> None:
    """Normal on an unknown id is a new request."""
    assert plan({}, [request("a", chargingInstruction="Normal")], POINTS).created == ("a",)


def test_terminate_removes() -> None:
    """A terminated request is deleted although it stands in the list, wherever it wants to charge."""
    incoming = [request("a", chargingInstruction="Terminate", chargingPointId="nowhere"), request("b")]
    assert Plan(stored(request("b")), deleted=("a",)) == plan(stored(request("a"), request("b")), incoming, POINTS)


def test_unknown_ids_get_the_published_text_and_nothing_is_applied() -> None:
    """Changed and Terminate for ids that are not stored refuse the whole list."""
    before = stored(request("a"))
    incoming = [
        request("cr-1", chargingInstruction="Terminate"), request("new"),
        request("cr-2", chargingInstruction="Changed"), request("a", chargingInstruction="Changed", priority=9),
    ]  # fmt: skip
    text = "Charging requests for ids: cr-1, cr-2 does not exist."
    assert Plan(before, refused=("cr-1", "cr-2"), error=text) == plan(before, incoming, POINTS)


def test_same_id_twice_is_refused() -> None:
    """Ids are unique within a list."""
    before = stored(request("z"))
    outcome = plan(before, [request("a"), request("b"), request("a", priority=2)], POINTS)
    assert (before, ("a",), "Charging request ids are not unique: a.") == (
        outcome.stored, outcome.refused, outcome.error
    )  # fmt: skip


def test_unknown_point_is_refused() -> None:
    """A point that no push names cannot be asked for."""
    outcome = plan({}, [request("a", chargingPointId="p9"), request("b", chargingPointId="p1")], POINTS)
    assert (outcome.stored, outcome.refused, outcome.error) == ({}, ("a",), "Charging points are not known: p9.")


@pytest.mark.parametrize("changes", [{}, {"chargingPointId": "p2"}, {"chargingPointId": "d/0/0"}])
def test_real_default_and_no_point_are_fine(changes: dict[str, str]) -> None:
    """Whatever is advertised may be asked for, and nothing has to be."""
    assert plan({}, [request("a", **changes)], POINTS).error is None


def lists() -> st.SearchStrategy[list[ChargingRequest]]:
    instructions = st.sampled_from([{}, *({"chargingInstruction": str(one)} for one in ChargingInstruction)])
    return st.lists(
        st.builds(
            lambda id_, instruction, priority: request(id_, priority=priority, **instruction),
            st.sampled_from(IDS), instructions, st.integers(1, 3),
        ),
        max_size=4,
    )  # fmt: skip


@UNHURRIED
@given(lists(), lists())
def test_plans_add_up(first: list[ChargingRequest], second: list[ChargingRequest]) -> None:
    """What was stored, less the deleted, plus the created, is stored; with an error nothing has moved."""
    before = plan({}, first, POINTS).stored
    outcome = plan(before, second, POINTS)
    assert set(outcome.stored) == (set(before) - set(outcome.deleted)) | set(outcome.created)
    assert set(outcome.changed) <= set(before) & set(outcome.stored)
    if outcome.error is not None:
        assert outcome.stored is before
        assert outcome.refused


@UNHURRIED
@given(lists())
def test_the_same_plain_list_again_changes_nothing(incoming: list[ChargingRequest]) -> None:
    """Resending is harmless."""
    before = plan({}, incoming, POINTS).stored
    assert Plan(before) == plan(before, list(before.values()), POINTS)
