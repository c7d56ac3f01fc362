"""The fault vocabulary: what may be asked for, and what is said when it may not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import msgspec
import pytest

import mockpilot.faults as faults
from mockpilot.errors import ScenarioError
from mockpilot.faults import (
    Fault,
    answer,
    certificate,
    change,
    clock,
    damage,
    delay,
    drop,
    forget,
    inject,
    lose,
    ping,
    refuse,
    repeat,
    slow,
    swap,
)
from mockpilot.faults.selecting import Selector
from mockpilot.faults.verbs import VERBS
from mockpilot.faults.words import DROP_HOWS
from mockpilot.protocol.envelope import Action, MessageType

BOOT, LIST, PUSH = "BootNotification", "ProvideChargingRequests", "ProvideChargingInformation"


@pytest.mark.parametrize("make", [
    lambda: lose("answer"), lambda: lose("confirmation", "Heartbeat"), lambda: lose("confirmation", nth=0),
    lambda: lose("confirmation", nth=[]), lambda: lose("confirmation", nth=[1, -1]),
    lambda: delay("confirmation", by=0), lambda: delay("confirmation", by=-1), lambda: delay("confirmation",
    by=math.inf),
    lambda: delay("confirmation", by=math.nan), lambda: repeat("request", times=1), lambda: repeat("request", gap=-1),
    lambda: answer(LIST, "no"), lambda: answer("X", "error"), lambda: answer(LIST, "rejected"),
    lambda: answer(LIST, "error", by=-1), lambda: drop("explode"), lambda: drop("reset", when="later"),
    lambda: drop("reset", when="before-answer"), lambda: drop("close", code=999), lambda: drop("close", code=5000),
    lambda: drop("close", code=1005), lambda: drop("close", code=1006), lambda: refuse(200), lambda: refuse(600),
    lambda: refuse("udp"), lambda: refuse(503, attempts=0), lambda: refuse("tcp", attempts=2),
    lambda: damage("huge"), lambda: damage("cut", size=9), lambda: damage("huge", "confirmation", size=9),
    lambda: damage("split-utf8", "error"), lambda: damage("unknown-value", "confirmation", LIST),
    lambda: damage("unknown-value", "error", BOOT), lambda: damage("broken"),
    lambda: inject("message"), lambda: inject("error", text="x"), lambda: inject("request"),
    lambda: forget("everything"), lambda: change("explode"), lambda: clock(), lambda: clock(skew=5, form="seconds"),
    lambda: clock(form="stardate"), lambda: clock(skew="soon"), lambda: swap("request", times=0),
    lambda: lose("request", nth="every x"), lambda: lose("request", share=0), lambda: lose("request", share=1.1),
    lambda: lose("request", direction="up"), lambda: lose("request", after=-1), lambda: slow(), lambda: slow("crawl"),
    lambda: ping(), lambda: ping("storm"), lambda: refuse("tcp", until=LIST),
    lambda: certificate("worn out"), lambda: certificate("unknown-ca", handshakes=0),
])  # fmt: skip
def test_constructor_refuses_in_one_sentence(make: Callable[[], Fault]) -> None:
    """The sentence names what was expected and what was found."""
    with pytest.raises(ScenarioError) as raised:
        make()
    text = str(raised.value)
    assert "\n" not in text
    assert not text.endswith(".")
    assert re.search("found|needs|cannot", text)


@pytest.mark.parametrize(("fault", "described"), [
    (lose("confirmation", LIST, nth=1), {"type": 2, "action": LIST, "nth": (1,)}),
    (lose("request"), {"type": 1}),
    (lose("confirmation", applied=False), {"type": 2, "applied": False}),
    (delay("error", by=20.0, nth=(2, 3)), {"type": 3, "by_s": 20.0, "nth": (2, 3)}),
    (repeat("request", times=3, gap=0.5), {"type": 1, "times": 3, "gap_s": 0.5}),
    (answer(LIST, "error", text="no"), {"type": 2, "action": LIST, "kind": "error", "text": "no", "applied": False}),
    (drop("close", code=None), {"how": "close", "applied": False}),
    (drop("silence"), {"how": "silence", "applied": False, "code": 1001}),
    (drop("reset", action=LIST, when="before-answer"),
     {"how": "reset", "when": "before-answer", "type": 1, "action": LIST, "applied": False, "code": 1001,
      "direction": "in"}),
    (refuse(503, attempts=2), {"how": "http", "status": 503, "attempts": 2}),
    (refuse("tcp"), {"how": "tcp"}),
    (certificate("unknown-ca", handshakes=1), {"kind": "unknown-ca", "attempts": 1}),
    (lose("request", name="x", optional=True), {"type": 1}),
    (damage("extra-field", action=PUSH, nth=2), {"how": "extra-field", "type": 1, "action": PUSH, "nth": (2,)}),
    (inject("confirmation", LIST, after=PUSH), {"kind": "confirmation", "action": LIST, "after": PUSH}),
    (forget("requests", after="5 s"), {"how": "requests", "after_s": 5.0}),
    (change("vanish", point="P1", times=2), {"how": "vanish", "point": "P1", "times": 2, "type": 1, "action": PUSH}),
    (clock(skew="-2 h"), {"skew_s": -7200.0}),
    (clock(form="offset", until="lost"), {"form": "offset", "until": "lost"}),
    (swap("confirmation", BOOT, link="P", share=0.5, seed=3),
     {"type": 2, "action": BOOT, "link": "P", "share": 0.5, "seed": 3}),
    (lose("request", direction="in", nth="every 3"), {"type": 1, "direction": "in", "every": 3}),
])  # fmt: skip
def test_described_is_plain_data_without_defaults(fault: Fault, described: dict[str, object]) -> None:
    """What a recording says of a fault; it can be written."""
    assert fault.described() == described
    msgspec.json.encode(fault.described())


def test_selectors_are_read_from_their_spelling() -> None:
    """The words of the plan become members; one number is a list of one."""
    second = lose("confirmation", BOOT, nth=2)
    assert second.selects == Selector(MessageType.CONFIRMATION, Action.BOOT_NOTIFICATION, (2,))
    assert answer(BOOT, "rejected").selects == Selector(MessageType.CONFIRMATION, Action.BOOT_NOTIFICATION, None)
    assert drop("reset", action=LIST, when="after-answer").selects.type is MessageType.REQUEST
    assert drop("reset").selects == Selector()


@pytest.mark.parametrize("how", DROP_HOWS)
def test_drop_takes_every_way(how: str) -> None:
    """Each way that is offered can be asked for."""
    assert drop(how).how == how


def test_every_verb_has_its_constructor() -> None:
    """Fifteen verbs, each of which can be asked for by its name."""
    assert len(VERBS) == 15
    assert set(VERBS) == set(faults.__all__) - {"Fault"}
    assert all(callable(getattr(faults, verb)) for verb in VERBS)
