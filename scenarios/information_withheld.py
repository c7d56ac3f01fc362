from mockpilot.faults import delay
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["R-01"],
    group="Information",
    needs=["requests"],
    typical="6 s",
    bounded_by=["hold", "hold", "boot_never", "provoke_within"],
)
async def information_withheld(cms: Stage) -> None:
    """The CMS accepts the BootNotification, but holds its first push back for a while.

    The presystem sends no charging requests before the first push of the link, since only the push names the
    charging points. Once the push is there, its requests come.
    """
    # held first: who does not even wait for the boot confirmation is told apart from who does not wait for the push
    cms.arm(delay("confirmation", "BootNotification", nth=1, by=cms.limits.hold))
    cms.hold_pushes()
    await cms.reach("booted")
    await cms.provoke("create-request")
    await cms.hold()
    cms.release_pushes()
    with cms.patience("provoke_within"):
        await cms.wait_for("ProvideChargingRequests")
