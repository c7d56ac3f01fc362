"""The object that a CMS keeps: lists in, charging information out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from depot.made import DEPOT, NOW, a_list, entry, request
from mockpilot.depot.site import ListAnswer, Site
from mockpilot.protocol.vocabulary import dialect

CHARGEPILOT, VDV_1_1 = dialect("chargepilot"), dialect("vdv-1.1")


def test_site_advertises_all_points_and_knows_the_real_ones() -> None:
    """Presystems may ask for every point that pushes name."""
    site = Site(DEPOT)
    assert site.depot is DEPOT
    assert site.advertised_points() == ("d/0/0", "p1", "p2")
    assert site.real_points() == ("p1", "p2")


def test_receive_list_applies_and_tells_what_became_of_it() -> None:
    """Lists replace one another, each presystem's on its own."""
    site = Site(DEPOT)
    assert ListAnswer(None, created=("a", "b"), applied=True) == site.receive_list(
        "P", a_list(entry("a"), entry("b")), CHARGEPILOT
    )
    assert ListAnswer(None, created=("a",), applied=True) == site.receive_list("Q", a_list(entry("a")), CHARGEPILOT)
    assert ListAnswer(None, created=("c",), changed=("b",), deleted=("a",), applied=True) == site.receive_list(
        "P", a_list(entry("b", priority=1), entry("c")), CHARGEPILOT
    )
    assert list(site.requests_of("P")) == ["b", "c"]
    assert list(site.requests_of("Q")) == ["a"]
    assert site.requests_of("P")["b"].priority == 1
    assert site.requests_of("nobody") == {}


def test_receive_list_can_leave_the_stored_list_as_it_is() -> None:
    """Worked out without being applied, the answer says what would have become of it."""
    site = Site(DEPOT)
    assert ListAnswer(None, created=("a",)) == site.receive_list("P", a_list(entry("a")), CHARGEPILOT, apply=False)
    assert site.requests_of("P") == {}
    assert site.revision == 0


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (a_list(entry("x", chargingInstruction="Changed")), "Charging requests for ids: x does not exist."),
        (a_list(entry("a"), entry("a")), "Charging request ids are not unique: a."),
        (a_list(entry("a", chargingPointId="p9")), "Charging points are not known: p9."),
        ({}, "The charging request list is not valid: $.chargingRequestList: is missing."),
        (None, 'The charging request list is not valid: $: null is not of type "object".'),
        (
            {"a": 1, "b": 2, "c": 3, "chargingRequestList": [], "d": 4},
            (
                "The charging request list is not valid: $.a: is not allowed here; $.b: is not allowed here; "
                "$.c: is not allowed here; and 1 more."
            ),
        ),
    ],
)
def test_bad_list_is_answered_with_an_error_and_nothing_is_applied(payload: object, error: str) -> None:
    """A list is carried out as a whole or not at all."""
    site = Site(DEPOT)
    site.receive_list("P", a_list(entry("before")), CHARGEPILOT)
    revision = site.revision
    answer = site.receive_list("P", payload, CHARGEPILOT)
    assert ListAnswer(error) == answer
    assert list(site.requests_of("P")) == ["before"]
    assert revision == site.revision


def test_apply_takes_typed_requests() -> None:
    """Whoever has requests as values needs no payload."""
    site = Site(DEPOT)
    assert site.apply("P", [request("a")]).created == ("a",)
    assert site.apply("P", [request("b", chargingInstruction="Changed")]).error is not None
    assert list(site.requests_of("P")) == ["a"]


def test_forget_loses_one_presystems_requests() -> None:
    """Amnesia concerns one presystem and shows in the next push."""
    site = Site(DEPOT)
    site.apply("P", [request("a")])
    site.apply("Q", [request("b")])
    revision = site.revision
    site.forget("P")
    site.forget("nobody")
    assert ({}, ["b"], revision + 1) == (site.requests_of("P"), list(site.requests_of("Q")), site.revision)
    assert site.receive_list("P", a_list(entry("a")), CHARGEPILOT).created == ("a",)


def test_information_is_encoded_once_per_dialect_and_revision() -> None:
    """Only what changes the depot's picture makes a new payload."""
    site = Site(DEPOT)
    first = site.information(CHARGEPILOT, NOW)
    site.receive_list("P", a_list(), CHARGEPILOT)
    assert site.information(CHARGEPILOT, NOW + timedelta(hours=1)) is first
    site.receive_list("P", a_list(entry("a", chargingPointId="p1")), CHARGEPILOT)
    second = site.information(CHARGEPILOT, NOW)
    assert second != first
    site.receive_list("P", a_list(entry("a", chargingPointId="p1", chargingInstruction="Normal")), CHARGEPILOT)
    assert site.information(CHARGEPILOT, NOW) is second


def test_information_differs_by_dialect() -> None:
    """Each dialect has its own form of the same picture."""
    site = Site(DEPOT)
    site.apply("P", [request("a")])
    assert b"predictedTime" not in site.information(CHARGEPILOT, NOW)
    assert b"predictedTime" in site.information(VDV_1_1, NOW)
    assert json.loads(site.information(VDV_1_1, NOW))["depotInfoList"][0]["depotId"] == "d"
