"""Dialects compared field by field and switch by switch."""

from __future__ import annotations

import pytest

from mockpilot.protocol.comparing import Difference, differences, switches
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, dialect

EACH_PAIR = pytest.mark.parametrize(
    ("one", "other"), [(one, other) for one in DIALECTS.values() for other in DIALECTS.values()],
    ids=lambda spoken: spoken.name,
)  # fmt: skip


@EACH_PAIR
def test_difference_is_seen_from_both_sides(one: Dialect, other: Dialect) -> None:
    """What one side has otherwise, the other side has, too."""
    places = {found.place for found in (*differences(one, other), *switches(one, other))}
    assert places == {found.place for found in (*differences(other, one), *switches(other, one))}
    assert (places == set()) is (one is other)


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("vdv-1.0", "vdv-1.1", ("ProvideChargingRequestsRequest.chargingRequestList", "at least 1 entry", "may be empty")),
    ("vdv-1.0", "vdv-1.1", ("ChargingRequest.chargingRequestId", "a URI", "any text")),
    ("vdv-1.0", "vdv-1.1", ("ChargingRequestData.minTargetSoc", "unbounded", "0…100")),
    ("vdv-1.0", "vdv-1.1", ("ChargingPredictionData.chargingPredictionDataMinSoc", "required", "optional")),
    ("vdv-1.1", "vdv-2.0-rc1", ("ChargingStationInfo.chargingStationStatus", "required", "unknown")),
    ("vdv-1.1", "vdv-2.0-rc1", ("ChargingPredictionDataDepartureTime", "further keys allowed", "closed")),
    ("vdv-2.0-rc1", "vdv-1.1", ("VehicleInfo.vehicleChargingStatus",
                                "also ChargingAndPreconditioning, Preconditioning", "not")),
    ("vdv-1.1", "vdv-2.0-rc1", ("VehicleInfo.vehicleChargingStatus",
                                "not ChargingAndPreconditioning, Preconditioning", "allowed")),
    ("vdv-2.0-rc1", "vdv-1.1", ("ErrorResponse.errorMessage", "required", "unknown")),
    ("chargepilot", "vdv-1.1", ("BootNotificationRequest.systemType", "one of several", "unknown")),
])  # fmt: skip
def test_kinds_of_differences_are_told_in_words(one: str, other: str, expected: tuple[str, str, str]) -> None:
    """Presence, need, bounds, formats, members, entries and further keys."""
    assert Difference(*expected) in differences(dialect(one), dialect(other))


def test_chargepilot_differs_from_1_1_in_three_keys() -> None:
    """All else that is its own is a switch."""
    assert [found.place for found in differences(dialect("chargepilot"), dialect("vdv-1.1"))] == [
        "BootNotificationRequest.presystem", "BootNotificationRequest.systemType",
        "ChargingPredictionDataMinSoc.predictedTime",
    ]  # fmt: skip


def test_switches_are_told_in_words() -> None:
    """Yes and no, lists, numbers, and nothing."""
    found = {one.place: (one.here, one.there) for one in switches(dialect("chargepilot"), dialect("vdv-1.1"))}
    assert found["error_key"] == ("message", "errorMessage")
    assert found["sends_reserved"] == ("no", "yes")
    assert found["sources"] == ("BMS, ITCS, CMS", "any")
    assert found["promised_push_interval_s"] == ("15.0", "none")
    (spelling,) = (one for one in switches(dialect("vdv-1.0"), dialect("vdv-1.1")) if one.place == "spelling")
    assert spelling.here.startswith("URIs")


@pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)
def test_switches_agree_with_the_messages(spoken: Dialect) -> None:
    """What stands in the record and in the structs says the same."""
    lacks = {found.place for found in differences(spoken, dialect("vdv-1.1")) if found.here == "unknown"}
    uris = [found for found in differences(spoken, dialect("vdv-1.1")) if found.here == "a URI"]
    assert ("ChargingRequest.chargingInstruction" not in lacks) is spoken.has_instructions
    assert bool(uris) is spoken.ids_are_uris
