"""Events as lines, and what the schema says of each frame."""

from __future__ import annotations

import json

import msgspec
import pytest

from mockpilot.console.lines import line_of, verdict_of
from mockpilot.faults.verbs import delay, drop, lose
from mockpilot.history.events import (
    AnyEvent,
    DepotChanged,
    Event,
    FaultArmed,
    FaultFired,
    LinkEnded,
    Mark,
    MessageHeld,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    SendFailed,
    WaitEnded,
    WaitStarted,
)

ID = "8d4f7f0e-5a26-4c3b-9a57-0f1f6a0c2b11"


def frame(kind: int, action: str, payload: object) -> str:
    """A message's text."""
    return json.dumps([kind, "CMS", "Presystem1", "2027-01-14T09:12:31Z", ID, action, payload])


BOOT = frame(2, "BootNotification", {"status": "Accepted"})
PUSH = frame(1, "ProvideChargingInformation", {"depotInfoList": []})


@pytest.mark.parametrize(("event", "sign", "text"), [
    (MessageSent(text=BOOT), "→", "BootNotification confirmed #8d4f7f0e: Accepted"),
    (MessageSent(text=PUSH, fault="slow"), "→", "ProvideChargingInformation #8d4f7f0e"),
    (MessageReceived(text=frame(2, "ProvideChargingInformation", {})), "←", "ProvideChargingInformation confirmed #8d4f7f0e"),  # noqa: E501
    (MessageWithheld(text=BOOT, fault="lose"), "✂", "BootNotification confirmation #8d4f7f0e"),
    (MessageHeld(text=PUSH, fault="hold"), "‖", "ProvideChargingInformation #8d4f7f0e"),
    (MessageReceived(text="hello <b>"), "←", "no envelope: hello <b>"),
    (MessageReceived(base64="AAA=", binary=True), "←", "no envelope: bytes that are no text"),
    (FaultArmed(name="x", do="lose", how=lose("confirmation", nth=(1, 3)).described()), "⚑", "fault x armed: lose confirmation #1 #3"),  # noqa: E501
    (FaultArmed(name="x", do="delay", how=delay("error", by="2 s", applied=False).described()), "⚑", "fault x armed: delay error by 2 s, not taken by the depot"),  # noqa: E501
    (FaultArmed(name="x", do="drop", how=drop("silence").described()), "⚑", "fault x armed: drop silence"),
    (FaultArmed(name="x", do="drop", how=drop("close", code=1012).described()), "⚑", "fault x armed: drop close 1012"),
    (FaultArmed(name="x", do="forget"), "⚑", "fault x armed: forget"),
    (FaultFired(name="x", do="lose"), "⚑", "fault x FIRED"),
    (Mark(text="by hand: pushes paused"), "☞", "by hand: pushes paused"),
    (Mark(text="a note"), "✎", "a note"),
    (LinkEnded(by="us", how="cleanly", detail="Close 1001"), "✕", "ended by us, cleanly: Close 1001"),
    (DepotChanged(what="depot", detail="a"), "⌂", "depot: a"),
    (WaitStarted(awaited="a list", within_s=5.0), "…", "waiting for a list, 5 s"),
    (WaitEnded(awaited="a list", ran_out=True), "…", "a list: did not come in time"),
    (SendFailed(of=3, reason="over"), "·", "what event 3 handed could not be written: over"),
])  # fmt: skip
def test_event_becomes_a_line(event: Event, sign: str, text: str) -> None:
    """In the words of the command line, with a sign of its own."""
    line = line_of(event, "chargepilot")
    assert (line.sign, line.text) == (sign, text)


@pytest.mark.parametrize("kind", AnyEvent.__args__, ids=lambda kind: str(kind.__struct_config__.tag))
def test_every_event_has_a_line(kind: type[Event]) -> None:
    """Whatever is recorded can be shown."""
    fields = {one.name: one for one in msgspec.structs.fields(kind) if one.required}
    values = {name: _some(one.type) for name, one in fields.items()}
    assert line_of(msgspec.convert({"event": kind.__struct_config__.tag} | values, kind), "chargepilot").text


def _some(hint: object) -> object:
    values: tuple[object, ...] = ("x", 1, 1.0, True, None, [], {}, {"id": "a", "kind": "BMS", "user": "u", "path": "/"},
                                  "tls", "us", "cleanly", "depot", "none")  # fmt: skip
    for value in values:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError:
            continue
        return value
    raise AssertionError(hint)


def test_head_of_a_message_is_told() -> None:
    """For whoever filters."""
    line = line_of(MessageSent(text=PUSH, fault="late"), "chargepilot")
    assert (line.type, line.action, line.message_id, line.fault) == (
        "request", "ProvideChargingInformation", ID, "late",
    )  # fmt: skip


@pytest.mark.parametrize("text", [
    PUSH, BOOT, frame(1, "ProvideChargingInformation", {"depotInfoList": 1}), frame(1, "BootNotification", {}),
    PUSH.replace(ID, "no-uuid"), PUSH.replace("09:12", "99:12"), PUSH[:-1], PUSH + "x", "[]", "{}", "", "[1,2",
    PUSH.replace("[1,", "[4,"), frame(1, "Nonsense", {}), PUSH.replace("{", '{"a":1,"a":2,', 1),
    PUSH.replace("]}]", "]}, 8]"), f" {PUSH} ",
])  # fmt: skip
def test_verdict_is_that_of_the_strict_reading(text: str) -> None:
    """However it is come by: the quick way by the head must not differ from reading it all."""
    from mockpilot.console.lines import _of_whole
    from mockpilot.protocol.envelope import read

    assert verdict_of(text, "chargepilot") == _of_whole(read(text), "chargepilot")


def test_verdicts_differ_by_dialect() -> None:
    """A key that one version renamed is a violation in another."""
    text = frame(1, "BootNotification", {"systemType": "BMS"})
    assert {verdict_of(text, name).ok for name in ("chargepilot", "vdv-1.0", "vdv-1.1")} == {True, False}
