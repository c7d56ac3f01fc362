"""The case: what checkers look at, worked out once, quickly, and the same live and offline."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.playbook import Play, entry, uuid
from mockpilot.conformance.case import Case
from mockpilot.conformance.pushed import points_in, requests_in
from mockpilot.conformance.verdict import judge
from mockpilot.history import events as ev
from mockpilot.history.trace import from_lines, to_line


def test_guard_is_three_usual_answer_times() -> None:
    """At least the limit, at most five seconds."""
    quick, slow, slowest = Play().exchange(), Play().connect().boot().accept(), Play().connect().boot().accept()
    for play, answer_s in ((slow, 1), (slowest, 9)):
        play.push().wait(answer_s).confirm()
    guards = [Case(play.whole).delivery.guard(Case(play.whole).links[0]) for play in (quick, slow, slowest)]
    assert guards[0] == 1
    assert 3 < guards[1] < 3.1
    assert guards[2] == 5


def test_delivery_is_proved_by_what_is_answered_later() -> None:
    """A later push's answer, or a later ping's pong; nothing else."""
    play = Play().exchange().asks(entry("a")).takes()
    confirmation = play.last
    case = Case(play.whole)
    assert case.delivery.proved_at(case.links[0], confirmation) is None
    by_ping = play.here(ev.PingSent(payload="x")).here(ev.PongReceived(payload="x"))
    case = Case(by_ping.whole)
    assert case.delivery.proved_at(case.links[0], confirmation) == play.events[-1].at


def test_points_and_requests_are_read_without_trust() -> None:
    """A fault may have changed anything in a push."""
    stranges: list[Any] = [None, [], {"depotInfoList": [None, {"chargingStationInfoList": 3}]}, {"depotInfoList": "x"}]
    for strange in stranges:
        assert points_in(strange) == frozenset()
        assert requests_in(strange, "x") == frozenset()


def test_foreign_requests_are_not_ours() -> None:
    """The same id under another presystem is another request."""
    point = {"chargingPointId": "P", "scheduledChargingProcessList": [{"presystemId": "x", "chargingRequestId": "a"}]}
    push = {"depotInfoList": [{"chargingStationInfoList": [{"chargingPointInfoList": [point]}]}]}
    assert requests_in(push, "x") == {"a"}
    assert requests_in(push, "y") == frozenset()


MOVES = st.sampled_from([
    lambda play: play.push(), lambda play: play.confirm(), lambda play: play.confirm(uuid(4711)),
    lambda play: play.asks(entry("a"), entry("b")), lambda play: play.takes(), lambda play: play.boot(),
    lambda play: play.accept(), lambda play: play.exchange(), lambda play: play.closed(), lambda play: play.ended("us"),
    lambda play: play.says_raw("{"), lambda play: play.says_raw(b"\xff"), lambda play: play.wait(20),
    lambda play: play.step("create-request"), lambda play: play.step("cancel-request"),
    lambda play: play.loses_confirmation(), lambda play: play.refused(401), lambda play: play.refused(503),
    lambda play: play.line(ev.Stalled(late_s=2)), lambda play: play.here(ev.WentSilent(fault="s")),
    lambda play: play.line(ev.ProductExited(status=1, by_us=False)), lambda play: play.confirm(payload=[]),
    lambda play: play.armed("f", "delay").takes(fault="f"), lambda play: play.ends(),
    lambda play: play.tls("wrong-host"),
])  # fmt: skip


@given(st.lists(MOVES, max_size=40))
def test_saved_recording_gives_the_same_verdict(moves: list[object]) -> None:
    """Whatever happened, no checker breaks, and the file tells as much as the memory."""
    play = Play("I-01").connect().boot().accept()
    for move in moves:
        move(play)  # type: ignore[operator]
    loaded = from_lines(b"".join(to_line(event) for event in play.whole))
    assert judge(loaded) == play.judged()


def test_long_recording_is_judged_quickly() -> None:
    """Ten thousand events take a moment, not a coffee."""
    play = Play().exchange()
    entries = [entry(str(number)) for number in range(20)]
    while play.last < 10_000:
        play.pushed(5).asks(*entries).takes()
    history = play.whole
    begun = time.process_time()
    judge(history)
    assert time.process_time() - begun < 6
