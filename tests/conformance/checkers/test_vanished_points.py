"""Requests at points that a push shows no more, judged from made recordings."""

from __future__ import annotations

from typing import Any

from conformance.playbook import Play, entry
from mockpilot.conformance.levels import Level

VANISHED = "information.vanished-points"

A, C = entry("a"), entry("c")


def without_p1(wait_s: float = 3, **play: Any) -> Play:
    """A list with two entries, and then pushes that lack a point."""
    play_ = Play(**play).armed("gone", "change", how="vanish").exchange().asks(A, entry("b", point="P2")).takes()
    return play_.wait(1).push("P2", fault="gone").confirm().wait(wait_s)


def test_new_entry_at_a_vanished_point_is_a_warning() -> None:
    """The push was answered in time to know."""
    play = without_p1().asks(A, entry("b", point="P2"), C).takes()
    assert play.convicted_of(VANISHED).level is Level.SHOULD
    assert play.complaints() == {VANISHED}


def test_changed_entry_at_a_vanished_point_is_a_warning() -> None:
    """Whoever touches it can move it."""
    assert without_p1().asks(entry("a", soc=60), entry("b", point="P2")).takes().complaints() == {VANISHED}


def test_a_vanished_point_is_told_with_its_entry_and_the_cause_that_fits() -> None:
    """Whoever kept an old point looks elsewhere than whoever chose one that is gone."""
    chosen = without_p1().asks(A, entry("b", point="P2"), C).takes().convicted_of(VANISHED)
    kept = without_p1().asks(entry("a", soc=60), entry("b", point="P2")).takes().convicted_of(VANISHED)
    assert "points of all pushes are gathered" in chosen.perhaps
    assert "keeps the point that it was made for" in kept.perhaps
    assert kept.expected == "a at a point of the latest push, or at none"
    assert kept.observed == "a at P1, which an earlier push had and the latest has not"


def test_unchanged_entry_at_a_vanished_point_is_free() -> None:
    """Complete lists carry it along; nothing shows then what a change of it would name."""
    play = without_p1().asks(A, entry("b", point="P2", soc=60)).takes()
    assert not play.complaints()
    assert not play.exercised(VANISHED)


def test_vanished_point_that_no_request_names_puts_nothing_to_the_test() -> None:
    """What is made or changed beside it stands at points that were there all the time."""
    bare = entry("a")
    del bare["chargingPointId"]
    play = Play().armed("gone", "change", how="vanish").exchange().asks(bare).takes().wait(1)
    play.push("P2", fault="gone").confirm().wait(3)
    changed = entry("a", soc=60)
    del changed["chargingPointId"]
    assert not play.asks(changed, entry("b", point="P2")).takes().exercised(VANISHED)


def test_request_that_moves_or_leaves_with_its_point_holds() -> None:
    """To take it back is right, too."""
    assert without_p1().asks(entry("a", point="P2"), entry("b", point="P2")).takes().held(VANISHED)
    soon = without_p1(wait_s=0.1).asks(entry("a", point="P2"), entry("b", point="P2")).takes().wait(5)
    assert not soon.exercised(VANISHED)
    assert soon.asks(entry("a", point="P2"), entry("b", point="P2"), entry("c", point="P2")).takes().held(VANISHED)
    assert without_p1().asks(entry("b", point="P2"), entry("c", point="P2")).takes().held(VANISHED)


def test_time_written_otherwise_is_no_change() -> None:
    """Instants are compared."""
    same = entry("a")
    stamp = same["chargingRequestData"]["requestedTimeForDeparture"]
    same["chargingRequestData"]["requestedTimeForDeparture"] = stamp.replace("Z", "+00:00")
    assert VANISHED not in without_p1().asks(same, entry("b", point="P2")).takes().complaints()


def test_list_that_was_under_way_may_name_the_point() -> None:
    """Read within the guard after the answer."""
    play = Play().armed("gone", "change", how="vanish").exchange().asks(A).takes().wait(1)
    play.push("P2", fault="gone").confirm().wait(0.3).asks(A, C).takes()
    assert VANISHED not in play.complaints()


def test_point_that_came_back_is_there() -> None:
    """The latest push counts, answered or not."""
    play = without_p1().push("P1", "P2").asks(A, entry("b", point="P2"), C).confirm().takes()
    assert VANISHED not in play.complaints()


def test_empty_push_takes_no_point_away() -> None:
    """It says nothing of a depot, and is another rule's business."""
    play = Play().armed("none", "change", how="empty-depots").exchange().asks(A).takes().wait(1)
    play.push(fault="none", says={"depotInfoList": []}).confirm().wait(3).asks(A, C).takes()
    assert VANISHED not in play.complaints()


def test_operator_has_to_move_entries_by_hand() -> None:
    """A remark at most."""
    play = without_p1(launched=False, provoked=False).asks(A, entry("b", point="P2"), C).takes()
    assert VANISHED not in play.complaints()


def test_request_that_is_unbound_from_a_vanished_point_holds() -> None:
    """To name no point at all is right, too."""
    bare = entry("a")
    del bare["chargingPointId"]
    assert without_p1().asks(bare).takes().held(VANISHED)


def test_request_without_a_point_from_the_start_says_nothing_of_vanished_ones() -> None:
    """It never named one."""
    bare = entry("b")
    del bare["chargingPointId"]
    assert not without_p1().asks(A, bare).takes().exercised(VANISHED)
