from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-05"],
    group="Booting",
    typical="30 s",
    bounded_by=["boot_never", "boot_retry_within", "boot_never"],
)
async def boot_unanswered(cms: Stage) -> None:
    """The CMS takes the BootNotification and never answers it. The link stays open.

    The presystem sends nothing else meanwhile. After a time-out of its own it boots again or connects anew, in
    its own time but not in a tight loop.
    """
    cms.arm(lose("confirmation", "BootNotification", nth=1))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    with cms.patience("boot_retry_within") as waited:
        await cms.wait_for("BootNotification")
    if not waited.ran_out:
        await cms.reach("exchange")
