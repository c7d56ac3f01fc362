"""Who answers what: exact ids first, then in order."""

from __future__ import annotations

from conformance.playbook import PUSHES, Play, entry, uuid
from mockpilot.conformance.case import Case
from mockpilot.conformance.correlation import Exchange, Fate


def booted() -> Play:
    """An accepted link."""
    return Play().connect().boot().accept()


def exchange(play: Play, link: int = 0) -> Exchange:
    """Pushes and answers of a link."""
    case = Case(play.whole)
    return case.exchanges[case.links[link].number]


def fates(play: Play, link: int = 0) -> list[Fate]:
    """What became of the answers, in order."""
    return [answer.fate for answer in exchange(play, link).fates.values()]


def test_exact_answers_in_any_order() -> None:
    """By their ids."""
    play = booted().push(message_id=uuid(50)).push(message_id=uuid(51)).confirm(uuid(51)).confirm(uuid(50))
    assert fates(play) == [Fate.EXACT, Fate.EXACT]
    assert [len(push.answers) for push in exchange(play).pushes] == [1, 1]


def test_other_ids_are_matched_in_order_after_all_exact_ones() -> None:
    """A wrong id takes no push away from a right one."""
    play = booted().push(message_id=uuid(50)).push(message_id=uuid(51)).confirm(uuid(99)).confirm(uuid(50))
    assert fates(play) == [Fate.OTHER_ID, Fate.EXACT]
    assert exchange(play).pushes[1].answers[0].index < exchange(play).pushes[0].answers[0].index


def test_answer_before_its_push_is_a_stray() -> None:
    """Nothing can be answered before it was handed."""
    assert fates(booted().confirm(uuid(50)).push(message_id=uuid(50))) == [Fate.STRAY]


def test_repeated_push_takes_as_many_answers_as_it_was_handed() -> None:
    """Under its own id or another."""
    def twice() -> Play:
        return booted().push(message_id=uuid(50)).push(message_id=uuid(50), fault="again")

    assert fates(twice().confirm().confirm().confirm()) == [Fate.EXACT, Fate.EXACT, Fate.EXTRA]
    assert fates(twice().confirm(uuid(98)).confirm(uuid(99))) == [Fate.OTHER_ID, Fate.OTHER_ID]


def test_answer_before_the_second_handing_leaves_room_for_one() -> None:
    """Two answers to one handing are one too many."""
    play = booted().push(message_id=uuid(50)).confirm().confirm().push(message_id=uuid(50), fault="again")
    assert fates(play) == [Fate.EXACT, Fate.EXTRA]


def test_answer_to_an_earlier_link_is_late() -> None:
    """It answers nothing here."""
    play = booted().push(message_id=uuid(50)).ended().connect().boot().accept().push().confirm(uuid(50))
    assert fates(play, 1) == [Fate.EARLIER_LINK]
    assert not exchange(play, 1).pushes[0].answers


def test_product_that_ran_before_may_answer_what_came_before() -> None:
    """On its first link, if it echoes ids otherwise; nobody can say what such an answer answers."""
    def operated() -> Play:
        return Play(launched=False).connect().boot().accept()

    play = operated().push().confirm().push().confirm(uuid(99))
    assert fates(play) == [Fate.EXACT, Fate.EARLIER_LINK]
    assert exchange(play).pushes[1].unreadable
    assert fates(operated().push().confirm(uuid(98)).push().confirm(uuid(99))) == [Fate.OTHER_ID, Fate.OTHER_ID]


def test_answer_with_an_id_of_the_product_itself() -> None:
    """An answer to an answer."""
    play = booted().asks(entry("a"), message_id=uuid(60)).takes().push().confirm().confirm(uuid(60))
    assert fates(play) == [Fate.EXACT, Fate.OWN_REQUEST]


def test_id_that_is_no_uuid_answers_in_order() -> None:
    """It is judged as a bad id, not as another one."""
    assert fates(booted().push().confirm("answer-1")) == [Fate.BROKEN_ID]


def test_empty_push_of_the_product_is_taken_for_an_answer() -> None:
    """A full one is not, unless it carries the id."""
    assert fates(booted().push().confirm(type=1, message_id=uuid(99))) == [Fate.OTHER_ID]
    assert fates(booted().push().says(1, PUSHES, {"depotInfoList": []}, uuid(99))) == []
    assert fates(booted().push(message_id=uuid(50)).says(1, PUSHES, {"depotInfoList": []}, uuid(50))) == [Fate.EXACT]


def test_unreadable_frame_may_have_been_the_answer() -> None:
    """So that one mistake is not two."""
    assert exchange(booted().push().says_raw("ok")).pushes[0].unreadable
