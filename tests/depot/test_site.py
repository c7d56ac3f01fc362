"""The object that a CMS keeps: lists in, a depot that lives, charging information out."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depot.made import DEPOT, NOW, a_list, after, entry, faults_of, points_of, request, requests_shown
from mockpilot.depot.model import Depot, OcppError, Point, PointState, Station, Trouble, Vehicle, Visit
from mockpilot.depot.site import ListAnswer, ListPolicy, Site
from mockpilot.protocol.envelope import Action, MessageType, format_timestamp
from mockpilot.protocol.vocabulary import DIALECTS, Dialect, dialect
from protocol.strategies import UNHURRIED, payloads

CHARGEPILOT, VDV_1_0, VDV_1_1, VDV_2_0 = map(dialect, ("chargepilot", "vdv-1.0", "vdv-1.1", "vdv-2.0-rc1"))
LIST = (Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)
EACH_DIALECT = pytest.mark.parametrize("spoken", DIALECTS.values(), ids=lambda spoken: spoken.name)
BEFORE_2_0 = pytest.mark.parametrize("spoken", [CHARGEPILOT, VDV_1_0, VDV_1_1], ids=lambda spoken: spoken.name)
UUID = "b7d2c1aa-3f55-4f53-9d0e-6a1f1c0b2e01"
WHOLE, PARTIAL = ListPolicy(), ListPolicy(partial=True)


def stamp(minutes: float) -> str:
    return format_timestamp(after(minutes))


def site(depot: Depot = DEPOT, policy: ListPolicy = WHOLE) -> Site:
    return Site(depot, NOW, policy=policy)


def later(id_: str = "a", **changes: Any) -> dict[str, Any]:
    """An entry whose vehicle comes in an hour and leaves two hours after that."""
    data = {"minTargetSoc": 60, "maxTargetSoc": 70, "expectedSocAtArrival": 50,
            "expectedArrivalTimeAtChargingPoint": stamp(60), "requestedTimeForDeparture": stamp(180)}  # fmt: skip
    return entry(id_, chargingRequestData=data | changes.pop("data", {}), **changes)


def spelled(spoken: Dialect, *entries: dict[str, Any]) -> dict[str, Any]:
    """The list as a presystem writes it in a dialect: its ids are URIs where they have to be."""
    out = spoken.spelling.out
    return a_list(*(
        one | {key: out(one[key]) for key in ("chargingRequestId", "chargingPointId") if key in one} for one in entries
    ))  # fmt: skip


def push(held: Site, spoken: Dialect = CHARGEPILOT, now: datetime = NOW) -> Any:
    return json.loads(held.information(spoken, now))


def test_site_advertises_all_points_and_knows_the_real_ones() -> None:
    """Presystems may ask for every point that pushes name, by the name that pushes give it."""
    held = site()
    assert held.depot is DEPOT
    assert held.advertised_points(CHARGEPILOT) == ("d/0/0", "p1", "p2")
    assert held.advertised_points(VDV_1_0) == tuple(points_of(push(held, VDV_1_0)))
    assert held.real_points() == ("p1", "p2")


def test_point_that_only_a_push_named_may_be_asked_for() -> None:
    """Whoever believes a push is not refused for it."""
    held = site()
    assert held.receive_list("P", a_list(entry("a", chargingPointId="new")), CHARGEPILOT, now=NOW).error is not None
    held.also_told(["new"])
    assert held.receive_list("P", a_list(entry("a", chargingPointId="new")), CHARGEPILOT, now=NOW).applied


def test_receive_list_applies_and_tells_what_became_of_it() -> None:
    """Lists replace one another, each presystem's on its own."""
    held = site()
    assert ListAnswer(None, created=("a", "b"), applied=True) == held.receive_list(
        "P", a_list(entry("a"), entry("b")), CHARGEPILOT, now=NOW
    )
    assert ListAnswer(None, created=("a",), applied=True) == held.receive_list(
        "Q", a_list(entry("a")), CHARGEPILOT, now=NOW
    )
    assert ListAnswer(None, created=("c",), changed=("b",), deleted=("a",), applied=True) == held.receive_list(
        "P", a_list(entry("b", priority=1), entry("c")), CHARGEPILOT, now=NOW
    )
    assert list(held.requests_of("P")) == ["b", "c"]
    assert list(held.requests_of("Q")) == ["a"]
    assert held.requests_of("P")["b"].priority == 1
    assert held.requests_of("nobody") == {}


def test_receive_list_can_leave_the_stored_list_as_it_is() -> None:
    """Worked out without being applied, the answer says what would have become of it."""
    held = site()
    revision = held.revision
    assert ListAnswer(None, created=("a",)) == held.receive_list(
        "P", a_list(entry("a")), CHARGEPILOT, now=NOW, apply=False
    )
    assert held.requests_of("P") == {}
    assert held.revision == revision


@pytest.mark.parametrize(
    ("payload", "error"),
    [
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
@pytest.mark.parametrize("spoken", [CHARGEPILOT, VDV_2_0], ids=lambda spoken: spoken.name)
def test_list_that_breaks_the_schema_is_answered_with_an_error(payload: object, error: str, spoken: Dialect) -> None:
    """In every version and under every policy nothing of it is carried out."""
    for policy in (WHOLE, PARTIAL):
        held = site(policy=policy)
        held.receive_list("P", a_list(entry("before")), spoken, now=NOW)
        revision = held.revision
        assert ListAnswer(error) == held.receive_list("P", payload, spoken, now=NOW)
        assert list(held.requests_of("P")) == ["before"]
        assert revision == held.revision


BAD = {
    "twice": ([entry("bad"), entry("bad")], "The charging request id stands in the list more than once."),
    "unknown point": ([entry("bad", chargingPointId="p9")], "The charging point {p9} is not known."),
    "targets crossed": (
        [entry("bad", chargingRequestData={"minTargetSoc": 90, "maxTargetSoc": 80})],
        "minTargetSoc is above maxTargetSoc: 90 and 80.",
    ),
}
COMPLAINTS = {
    "twice": "Charging request ids are not unique: {bad}.",
    "unknown point": "Charging points are not known: {p9}.",
    "targets crossed": "Charging requests whose minTargetSoc is above their maxTargetSoc: {bad}.",
}
EACH_TROUBLE = pytest.mark.parametrize("trouble", BAD)


def names(spoken: Dialect) -> dict[str, str]:
    return {name: spoken.spelling.out(name) for name in ("bad", "p9")}


@EACH_TROUBLE
@BEFORE_2_0
def test_list_that_cannot_be_carried_out_is_answered_with_an_error(spoken: Dialect, trouble: str) -> None:
    """In the presystem's spelling; by default nothing of it is carried out."""
    held = site()
    held.receive_list("P", spelled(spoken, entry("before")), spoken, now=NOW)
    before, revision = held.information(spoken, NOW), held.revision
    answer = held.receive_list("P", spelled(spoken, entry("new"), *BAD[trouble][0]), spoken, now=NOW)
    assert ListAnswer(COMPLAINTS[trouble].format(**names(spoken))) == answer
    assert list(held.requests_of("P")) == ["before"]
    assert revision == held.revision
    assert held.information(spoken, NOW) is before


@EACH_TROUBLE
@BEFORE_2_0
def test_partial_list_is_carried_out_and_answered_with_an_error(spoken: Dialect, trouble: str) -> None:
    """Good entries are new, what is left out is deleted, what is refused is as it was."""
    held = site(policy=PARTIAL)
    held.receive_list("P", spelled(spoken, later("bad"), entry("before")), spoken, now=NOW)
    answer = held.receive_list("P", spelled(spoken, entry("new"), *BAD[trouble][0]), spoken, now=NOW)
    out = spoken.spelling.out
    assert answer == ListAnswer(
        COMPLAINTS[trouble].format(**names(spoken)), created=(out("new"),), deleted=(out("before"),), applied=True
    )
    assert list(held.requests_of("P")) == ["new", "bad"]
    assert held.requests_of("P")["bad"].charging_request_data.min_target_soc == 60
    assert faults_of(held.information(spoken, NOW), spoken) == []


@EACH_TROUBLE
@pytest.mark.parametrize("policy", [WHOLE, PARTIAL])
def test_version_2_0_confirms_and_rejects_in_pushes(trouble: str, policy: ListPolicy) -> None:
    """Once per request, until the presystem's next list; other presystems' lists change nothing about it."""
    held, (bad, why) = site(policy=policy), BAD[trouble]
    answer = held.receive_list("P", a_list(entry("new"), *bad), VDV_2_0, now=NOW)
    assert ListAnswer(None, created=("new",), applied=True) == answer
    rejected = [{"presystemId": "P", "chargingRequestId": "bad", "reason": why.format(p9="p9")}]
    for again in range(2):
        held.receive_list("Q", a_list(entry(str(again))), VDV_2_0, now=NOW)
        told = held.information(VDV_2_0, NOW)
        assert faults_of(told, VDV_2_0) == []
        assert json.loads(told)["rejectedChargingRequestInfoList"] == rejected
    held.receive_list("P", a_list(entry("new"), *bad), VDV_2_0, now=NOW, apply=False)
    assert push(held, VDV_2_0)["rejectedChargingRequestInfoList"] == rejected
    held.receive_list("P", a_list(entry("new")), VDV_2_0, now=NOW)
    assert push(held, VDV_2_0).get("rejectedChargingRequestInfoList", []) == []


def test_rejections_of_two_presystems_are_told_to_both() -> None:
    """Each says whose it is."""
    held = site()
    for presystem in ("P", "Q"):
        held.receive_list(presystem, a_list(*BAD["twice"][0]), VDV_2_0, now=NOW)
    told = push(held, VDV_2_0)["rejectedChargingRequestInfoList"]
    assert [one["presystemId"] for one in told] == ["P", "Q"]
    held.forget("P")
    assert [one["presystemId"] for one in push(held, VDV_2_0)["rejectedChargingRequestInfoList"]] == ["Q"]


@BEFORE_2_0
def test_claims_about_unknown_ids_get_the_published_text(spoken: Dialect) -> None:
    """With the ids as the presystem wrote them."""
    one, other = map(spoken.spelling.out, ("x 1", "x2"))
    wire = a_list(entry(one, chargingInstruction="Changed"), entry(other, chargingInstruction="Terminate"))
    answer = site().receive_list("P", wire, spoken, now=NOW)
    assert answer.error == f"Charging requests for ids: {one}, {other} does not exist."


def test_apply_takes_typed_requests() -> None:
    """Whoever has requests as values needs no payload."""
    held = site()
    assert held.apply("P", [request("a")]).created == ("a",)
    assert not held.apply("P", [request("b", chargingInstruction="Changed")]).carried_out
    assert list(held.requests_of("P")) == ["a"]


def test_forget_loses_one_presystems_requests() -> None:
    """Amnesia concerns one presystem and shows in the next push."""
    held = site()
    held.receive_list("P", a_list(later("a")), CHARGEPILOT, now=NOW)
    held.receive_list("Q", a_list(later("b")), CHARGEPILOT, now=NOW)
    held.forget("P")
    held.forget("nobody")
    assert (held.requests_of("P"), list(held.requests_of("Q"))) == ({}, ["b"])
    assert [row[1:] for row in requests_shown(push(held))] == [("Q", "b")]
    assert held.receive_list("P", a_list(later("a")), CHARGEPILOT, now=NOW).created == ("a",)


@pytest.mark.parametrize("survives", [False, True])
def test_requests_survive_a_reconnect_or_do_not(survives: bool) -> None:
    """As the policy says."""
    held = site(policy=ListPolicy(survives_reconnect=survives))
    held.receive_list("P", a_list(later("a")), CHARGEPILOT, now=NOW)
    held.link_opened("P")
    assert [row[1:] for row in requests_shown(push(held))] == ([("P", "a")] if survives else [])


# -- pushes --------------------------------------------------------------------------------------------------------


@EACH_DIALECT
def test_a_depot_without_vehicles_and_requests_stays_as_it_is(spoken: Dialect) -> None:
    """Byte by byte, for a day."""
    held = site()
    first = held.information(spoken, NOW)
    for minutes in range(15, 1440, 60):
        held.receive_list("P", spelled(CHARGEPILOT), CHARGEPILOT, now=after(minutes))
        assert held.information(spoken, after(minutes)) is first


def test_information_is_encoded_once_per_dialect_and_revision() -> None:
    """Only what changes the depot's picture makes a new payload."""
    held = site()
    first = held.information(CHARGEPILOT, NOW)
    held.receive_list("P", a_list(later(chargingPointId="p1")), CHARGEPILOT, now=NOW)
    second = held.information(CHARGEPILOT, NOW)
    assert second != first
    held.receive_list("P", a_list(later(chargingPointId="p1", chargingInstruction="Normal")), CHARGEPILOT, now=NOW)
    assert held.information(CHARGEPILOT, NOW) is second
    assert held.information(CHARGEPILOT, NOW) is second
    assert held.information(VDV_1_1, NOW) is not second


def test_a_request_is_planned_then_runs_then_is_told_no_more() -> None:
    """Its vehicle comes, charges at a real point and leaves; the request is kept until it is deleted."""
    held = site()
    held.receive_list("P", a_list(later("a", chargingPointId="p2")), CHARGEPILOT, now=NOW)
    (planned,) = points_of(push(held))["p2"]["scheduledChargingProcessList"]
    assert planned["startTime"] == stamp(60)
    running = points_of(push(held, now=after(70)))["p2"]
    assert "scheduledChargingProcessList" not in running
    assert running["vehicleInfo"]["vehicleId"] == "bus of a"
    assert running["chargingProcessInfo"]["chargingProcessId"] == planned["chargingProcessId"]
    assert running["chargingProcessInfo"]["deliveredEnergy"] > 0
    assert requests_shown(push(held, now=after(200))) == []
    assert list(held.requests_of("P")) == ["a"]
    assert held.receive_list("P", a_list(), CHARGEPILOT, now=after(201)).deleted == ("a",)


def test_a_request_without_a_point_waits_at_the_default_point() -> None:
    """Until its vehicle has come; then the process stands at a real one."""
    held = site()
    held.receive_list("P", a_list(later("a"), later("b", chargingPointId="d/0/0")), CHARGEPILOT, now=NOW)
    assert requests_shown(push(held)) == [("d/0/0", "P", "a"), ("d/0/0", "P", "b")]
    assert {row[0] for row in requests_shown(push(held, now=after(61)))} == {"p1", "p2"}


@EACH_DIALECT
def test_two_presystems_share_a_depot(spoken: Dialect) -> None:
    """Each with a list of its own; all pushes show both, whatever they call their requests."""
    held, out = site(), spoken.spelling.out
    held.receive_list("bms", spelled(spoken, later("1", chargingPointId="p1")), spoken, now=NOW)
    held.receive_list("itcs", spelled(spoken, later("1", chargingPointId="p2", vehicleId="other")), spoken, now=NOW)
    expected = [tuple(map(out, row)) for row in (("p1", "bms", "1"), ("p2", "itcs", "1"))]
    told = [held.information(spoken, after(minutes)) for minutes in (0, 61)]
    assert [faults_of(one, spoken) for one in told] == [[], []]
    assert [requests_shown(json.loads(one)) for one in told] == [expected, expected]
    running = [one["chargingProcessInfo"] for one in points_of(json.loads(told[1])).values()
               if "chargingProcessInfo" in one]  # fmt: skip
    assert len({one["chargingProcessId"] for one in running}) == 2


@pytest.mark.parametrize("point", [UUID, f"urn:uuid:{UUID}", "uri://yard/s/p", "Halle 1/Süd"])
def test_version_1_0_finds_points_however_the_depot_writes_them(point: str) -> None:
    """A plain id or a URI: what a push names can be asked for."""
    held = site(Depot("d", (Station("s", (Point(point),)),)))
    (named,) = [id_ for id_ in points_of(push(held, VDV_1_0)) if not id_.endswith("%2F0%2F0")]
    asked = a_list(later("urn:cr:1", chargingPointId=named, chargingProcessId=f"urn:uuid:{UUID}"))
    answer = held.receive_list("urn:p", asked, VDV_1_0, now=NOW)
    assert (answer.error, answer.created) == (None, ("urn:cr:1",))
    assert requests_shown(push(held, VDV_1_0)) == [(named, "urn:p", "urn:cr:1")]
    assert held.requests_of("urn:p")["urn:cr:1"].charging_point_id == point


def test_the_default_point_can_be_asked_for_in_version_1_0() -> None:
    """By the name that pushes give it."""
    held = site()
    default = held.advertised_points(VDV_1_0)[0]
    held.receive_list("urn:p", a_list(later("urn:cr:1", chargingPointId=default)), VDV_1_0, now=NOW)
    assert requests_shown(push(held, VDV_1_0)) == [(default, "urn:p", "urn:cr:1")]


@pytest.mark.parametrize("points", [4, 1000])
def test_ten_thousand_entries_are_handled_in_seconds(points: int) -> None:
    """Read, compared, planned, and told in the next push; the same list again, and an empty one, at once."""
    held = site(Depot("d", tuple(Station(f"s{n}", (Point(f"p{n}"),)) for n in range(points))))
    entries = [later(f"request {n}", data={"requestedTimeForDeparture": stamp(90 + n % 600)}) for n in range(10_000)]
    lists = ((a_list(*entries), 10_000, 4.0), (a_list(*entries), 10_000, 1.0), (a_list(), 0, 1.0))
    for payload, shown, within_s in lists:
        begun = time.process_time()
        assert held.receive_list("P", payload, CHARGEPILOT, now=NOW).error is None
        told = held.information(CHARGEPILOT, NOW)
        assert time.process_time() - begun < within_s
        assert len(requests_shown(json.loads(told))) == shown


@EACH_DIALECT
def test_ten_thousand_bad_entries_get_a_clear_answer(spoken: Dialect) -> None:
    """Short where it is an error answer; in 2.0 each with its reason."""
    held, begun = site(), time.process_time()
    bad = [entry(f"r{n}", chargingPointId="p9") for n in range(10_000)]
    answer = held.receive_list("P", spelled(spoken, *bad), spoken, now=NOW)
    told = held.information(spoken, NOW)
    assert time.process_time() - begun < 1.0
    if spoken.rejects_in_push:
        assert (answer.error, len(json.loads(told)["rejectedChargingRequestInfoList"])) == (None, 10_000)
    else:
        assert answer.error == f"Charging points are not known: {spoken.spelling.out('p9')}."


# -- whatever happens ----------------------------------------------------------------------------------------------


def ids() -> st.SearchStrategy[str]:
    return st.sampled_from(["a", "b c", UUID, "urn:x:1", "50%", "ü"])


@st.composite
def depots(draw: st.DrawFn) -> Depot:
    """Depots with whatever a file can bring, up to three stations."""
    names = draw(st.lists(ids(), min_size=1, max_size=3, unique=True))
    errors = st.sampled_from(list(OcppError))
    stations = tuple(
        Station(
            f"s-{name}",
            tuple(
                Point(f"{name}-{number}", state=draw(st.sampled_from([PointState.AVAILABLE] * 12 + list(PointState))),
                      error=draw(st.just(OcppError.NO_ERROR) | errors), max_kw=draw(st.sampled_from([22.0, 150.0])))
                for number in range(draw(st.integers(0 if place else 1, 3)))
            ),
            error=draw(st.just(OcppError.NO_ERROR) | errors), limit_kw=draw(st.sampled_from([50.0, 150.0, 300.0])),
        )
        for place, name in enumerate(names)
    )  # fmt: skip
    vehicles = tuple(Vehicle(f"bus of {id_}") for id_ in ("cr-1", "x"))
    targets = ["bus of x", *(station.id for station in stations), stations[0].points[0].id]
    troubles = st.builds(
        Trouble, st.sampled_from(targets), st.floats(0, 20_000), st.sampled_from([60.0, 3600.0]), errors,
    ) | st.builds(Trouble, st.just(stations[0].id), st.floats(0, 20_000), st.just(3600.0), offline=st.just(True))
    visits = st.builds(Visit, st.just("bus of x"), st.floats(0, 9_000), st.floats(10_000, 40_000), st.floats(0, 100))
    return Depot(
        draw(ids()), stations, draw(st.sampled_from(["", "North"])), jitter_s=draw(st.sampled_from([0.0, 300.0])),
        vehicles=vehicles, visits=tuple(draw(st.lists(visits, max_size=1))),
        troubles=tuple(draw(st.lists(troubles, max_size=3))),
    )  # fmt: skip


@st.composite
def sane_lists(draw: st.DrawFn, depot: Depot, spoken: Dialect) -> dict[str, Any]:
    """Lists that planners send, with a mistake here and there."""
    entries = []
    for id_ in draw(st.lists(ids(), min_size=1, max_size=4)):
        least = draw(st.integers(0, 100))
        data: dict[str, Any] = {"minTargetSoc": least, "maxTargetSoc": draw(st.integers(max(least - 5, 0), 100))}
        for key, low, high in (("expectedArrivalTimeAtChargingPoint", -60, 300), ("requestedTimeForDeparture", 0, 900)):
            if (minutes := draw(st.none() | st.integers(low, high))) is not None:
                data[key] = stamp(minutes)
        made = entry(id_, chargingRequestData=data, vehicleId=f"bus of {draw(ids())}")
        if (point := draw(st.none() | st.sampled_from([*depot.point_ids(), "p9"]))) is not None:
            made["chargingPointId"] = point
        if draw(st.booleans()):
            made["automaticPreconditioning"] = {"preconditioningRequest": "HotWaterAndHeating"}
        if draw(st.booleans()):
            made["priority"] = draw(st.integers(1, 3))
        entries.append(made)
    return spelled(spoken, *entries)


@EACH_DIALECT
@settings(UNHURRIED, max_examples=max(settings(UNHURRIED).max_examples // 4, 10))
@given(data=st.data())
def test_every_push_is_valid(spoken: Dialect, data: st.DataObject) -> None:
    """In every dialect, whatever depot, whoever asks for whatever, and however time passes."""
    depot = data.draw(depots())
    held = Site(depot, NOW, chance=lambda: 0.3, policy=ListPolicy(partial=data.draw(st.booleans())))
    now = NOW
    for _ in range(data.draw(st.integers(1, 6))):
        if data.draw(st.booleans()):
            strange = payloads(spoken.payloads[LIST])
            asked = data.draw(sane_lists(depot, spoken) | sane_lists(depot, spoken) | strange)
            held.receive_list(data.draw(st.sampled_from(["P", "urn:q"])), asked, spoken, now=now)
        told = held.information(spoken, now)
        assert faults_of(told, spoken) == []
        shown = requests_shown(json.loads(told))
        assert len({row[1:] for row in shown}) == len(shown)
        now += after(data.draw(st.sampled_from([0.0, 0.25, 1.0, 7.0, 61.0, 300.0]))) - NOW
