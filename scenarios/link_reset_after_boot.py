from mockpilot.faults import drop
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    group="Losing the link",
    typical="30 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_reset_after_boot(cms: Stage) -> None:
    """The CMS confirms the BootNotification, and the connection is reset before the first push.

    The presystem connects again by itself, and boots again: the boot belonged to the link that is gone.
    """
    cms.arm(drop("reset", action="BootNotification", nth=1, when="after-answer"))
    cms.hold_pushes()
    await cms.wait_connected()
    with cms.patience("boot_never"):
        await cms.wait_for("link_ended")
    cms.release_pushes()
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
