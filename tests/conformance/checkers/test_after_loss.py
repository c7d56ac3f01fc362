"""Lists after a loss, judged from made recordings."""

from __future__ import annotations

from conformance.playbook import PRESYSTEM, Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

DOUBLES, AGAIN = "requests.no-doubles", "requests.told-again-after-amnesia"
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
