"""What follows steps that cancel, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import Play, entry, second_chance
from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers import cancelling
from mockpilot.conformance.levels import Basis, Level

CANCELLED, LAST = "requests.cancelled-leaves", "requests.cancels-the-last"

A, B = entry("a"), entry("b")
GONE = "Terminate"


def two(**play: Any) -> Play:
    """A list of two, of which a step made one."""
    play_ = Play(**play).exchange().asks(A).takes().step("create-request").asks(A, B).takes()
    return play_.wait(5)


def ended(one: dict[str, Any]) -> dict[str, Any]:
    """An entry that says itself that it ends."""
    return one | {"chargingInstruction": GONE}


def test_cancelled_entry_that_leaves_holds() -> None:
    """By omission or by Terminate."""
    assert two().step("cancel-request", request="a").wait(2).asks(B).takes().held(CANCELLED)
    assert two().step("cancel-request", request="a").wait(2).asks(ended(A), B).takes().held(CANCELLED)


def cancelled(**play: Any) -> Play:
    """One of two is cancelled, and the list without it is confirmed."""
    return two(**play).step("cancel-request", request="a").wait(2).asks(B).takes().pushed(2)


def test_cancelled_entry_that_comes_back_is_convicted() -> None:
    """On the same link or the next."""
    assert cancelled().asks(A, B).takes().convicted_of(CANCELLED).level is Level.MUST
    assert cancelled().closed().exchange().asks(A, B).takes().convicted_of(CANCELLED).level is Level.MUST


def test_cancelled_entry_that_is_terminated_again_holds() -> None:
    """To say so twice takes nothing back."""
    assert cancelled().asks(ended(A), B).takes().held(CANCELLED)


def told_on_the_next_link(*entries: dict[str, Any]) -> Play:
    """One of two is cancelled and no list comes of it; the next link brings this one."""
    play = two().step("cancel-request", request="a").pushed(5).closed().wait(5).exchange().wait(2)
    return play.asks(*entries).takes()


def test_cancelling_that_brings_no_list_is_shown_by_the_one_on_the_next_link() -> None:
    """Without the entry it was taken back, late; with everything of before it never was, by this tool's limits."""
    assert told_on_the_next_link(B).held(CANCELLED)
    kept = told_on_the_next_link(A, B).convicted_of(CANCELLED)
    assert (kept.level, kept.basis) == (Level.MUST, Basis.POLICY)


def test_list_on_a_link_that_came_too_early_is_no_second_chance() -> None:
    """The limit of the step had not passed when the link ended."""
    play = two().step("cancel-request", request="a").wait(1).closed().wait(60).exchange().wait(2).asks(A, B).takes()
    assert not play.exercised(CANCELLED)


def test_cancelling_everything_may_be_shown_by_the_list_on_the_next_link() -> None:
    """Empty, or with all that was there."""
    def then(*entries: dict[str, Any]) -> Play:
        play = Play().exchange().step("create-request").asks(A).takes().wait(5)
        play.step("cancel-all-requests").pushed(5).closed().wait(5).exchange().wait(2)
        return play.asks(*entries).takes()

    assert then().held(LAST)
    assert then(A).convicted_of(LAST).level is Level.SHOULD


def test_older_list_that_is_sent_again_revives_nothing() -> None:
    """The list that left it out is unanswered; on the new link both come again, in their order."""
    play = two().step("cancel-request", request="a").wait(2).asks(B).loses_confirmation().closed().wait(15)
    play.exchange().asks(A, B).takes().asks(B).takes().pushed(2)
    assert not play.complaints()


def test_step_may_make_an_entry_anew_under_its_old_id() -> None:
    """Ids may be made of vehicle and day."""
    assert not cancelled().step("create-request").wait(1).asks(A, B).takes().complaints()


def test_operator_may_plan_again_what_was_cancelled() -> None:
    """Who launched nothing knows nothing."""
    assert not cancelled(launched=False).asks(A, B).takes().complaints()


def cancelled_offline() -> Play:
    """One of two is cancelled while no link is up; the next link comes after two minutes."""
    play = two().pushed(1).ended("us").wait(1).step("cancel-request", request="a")
    return play.wait(120).exchange().wait(2)


def test_cancelling_while_no_link_is_up_counts_from_the_next_one() -> None:
    """A first list may still be of before; one without the entry has to come within the limit."""
    assert cancelled_offline().asks(B).takes().held(CANCELLED)
    assert cancelled_offline().asks(A, B).takes().wait(20).asks(B).takes().held(CANCELLED)
    assert cancelled_offline().asks(A, B).takes().pushed(5).convicted_of(CANCELLED).level is Level.MUST


def test_list_with_everything_in_it_is_convicted() -> None:
    """Nothing of before has left."""
    play = two().step("cancel-request", request="a").wait(2).asks(A, B).takes()
    assert play.convicted_of(CANCELLED).level is Level.MUST
    assert play.complaints() == {CANCELLED}


def test_list_that_was_under_way_says_nothing() -> None:
    """It may have been sent before the step took hold."""
    play = two().step("cancel-request", request="a").wait(0.3).asks(A, B).takes()
    assert not play.complaints()
    assert play.wait(5).asks(B).takes().held(CANCELLED)


def test_list_that_was_under_way_gives_the_next_link_the_last_word() -> None:
    """One that came at once may be of before, the one after a whole limit and a reconnect may not."""
    def then(*entries: dict[str, Any]) -> Play:
        play = two().step("cancel-request", request="a").asks(A, B).takes().pushed(5).closed().wait(5).exchange()
        return play.wait(2).asks(*entries).takes()

    assert then(B).held(CANCELLED)
    kept = then(A, B).convicted_of(CANCELLED)
    assert (kept.level, kept.basis) == (Level.MUST, Basis.POLICY)


def test_lists_that_decide_nothing_are_told() -> None:
    """How many came, and what they still hold."""
    play = two().step("cancel-request", request="a").asks(A, B).takes().closed().exchange().asks(A, B).takes()
    seen = [one for one in cancelling.check(Case(play.ends().history)) if one.rule == CANCELLED]
    assert [one.held for one in seen] == [None]
    assert "cancel-request was asked for; 2 lists came after it and still hold a" in seen[0].message


def test_whichever_entry_left_something_left() -> None:
    """Which one is meant is the product's affair."""
    assert two().step("cancel-request", request="a").wait(2).asks(A).takes().held(CANCELLED)


def test_cancelling_the_only_entry_is_another_rule() -> None:
    """With one entry nothing shows."""
    play = Play().exchange().asks(A).takes().wait(1).step("cancel-request").wait(2).asks(A).takes()
    assert CANCELLED not in play.complaints()


def test_step_that_did_not_happen_cancels_nothing() -> None:
    """Its exit status said so."""
    play = two().step("cancel-request", happened=False).wait(2).asks(A, B).takes()
    assert not play.complaints()


def test_silence_after_cancelling_takes_a_second_chance() -> None:
    """Only then it convicts, by our limits; and only if another step did bring a list."""
    silent = two().step("cancel-request", request="a").pushed(6)
    assert not silent.complaints()
    found = second_chance(two().step("cancel-request", request="a")).convicted_of(CANCELLED)
    assert (found.level, found.basis) == (Level.MUST, Basis.POLICY)
    never = Play().exchange().asks(A, B).takes().wait(90).step("cancel-request", request="a")
    assert CANCELLED not in second_chance(never).complaints()


def test_list_that_comes_at_the_second_chance_is_no_silence() -> None:
    """It shows what the product holds."""
    play = two().step("cancel-request", request="a").pushed(5).closed().wait(5).exchange().asks(B).takes().pushed(5)
    assert CANCELLED not in play.complaints()


def test_operator_who_cancels_later_is_not_blamed() -> None:
    """The product may still do it within the limit."""
    play = two().step("cancel-request", request="a").wait(30).asks(B).takes()
    assert play.held(CANCELLED)


def test_first_limit_has_to_pass_before_the_second_chance() -> None:
    """A link that ends right after the step is no second chance."""
    play = two().step("cancel-request", request="a").wait(1).closed().wait(5).exchange().wait(14).pushed(5)
    assert not play.exercised(CANCELLED)


# -- cancelling everything -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [(), (ended(A), ended(B))])
def test_empty_list_after_cancelling_all_holds(entries: tuple[dict[str, Any], ...]) -> None:
    """Or Terminate for each."""
    play = two().step("cancel-all-requests").wait(2).asks(*entries).takes()
    assert play.held(LAST)
    assert not play.complaints()


def test_silence_after_cancelling_all_is_a_warning_after_a_second_chance() -> None:
    """Nothing was sent where nothing was left to ask for."""
    assert not two().step("cancel-all-requests").pushed(6).complaints()
    found = second_chance(two().step("cancel-all-requests")).convicted_of(LAST)
    assert (found.level, found.basis) == (Level.SHOULD, Basis.POLICY)


def test_full_list_after_cancelling_all_is_the_other_rule() -> None:
    """It came, and nothing has left."""
    assert two().step("cancel-all-requests").wait(2).asks(A, B).takes().complaints() == {CANCELLED}
