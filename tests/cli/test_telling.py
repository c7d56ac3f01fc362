"""The lines of ``serve``."""

from __future__ import annotations

import json

from mockpilot.cli.telling import Teller
from mockpilot.history.events import LinkEnded, Mark, Message, MessageReceived, MessageSent

STAMP = "2031-03-04T17:20:06.123Z"
PUSH = "ProvideChargingInformation"


def message(at: float, *, received: bool = False, kind: int = 1, action: str = PUSH, link: int = 1,
            simulated: str = "") -> Message:  # fmt: skip
    """A message of either side."""
    text = json.dumps([kind, "CMS", "P", STAMP, "0f7c1b1e-2f3d-4a5b-8c6d-7e8f9a0b1c2d", action, {}])
    made = MessageReceived if received else MessageSent
    return made(at=at, wall=STAMP, simulated=simulated, link=link, text=text)


def test_slow_pushes_are_told_one_by_one() -> None:
    """As they were asked for."""
    teller = Teller(15.0)
    told = [*teller.lines(message(0)), *teller.lines(message(0.1, received=True, kind=2))]
    assert told == [
        "17:20:06.123    1  → ProvideChargingInformation #0f7c1b1e",
        "17:20:06.123    1  ← ProvideChargingInformation confirmed #0f7c1b1e",
    ]


def test_fast_pushes_are_counted_for_ten_seconds_per_link() -> None:
    """Everything is counted once; what comes after ten seconds belongs to the next count."""
    teller = Teller(0.5)
    told = []
    for number in range(45):
        told += [*teller.lines(message(number / 2)), *teller.lines(message(number / 2 + 0.1, received=True, kind=2))]
    told += teller.lines(message(22.5, link=2))
    told += teller.lines(LinkEnded(at=23.0, wall=STAMP, link=1, by="product", how="cleanly", detail="Close 1001"))
    assert [line[19:] for line in told] == [
        "→ 20 pushes in 10 s, 20 confirmed", "→ 20 pushes in 10 s, 20 confirmed", "→ 5 pushes in 3 s, 5 confirmed",
        "ended by the product, cleanly: Close 1001",
    ]  # fmt: skip


def test_everything_else_is_told_however_fast_pushes_are() -> None:
    """Lists, and answers to pushes that are no confirmations."""
    teller = Teller(0.5)
    refused = list(teller.lines(message(1, received=True, kind=3)))
    asked = list(teller.lines(message(2, received=True, action="ProvideChargingRequests")))
    strange = list(teller.lines(MessageReceived(at=3, wall=STAMP, link=1, text="hello")))
    assert ["answered by an error" in refused[0], "ProvideChargingRequests" in asked[0], "no envelope" in strange[0]] \
        == [True] * 3
    assert not list(teller.lines(Mark(text="x")))


def test_simulated_time_stands_beside_the_walls() -> None:
    """Day and minute are enough at that pace."""
    assert next(Teller(15.0).lines(message(0, simulated="2031-03-05T02:20:59.000Z"))).startswith(
        "17:20:06.123  03-05 02:20    1  → "
    )
