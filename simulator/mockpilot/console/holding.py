"""Messages by hand: the next of ours is held, let go as it is or otherwise, or discarded; another one is written."""

from __future__ import annotations

from mockpilot.console.asked import HoldAsked, HoldChanged
from mockpilot.console.bench import Bench, NotDoneError, UnknownError
from mockpilot.console.faulting import arm
from mockpilot.console.told import Done
from mockpilot.faults import inject
from mockpilot.faults.holding import hold
from mockpilot.faults.injector import Armed
from mockpilot.faults.verbs import HOLD
from mockpilot.history.events import FaultArmed, FaultFired, MessageSent


def hold_next(bench: Bench, asked: HoldAsked) -> Done:
    """Hold the next message that is meant."""
    if asked.link is not None:
        bench.link(asked.link)
    return arm(bench, hold(asked.type, asked.action, asked.link))


def change_hold(bench: Bench, name: str, asked: HoldChanged) -> Done:
    """Let go of what is held, as it is or otherwise, or never."""
    held = _hold(bench, name)
    if not held.held:
        raise NotDoneError(f"{name} holds nothing; {'it is over' if held.fired else 'it waits for a message'}")
    if asked.do == "discard":
        return bench.do(f"discarded what {name} held", lambda: bench.control.discard(held))
    return bench.do(f"let go what {name} held", lambda: bench.control.let_go(held, _utf8(asked.text)))


def _hold(bench: Bench, name: str) -> Armed:
    holds = {one.name: one for one in bench.control.server.world.injector.armed if one.fault.do == HOLD}
    if name not in holds:
        known = ", ".join(holds) or "none"
        raise UnknownError(f"hold {name[:60]!r}: the name of a hold is expected; there are: {known}")
    return holds[name]


def say(bench: Bench, number: int, text: str) -> Done:
    """Send a message by hand."""
    bench.link(number)
    _utf8(text)
    before = bench.recording.end
    arm(bench, inject("message", text=text, link=number))
    return bench.shown(f"said it on link {number}", before, (FaultArmed, FaultFired, MessageSent))


def _utf8(text: str | None) -> str | None:
    try:
        (text or "").encode()
    except UnicodeEncodeError as error:
        raise NotDoneError("text: Unicode text is expected, found half a surrogate pair") from error
    return text
