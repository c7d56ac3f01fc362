"""The exemplary presystem meets every fault below the messages, comes back, and is not blamed for what we did."""

from __future__ import annotations

import pytest

from mockpilot.conformance.verdict import judge
from mockpilot.faults import Fault, certificate, ping, refuse, slow
from mockpilot.history.events import (
    FaultSeen,
    MessageReceived,
    ScenarioEnded,
    SimulatorBroke,
    UpgradeAnswered,
    UpgradeRequested,
)
from mockpilot.history.recorder import History
from mockpilot.scenario import Stage, scenario
from mockpilot.scenario.definition import Script
from mockpilot.selftest.rehearsal import perform

DROPS = [
    ("close", 1000), ("close", 1001), ("close", 1008), ("close", 1011), ("close", 1012), ("close", 1013),
    ("close", None), ("tls-end", None), ("tcp-end", None), ("reset", None), ("tls-cut", None),
]  # fmt: skip


def played(script: Script) -> History:
    """A recording of the exemplary presystem, in which nothing of ours broke."""
    script.__doc__ = "The CMS does something.\n\nThe presystem comes back."
    history = perform(scenario(exercises=["L-01"], group="Refusing", bounded_by=["reconnect_within"])(script))
    assert history.of(SimulatorBroke) == []
    assert [event.why for event in history.of(ScenarioEnded)] == ["done"]
    return history


@pytest.mark.parametrize(("how", "code"), DROPS)
def test_link_that_was_dropped_comes_back(how: str, code: int | None) -> None:
    """Whatever way it went; the fault is seen, and nothing is found."""

    async def meets(cms: Stage) -> None:
        await cms.reach("exchange")
        await cms.drop(how, code, down="3 s")
        cms.mark("dropped")
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")

    history = played(meets)
    assert history.of(FaultSeen)
    assert (judge(history).outcome, judge(history).findings) == ("passed", ())


REFUSALS = [503, 429, 401, "redirect", "subprotocol", "alien-subprotocol"]


def meeting(fault: Fault) -> Script:
    """A scenario in which the next attempt meets a fault."""

    async def meets(cms: Stage) -> None:
        await cms.reach("exchange")
        await cms.reconnect_meeting(fault)
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")

    return meets


@pytest.mark.parametrize("how", REFUSALS)
def test_refused_presystem_comes_back(how: int | str) -> None:
    """It follows no redirect, sends nothing under a subprotocol that it didn't offer, and is there again afterwards."""
    history = played(meeting(refuse(how)))
    assert history.of(FaultSeen)
    assert [event.link for event in history.of(UpgradeRequested) if event.elsewhere] == []
    alien = [event.link for event in history.of(UpgradeAnswered) if event.subprotocol == "alien.mockpilot.example"]
    assert bool(alien) is (how == "alien-subprotocol")
    assert not any(event.link in alien for event in history.of(MessageReceived))
    assert (judge(history).outcome, judge(history).findings) == ("passed", ())


def test_dropped_connections_grow_rarer() -> None:
    """Accepted and dropped, again and again: each is recorded, so that a back-off shows."""

    async def meets(cms: Stage) -> None:
        await cms.reach("exchange")
        with cms.outage("tls-cut", refusing="accept-and-drop"), cms.patience("spacing_observe"):
            await cms.wait_for("tcp_accepted", count=300)
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")

    history = played(meets)
    assert history.of(FaultSeen)
    assert (judge(history).outcome, judge(history).findings) == ("passed", ())


@pytest.mark.parametrize("kind", ["expired", "not-yet-valid", "self-signed", "missing-intermediate", "tls-old"])
def test_presystem_refuses_what_it_must_not_trust(kind: str) -> None:
    """Without a byte, and is there again once the good certificate is."""
    history = played(meeting(certificate(kind)))
    assert history.of(FaultSeen)
    assert (judge(history).outcome, judge(history).findings) == ("passed", ())


@pytest.mark.parametrize("kind", ["rotated", "tls-1.2-only", "tls-1.3-only"])
def test_presystem_takes_another_good_certificate_and_either_version(kind: str) -> None:
    """It comes in at the first attempt."""

    async def meets(cms: Stage) -> None:
        await cms.reach("exchange")
        cms.arm(certificate(kind))
        await cms.drop("close", 1012)
        cms.mark("dropped")
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")

    history = played(meets)
    assert [event.name for event in history.of(FaultSeen)].count("certificate") == 1
    assert [event.status for event in history.of(UpgradeAnswered)] == [101, 101]


@pytest.mark.parametrize("fault", [
    slow(rate=5000, chunk=100), slow("no-read"), ping(rate=20), ping("withhold-pong"),
], ids=lambda fault: f"{fault.do} {fault.how}")  # fmt: skip
def test_presystem_lives_under_pressure(fault: Fault) -> None:
    """It goes on or comes back, and the next push is answered when the pressure is gone."""

    async def meets(cms: Stage) -> None:
        await cms.reach("exchange")
        armed = cms.arm(fault)
        await cms.hold("confirm_within")
        cms.disarm(armed)
        cms.mark("over")
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")

    history = played(meets)
    assert history.of(FaultSeen)
    assert judge(history).findings == ()
