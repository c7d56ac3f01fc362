from mockpilot.faults import swap
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-10"],
    group="Booting",
    typical="1 s",
    bounded_by=["boot_never", "confirm_within", "resend_within", "reconnect_within"],
)
async def boot_overtaken(cms: Stage) -> None:
    """The first push overtakes the confirmation of the BootNotification, as it may where several tasks write to
    one socket.

    The presystem may answer that push, ignore it or refuse it; once it is accepted it goes on as usual.
    """
    cms.arm(swap("confirmation", "BootNotification", nth=1))
    await cms.reach("booted")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("answer", count=2)
    if waited.ran_out and cms.is_connected:  # a second chance: another reconnect
        await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")
