from mockpilot.faults import delay
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-04"],
    group="Booting",
    needs=["requests"],
    typical="6 s",
    bounded_by=["hold", "boot_never", "hold", "provoke_within"],
)
async def boot_confirmation_held(cms: Stage) -> None:
    """The CMS takes its time before it confirms the BootNotification.

    The presystem sends nothing but, if it likes, another BootNotification until the confirmation is there; then
    it goes on as usual.
    """
    cms.arm(delay("confirmation", "BootNotification", by=cms.limits.hold))
    await cms.reach("exchange")
    await cms.obtain_list()  # or nothing would show that there was something to keep back
