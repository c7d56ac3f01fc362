"""A new list against the stored one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot.made import request
from mockpilot.depot.planning import Plan, Problem, Trouble, complaint, plan, reason
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
    problems = (Problem(Trouble.UNKNOWN_ID, "cr-1"), Problem(Trouble.UNKNOWN_ID, "cr-2"))
    outcome = plan(before, incoming, POINTS)
    assert Plan(before, problems=problems, carried_out=False) == outcome
    assert outcome.refused == ("cr-1", "cr-2")
    assert complaint(problems) == "Charging requests for ids: cr-1, cr-2 does not exist."


TWICE = [request("bad"), request("bad", priority=2)]
STRANGE_CLAIM = [request("bad", chargingInstruction="Terminate")]
STRANGE_POINT = [request("bad", chargingPointId="p9")]
CROSSED = [request("bad", chargingRequestData={"minTargetSoc": 80.5, "maxTargetSoc": 70})]
BAD = pytest.mark.parametrize(
    ("bad", "text", "why"),
    [
        (
            TWICE,
            "Charging request ids are not unique: bad.",
            "The charging request id stands in the list more than once.",
        ),
        (STRANGE_CLAIM, "Charging requests for ids: bad does not exist.", "The charging request does not exist."),
        (STRANGE_POINT, "Charging points are not known: p9.", "The charging point p9 is not known."),
        (
            CROSSED,
            "Charging requests whose minTargetSoc is above their maxTargetSoc: bad.",
            "minTargetSoc is above maxTargetSoc: 80.5 and 70.",
        ),
    ],
    ids=["twice", "unknown id", "unknown point", "targets crossed"],
)


@BAD
def test_a_bad_entry_keeps_the_whole_list_from_being_carried_out(
    bad: list[ChargingRequest], text: str, why: str
) -> None:
    """Nothing is created, changed or deleted; the entry is named once, with its reason."""
    before = stored(request("old"))
    outcome = plan(before, [request("new"), *bad], POINTS)
    assert (outcome.stored, outcome.refused, outcome.carried_out) == (before, ("bad",), False)
    assert (outcome.created, outcome.changed, outcome.deleted) == ((), (), ())
    assert (complaint(outcome.problems), [reason(problem) for problem in outcome.problems]) == (text, [why])


@BAD
def test_a_partial_list_leaves_the_bad_entry_out(bad: list[ChargingRequest], text: str, why: str) -> None:
    """Everything else is carried out, deletions by omission too."""
    before = stored(request("old"), request("same"))
    outcome = plan(before, [request("new"), *bad, request("same")], POINTS, partial=True)
    assert list(outcome.stored) == ["new", "same"]
    assert (outcome.created, outcome.deleted, outcome.refused) == (("new",), ("old",), ("bad",))
    assert (complaint(outcome.problems), reason(outcome.problems[0])) == (text, why)


@pytest.mark.parametrize("bad", [TWICE, STRANGE_POINT, CROSSED], ids=["twice", "unknown point", "targets crossed"])
def test_a_partial_list_loses_nothing_that_is_stored_under_a_refused_id(bad: list[ChargingRequest]) -> None:
    """The older version stays; a request that the list names at all is not left out of it."""
    before = stored(request("bad", priority=7))
    outcome = plan(before, [*bad, request("new")], POINTS, partial=True)
    assert stored(request("bad", priority=7), request("new")) == outcome.stored
    assert (outcome.changed, outcome.deleted) == ((), ())


def test_a_terminated_entry_may_ask_for_anything() -> None:
    """It ends, so neither its point nor its targets matter."""
    ends = request("a", chargingInstruction="Terminate", chargingPointId="p9",
                   chargingRequestData={"minTargetSoc": 90, "maxTargetSoc": 10})  # fmt: skip
    assert plan(stored(request("a")), [ends], POINTS).deleted == ("a",)


def test_a_complaint_names_every_kind_of_trouble_and_not_thousands_of_ids() -> None:
    """One sentence for each kind, in the presystem's spelling; a long enumeration ends in a number."""
    problems = [Problem(Trouble.TARGETS_CROSSED, "x", "2 and 1"), Problem(Trouble.UNKNOWN_POINT, "y", "p9"),
                *(Problem(Trouble.TWICE, str(number)) for number in range(10_000))]  # fmt: skip
    first, second, third = complaint(problems, "urn:{}".format).split(". ")
    assert first.startswith("Charging request ids are not unique: urn:0, urn:1, ")
    assert first.endswith(", urn:19 and 9980 more")
    assert second == "Charging points are not known: urn:p9"
    assert third == "Charging requests whose minTargetSoc is above their maxTargetSoc: urn:x."


@pytest.mark.parametrize("changes", [{}, {"chargingPointId": "p2"}, {"chargingPointId": "d/0/0"}])
def test_real_default_and_no_point_are_fine(changes: dict[str, str]) -> None:
    """Whatever is advertised may be asked for, and nothing has to be."""
    assert plan({}, [request("a", **changes)], POINTS).problems == ()


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
@given(lists(), lists(), st.booleans())
def test_plans_add_up(first: list[ChargingRequest], second: list[ChargingRequest], partial: bool) -> None:
    """What was stored, less the deleted, plus the created, is stored; refused ids are neither."""
    before = plan({}, first, POINTS).stored
    outcome = plan(before, second, POINTS, partial=partial)
    assert set(outcome.stored) == (set(before) - set(outcome.deleted)) | set(outcome.created)
    assert set(outcome.changed) <= set(before) & set(outcome.stored)
    assert not set(outcome.refused) & {*outcome.created, *outcome.changed, *outcome.deleted}
    assert outcome.carried_out == (partial or not outcome.problems)
    if not outcome.carried_out:
        assert outcome.stored is before


@UNHURRIED
@given(lists())
def test_the_same_plain_list_again_changes_nothing(incoming: list[ChargingRequest]) -> None:
    """Resending is harmless."""
    before = plan({}, incoming, POINTS).stored
    assert Plan(before) == plan(before, list(before.values()), POINTS)
