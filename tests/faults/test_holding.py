"""A message that waits for a person."""

from __future__ import annotations

import json

from mockpilot.faults import swap
from mockpilot.faults.holding import edited, hold
from mockpilot.faults.injector import Injector, Occasion
from mockpilot.protocol.envelope import Action, Envelope, MessageType, write

HERE = Occasion(0.0, 1, "Presystem1")


def push(number: int) -> Envelope:
    """One of our pushes."""
    id_ = f"00000000-0000-4000-8000-{number:012}"
    return Envelope(MessageType.REQUEST, "CMS", "Presystem1", "2027-01-01T00:00:00Z", id_,
                    Action.PROVIDE_CHARGING_INFORMATION, {"depotInfoList": []})  # fmt: skip


def test_held_message_waits_while_others_leave() -> None:
    """Unlike one that changes places with the next."""
    injector = Injector()
    held, first, second = injector.arm(hold("request")), push(1), push(2)
    fate = injector.fate_of(first, HERE)
    assert (fate.departures, fate.held, fate.withheld_by) == ((), True, None)
    assert [one.envelope for one in injector.fate_of(second, HERE).departures] == [second]
    assert held.held == {1: first}


def test_hold_takes_one_message_that_is_meant() -> None:
    """Of its type, action and link."""
    injector = Injector()
    injector.arm(hold("confirmation", "BootNotification", 1))
    assert not injector.fate_of(push(1), HERE).held
    injector.arm(hold("request", link=2))
    assert not injector.fate_of(push(1), HERE).held
    assert injector.fate_of(push(1), Occasion(0.0, 2)).held


def test_hold_and_swap_do_not_mix() -> None:
    """What is swapped leaves with the next message, what is held does not."""
    injector = Injector()
    injector.arm(hold("request"))
    injector.fate_of(push(1), HERE)
    injector.arm(swap("request", times=1))
    injector.fate_of(push(2), HERE)
    assert [one.envelope for one in injector.fate_of(push(3), HERE).departures] == [push(3), push(2)]


def test_edited_message_is_still_that_message_if_its_head_is() -> None:
    """Then the session counts it; else it is a text like any other."""
    slots = json.loads(write(push(1)))
    kept = edited(push(1), json.dumps([*slots[:6], {"x": 1}]), "hold")
    assert (kept.unaltered, kept.envelope.payload, kept.fault) == (True, {"x": 1}, "hold")
    for text in ("hello", json.dumps([2, *slots[1:]]), write(push(2))):
        other = edited(push(1), text, "hold")
        assert other.form is not None
        assert (other.unaltered, other.form.text) == (False, text)
