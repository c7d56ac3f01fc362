"""What waits for its time on one link."""

from __future__ import annotations

import math

from mockpilot.presystem.desk import Agenda, Due


def test_empty_agenda_is_never_due() -> None:
    """Nobody has to be woken for it."""
    assert Agenda().next_at() == math.inf
    assert list(Agenda().ripe(1e9)) == []


def test_what_is_due_comes_off_in_order_of_its_time() -> None:
    """The earliest first, the rest stays."""
    agenda = Agenda()
    for due, at in ((Due.SILENCE, 3.0), (Due.LIST, 1.0), (Due.BOOT, 2.0), (Due.ANSWER, 4.0)):
        agenda.put(due, at)
    assert list(agenda.ripe(3.0)) == [Due.LIST, Due.BOOT, Due.SILENCE]
    assert agenda.next_at() == 4.0


def test_each_thing_waits_once() -> None:
    """The later word counts."""
    agenda = Agenda()
    agenda.put(Due.LIST, 1.0)
    agenda.put(Due.LIST, 5.0)
    assert list(agenda.ripe(4.0)) == []
    assert agenda.next_at() == 5.0


def test_doing_one_thing_may_drop_or_put_off_another() -> None:
    """What is no longer due in the same moment does not come."""
    agenda, done = Agenda(), []
    for due in (Due.BOOT, Due.BOOT_UNANSWERED, Due.EARLY_LIST):
        agenda.put(due, 1.0)
    for due in agenda.ripe(2.0):
        done.append(due)
        agenda.drop(Due.BOOT_UNANSWERED, Due.LIST)
        agenda.put(Due.EARLY_LIST, 9.0)
    assert done == [Due.BOOT]
    assert agenda.next_at() == 9.0
