"""Links, their frames and what they were accepted with, read from a recording."""

from __future__ import annotations

import pytest

from conformance.playbook import BOOT, Play, uuid
from mockpilot.conformance.conversation import Link
from mockpilot.conformance.links import links_of
from mockpilot.history import events as ev


def link(play: Play) -> Link:
    """The one link."""
    (found,) = links_of(play.whole)
    return found


def answered(kind: int = 2, payload: object = None, message_id: str = "", presystem: str = "depot-7") -> Link:
    """A boot with some answer."""
    play = Play().connect().boot(message_id="abcdef00-0000-4000-8000-000000000001")
    given = {"status": "Accepted"} if payload is None else payload
    answer_id = message_id or "ABCDEF00-0000-4000-8000-000000000001"
    return link(play.hands(kind, BOOT, given, answer_id, "odd", presystem))


def test_right_confirmation_accepts() -> None:
    """Ids compare as values, whatever fault had a hand in it."""
    assert answered().accepted


@pytest.mark.parametrize(
    "how",
    [
        {"payload": {"status": "Rejected"}}, {"payload": {"status": "Accepted", "more": 1}}, {"payload": []},
        {"kind": 3}, {"message_id": uuid(9)}, {"presystem": "other"},
    ],
)  # fmt: skip
def test_any_other_confirmation_does_not(how: dict[str, object]) -> None:
    """Wrong id, wrong presystem, wrong content."""
    assert answered(**how).accepted is None  # type: ignore[arg-type]


def test_confirmation_before_its_boot_accepts_nothing() -> None:
    """Nobody asked yet."""
    assert link(Play().connect().hands(2, BOOT, {"status": "Accepted"}, uuid(1)).boot(uuid(1))).accepted is None


@pytest.mark.parametrize(
    "end",
    [
        ev.CloseSent(code=1001), ev.CloseReceived(code=1000), ev.WentSilent(fault="s"),
        ev.FaultFired(name="d", do="drop"), ev.LinkEnded(by="us", how="cleanly"),
        ev.ProtocolBroken(what="bad UTF-8", code=1007),
    ],
)  # fmt: skip
def test_link_begins_to_end_with_the_first_sign(end: ev.Event) -> None:
    """What is read afterwards is late."""
    found = link(Play().exchange().here(end).says_raw("x"))
    assert found.ending is not None
    assert [found.is_late(frame) for frame in found.received] == [False, False, True]


def test_other_faults_end_nothing() -> None:
    """They touch messages."""
    assert link(Play().exchange().here(ev.FaultFired(name="l", do="lose"))).ending is None


def test_recorder_knows_what_came_too_late() -> None:
    """Its mark counts beside the order of events."""
    found = link(Play().exchange().confirm(ending=True))
    assert found.is_late(found.received[-1])


def test_processes_are_counted() -> None:
    """A link belongs to the process that was started last."""
    play = Play().connect().line(ev.ProductStarted(command=("x",))).connect().connect()
    assert [found.instance for found in links_of(play.whole)] == [1, 2, 2]


def test_leftover_links_are_left_out() -> None:
    """Those that began before the recording."""
    assert links_of(Play().on(5).push().confirm().whole) == []


def test_bad_certificate_taints() -> None:
    """So does a 101 that a fault had a hand in."""
    assert link(Play().tls("wrong-host").upgrade()).tainted
    assert link(Play().connect(fault="subprotocol")).tainted
    assert not link(Play().connect()).tainted


def test_damaged_frames_of_ours_cannot_be_read() -> None:
    """They are no pushes, no answers."""
    found = link(Play().connect().here(ev.MessageSent(text="[1,", fault="damage")).here(ev.MessageSent(base64="AA==")))
    assert [frame.envelope for frame in found.sent] == [None, None]
