"""A CMS in a thread of its own: real sockets on the loopback address, and a product in another thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from example_project.depot_app.threaded import ThreadedApp
from mockpilot import faults
from mockpilot.errors import MockpilotError, UsageError
from mockpilot.history.events import ScenarioEnded, ScenarioStarted, StepEnded
from mockpilot.limits import Limits
from mockpilot.profile import Profile
from mockpilot.profile import Provoke as ProvokeBy
from mockpilot.testing import Authority, Cms, ConformanceFailure, NotSelected, WaitFailure, running, scenario_names
from mockpilot.testing.arranging import FIRST_INSTANT
from running import wait_until

LISTS, PUSHES = "ProvideChargingRequests", "ProvideChargingInformation"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    """One CA for all of these."""
    with Authority() as made:
        yield made


@contextmanager
def connected(cms: Cms, bug: str = "") -> Iterator[ThreadedApp]:
    """A product of this CMS."""
    app = ThreadedApp(cms.url, str(cms.ca_file), cms.user, cms.password, bug)
    try:
        yield app
    finally:
        app.stop()


def left_behind() -> tuple[set[str], set[str]]:
    """Threads and open files of this process."""
    descriptors = Path("/proc/self/fd")
    files = {str(one.readlink()) for one in descriptors.iterdir() if one.exists()} if descriptors.is_dir() else set()
    return {thread.name for thread in threading.enumerate()}, files


def test_product_gets_what_it_needs(authority: Authority) -> None:
    """An address, a CA file, credentials; in an environment, too."""
    with running(authority=authority) as cms:
        assert cms.url.startswith("wss://127.0.0.1:")
        assert "BEGIN CERTIFICATE" in cms.ca_file.read_text()
        assert (cms.user, cms.presystem_id, cms.dialect) == ("Presystem1", "Presystem1", "chargepilot")
        assert cms.environment["MOCKPILOT_PASSWORD"] == cms.password
        assert cms.ssl_context().verify_mode is ssl.CERT_REQUIRED


def test_two_know_nothing_of_each_other(authority: Authority) -> None:
    """Ports, passwords and histories are their own."""
    with running(authority=authority) as one, running(authority=authority) as other:
        assert one.url != other.url
        assert one.password != other.password
        with connected(one):
            one.wait_exchange()
        assert other.history.received() == []


def test_conforming_product_is_no_failure(authority: Authority) -> None:
    """Its list is stored, its answers are in the history."""
    with running(authority=authority) as cms, connected(cms) as product:
        cms.wait_exchange()
        product.plan_bus("4711", leave="05:40", soc=80)
        stored = cms.depot.requests.vehicle("4711")
        assert (stored.vehicle_id, stored.max_target_soc) == ("4711", 80)
        assert list(cms.depot.requests.all()) == [stored.id]
        assert cms.wait_for(LISTS).request_ids == (stored.id,)
        assert len(cms.depot.points) > 0
    assert cms.findings == []


def converse(authority: Authority, bug: str, error: Exception | None = None) -> None:
    """A short conversation, after which the test may fail by itself."""
    with running(authority=authority) as cms, connected(cms, bug):
        cms.wait_exchange()
        if error is not None:
            raise error


def test_violation_fails_at_the_end(authority: Authority) -> None:
    """With the rule, both sides and the end of the history."""
    with pytest.raises(ConformanceFailure) as failure:
        converse(authority, "answers-with-new-ids")
    assert "correlation.echoes-message-id" in str(failure.value)
    assert "the last 20 lines of the history" in str(failure.value)
    assert "real time" in str(failure.value)


def test_failure_of_the_block_is_not_hidden(authority: Authority) -> None:
    """By what the product did wrong besides."""
    with pytest.raises(KeyError):
        converse(authority, "answers-with-new-ids", KeyError("of the test"))


def test_allowed_rule_fails_nothing(authority: Authority) -> None:
    """It is shown as allowed; a rule that nobody knows is named."""
    with running(authority=authority) as cms, connected(cms, bug="answers-with-new-ids"):
        cms.allow("correlation.echoes-message-id", reason="planned for 8.3")
        cms.wait_exchange()
        with pytest.raises(UsageError, match=r"did you mean 'correlation\.echoes-message-id'"):
            cms.allow("correlation.echoes-message-ids", reason="a typo")
    assert [finding.expected_deviation for finding in cms.findings] == [True]


def test_unfired_fault_fails_unless_it_is_optional(authority: Authority) -> None:
    """A fault that never fired proves nothing."""
    with running(authority=authority) as cms, connected(cms):
        cms.wait_exchange()
        cms.arm(faults.lose("error", optional=True))
    with pytest.raises(ConformanceFailure, match="armed and never fired"), running(authority=authority) as cms:
        cms.arm(faults.lose("error"))


def test_judging_can_be_left_out(authority: Authority) -> None:
    """Findings can still be asked for."""
    with running(authority=authority, judge=False) as cms, connected(cms, bug="answers-with-new-ids"):
        cms.wait_exchange()
    assert [finding.rule for finding in cms.findings] == ["correlation.echoes-message-id"]
    with pytest.raises(ConformanceFailure):
        cms.judge()


def test_state_that_is_not_reached_fails_the_wait(authority: Authority) -> None:
    """By its name; one that nobody knows is told the others."""
    with running(authority=authority) as cms:
        with pytest.raises(WaitFailure, match="a vehicle that charges: nothing of that kind came"):
            cms.reach("charging", within=0.05)
        with pytest.raises(WaitFailure, match="an accepted boot on a live link"):
            cms.reach("booted", within=0.05)
        with pytest.raises(UsageError, match="fresh, booted, exchange, charging"):
            cms.reach("chargin")


def test_wait_goes_on_from_the_last_one(authority: Authority) -> None:
    """Nothing is seen twice, nothing that came between two waits is missed; a mark leaves the past behind."""
    with running(authority=authority, push_interval="50 ms") as cms, connected(cms):
        one, two = cms.wait_for("answer", count=2)
        assert one.event.index < two.event.index < cms.wait_for("answer").event.index
        cms.mark("from here on")
        assert cms.wait_for("answer").event.index > len(cms.history) - 10
        assert [happening.action for happening in cms.history.matching("answer")[:2]] == [PUSHES, PUSHES]


def test_wait_in_vain_says_what_came(authority: Authority) -> None:
    """And how far the product had got."""
    with running(authority=authority) as cms, connected(cms):
        cms.wait_exchange()
        with pytest.raises(WaitFailure) as failure:
            cms.wait_for(LISTS, within=0.05)
    text = str(failure.value)
    assert text.startswith(f"{LISTS}: nothing of that kind came within 50 ms of real time")
    assert "instead" in text
    assert "link 1 open" in text


def test_wait_that_blocks_a_loop_says_so(authority: Authority) -> None:
    """A product in that loop could not have answered."""

    async def blocking() -> None:
        with running(authority=authority) as cms, pytest.raises(WaitFailure, match=r"asyncio\.to_thread"):
            cms.wait_exchange(within=0.01)

    asyncio.run(blocking())


def test_never_looks_back_to_the_last_wait(authority: Authority) -> None:
    """What has come already counts, what comes meanwhile too."""
    with running(authority=authority) as cms, connected(cms) as product:
        cms.wait_exchange()
        cms.never(LISTS, during=0.05)
        product.plan_bus("4711", leave="05:40", soc=80)
        with pytest.raises(WaitFailure, match=f"{LISTS} should not have come and did"):
            cms.never(LISTS, during=10)


def test_outage_refuses_until_the_block_ends(authority: Authority) -> None:
    """The link is gone and nobody gets in; afterwards all is as before."""
    with running(authority=authority) as cms, connected(cms):
        cms.wait_exchange()
        with cms.outage(how="reset", refuse="tcp") as refusal:
            cms.wait_for("listener_down")
            with pytest.raises(ConnectionRefusedError):
                _dial(cms)
        assert refusal.fired == 1
        cms.wait_exchange()


def _dial(cms: Cms) -> None:
    port = int(cms.url.partition("wss://127.0.0.1:")[2].partition("/")[0])
    socket.create_connection(("127.0.0.1", port)).close()


def test_manual_time_pushes_on_time_at_once(authority: Authority) -> None:
    """An hour's pushes, every one answered, and no more; between them time stands still."""
    with running(authority=authority, time="manual", push_interval="60 s") as cms, connected(cms):
        cms.wait_exchange()
        begun = cms.clock.instant()
        cms.clock.advance(3600)
        assert cms.clock.instant() - begun == timedelta(hours=1)
        assert [push.at for push in cms.history.sent(PUSHES)] == [60.0 * number for number in range(61)]
        cms.wait_for("answer", count=61)
    assert cms.results[0].outcome == "passed"


def test_pushes_can_be_held_and_asked_for(authority: Authority) -> None:
    """What was due goes as soon as it may."""
    with running(authority=authority, time="manual") as cms, connected(cms):
        cms.wait_exchange()
        cms.hold_pushes()
        cms.clock.advance(20)
        assert [push.at for push in cms.history.sent(PUSHES)] == [0]
        cms.push()
        cms.release_pushes()
        cms.wait_for("answer", count=3)
        assert [push.at for push in cms.history.sent(PUSHES)] == [0, 20, 20]


def test_manual_time_makes_never_instant(authority: Authority) -> None:
    """Half an hour of the CMS."""
    with running(authority=authority, time="manual") as cms, connected(cms):
        cms.wait_exchange()
        begun = time.monotonic()
        cms.never(LISTS, during=180)
        assert cms.clock.now() == pytest.approx(180)
        assert time.monotonic() - begun < 60


def test_manual_wait_is_bounded_by_real_time(authority: Authority) -> None:
    """And hints that time stands still."""
    with running(authority=authority, time="manual") as cms, pytest.raises(WaitFailure, match=r"clock\.advance"):
        cms.wait_exchange(within=0.01)


def test_time_that_is_not_manual_cannot_be_moved(authority: Authority) -> None:
    """One sentence says how."""
    with running(authority=authority) as cms, pytest.raises(UsageError, match="manual time is expected"):
        cms.clock.advance(1)


def test_scaled_time_pushes_faster_than_it_says(authority: Authority) -> None:
    """Forty-five seconds of the CMS in less than one."""
    with running(authority=authority, time="scaled:100") as cms, connected(cms):
        begun = time.monotonic()
        cms.wait_for("answer", count=4)
        first, *_, fourth = cms.history.sent(PUSHES)[:4]
        assert fourth.at - first.at >= 45
        assert time.monotonic() - begun < 45
        assert cms.clock.mode == "scaled:100"


def frames(authority: Authority, seed: int) -> list[str]:
    """What the CMS says in a short conversation with manual time."""
    with running(authority=authority, time="manual", seed=seed) as cms, connected(cms):
        cms.wait_exchange()
        cms.clock.advance(45)
        return [message.text for message in cms.history.sent(PUSHES)]


def test_same_seed_and_manual_time_give_the_same_frames(authority: Authority) -> None:
    """Ids, times and order: so that a test can compare text."""
    golden = frames(authority, 11)
    assert len(golden) == 4
    assert frames(authority, 11) == golden
    assert frames(authority, 12) != golden
    assert FIRST_INSTANT.strftime("%Y-%m-%dT%H:%M:%S") in golden[0]


def test_catalogue_scenario_plays_since_the_set_up(authority: Authority) -> None:
    """Steps are asked of the test, in its own thread."""
    asked: list[Any] = []
    with running(authority=authority, scenario="link_closed_politely") as cms, connected(cms):
        with pytest.raises(UsageError, match="link_closed_politely plays"):
            cms.arm(faults.lose("error"))
        result = cms.run(provoke=lambda *step: asked.append((step, threading.current_thread())))
        assert (result.name, result.outcome) == ("link_closed_politely", "passed")
        cms.wait_exchange()
    assert all(thread is threading.main_thread() for _, thread in asked)


def test_catalogue_scenario_plays_in_the_midst_of_a_test(authority: Authority) -> None:
    """The product's link is ended, and it comes back into the scenario."""
    with running(authority=authority) as cms, connected(cms):
        cms.wait_exchange()
        assert cms.run("boot_accepted").outcome == "passed"
        cms.wait_exchange()
    assert [played.name for played in cms.played] == ["test", "boot_accepted", "test"]
    starts = [start for played in cms.played for start in played.history.of(ScenarioStarted)]
    assert [start.presystem.launched for start in starts] == [False, True, False], "a test operates its product itself"


def test_scenario_that_the_product_fails_fails(authority: Authority) -> None:
    """With the scenario's name."""
    with (
        running(authority=authority, push_interval="100 ms", scenario="information_confirmed", judge=False) as cms,
        connected(cms, bug="answers-with-new-ids"),
        pytest.raises(ConformanceFailure, match="scenario information_confirmed"),
    ):
        cms.run()


def test_scenario_that_does_not_suit_is_told(authority: Authority) -> None:
    """It needs a way to provoke the product, and there is none."""
    with running(authority=authority, judge=False) as cms, pytest.raises(NotSelected, match="provoke"):
        cms.run("request_changed")


def test_unknown_scenario_is_named(authority: Authority) -> None:
    """And all known ones can be listed."""
    with running(authority=authority) as cms, pytest.raises(UsageError, match="'mockpilot list'"):
        cms.run("no_such_thing")
    assert "boot_accepted" in scenario_names()


def test_step_is_the_test_s_or_else_the_profile_s(authority: Authority) -> None:
    """What the test says wins; without it the profile's command is run."""
    hasty = Profile(limits=Limits(hold=0.1, provoke_within=0.2), provoke=ProvokeBy(command=("false",)))

    def steps(*, by_test: bool) -> list[StepEnded]:
        with (
            running(authority=authority, profile=hasty, scenario="request_changed", judge=False) as cms,
            connected(cms) as product, suppress(ConformanceFailure),
        ):  # fmt: skip
            cms.run(provoke=product.do if by_test else None)
        return cms.played[0].history.of(StepEnded)

    assert {step.detail for step in steps(by_test=True)} == {"the test did it"}
    assert steps(by_test=False)[0].detail.startswith("'false' ended with status 1")


def test_mistake_in_a_step_reaches_the_test(authority: Authority) -> None:
    """The scenario is given up."""

    def clumsy(*_: str) -> None:
        raise ZeroDivisionError

    hasty = Profile(limits=Limits(hold=0.1))
    with pytest.raises(ZeroDivisionError), running(authority=authority, profile=hasty) as cms, connected(cms):
        cms.run("request_changed", provoke=clumsy)


def test_scenario_is_given_up_with_the_mistake_and_the_test_goes_on(authority: Authority) -> None:
    """Nobody waits for the rest of it: the conversation is the test's own again, and another scenario can play."""

    def clumsy(*_: str) -> None:
        raise ZeroDivisionError

    hasty = Profile(limits=Limits(hold=0.1))
    with running(authority=authority, profile=hasty, judge=False) as cms, connected(cms):
        cms.wait_exchange()
        with pytest.raises(ZeroDivisionError):
            cms.run("request_changed", provoke=clumsy)
        cms.wait_exchange()
        assert cms.run("boot_accepted").outcome == "passed"
    assert [played.name for played in cms.played][:4] == ["test", "request_changed", "test", "boot_accepted"]
    [given_up] = cms.played[1].history.of(ScenarioEnded)
    assert given_up.why == "interrupted"


def test_scenario_that_has_ended_before_anybody_asks_is_handed_over(authority: Authority) -> None:
    """It plays since the set-up, and needs no step: the product may be faster than the test."""
    with running(authority=authority, scenario="boot_accepted") as cms, connected(cms):
        wait_until(lambda: [played.name for played in cms.played] == ["boot_accepted", "test"])
        assert cms.run().outcome == "passed"
        cms.wait_exchange()


@pytest.mark.parametrize("mode", ["real", "manual"])
def test_nothing_is_left_of_a_product_that_hangs(authority: Authority, mode: str) -> None:
    """It neither reads nor leaves: its connection is ended all the same, and fast."""
    before = left_behind()
    with running(authority=authority, time=mode, judge=False) as cms:
        port = int(cms.url.partition("wss://127.0.0.1:")[2].partition("/")[0])
        hung = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        with hung[0], cms.ssl_context().wrap_socket(hung[1], server_hostname="127.0.0.1") as silent:
            silent.sendall(b"GET / HTTP/1.1\r\n")
            cms.wait_for("tls_established")
            begun = time.monotonic()
            cms.close()
            assert time.monotonic() - begun < 2  # a polite product is waited for longer than this one
    assert left_behind() == before


def test_closed_cms_says_so(authority: Authority) -> None:
    """Its history stays."""
    with running(authority=authority) as cms:
        pass
    assert [event.kind for event in cms.history] == ["scenario_started", "listener_up", "scenario_ended"]
    with pytest.raises(MockpilotError, match="has ended"):
        cms.push()
