from mockpilot.faults import ping
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-08"],
    group="Losing the link",
    typical="1 min",
    bounded_by=["boot_never", "silence_within", "reconnect_within"],
)
async def pongs_withheld(cms: Stage) -> None:
    """The CMS answers no ping, for which some libraries end the link although it lives.

    The presystem may bear it, or end the link and come back.
    """
    await cms.reach("exchange")
    cms.mark("no pong from now on")
    withheld = cms.arm(ping("withhold-pong"))
    with cms.patience("silence_within"):
        await cms.wait_for("link")
    cms.disarm(withheld)
    if cms.is_connected:
        await cms.drop("close", code=1012)
    cms.mark("all is well from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
