from mockpilot.faults import answer
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-06"],
    group="Booting",
    needs=["requests"],
    typical="20 s",
    bounded_by=["hold", "hold", "boot_retry_within", "reconnect_within", "boot_never", "provoke_within"],
)
async def boot_refused(cms: Stage) -> None:
    """The CMS answers the BootNotification with an error answer, and leaves the link open.

    The presystem sends no charging requests: it is not booted. It may boot again, connect anew or wait, but not
    in a tight loop. Once it is accepted, its charging requests come.
    """
    # held first: who does not wait for the confirmation at all is told apart from who ignores the error
    cms.arm(answer("BootNotification", "error", nth=1, by=cms.limits.hold))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    await cms.hold()
    await cms.provoke("create-request")  # a reason to speak
    await cms.hold()
    with cms.patience("boot_retry_within") as waited:
        await cms.wait_for("accepted")
    if waited.ran_out and cms.is_connected:  # waiting is fine, too; a new link shows whether lists come at all
        await cms.drop("close", code=1012)
    await cms.reach("exchange")
    with cms.patience("provoke_within"):
        await cms.wait_for("ProvideChargingRequests")
