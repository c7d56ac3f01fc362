"""The product's process, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Cause, Level, Outcome
from mockpilot.history import events as ev

KEEPS = "product.keeps-running"


def started(**how: Any) -> Play:
    """A product that was started and reached the exchange."""
    return Play(**how).line(ev.ProductStarted(command=("x",))).exchange().line(ev.StateReached(state="exchange"))


def exits(play: Play, status: int) -> Play:
    """The product ends by itself."""
    return play.line(ev.ProductExited(status=status, by_us=False, output=("bye",)))


def test_running_to_the_end_holds() -> None:
    """We ended it ourselves."""
    assert started().ends().line(ev.ProductExited(status=-15, by_us=True)).held(KEEPS)


@pytest.mark.parametrize("status", [1, -11])
def test_crash_is_convicted_at_once(status: int) -> None:
    """With its last words, and nothing else."""
    play = exits(started().closed(), status).wait(400)
    found = play.convicted_of(KEEPS)
    assert (found.level, found.basis, found.requirement) == (Level.MUST, Basis.POLICY, None)
    assert found.observed.endswith(": bye")
    assert play.musts() == {KEEPS}


def test_leaving_with_status_0_is_inconclusive() -> None:
    """A supervisor may be meant to start it again."""
    verdict = exits(started().closed(), 0).judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.PRODUCT_LEFT)
    assert "bye" in verdict.detail


def test_leaving_before_anything_was_reached_is_inconclusive() -> None:
    """Whatever its status; the deeper cause is named."""
    play = exits(Play("B-01").line(ev.ProductStarted(command=("x",))), 127).ends("start state not reached")
    assert play.judged().cause is Cause.PRODUCT_LEFT


def test_finding_outweighs_leaving() -> None:
    """What was seen before counts."""
    play = Play().line(ev.ProductStarted(command=("x",))).tcp(first="clear-text upgrade").ended()
    assert exits(play, 1).judged().outcome is Outcome.FAILED


@pytest.mark.parametrize("status", [0, 1])
def test_supervised_product_may_leave_on_loss(status: int) -> None:
    """It is started again."""
    play = exits(started(supervised=True).closed(), status).line(ev.ProductStarted(command=("x",))).exchange()
    assert play.judged().outcome is Outcome.PASSED


def test_leaving_after_a_refused_login_is_no_crash() -> None:
    """Stopping for good is right, with any status."""
    assert exits(started().closed().refused(401), 1).judged().cause is Cause.PRODUCT_LEFT


def test_leaving_after_a_bad_certificate_is_no_crash() -> None:
    """So is giving up on a server that nobody can trust."""
    play = started().closed().tls("unknown-ca").ended("product", sent=0)
    assert exits(play, 1).judged().cause is Cause.PRODUCT_LEFT


def test_leaving_after_a_rejected_boot_is_no_crash() -> None:
    """It may wait for a person."""
    play = started().closed().connect().boot().accept("Rejected", "odd").wait(2)
    assert exits(play, 3).judged().cause is Cause.PRODUCT_LEFT


@pytest.mark.parametrize(("do", "how", "level"), [
    ("damage", {"how": "absurd"}, Level.SHOULD),
    ("damage", {"how": "fragments"}, Level.MUST),
    ("inject", {}, Level.SHOULD),
    ("answer", {"kind": "wrong-id"}, Level.SHOULD),
    ("answer", {"kind": "error"}, Level.MUST),
    ("clock", {"skew_s": 7200}, Level.SHOULD),
    ("clock", {"form": "seconds"}, Level.MUST),
])  # fmt: skip
def test_crash_over_what_only_a_broken_cms_says_is_a_warning(do: str, how: dict[str, Any], level: Level) -> None:
    """What healthy servers do must be survived."""
    play = started().armed("odd", do, **how).push(fault="odd")
    assert exits(play.ended("product", "broken off"), 1).convicted_of(KEEPS).level is level


@pytest.mark.parametrize(("status", "level"), [(101, Level.SHOULD), (302, Level.SHOULD), (404, Level.SHOULD),
                                               (503, Level.MUST)])  # fmt: skip
def test_crash_over_an_answer_that_turns_clients_away_is_a_warning(status: int, level: Level) -> None:
    """Servers that are down for a while are everyday; an alien subprotocol is not."""
    play = started().closed().connect(status=status, fault="odd").ended("product", "broken off")
    assert exits(play, 1).convicted_of(KEEPS).level is level
