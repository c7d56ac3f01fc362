"""What the product is made to do, and when, where several scenarios need the same of it."""

from __future__ import annotations

from mockpilot.faults.verbs import change
from mockpilot.scenario.stage import Stage

POINT_GONE_BOUNDS = ("boot_never", "hold", "guard", "hold", *("provoke_within",) * 9)
"""The limits that ``point_gone`` may have to wait out."""


async def taken_over(cms: Stage, step: str) -> None:
    """Provoke a step, and wait for a list with its effect that the CMS takes over."""
    await cms.provoke(step)
    await cms.wait_for("news")
    await cms.wait_for("depot_changed")


async def away_during(cms: Stage, *steps: str) -> None:
    """Lose the link and drop every attempt to come back while steps are provoked; then wait for an answered push."""
    with cms.outage("reset", refusing="accept-and-drop"):
        with cms.patience("reconnect_within"):
            await cms.wait_for("tcp_accepted")
        for step in steps:
            await cms.provoke(step)
    cms.mark("back again")
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")


async def point_gone(cms: Stage, how: str) -> None:
    """Let a point go from the pushes, ``vanish`` or ``rename``, that a request names; then change one and make one."""
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    if not cms.bound_point:  # requests need name no point; what becomes of one that does is to be seen
        await taken_over(cms, "create-request")
    cms.arm(change(how, point=cms.bound_point))
    cms.push()
    await cms.wait_for("answer", count=2)
    await cms.hold("guard")
    await cms.provoke("change-request")
    await cms.wait_for("news")
    await cms.wait_for("answer")
    await cms.hold()  # whoever answers slowly is granted a longer guard
    await cms.provoke("create-request")
    await cms.wait_for("news")
