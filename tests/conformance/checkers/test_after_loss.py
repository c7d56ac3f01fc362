"""Lists after a loss, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import PRESYSTEM, Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

DOUBLES, AGAIN = "requests.no-doubles", "requests.told-again-after-amnesia"
COMPLETE = "requests.complete-list"
A, B = entry("a"), entry("b")


def lost() -> Play:
    """A list whose confirmation is lost."""
    return Play().armed("lost", "lose").exchange().asks(A, B).fired("lost", "lose").loses_confirmation().wait(30)


def test_doubled_entry_after_a_fault_is_a_warning_alone() -> None:
    """The same vehicle and departure under a second id."""
    play = lost().asks(A, B, entry("c", A["vehicleId"])).takes()
    assert play.convicted_of(DOUBLES).level is Level.SHOULD
    assert play.complaints() == {DOUBLES}


def test_same_list_after_a_fault_holds() -> None:
    """Nothing stands twice."""
    assert lost().asks(A, B).takes().held(DOUBLES)


def test_doubles_from_the_start_are_another_matter() -> None:
    """No fault brought them."""
    play = Play().armed("lost", "lose").exchange().asks(A, entry("c", A["vehicleId"])).fired("lost", "lose")
    assert DOUBLES not in play.wait(30).asks(A, entry("c", A["vehicleId"])).takes().complaints()


def test_second_stay_of_a_vehicle_is_no_double() -> None:
    """It leaves again tomorrow."""
    assert lost().asks(A, B, entry("c", A["vehicleId"], leaves_in_min=1900)).takes().held(DOUBLES)


def test_list_twice_with_one_id_in_it_is_another_rule() -> None:
    """Entries are told apart by their ids."""
    assert lost().asks(A, A, B).takes().complaints() == {"requests.unique-ids"}


def created() -> Play:
    """A request that a step made stands in a list that was taken over; then the link is lost."""
    play = Play().exchange().asks(A).takes().pushed()
    return play.step("create-request").asks(A, B).takes().pushed()


def test_older_list_on_the_next_link_is_a_warning() -> None:
    """Nothing speaks for leaving out what had been confirmed."""
    found = created().closed().exchange().asks(A).takes().pushed().convicted_of(COMPLETE)
    assert (found.level, found.observed) == (Level.SHOULD, "it is missing, although it was confirmed")


def test_older_list_that_comes_again_unconfirmed_is_no_new_one() -> None:
    """Whoever has a list open may send it again, whatever was confirmed meanwhile."""
    play = Play().armed("lost", "lose").exchange().asks(A).fired("lost", "lose").loses_confirmation().pushed()
    play.step("create-request").asks(A, B).takes().pushed().closed().exchange()
    assert COMPLETE not in play.asks(A).takes().pushed().complaints()


@pytest.mark.parametrize("steps", [("cancel-request",), ("create-request", "cancel-request")])
def test_what_may_have_been_cancelled_may_be_left_out(steps: tuple[str, ...]) -> None:
    """Whether with or without a link."""
    play = created()
    for step in steps:
        play.step(step)
    assert COMPLETE not in play.pushed().closed().exchange().asks(A).takes().pushed().complaints()


@pytest.mark.parametrize("lists", [((), (A, B)), ((A,), (A, B)), ((),)])
def test_list_that_begins_anew_is_no_older_one(lists: tuple[tuple[dict[str, Any], ...], ...]) -> None:
    """All comes again, or nothing does."""
    play = created().closed().exchange()
    for entries in lists:
        play.asks(*entries).takes().wait(5)
    assert COMPLETE not in play.pushed().complaints()


def test_confirmation_that_may_not_have_come_leaves_both_lists_right() -> None:
    """Handed just before the link was reset."""
    play = Play().exchange().asks(A).takes().pushed().step("create-request").asks(A, B).takes().ended("us")
    assert COMPLETE not in play.exchange().asks(A).takes().pushed().complaints()


def test_request_that_a_new_process_does_not_know_is_none_of_its() -> None:
    """It has a store of its own."""
    play = created().closed().line(ev.ProductStarted(command=("product",))).exchange()
    assert COMPLETE not in play.asks(A).takes().pushed().complaints()


def test_list_to_a_cms_that_forgot_is_another_matter() -> None:
    """Some take what it shows for what holds."""
    play = created().line(ev.DepotChanged(what="requests forgotten", presystem_id=PRESYSTEM)).closed().exchange()
    assert COMPLETE not in play.asks(A).takes().pushed().complaints()


def forgotten(*entries: object, shows: tuple[str, ...] = ()) -> Play:
    """The CMS forgets what it was told, and restarts."""
    play = Play().exchange().asks(*(entries or (A, B))).takes().pushed(shows=("a", "b"))  # type: ignore[arg-type]
    play.line(ev.DepotChanged(what="requests forgotten", presystem_id=PRESYSTEM))
    return play.closed().connect().boot().accept().push(shows=shows).confirm()


def test_list_after_amnesia_holds() -> None:
    """Within a minute of the first push."""
    assert forgotten().wait(20).asks(A, B).takes().held(AGAIN)


def test_list_without_any_of_it_is_none() -> None:
    """An empty one tells the CMS nothing that it forgot."""
    assert forgotten().wait(15).asks().takes().pushed(6).convicted_of(AGAIN).level is Level.SHOULD


def test_part_of_the_forgotten_list_decides_nothing() -> None:
    """Entries may end by themselves; but that all is told again, nobody can say."""
    play = forgotten().wait(15).asks(B).takes().pushed(6)
    assert not play.exercised(AGAIN)
    assert not play.complaints()


def test_no_list_after_amnesia_is_never_more_than_a_warning() -> None:
    """A confirmed list may be trusted."""
    play = forgotten().wait(15).pushed(6)
    assert play.convicted_of(AGAIN).level is Level.SHOULD
    assert not play.musts()


def test_amnesia_that_pushes_do_not_show_cannot_be_known() -> None:
    """The first push still shows a request of the product's."""
    assert not forgotten(shows=("a",)).wait(15).pushed(6).exercised(AGAIN)


def test_nothing_told_is_nothing_forgotten() -> None:
    """The last list was empty, or everything was cancelled since."""
    play = Play().exchange().asks().takes().line(ev.DepotChanged(what="requests forgotten"))
    assert not play.closed().exchange().pushed(6).exercised(AGAIN)
    assert not forgotten().step("cancel-all-requests").pushed(6).exercised(AGAIN)


def test_list_that_was_read_while_its_link_ended_counts_as_the_one_before() -> None:
    """It stood once there."""
    play = Play().exchange().fired("drop", "drop").here(ev.CloseSent(code=1012)).wait(0.1).asks(entry("a", "bus"))
    play.ended("us", "cleanly").wait(5).exchange().asks(entry("a", "bus"), entry("b", "bus"))
    assert play.convicted_of(DOUBLES).level is Level.SHOULD


def test_requests_that_have_departed_need_not_be_told_again() -> None:
    """There is nothing left to ask for."""
    assert not forgotten(entry("a", leaves_in_min=5)).wait(15).pushed(6).exercised(AGAIN)
