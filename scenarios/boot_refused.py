from mockpilot.scenario import BOOT_IN_VAIN_BOUNDS, Stage, boot_in_vain, scenario


@scenario(
    exercises=["B-06"],
    group="Booting",
    needs=["requests"],
    typical="20 s",
    bounded_by=BOOT_IN_VAIN_BOUNDS,
)
async def boot_refused(cms: Stage) -> None:
    """The CMS answers every BootNotification with an error answer for a while, and leaves the link open.

    The presystem sends no charging requests: it is not booted. It may boot again, connect anew or wait, but not
    in a tight loop. Once it is accepted, its charging requests come.
    """
    await boot_in_vain(cms, "error")
