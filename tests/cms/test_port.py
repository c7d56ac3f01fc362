"""The port of a CMS by itself: open, closed, closed for a while, and held back between two episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from mockpilot.cms.port import Port
from mockpilot.history.events import ListenerDown, ListenerUp

if TYPE_CHECKING:
    from trio.testing import MockClock


def port_in_memory() -> tuple[Port, list[str]]:
    """One without a socket, and what it has recorded."""
    told: list[str] = []
    return Port("127.0.0.1", 0, lambda event: told.append(type(event).__name__)), told


UP, DOWN = ListenerUp.__name__, ListenerDown.__name__


async def test_port_tells_each_change_once() -> None:
    """Whatever is said twice changes nothing."""
    port, told = port_in_memory()
    for change in (port.close, port.open, port.open, port.close, port.close):
        change()
    assert (told, port.is_open) == ([UP, DOWN], False)


async def test_port_that_is_closed_for_a_while_opens_by_itself(autojump_clock: MockClock) -> None:
    """Neither sooner nor later."""
    port, told = port_in_memory()
    port.open()
    port.close_for(5.0)
    await trio.sleep(4.9)
    assert not port.is_open
    await trio.sleep(0.2)
    assert (told, port.is_open) == ([UP, DOWN, UP], True)


async def test_outage_is_over_for_good_once_the_port_was_closed_or_opened(autojump_clock: MockClock) -> None:
    """A time that ran before does not open a port that somebody closed afterwards."""
    port, _ = port_in_memory()
    port.open()
    port.close_for(5.0)
    port.end_outage()
    assert port.is_open
    port.close()
    port.end_outage()
    await trio.sleep(10)
    assert not port.is_open


async def test_port_that_is_held_back_turns_connections_away_in_silence() -> None:
    """Until somebody opens or releases it."""
    port, told = port_in_memory()
    port.open()
    port.hold_back()
    assert (port.turns_away, port.is_open, told) == (True, False, [UP])
    port.release()
    assert (port.turns_away, port.is_open, told) == (False, True, [UP])
