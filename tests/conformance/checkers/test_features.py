"""Feature probes, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import Play
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

FRAGMENTS, STAMPS, UNUSUAL = (
    "frames.reads-fragments", "envelope.reads-time-stamps", "envelope.reads-unusual-time-stamps",
)  # fmt: skip
EMPTY, FORM = "information.empty-lists", "information.chargepilot-form"

ALL = [
    ("damage", {"how": "fragments"}, FRAGMENTS), ("damage", {"how": "split-utf8"}, FRAGMENTS),
    ("damage", {"how": "ping-between"}, FRAGMENTS),
    ("damage", {"how": "huge", "size": 4_000_000}, "frames.reads-large-messages"),
    ("clock", {"form": "seconds"}, STAMPS), ("clock", {"form": "milliseconds"}, STAMPS),
    ("clock", {"form": "offset"}, UNUSUAL), ("clock", {"form": "nanoseconds"}, UNUSUAL),
    ("clock", {"skew_s": 18000.0}, "envelope.unmoved-by-our-clock"),
    ("change", {"how": "no-default-station"}, "information.default-station"),
    ("change", {"how": "no-predicted-time"}, FORM), ("change", {"how": "odd-ids"}, FORM),
    ("change", {"how": "predicted-time"}, FORM),
    ("change", {"how": "empty-depots"}, EMPTY), ("change", {"how": "empty-stations"}, EMPTY),
    ("change", {"how": "statuses"}, "information.legal-statuses"),
]  # fmt: skip

every_feature = pytest.mark.parametrize(("do", "how", "rule"), ALL)


def shown(do: str = "damage", how: dict[str, Any] | None = None, **play: Any) -> Play:
    """A link with a control push and then one that meets a fault."""
    told = how or {"how": "fragments"}
    return Play(**play).armed("odd", do, **told).exchange().wait(1).push(fault="odd")


def refuse(play: Play) -> Play:
    """The last push is answered by an error."""
    return play.confirm(type=3, payload={"message": "no"})


def again(play: Play) -> Play:
    """The next link, with a control push and the fault again."""
    return play.wait(16).pushed().closed().wait(5).exchange().wait(1).push(fault="odd")


@every_feature
def test_confirmed_feature_holds(do: str, how: dict[str, Any], rule: str) -> None:
    """And nothing else is said of it."""
    play = shown(do, how).confirm().wait(15).pushed()
    assert play.held(rule)
    assert not play.complaints()


@every_feature
def test_feature_that_is_refused_on_two_links_is_convicted_alone(do: str, how: dict[str, Any], rule: str) -> None:
    """An error answer each time."""
    play = refuse(again(refuse(shown(do, how)))).wait(15).pushed()
    assert play.complaints() == {rule}


@every_feature
def test_feature_that_is_refused_once_is_undecided(do: str, how: dict[str, Any], rule: str) -> None:
    """It may have had another reason."""
    play = refuse(shown(do, how)).wait(15).pushed()
    assert not play.complaints()
    assert not play.exercised(rule)


def test_feature_that_is_passed_over_twice_is_convicted() -> None:
    """Unanswered, while later pushes are answered."""
    play = again(shown()).wait(16).pushed()
    assert play.complaints() == {FRAGMENTS}


def test_product_that_leaves_at_the_feature_twice_is_convicted() -> None:
    """Within five seconds, and then it comes back."""
    play = shown().wait(1).here(ev.CloseReceived(code=1002)).ended("product", "cleanly")
    play.wait(5).exchange().wait(1).push(fault="odd").wait(1).ended("product", "broken off").exchange().wait(20)
    assert play.complaints() == {FRAGMENTS}


def test_product_that_leaves_much_later_has_another_reason() -> None:
    """Six seconds are not because of the push."""
    play = shown().wait(6).ended("product", "broken off")
    play.wait(5).exchange().wait(1).push(fault="odd").wait(6).ended("product", "broken off").exchange().wait(20)
    assert not play.complaints()


def test_second_try_that_succeeds_holds() -> None:
    """The first failure was chance."""
    play = again(refuse(shown())).confirm().wait(15).pushed()
    assert play.held(FRAGMENTS)


def test_twice_on_one_link_is_once() -> None:
    """The second probe belongs on the next link."""
    play = refuse(refuse(shown()).wait(5).push(fault="odd")).wait(15).pushed()
    assert not play.complaints()


def test_product_that_refuses_everything_is_convicted_of_that_alone() -> None:
    """Without a confirmed control push nothing is known of any feature."""
    play = Play().armed("odd", "damage", how="fragments").connect().boot().accept()
    for _ in range(2):
        for fault in (None, None, None, "odd"):
            refuse(play.push(fault=fault)).wait(15)
        play.closed().connect().boot().accept()
    assert play.musts() == {"information.is-confirmed"}


def test_answer_that_comes_late_is_an_answer() -> None:
    """Later than the limit, but it confirms."""
    play = shown().wait(20).confirm().wait(15).pushed()
    assert FRAGMENTS not in play.complaints()
    assert play.held(FRAGMENTS)


def test_silence_for_ever_after_the_feature_is_the_features_business() -> None:
    """Nothing is answered any more on that link, twice; the pushes after it are not unanswered as well."""
    play = shown().here(ev.PingSent(payload="01")).here(ev.PongReceived(payload="01"))
    play.wait(15).push().wait(15).push().wait(16).here(ev.PongReceived(payload="")).closed().wait(5).exchange()
    play.wait(1).push(fault="odd").here(ev.PingSent(payload="02")).here(ev.PongReceived(payload="02"))
    play.wait(15).push().wait(15).push().wait(16).here(ev.PongReceived(payload="")).closed().wait(5).exchange()
    assert play.complaints() == {FRAGMENTS}


def test_silence_on_one_link_alone_is_undecided() -> None:
    """Neither the feature nor the pushes after it convict."""
    play = shown("damage", {"how": "fragments"}, limits={}).wait(15).push().wait(15).push().wait(15).push().wait(40)
    assert not play.complaints()


def test_our_own_stall_decides_nothing() -> None:
    """Whether it was answered in time cannot be said."""
    def stalled(play: Play) -> Play:
        return play.wait(16).line(ev.Stalled(late_s=14)).pushed()

    play = stalled(stalled(shown()).closed().exchange().wait(1).push(fault="odd"))
    assert not play.complaints()


def test_unusual_time_stamps_are_a_warning() -> None:
    """RFC 3339 has them; nobody's sample shows them."""
    play = refuse(again(refuse(shown("clock", {"form": "offset"})))).wait(15).pushed()
    assert play.convicted_of(UNUSUAL).level is Level.SHOULD


@pytest.mark.parametrize(("dialect", "level", "basis"), [
    ("chargepilot", Level.SHOULD, Basis.POLICY), ("vdv-1.1", Level.MUST, Basis.STANDARD),
])  # fmt: skip
def test_empty_lists_weigh_by_dialect(dialect: str, level: Level, basis: Basis) -> None:
    """ChargePilot's text says nothing of them."""
    play = refuse(again(refuse(shown("change", {"how": "empty-depots"}, dialect=dialect)))).wait(15).pushed()
    found = play.convicted_of(EMPTY)
    assert (level, basis) == (found.level, found.basis)


@pytest.mark.parametrize(("dialect", "level"), [("chargepilot", Level.MUST), ("vdv-1.1", Level.SHOULD)])
def test_default_station_weighs_by_dialect(dialect: str, level: Level) -> None:
    """Only ChargePilot's text knows it."""
    how = {"how": "no-default-station"}
    play = refuse(again(refuse(shown("change", how, dialect=dialect)))).wait(15).pushed()
    assert play.convicted_of("information.default-station").level is level


def test_form_of_chargepilot_is_asked_for_in_chargepilot_alone() -> None:
    """Other dialects do not send it."""
    play = refuse(again(refuse(shown("change", {"how": "odd-ids"}, dialect="vdv-1.1")))).wait(15).pushed()
    assert not play.exercised(FORM)
    assert not play.complaints()


def test_push_before_acceptance_is_no_control() -> None:
    """What comes before Accepted may be answered or not."""
    play = Play().armed("odd", "damage", how="fragments").connect().boot().push().confirm().accept()
    assert not refuse(play.push(fault="odd")).wait(15).pushed().exercised(FRAGMENTS)
