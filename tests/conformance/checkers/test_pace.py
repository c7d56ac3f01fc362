"""How fast, how often, how long, judged from made recordings."""

from __future__ import annotations

import pytest

from conformance.playbook import Play, entry, uuid
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

IN_TIME, MEANWHILE = "information.is-answered-in-time", "information.is-answered-meanwhile"
MISSING, QUIET = "link.notices-missing-pushes", "requests.quiet-when-steady"

A, B = entry("a"), entry("b")


# -- in time -------------------------------------------------------------------------------------------------------


def late(play: Play, times: int, seconds: float = 20) -> Play:
    """Pushes that are answered late, each before the next."""
    for _ in range(times):
        play.push().wait(seconds).confirm().wait(1)
    return play


def test_ten_answers_in_time_hold() -> None:
    """The first push of a product is not counted."""
    assert Play().exchange().pushed(10).held(IN_TIME)
    assert not Play().exchange().pushed(9).exercised(IN_TIME)


def test_late_answers_are_a_warning_and_nothing_else() -> None:
    """Two of some."""
    play = late(Play().exchange().pushed(3), 2)
    assert play.complaints() == {IN_TIME}
    assert play.convicted_of(IN_TIME).level is Level.SHOULD


def test_one_late_answer_is_chance() -> None:
    """Nor are two of thirty too many."""
    assert not late(Play().exchange().pushed(3), 1).complaints()
    assert not late(Play().exchange().pushed(30), 2).complaints()


def test_first_push_may_meet_a_product_unprepared() -> None:
    """It may take as long as it likes."""
    play = Play().connect().boot().accept().push().wait(20).confirm().wait(1)
    assert not late(play, 1).complaints()


def test_answers_to_a_burst_may_take_their_time() -> None:
    """And so may what comes while it is worked off."""
    play = Play().exchange().wait(20)
    ids = [uuid(number) for number in range(500, 520)]
    for one in ids:
        play.push(message_id=one)
    play.wait(15)
    for one in ids:
        play.wait(1).confirm(one)
    assert not play.wait(15).pushed(2).complaints()


def test_answers_under_pressure_are_not_timed() -> None:
    """A flood of pings, or few bytes a second, is our own doing."""
    play = Play().exchange().wait(5).fired("slow", "slow")
    assert not late(play, 4).complaints()


def test_answers_that_we_read_late_are_in_time() -> None:
    """Our own stalls extend the limit."""
    play = Play().exchange().pushed(3)
    for _ in range(3):
        play.push().wait(20).line(ev.Stalled(late_s=6)).confirm().wait(1)
    assert not play.complaints()


# -- while a list is open ------------------------------------------------------------------------------------------


def open_list() -> Play:
    """A list whose confirmation is lost, after an answered push."""
    return Play().exchange().wait(1).asks(A).loses_confirmation().wait(1)


def unanswered(play: Play, times: int) -> Play:
    """Pushes without an answer."""
    for _ in range(times):
        play.push().wait(15)
    return play


def test_push_that_is_answered_while_a_list_is_open_holds() -> None:
    """The list may stay open as long as it likes."""
    assert open_list().wait(14).pushed(2).held(MEANWHILE)


def test_product_that_waits_for_its_list_is_convicted_of_that_alone() -> None:
    """Not of every push as well."""
    play = unanswered(open_list(), 4).wait(5).closed().exchange()
    assert MEANWHILE in play.musts()
    assert "information.is-answered" not in play.complaints()


def test_all_pushes_that_were_passed_over_are_counted() -> None:
    """Also those whose own time had not run out when the link ended."""
    found = unanswered(open_list(), 4).push().wait(5).closed().exchange().convicted_of(MEANWHILE)
    assert found.observed.startswith("none to any of the 5 pushes that were handed while a list stayed open, for 1 min")


def test_blocking_for_less_than_the_limit_is_free() -> None:
    """A list that is open for half a minute shows nothing."""
    play = unanswered(open_list(), 2).confirms_list().pushed(2)
    assert MEANWHILE not in play.complaints()


def test_late_answers_are_answers_while_a_list_is_open() -> None:
    """Whoever catches up afterwards was slow."""
    play = open_list()
    ids = [uuid(number) for number in range(600, 605)]
    for one in ids:
        play.push(message_id=one).wait(15)
    play.confirms_list()
    for one in ids:
        play.confirm(one)
    assert MEANWHILE not in play.wait(1).pushed().complaints()


def test_link_that_was_left_with_its_list_open_is_not_blocked() -> None:
    """The product asks and answers on the next one."""
    play = open_list().exchange().on(1)
    assert MEANWHILE not in unanswered(play, 5).complaints()


def test_product_that_was_deaf_before_is_not_blocked_by_its_list() -> None:
    """It had answered no push yet."""
    play = unanswered(Play().connect().boot().accept().push().asks(A).loses_confirmation(), 5)
    assert MEANWHILE not in play.complaints()


# -- missing pushes ------------------------------------------------------------------------------------------------


def test_link_that_is_kept_without_pushes_is_a_warning() -> None:
    """Five minutes are twenty pushes."""
    play = Play().exchange().wait(320)
    assert play.convicted_of(MISSING).level is Level.SHOULD


def test_leaving_when_pushes_stay_away_holds() -> None:
    """In its own time."""
    assert Play().exchange().wait(60).ended("product", "cleanly").exchange().held(MISSING)


def test_leaving_at_once_says_nothing_of_missing_pushes() -> None:
    """None was due."""
    assert not Play().exchange().wait(10).ended("product", "cleanly").exchange().exercised(MISSING)


def test_nobody_promised_a_rhythm_elsewhere() -> None:
    """Only ChargePilot does."""
    assert not Play(dialect="vdv-1.1").exchange().wait(320).complaints()


def test_new_attempt_beside_the_silent_link_is_noticing_too() -> None:
    """The old one may stay open."""
    assert Play().exchange().wait(100).exchange().wait(10).held(MISSING)


def test_pushes_that_come_on_the_old_link_later_take_nothing_back() -> None:
    """The product had noticed by then."""
    assert Play().exchange().wait(100).exchange().on(1).push().on(2).pushed(2).held(MISSING)


def test_next_link_before_a_push_was_due_shows_nothing() -> None:
    """None was missing."""
    assert not Play().exchange().wait(10).exchange().wait(10).exercised(MISSING)


def test_silence_below_the_pushes_is_another_rule() -> None:
    """Where nothing at all comes any more, L-08 judges."""
    play = Play().exchange().here(ev.WentSilent(fault="drop")).wait(320)
    assert MISSING not in play.complaints()


def test_pushes_in_time_are_no_test() -> None:
    """Nothing was missing."""
    assert not Play().exchange().pushed(30).exercised(MISSING)


# -- lists in a loop -----------------------------------------------------------------------------------------------


def steady(every: float, seconds: float = 200, *, new: bool = False) -> Play:
    """Lists at a pace, each confirmed."""
    play = Play().exchange().asks(A).takes()
    for number in range(int(seconds / every)):
        play.wait(every).asks(entry("a", soc=60 + number % 30) if new else A).takes()
    return play


def test_quiet_product_holds() -> None:
    """One list in three minutes."""
    assert Play().exchange().asks(A).takes().pushed(14).held(QUIET)


def test_equal_lists_in_a_loop_are_a_warning() -> None:
    """Twelve a minute."""
    assert steady(5).convicted_of(QUIET).level is Level.SHOULD


def test_many_lists_with_news_are_a_warning_above_one_a_second() -> None:
    """Below that, news are news."""
    assert steady(0.8, new=True).convicted_of(QUIET).level is Level.SHOULD
    assert QUIET not in steady(5, new=True).complaints()


def test_equal_list_with_each_push_is_a_remark() -> None:
    """Useless, and tolerated."""
    play = steady(15)
    assert play.convicted_of(QUIET).level is Level.MAY
    assert not play.complaints()


def test_short_loop_decides_nothing() -> None:
    """Three minutes are asked for."""
    assert not steady(5, 100).exercised(QUIET)


SHORT = {"steady_observe": 15.0}


def at_leisure(lists: int) -> Play:
    """A quarter of a minute under a limit as short, with so many lists that say something new."""
    play = Play(limits=SHORT).exchange()
    for number in range(lists):
        play.wait(4).asks(entry("a", soc=60 + number)).takes()
    return play.wait(16 - 4 * lists)


def test_short_look_clears_only_whom_no_loop_could_have_passed_by() -> None:
    """Ten lists a minute are two or three in a quarter of one."""
    assert at_leisure(0).held(QUIET)
    assert at_leisure(1).held(QUIET)
    assert not at_leisure(3).held(QUIET)


def test_provoked_lists_are_no_loop() -> None:
    """Steps, faults and open lists begin a new stretch."""
    play = Play().exchange()
    for _ in range(40):
        play.wait(5).step("change-request").asks(A).takes()
    assert QUIET not in play.complaints()


@pytest.mark.parametrize("product", [False, True])
def test_open_list_may_come_again(product: bool) -> None:
    """Resending is no loop of its own."""
    play = Play(launched=product).exchange()
    for _ in range(20):
        play.asks(A).loses_confirmation().wait(10)
    assert QUIET not in play.complaints()


def test_answers_that_waited_for_us_are_not_timed() -> None:
    """The pushes went out just before we stopped reading."""
    play = Play().armed("slow", "slow", how="no-read").exchange().wait(15).pushed(3)
    for _ in range(2):
        play.push().fired("slow", "slow").wait(40).line(ev.FaultDisarmed(name="slow", do="slow")).confirm().wait(15)
    assert not play.complaints()
