"""Presystems on stacks of their own, over real sockets: whoever conforms is told so, whatever it is made of.

They share no code with mockpilot and differ from one another where the protocol leaves freedom; ``tests/independent``
says how. Ten scenarios each here, the whole catalogue among the slow tests; then the traps into which only a real
stack, or the kernel, leads.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from running import DEMO, INDEPENDENT, OUTER_S, Certified, environment, events, wait_until
from stacks import Stack, on_java, on_node, on_python

REPRESENTATIVE = (
    "boot_rejected", "boot_unanswered", "information_withheld", "confirmation_late", "confirmation_missing",
    "request_changed", "link_closed_politely", "link_goes_silent", "link_reset_after_request",
    "certificate_wrong_host", "login_refused_then_accepted", "outage_503",
)  # fmt: skip
TRAPS = ("--scenarios", str(Path(__file__).parent / "traps"))
STACKS = (
    "websockets", "aiohttp", "websocket_client",
    pytest.param("ws", marks=pytest.mark.node),
    pytest.param("java.net.http", marks=pytest.mark.java),
)  # fmt: skip


@pytest.fixture(scope="session")
def stack_named(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stack]:
    """How a stack is found by its name; what has to be compiled is compiled once."""
    made: dict[str, Stack] = {}

    def make(name: str) -> Stack:
        if name == "ws":
            return on_node()
        return on_java(tmp_path_factory.mktemp("classes")) if name == "java.net.http" else on_python(name)

    def stack_named(name: str) -> Stack:
        if name not in made:
            made[name] = make(name)
        return made[name]

    return stack_named


def blamed(done: Certified) -> dict[str, list[str]]:
    """What is held against it, as a must or as a should, by scenario."""
    found = {one["name"]: [finding["rule"] for finding in one["findings"] if finding["level"] != "may"]
             for one in done.result["scenarios"]}  # fmt: skip
    return {name: rules for name, rules in found.items() if rules}


def left_out_of(done: Certified) -> dict[str, str]:
    """Why something was left out that had been asked for, by scenario."""
    return {one["name"]: one["reason"] for one in done.result["scenarios"] if one["reason"] not in ("", "filter")}


def of_kind(done: Certified, scenario: str, kind: str) -> list[Any]:
    """The events of that kind, in order."""
    return [event for event in done.trace(scenario) if event["event"] == kind]


# -- whoever conforms is told so ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STACKS)
def test_stack_passes_representative_scenarios(
    name: str, stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """Passed without a warning; one that only listens is not asked for charging requests."""
    done = stack_named(name).certify(tmp_path, *REPRESENTATIVE, "--jobs", "12")
    assert blamed(done) == {}
    assert set(done.outcomes.values()) == {"passed"}, done.stdout
    left_out = left_out_of(done)
    assert set(left_out.values()) <= {"receive-only"}
    assert bool(left_out) == (name == "java.net.http")
    assert {*done.outcomes, *left_out} == set(REPRESENTATIVE)
    assert done.status == 0


LEFT_OUT_FOR = {"java.net.http": {"receive-only"}, "aiohttp": {"offers no subprotocol"}}
"""Why scenarios are left out for those whose profile says so."""

OPEN_FOR = {
    "websocket_client": {"point_vanishes", "point_renamed"},  # it unbinds a request from a point that is gone
}
"""What may stay open for one that uses a freedom."""


@pytest.mark.slow
@pytest.mark.parametrize("name", STACKS)
def test_stack_passes_the_whole_catalogue(
    name: str, stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """No must and no should is held against it in any scenario, and what is left undecided is known."""
    done = stack_named(name).certify(tmp_path, "--jobs", "9")
    assert blamed(done) == {}
    assert set(done.outcomes.values()) <= {"passed", "inconclusive"}
    undecided = {scenario for scenario, outcome in done.outcomes.items() if outcome == "inconclusive"}
    assert undecided <= OPEN_FOR.get(name, set()), done.stdout
    reasons = {reason for reason in left_out_of(done).values() if not reason.startswith("only in dialect")}
    assert reasons == LEFT_OUT_FOR.get(name, set())
    assert {one["name"] for one in done.result["scenarios"]} == {one.stem for one in DEMO.parent.parent.glob("*.py")}


# -- certificates ------------------------------------------------------------------------------------------------------


@pytest.mark.java
def test_client_that_resumes_sessions_looks_at_a_bad_certificate(
    stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """The JDK resumes what it can, never a session behind a certificate that it has not seen; and it refuses that."""
    done = stack_named("java.net.http").certify(tmp_path, "certificate_", "--jobs", "9")
    assert (blamed(done), set(done.outcomes.values())) == ({}, {"passed"})
    for scenario in done.outcomes:
        handshakes = of_kind(done, scenario, "tls_established")
        refused = of_kind(done, scenario, "tls_failed")
        assert any(one["resumed"] for one in handshakes), scenario
        assert {one["ended_by"] for one in refused} == {"product"}, scenario


@pytest.mark.node
def test_client_that_looks_after_the_handshake_is_not_convicted(
    stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """Node on TLS 1.2 completes the handshake, then looks at the certificate, and leaves without a byte."""
    wanted = ("certificate_unknown_ca", "certificate_wrong_host")
    done = stack_named("ws").certify(tmp_path, *wanted, "--jobs", "2", command=("--tls12",))
    assert (blamed(done), done.outcomes) == ({}, dict.fromkeys(wanted, "passed"))
    for scenario in wanted:
        ends = {one["link"]: one for one in of_kind(done, scenario, "link_ended")}
        shown = [one["link"] for one in of_kind(done, scenario, "fault_fired") if one["do"] == "certificate"]
        completed = {one["link"] for one in of_kind(done, scenario, "tls_established") if one["version"] == "TLSv1.2"}
        assert shown
        assert set(shown) <= completed
        assert {ends[link].get("application_bytes", 0) for link in shown} == {0}


# -- attempts ----------------------------------------------------------------------------------------------------------


@pytest.mark.java
def test_challenge_rounds_are_no_hammering(stack_named: Callable[[str], Stack], tmp_path: Path) -> None:
    """With a wrong password the JDK asks five times within moments: wrong credentials, and one attempt."""
    limits = ("--limit", "reconnect_within=2 s", "--limit", "boot_never=2 s", "--limit", "retry_floor=1 s")
    done = stack_named("java.net.http").certify(
        tmp_path, "boot_accepted", *limits, before=("env", "MOCKPILOT_PASSWORD=another"))  # fmt: skip
    assert blamed(done) == {"boot_accepted": ["handshake.sends-credentials"]}
    asked = of_kind(done, "boot_accepted", "upgrade_requested")
    assert [one["credentials"] for one in asked[:5]] == ["none", *["wrong password"] * 4]
    assert len(asked) >= 10


def test_probe_beside_the_product_is_not_counted(
    stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """Monitoring looks ten times a second while the product backs off: its own attempts alone are judged."""
    wanted = ("link_closed_politely", "login_refused_then_accepted", "outage_503")
    probing = (sys.executable, str(INDEPENDENT / "probe.py"))
    done = stack_named("websockets").certify(tmp_path, *wanted, "--jobs", "3", before=probing)
    assert (blamed(done), done.outcomes) == ({}, dict.fromkeys(wanted, "passed"))
    looks = of_kind(done, "outage_503", "tcp_accepted")
    asked = of_kind(done, "outage_503", "upgrade_requested")
    assert len(looks) > 3 * len([one for one in asked if one["credentials"] == "right"])


@pytest.mark.slow
@pytest.mark.parametrize("name", STACKS)
def test_connections_that_are_dropped_at_once_are_counted_rightly(
    name: str, stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """Whatever a library repeats by itself, a product that waits longer each time backs off."""
    done = stack_named(name).certify(tmp_path, "accepted_and_dropped", *TRAPS)
    assert (blamed(done), done.outcomes) == ({}, {"accepted_and_dropped": "passed"})
    dropped = [one for one in of_kind(done, "accepted_and_dropped", "fault_fired") if one["do"] == "refuse"]
    assert len(dropped) >= 3


# -- a library that ends the link by itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(("scenario", "code"), [
    ("huge_push", 1009),
    ("push_in_bad_utf8", 1007),
    pytest.param("pongs_withheld", 1011, marks=pytest.mark.slow),
    pytest.param("nothing_read", None, marks=pytest.mark.slow),
    pytest.param("link_goes_silent", None, marks=pytest.mark.slow),
])  # fmt: skip
def test_library_that_ends_the_link_is_right(
    scenario: str, code: int | None, stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """``websockets`` with its defaults gives up a link that we trouble, in its own time, and the product comes back."""
    limits = ("--limit", "silence_within=60 s", "--limit", "close_within=12 s")
    done = stack_named("websockets").certify(tmp_path, scenario, *TRAPS, *limits, command=("--stock",))
    assert (blamed(done), done.outcomes) == ({}, {scenario: "passed"})
    if code is not None:
        assert code in [event.get("code") for event in of_kind(done, scenario, "close_received")]
    assert len(of_kind(done, scenario, "boot_read")) >= 2


# -- our own lateness --------------------------------------------------------------------------------------------------


@dataclass
class Running:
    """A run whose own process can be paused; its products go on."""

    process: subprocess.Popen[str]
    out: Path

    def wait_for(self, scenario: str, kind: str, count: int) -> None:
        """Wait until so many events of that kind are there."""
        trace = self.out / "latest" / "traces" / f"{scenario}.jsonl"
        wait_until(lambda: sum(event["event"] == kind for event in events(trace)) >= count)

    def pause(self, seconds: float) -> None:
        """Stop the process for so long."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> Certified:
        """Wait for the end."""
        stdout, stderr = self.process.communicate(timeout=OUTER_S)
        return Certified(self.process.returncode, stdout, stderr, self.out / "latest")


PAUSED_S = 3.0
PAUSED_AT = [
    ("confirmation_missing", "fault_fired", 1),
    *(pytest.param(*place, marks=pytest.mark.slow) for place in (
        ("boot_unanswered", "message_received", 1),
        ("information_confirmed", "message_sent", 3),
        ("link_goes_silent", "fault_fired", 1),
        ("outage_503", "upgrade_answered", 3),
    )),
]  # fmt: skip
"""Where in a scenario the pause begins; the others are somewhere then, as it happens."""


@pytest.mark.parametrize(("scenario", "kind", "count"), PAUSED_AT)
def test_paused_process_convicts_nobody(
    scenario: str, kind: str, count: int, stack_named: Callable[[str], Stack], tmp_path: Path
) -> None:
    """Three seconds without us, inside of limits of two to ten: the same verdict, or none."""
    command = stack_named("websockets").command
    process = subprocess.Popen(
        ["mockpilot", "certify", *dict.fromkeys((scenario, *REPRESENTATIVE)), "--jobs", "13", "--profile", str(DEMO),
         "--out", str(tmp_path), "--", *command],
        env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    run = Running(process, tmp_path)
    run.wait_for(scenario, kind, count)
    run.pause(PAUSED_S)
    done = run.end()
    assert blamed(done) == {}
    assert set(done.outcomes.values()) <= {"passed", "inconclusive"}, done.stdout
    assert [event["late_s"] for event in of_kind(done, scenario, "stalled") if event["late_s"] > PAUSED_S / 2]
    undecided = [one for one in done.result["scenarios"] if one["outcome"] == "inconclusive"]
    unclear = [one for one in undecided if one["cause"] not in ("never exercised", "simulator overloaded")]
    assert [one["detail"] for one in unclear if "mockpilot itself stalled" not in one["detail"]] == []
