"""What one push says of power and states of charge."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_night import BEGAN, point, push
from mockpilot.history.events import Event, Mark, MessageReceived, MessageSent
from mockpilot.report.pushes import Plugged, Told, push_of, told


def said(event: MessageSent) -> Told:
    """What a push tells."""
    read = push_of(event)
    assert read is not None
    found = told(read[1])
    assert found is not None
    return found


@pytest.mark.parametrize("new", [False, True], ids=["until 1.1", "from 2.0"])
def test_every_version_says_the_same(new: bool) -> None:
    """Keys that were renamed mean what they meant before."""
    event = push(
        0,
        point("p1", "bus", soc=41.5, kw=80.5, least=80, limit=150, new=new, departs_s=0),
        point("p2", limit=50, new=new),
    )
    assert said(event) == Told(
        ("Depot <Nord>",), 80.5, 150.0, (Plugged("bus", "p1", "p", 41.5, 80.0, BEGAN, 80.5),), 1, {}
    )


def test_a_station_that_tells_its_total_counts_by_it() -> None:
    """That is the side of the grid, where preconditioning counts too."""
    assert said(push(0, point("p", "bus", kw=80), total=92.5)).drawn_kw == 92.5


def test_what_is_not_told_is_not_made_up() -> None:
    """A vehicle without a battery, a process without power, points without limits."""
    bare = {"chargingPointId": "p", "vehicleInfo": {"vehicleId": "bus"}}
    plugged = Plugged("bus", "p", "", None, None, None, 0.0)
    assert said(push(0, bare)) == Told(("Depot <Nord>",), 0.0, None, (plugged,), 0, {})


@pytest.mark.parametrize("new", [False, True], ids=["until 1.1", "from 2.0"])
def test_processes_to_come_tell_what_is_asked_for(new: bool) -> None:
    """Those that tell no id of their own can't be found again."""
    least = point("p", "bus", least=75, new=new)["chargingProcessInfo"]["chargingPredictionData"]
    waiting = [{"chargingProcessId": "q", "vehicleId": "bus", "chargingPredictionData": least}]
    waiting += [{"vehicleId": "other", "chargingPredictionData": least}]
    assert said(push(0, point("p") | {"scheduledChargingProcessList": waiting})).to_come == {"q": 75.0}


def test_a_pushs_time_is_its_own() -> None:
    """Not the recording's, so simulated time is as good as any."""
    read = push_of(push(0))
    assert read is not None
    assert read[0] == BEGAN


@pytest.mark.parametrize(
    "event",
    [
        Mark(text="depotInfoList ProvideChargingInformation"),
        MessageReceived(text=push(0).text),
        push(0, fault="altered"),
        MessageSent(base64="AAE="),
        MessageSent(text='[2,"CMS","acme","2027-01-14T18:00:00Z","i","ProvideChargingInformation",{}]'),
        MessageSent(text=(push(0).text or "")[:-1]),
        MessageSent(text=(push(0).text or "").replace("2027-01-14", "2027-02-30")),
        MessageSent(text='"ProvideChargingInformation" "depotInfoList" \ud800'),
    ],
    ids=["mark", "received", "altered", "binary", "confirmation", "torn", "no such day", "half a character"],
)
def test_what_is_no_push_of_ours_says_nothing(event: Event) -> None:
    """What a fault touched least of all."""
    assert push_of(event) is None


@given(st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["depotInfoList", "depotId", "chargingStationInfoList", "chargingPointInfoList", "totalPower"]),
        inner, max_size=3,
    ),
))  # fmt: skip
def test_no_payload_raises(payload: object) -> None:
    """What no version knows is None."""
    found = told(json.dumps(payload).encode())
    assert found is None or isinstance(found, Told)
