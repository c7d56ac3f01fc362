"""Probing for one feature of pushes: between control pushes, and once more on the next link if it is not confirmed."""

from __future__ import annotations

from mockpilot.faults.verbs import Fault
from mockpilot.scenario.stage import Stage

CHANCES = 2
PROBE_BOUNDS = ("guard", "confirm_within", "confirm_within", "close_within", "reconnect_within") * CHANCES
"""The limits that one probe may have to wait out."""


async def probe(cms: Stage, fault: Fault, pushes: int = 1) -> None:
    """Push with a fault at work after a control push was answered; a presystem that confirms it is done.

    Whoever does not gets a control push and then, on the next link, the same again: once may have been chance. The
    link after that shows whether the presystem answers at all.
    """
    await cms.reach("exchange")
    for _ in range(CHANCES):
        await cms.hold("guard")  # a list that comes with the first push is answered by then
        if not cms.is_connected or await cms.push_meeting(fault, pushes):
            return
        if cms.is_connected:
            cms.push()
            with cms.patience("confirm_within"):
                await cms.wait_for("answer")
        if cms.is_connected:
            await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.reach("exchange")
