from mockpilot.faults import lose
from mockpilot.scenario import PACE_OF_BOOTS_BOUNDS, Stage, pace_of_boots, scenario


@scenario(
    exercises=["B-05"],
    group="Booting",
    typical="1 min",
    bounded_by=["boot_never", "boot_retry_within", *PACE_OF_BOOTS_BOUNDS, "boot_retry_within", "boot_never"],
)
async def boot_unanswered(cms: Stage) -> None:
    """The CMS takes the BootNotification and never answers it, nor the next one, nor those that follow in haste. The
    link stays open.

    The presystem sends nothing else meanwhile. After a time-out of its own it boots again or connects anew, each
    time, in its own time but not in a tight loop.
    """
    lost = cms.arm(lose("confirmation", "BootNotification"))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    with cms.patience("boot_retry_within") as waited:
        await cms.wait_for("BootNotification")
    if waited.ran_out:
        return
    await pace_of_boots(cms)
    cms.disarm(lost)
    with cms.patience("boot_retry_within") as waited:  # who tries twice and never again is as lost as who never does
        await cms.wait_for("accepted")
    if not waited.ran_out:
        await cms.reach("exchange")
