"""Too many lists, judged from made recordings."""

from __future__ import annotations

import pytest

from conformance.playbook import LISTS, Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

HEAP, CALM, REPLAY = (
    "requests.bounded-open-lists", "requests.refused-list-calmly", "requests.no-replay-after-outage",
)  # fmt: skip
A = entry("a")


def unanswered(every: float, times: int, limits: dict[str, float] | None = None) -> Play:
    """Lists that nobody confirms."""
    play = Play(limits=limits).exchange()
    for _ in range(times):
        play.asks(A).loses_confirmation().wait(every)
    return play


def test_heap_of_open_lists_is_a_warning() -> None:
    """Eleven within a minute."""
    assert unanswered(5, 12).convicted_of(HEAP).level is Level.SHOULD


def test_resending_with_each_push_for_ten_minutes_holds() -> None:
    """Every fifteen seconds, with a new id."""
    assert unanswered(15, 41).held(HEAP)


def test_some_open_lists_decide_nothing() -> None:
    """Nobody watched for ten minutes."""
    assert not unanswered(15, 5).exercised(HEAP)


def test_short_look_at_many_open_lists_clears_nobody() -> None:
    """Under limits as short as the demo's eleven lists are no heap, and no sign of calm either."""
    short = {"resend_within": 5.0, "open_observe": 15.0}
    assert unanswered(4, 6, short).held(HEAP)
    many = unanswered(1, 20, short)
    assert not many.held(HEAP)
    assert HEAP not in many.complaints()
    assert unanswered(1, 70, short).held(HEAP)


def test_list_with_each_push_is_no_heap_however_fast_the_pushes_are() -> None:
    """The same is four a minute at ChargePilot's pace."""
    play = Play(limits={"resend_within": 5.0, "open_observe": 15.0}).exchange()
    for _ in range(20):
        play.asks(A).loses_confirmation().push().confirm().wait(1)
    assert play.held(HEAP)


def refused(every: float, times: int, fault: str | None = "odd") -> Play:
    """Lists that are refused, each time."""
    play = Play().armed("odd", "answer", kind="error").exchange()
    for _ in range(times):
        play.asks(A).hands(3, LISTS, {"message": "no"}, play._asked, fault).wait(every)
    return play


def test_refused_list_in_a_tight_loop_is_a_warning_alone() -> None:
    """More than ten a minute."""
    play = refused(2, 14)
    assert play.convicted_of(CALM).level is Level.SHOULD
    assert not play.musts()


@pytest.mark.parametrize(("every", "times"), [(30, 4), (90, 1)])
def test_refused_list_again_later_or_never_holds(every: float, times: int) -> None:
    """The same one, or none."""
    assert refused(every, times).held(CALM)


def test_lists_that_we_refused_by_right_are_another_matter() -> None:
    """No fault made those errors."""
    assert not refused(2, 14, fault=None).exercised(CALM)


def back_after(*lists: int, steps: int = 4) -> Play:
    """Steps while no link was up, and then lists with these charges."""
    play = Play().exchange().asks(A).takes().pushed().ended("us")
    for _ in range(steps):
        play.step("change-request")
    play.wait(5).exchange()
    for soc in lists:
        play.asks(entry("a", soc=soc)).takes().wait(1)
    return play.wait(5)


def test_replay_of_what_was_missed_is_a_warning() -> None:
    """Four different lists at once."""
    assert back_after(60, 65, 70, 75).convicted_of(REPLAY).level is Level.SHOULD


def test_current_list_and_a_real_change_or_two_hold() -> None:
    """Equal ones do not count."""
    assert back_after(75).held(REPLAY)
    assert back_after(75, 75, 75, 75, 60, 65).held(REPLAY)


def test_nothing_missed_is_no_outage() -> None:
    """Neither steps nor an open list."""
    assert not back_after(60, 65, 70, 75, steps=1).exercised(REPLAY)


def test_lists_of_steps_after_the_outage_do_not_count() -> None:
    """Whoever asks for them gets them."""
    play = back_after(75)
    for soc in (60, 65, 70):
        play.step("change-request").asks(entry("a", soc=soc)).takes().wait(1)
    assert play.held(REPLAY)


def test_lists_that_piled_up_while_we_stalled_are_no_replay() -> None:
    """Two minutes of ordinary news are read at once."""
    play = Play().exchange().asks(A).loses_confirmation().ended("us").wait(5).exchange()
    play.wait(100).line(ev.Stalled(late_s=98))
    for soc in range(60, 66):
        play.asks(entry("a", soc=soc)).takes()
    assert REPLAY not in play.complaints()


# -- over several links ------------------------------------------------------------------------------------------------


def left_open(every: float, times: int) -> Play:
    """Each list is lost, and each time the product leaves the link over it."""
    play = Play()
    for _ in range(times):
        play.exchange().asks(A).loses_confirmation().wait(30)
        play.here(ev.CloseReceived(code=1001)).ended("product", "cleanly").wait(every - 30)
    return play


def test_whoever_leaves_a_link_over_an_open_list_heaps_up_none() -> None:
    """Ten minutes show it on several links as on one."""
    assert left_open(45, 14).held(HEAP)
    assert not left_open(45, 4).exercised(HEAP)
    assert "bounded" not in " ".join(left_open(31, 20).complaints())


def left_refused(every: float, times: int) -> Play:
    """Each list is refused, and each time the product leaves the link."""
    play = Play().armed("odd", "answer", kind="error")
    for _ in range(times):
        play.exchange().asks(A).hands(3, LISTS, {"message": "no"}, play._asked, "odd").wait(0.1)
        play.here(ev.CloseReceived(code=1001)).ended("product", "cleanly").wait(every)
    return play


def test_whoever_leaves_a_link_over_a_refusal_is_calm_if_its_lists_are() -> None:
    """On however many links they come."""
    assert left_refused(15, 6).held(CALM)
    assert not left_refused(15, 2).exercised(CALM)
    assert not left_refused(2, 40).held(CALM)
