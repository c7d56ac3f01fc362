from mockpilot.faults import ping
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-09"],
    also=["I-01"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "confirm_within", "pong_within", "resend_within"],
)
async def ping_often(cms: Stage) -> None:
    """The CMS sends five WebSocket pings a second for a while, among its pushes.

    The presystem answers pings with pongs, one for several if it likes, and goes on answering pushes.
    """
    await cms.reach("exchange")
    often = cms.arm(ping("flood", rate=5))
    await cms.hold("confirm_within")
    cms.disarm(often)
    with cms.patience("pong_within") as waited:
        await cms.wait_for("pong_received")
    if waited.ran_out:  # alive by its messages, however long one waits
        with cms.patience("resend_within"):
            await cms.wait_for("answer", count=2)
