from mockpilot.faults import slow
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-08"],
    group="Losing the link",
    typical="1 min",
    bounded_by=["boot_never", "silence_within", "reconnect_within"],
)
async def nothing_read(cms: Stage) -> None:
    """The CMS pushes but reads nothing any more, no ping either, for which some libraries end the link.

    The presystem may bear it, or end the link and come back.
    """
    await cms.reach("exchange")
    cms.mark("nothing is read from now on")
    unread = cms.arm(slow("no-read"))
    with cms.patience("silence_within"):
        await cms.wait_for("link")
    cms.disarm(unread)
    if cms.is_connected:
        await cms.drop("reset")
    cms.mark("all is well from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
