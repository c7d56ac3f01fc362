from mockpilot.faults import swap
from mockpilot.scenario import Stage, scenario, still_answers


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
    await still_answers(cms)
