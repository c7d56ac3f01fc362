"""Whether a test's recordings fail it."""

from __future__ import annotations

import pytest

from conformance.playbook import Play
from mockpilot.errors import UsageError
from mockpilot.history import events as ev
from mockpilot.history.recorder import History
from mockpilot.scenario.catalogue import load_catalogue
from mockpilot.testing.judging import Played, check_rule, complaint, reasons_to_fail, result_of

WRONG_ID = "00000000-0000-4000-8000-00000000abcd"


def free(play: Play) -> Played:
    """A test's own conversation."""
    return Played("test", History(play.events))


def reasons(played: Played, *allowed: str, strict: bool = False) -> list[str]:
    """Why a recording fails a test."""
    return reasons_to_fail(played, result_of(played, allowed), strict=strict)


def test_must_fails_unless_it_is_allowed() -> None:
    """By its rule."""
    played = free(Play().connect().boot().accept().push().confirm(message_id=WRONG_ID))
    assert reasons(played) == ["1 finding of level must"]
    assert reasons(played, "correlation.echoes-message-id") == []


def test_should_fails_where_tests_are_strict() -> None:
    """Else it is told only."""
    played = free(Play().connect().wait(7).boot().accept().pushed())
    assert reasons(played) == []
    assert reasons(played, strict=True) == ["1 finding of level should"]


def test_unfired_fault_fails_unless_it_is_optional() -> None:
    """Whatever else is well."""
    (reason,) = reasons(free(Play().armed("lost", "lose").exchange()))
    assert reason.startswith("a fault was armed and never fired: lose “lost”")
    assert reasons(free(Play().armed("lost", "lose", optional=True).exchange())) == []


def test_own_conversation_need_not_show_anything() -> None:
    """It claims nothing; a catalogue scenario that showed nothing fails."""
    assert reasons(free(Play().ends())) == []
    nothing = Played("boot_accepted", History(Play("B-01").ends().events), load_catalogue()["boot_accepted"])
    (reason,) = reasons(nothing)
    assert reason.startswith("inconclusive, never exercised")


def test_bug_of_ours_is_no_pass() -> None:
    """Nor is it the product's."""
    (reason,) = reasons(free(Play().exchange().line(ev.SimulatorBroke(traceback="ZeroDivisionError"))))
    assert reason.startswith("mockpilot itself broke")


def test_complaint_is_empty_where_nothing_fails() -> None:
    """Unless somebody wants to know all the same; allowed rules stand at its end."""
    well, wrong = free(Play().exchange()), free(Play().connect().boot().accept().push().confirm(message_id=WRONG_ID))
    assert complaint([well], {}, strict=False) == ""
    assert complaint([well], {}, strict=False, always=True).startswith("the product's conversation · chargepilot")
    told = complaint([well, wrong], {"link.backs-off": "planned"}, strict=False)
    assert told.count("the product's conversation") == 1
    assert told.endswith("allowed: link.backs-off (planned)")


def test_unknown_rule_is_named_with_the_nearest() -> None:
    """A typo allows nothing."""
    check_rule("link.backs-off")
    with pytest.raises(UsageError, match=r"did you mean 'link\.backs-off'"):
        check_rule("link.back-off")
