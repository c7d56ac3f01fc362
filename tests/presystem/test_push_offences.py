"""Offences in taking pushes: each is set off by its own feature, and by no ordinary push."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mockpilot.presystem.conduct import Arrival, Taking
from mockpilot.presystem.offences import OFFENCES
from mockpilot.presystem.offences.pushes import breaks_at_fragments
from mockpilot.protocol.envelope import Action, Envelope, MessageType

WALL = datetime(2031, 3, 4, 17, 20, tzinfo=UTC)
STAMP = "2031-03-04T17:20:00.000Z"


def told(*points: dict[str, Any]) -> dict[str, Any]:
    """A depot with its default point and more."""
    station = {"chargingPointInfoList": [{"chargingPointId": "d/0/0", "chargingPointStatus": "Unavailable"}, *points]}
    return {"depotInfoList": [{"depotId": "d", "chargingStationInfoList": [station]}]}


def arrival(payload: Any = None, *, stamp: str = STAMP, size: int = 500) -> Arrival:
    """A push that comes."""
    action = Action.PROVIDE_CHARGING_INFORMATION
    said = Envelope(MessageType.REQUEST, "CMS", "P", stamp, "id", action, payload or told())
    return Arrival(said, size, WALL)


ORDINARY = arrival(told({"chargingPointId": "p", "chargingPointStatus": "Available"}))

CASES = [
    ("envelope.reads-time-stamps", "2031-03-04T17:20:00Z", Taking.AS_AN_ERROR),
    ("envelope.reads-unusual-time-stamps", "2031-03-04T17:20:00.000+00:00", Taking.SILENTLY),
    ("envelope.reads-unusual-time-stamps", "2031-03-04T17:20:00.000000000Z", Taking.SILENTLY),
    ("envelope.unmoved-by-our-clock", "2031-03-04T12:20:00.000Z", Taking.SILENTLY),
]


@pytest.mark.parametrize("rule", sorted(OFFENCES))
def test_ordinary_push_is_taken_as_meant(rule: str) -> None:
    """By every offender there is."""
    assert OFFENCES[rule].conduct.takes(ORDINARY) is Taking.AS_MEANT


@pytest.mark.parametrize(("rule", "stamp", "taking"), CASES)
def test_time_stamp_sets_it_off(rule: str, stamp: str, taking: Taking) -> None:
    """Its form, or its distance."""
    assert OFFENCES[rule].conduct.takes(arrival(stamp=stamp)) is taking


@pytest.mark.parametrize(("rule", "payload", "taking"), [
    ("information.default-station", {"depotInfoList": [{"chargingStationInfoList": [
        {"chargingPointInfoList": [{"chargingPointId": "p"}]}]}]}, Taking.AS_AN_ERROR),
    ("information.chargepilot-form", told({"chargingPointId": "Hof Süd"}), Taking.AS_AN_ERROR),
    ("information.survives-unknown", told({"chargingPointId": "p", "chargingPointStatus": "Dozing"}), Taking.FOR_GOOD),
    ("information.empty-lists", {"depotInfoList": []}, Taking.AS_AN_ERROR),
    ("information.empty-lists", {"depotInfoList": [{"chargingStationInfoList": []}]}, Taking.AS_AN_ERROR),
    ("information.answers-what-makes-no-sense", {"depotInfoList": {"": 1}}, Taking.SILENTLY),
    ("information.legal-statuses", told({"chargingPointId": "p", "chargingPointStatus": "Available",
                                         "chargingPointFaultInfo": {}}), Taking.BADLY),
])  # fmt: skip
def test_payload_sets_it_off(rule: str, payload: Any, taking: Taking) -> None:
    """What it says of the depot."""
    assert OFFENCES[rule].conduct.takes(arrival(payload)) is taking


def test_size_sets_it_off() -> None:
    """A megabyte is taken, more is not."""
    takes = OFFENCES["frames.reads-large-messages"].conduct.takes
    assert takes(replace(ORDINARY, size=1_000_000)) is Taking.AS_MEANT
    assert takes(replace(ORDINARY, size=1_250_000)) is Taking.BADLY


def test_fragment_ends_the_stream() -> None:
    """A whole frame, a Ping and what goes on in the middle of a frame pass."""
    assert breaks_at_fragments(b"\x01\x02ab") == b""
    for data in (b"\x81\x02ab", b"\x89\x00", b"abc"):
        assert breaks_at_fragments(data) == data
