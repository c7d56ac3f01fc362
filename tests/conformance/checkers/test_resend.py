"""Lists that were not confirmed, judged from made recordings."""

from __future__ import annotations

import msgspec

from conformance.playbook import Play, entry, uuid
from mockpilot.conformance.levels import Basis, Level
from mockpilot.history import events as ev

AGAIN = "requests.unconfirmed-list-comes-again"
FOREIGN = "requests.foreign-confirmation-counts-not"
A, B, C = entry("a"), entry("b"), entry("c")


def lost(*, applied: bool = False) -> Play:
    """A list of which the second entry is new, and whose confirmation is lost."""
    play = Play().exchange().asks(A).takes().step("create-request")
    return play.asks(A, B, message_id=uuid(77)).loses_confirmation(applied=applied)


def reset_before_the_answer() -> Play:
    """The link is reset after the list was read."""
    play = Play().exchange().asks(A).takes().step("create-request")
    return play.asks(A, B, message_id=uuid(77)).fired("drop", "drop").applies(False).ended("us")


def test_resend_on_the_same_link_holds() -> None:
    """With the same message id or another."""
    assert lost().wait(30).asks(A, B).takes().held(AGAIN)
    assert lost().wait(30).asks(A, B, message_id=uuid(77)).takes().held(AGAIN)


def test_resend_on_the_next_link_holds() -> None:
    """Changed meanwhile, or with more."""
    assert lost().closed().exchange().asks(A, entry("b", soc=90), C).takes().held(AGAIN)
    assert reset_before_the_answer().exchange().wait(50).asks(A, B).takes().held(AGAIN)


def test_later_list_without_the_lost_entry_is_convicted() -> None:
    """It knows the older ones: the new one counts as delivered."""
    found = lost().closed().exchange().asks(A).takes().convicted_of(AGAIN)
    assert (found.level, found.basis, found.inferred) == (Level.MUST, Basis.GUIDELINE, True)
    assert "without b" in found.observed


def test_silence_after_the_second_chance_is_convicted_by_our_limits() -> None:
    """A minute, then a new link, an answered push, and a minute."""
    found = lost().pushed(5).closed().exchange().wait(70).convicted_of(AGAIN)
    assert (found.level, found.basis) == (Level.MUST, Basis.POLICY)
    again = reset_before_the_answer().exchange().pushed(5).closed().exchange().wait(70)
    assert again.convicted_of(AGAIN).basis is Basis.POLICY


def test_loss_that_left_the_list_open_is_no_second_chance() -> None:
    """Whoever has a time-out of ninety seconds would send it yet."""
    assert not reset_before_the_answer().exchange().wait(70).exercised(AGAIN)
    assert not lost().closed().exchange().wait(70).exercised(AGAIN)


def test_departures_count_by_simulated_time() -> None:
    """Whoever has left by then need not be asked for again."""
    left, stays = "2031-03-05T03:21:00.000Z", "2031-03-05T02:00:00.000Z"
    for simulated, convicts in ((left, False), (stays, True)):
        play = lost().pushed(5).closed().exchange().wait(70)
        play.line(ev.ScenarioEnded(why="done"))
        play.events = [msgspec.structs.replace(event, simulated=simulated) for event in play.events]
        assert (AGAIN in play.musts()) is convicts


def test_silence_without_a_second_chance_decides_nothing() -> None:
    """It may come with the next reconnect."""
    assert not lost().pushed(40).exercised(AGAIN)


def test_silence_before_the_limit_decides_nothing() -> None:
    """Or on a link that ended too soon."""
    assert not lost().closed().exchange().wait(50).exercised(AGAIN)
    assert not lost().closed().exchange().wait(50).closed().wait(50).exercised(AGAIN)


def test_no_new_link_is_not_a_missing_list() -> None:
    """That is another rule's affair."""
    assert lost().closed().wait(400).musts() == {"link.reconnects"}


def test_list_that_was_taken_over_need_not_come_again() -> None:
    """The next push shows it."""
    play = lost(applied=True).closed().exchange().pushed(6, shows=("a", "b"))
    assert not play.exercised(AGAIN)


def test_reconciled_list_need_not_come_again() -> None:
    """Whatever the depot said, an answered push shows all of it."""
    play = lost().closed().exchange().pushed(6, shows=("a", "b"))
    assert not play.exercised(AGAIN)


def test_resend_counts_whatever_pushes_show_afterwards() -> None:
    """They show it because it came."""
    assert lost().closed().exchange().asks(A, B).takes().pushed(2, shows=("a", "b")).held(AGAIN)


def test_cancelled_list_need_not_come_again() -> None:
    """Nobody wants it any more."""
    assert not lost().step("cancel-request").closed().exchange().wait(70).exercised(AGAIN)


def test_confirmation_of_unknown_delivery_leaves_both_free() -> None:
    """Handed just before the reset: one resends with the old id, one does not; both are clean."""
    def made() -> Play:
        return Play().exchange().asks(A, message_id=uuid(77)).takes().wait(0.1).ended("us").exchange()

    assert not made().asks(A, message_id=uuid(77)).takes().complaints()
    assert not made().pushed(8).complaints()


def test_wrong_answer_is_another_matter() -> None:
    """It is no missing one."""
    play = Play().armed("odd", "answer").exchange().asks(A).applies(False)
    play.hands(2, "ProvideChargingRequests", {}, uuid(99), "odd")
    assert not play.closed().exchange().wait(70).exercised(AGAIN)


def test_list_that_we_never_read_is_another_matter() -> None:
    """The link was dropped before."""
    play = Play().exchange().asks(A, unread=True).ended("us").exchange().wait(70)
    assert not play.exercised(AGAIN)


def test_delayed_confirmation_is_a_confirmation() -> None:
    """It was handed in the end."""
    play = Play().armed("late", "delay").exchange().asks(A).wait(20).takes(fault="late").closed().exchange().wait(70)
    assert not play.exercised(AGAIN)


def test_renamed_entry_is_not_lost() -> None:
    """New ids are convicted as such."""
    play = lost().closed().exchange().asks(A, entry("z", "bus of b")).takes()
    assert play.musts() == {"requests.stable-ids"}


def test_product_that_crashed_is_not_convicted_of_silence() -> None:
    """It is gone."""
    play = lost().closed().exchange().line(ev.ProductExited(status=1, by_us=False)).wait(70)
    assert AGAIN not in play.complaints()


def test_overload_leaves_it_undecided() -> None:
    """Our own stalls hide whether it came."""
    play = lost().closed().exchange().wait(20).line(ev.Stalled(late_s=10)).wait(100)
    assert AGAIN not in play.complaints()
    assert not play.exercised(AGAIN)


# -- foreign confirmations -----------------------------------------------------------------------------------------


def confirmed_otherwise(kind: str, message_id: str = uuid(99)) -> Play:
    """A list that is not taken over, and answered otherwise than it should."""
    play = Play().armed("odd", "answer", kind=kind).exchange().asks(A, B).applies(False)
    return play.hands(2, "ProvideChargingRequests", {}, message_id, "odd").pushed(2)


def test_list_again_after_a_foreign_confirmation_holds() -> None:
    """After a time-out, or with the next link."""
    assert confirmed_otherwise("wrong-id").asks(A, B).takes().held(FOREIGN)
    assert confirmed_otherwise("wrong-id").closed().exchange().asks(A, B).takes().held(FOREIGN)


def test_foreign_confirmation_that_counts_is_a_warning_by_our_limits() -> None:
    """No list any more, not even after the second chance."""
    found = confirmed_otherwise("wrong-id").pushed(4).closed().exchange().pushed(6).convicted_of(FOREIGN)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.POLICY)


def test_right_id_with_another_slot_wrong_may_count_or_not() -> None:
    """Action and presystem id are no identity of a request."""
    for kind in ("wrong-action", "wrong-presystem"):
        play = confirmed_otherwise(kind).pushed(4).closed().exchange().pushed(6)
        assert not play.exercised(FOREIGN)
        assert not play.complaints()


def test_confirmation_on_another_link_may_count_or_not() -> None:
    """The answer came after all, where nobody had to look for it."""
    play = lost().closed().exchange()
    play.hands(2, "ProvideChargingRequests", {}, play._asked, "odd")
    assert not play.pushed(8).closed().exchange().pushed(6).complaints()
