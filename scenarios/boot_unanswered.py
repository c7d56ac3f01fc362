from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario

LOST = 2
"""Who tries a second time and never a third is as lost as who never tries again."""


@scenario(
    exercises=["B-05"],
    group="Booting",
    typical="1 min",
    bounded_by=["boot_never", *("boot_retry_within",) * LOST, "boot_never"],
)
async def boot_unanswered(cms: Stage) -> None:
    """The CMS takes the BootNotification and never answers it, nor the next one. The link stays open.

    The presystem sends nothing else meanwhile. After a time-out of its own it boots again or connects anew, each
    time, in its own time but not in a tight loop.
    """
    cms.arm(lose("confirmation", "BootNotification", nth=tuple(range(1, LOST + 1))))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    for _ in range(LOST):
        with cms.patience("boot_retry_within") as waited:
            await cms.wait_for("BootNotification")
        if waited.ran_out:
            return
    await cms.reach("exchange")
