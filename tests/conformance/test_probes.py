"""What became of a push that has one thing otherwise."""

from __future__ import annotations

from conformance.playbook import Play, entry
from mockpilot.conformance.case import Case
from mockpilot.conformance.probes import Probe, Reception, probes_of
from mockpilot.history import events as ev


def shown() -> Play:
    """A control push, and then one that meets a fault."""
    return Play().armed("odd", "damage", how="fragments").exchange().wait(1).push(fault="odd")


def probed(play: Play) -> list[Probe]:
    """The probes of a recording."""
    return list(probes_of(Case(play.whole)))


def received(play: Play) -> list[Reception]:
    """What became of them."""
    return [probe.reception for probe in probed(play)]


def test_answers_tell_themselves() -> None:
    """A confirmation and an error."""
    assert received(shown().confirm()) == [Reception.CONFIRMED]
    assert received(shown().confirm(type=3, payload={"message": "no"})) == [Reception.REFUSED]


def test_push_is_passed_over_once_its_time_ran_out_and_a_later_one_is_answered() -> None:
    """Not before."""
    assert received(shown().wait(16).pushed()) == [Reception.PASSED_OVER]
    assert received(shown().wait(16)) == [Reception.OPEN]
    assert received(shown().wait(3).push().confirm().wait(1)) == [Reception.OPEN]


def test_later_answer_may_be_on_the_next_link_if_the_push_surely_came() -> None:
    """A pong proves that."""
    lost = shown().wait(16).closed().exchange()
    proved = shown().here(ev.PingSent(payload="1")).here(ev.PongReceived(payload="1")).wait(16).closed().exchange()
    assert received(lost) == [Reception.OPEN]
    assert received(proved) == [Reception.PASSED_OVER]


def test_product_left_because_of_it_within_five_seconds() -> None:
    """Our own end says nothing."""
    assert received(shown().wait(4).ended("product", "broken off")) == [Reception.LEFT]
    assert received(shown().wait(6).ended("product", "broken off")) == [Reception.OPEN]
    assert received(shown().wait(4).ended("us")) == [Reception.OPEN]


def test_open_list_is_another_reason() -> None:
    """Who waits for the list's confirmation first is judged by that."""
    play = Play().armed("odd", "damage", how="fragments").exchange().wait(1).asks(entry("a"))
    assert received(play.push(fault="odd").takes().wait(16).pushed()) == [Reception.OPEN]


def test_probe_needs_a_control_push() -> None:
    """Confirmed on that very link."""
    play = Play().armed("odd", "damage", how="fragments").exchange().closed().connect().boot().accept()
    assert probed(play.push(fault="odd").confirm()) == []


def test_decisive_event_comes_last() -> None:
    """After the push."""
    probe = probed(shown().confirm())[0]
    assert probe.shown == (probe.push.first.index, probe.push.answers[0].index)
