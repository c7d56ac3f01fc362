from mockpilot.faults import ping
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-01"],
    also=["L-01"],
    group="Losing the link",
    typical="2 min",
    bounded_by=["boot_never", "spacing_observe", "reconnect_within"],
)
async def pong_withheld(cms: Stage) -> None:
    """The CMS leaves the presystem's own WebSocket pings unanswered for a minute, and pushes as usual.

    A presystem that pings may give the link up and connect again, or go by the pushes; either way it goes on
    answering them.
    """
    await cms.reach("exchange")
    withheld = cms.arm(ping("withhold-pong", optional=True))  # many presystems never ping
    await cms.hold("spacing_observe")
    cms.disarm(withheld)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer", count=2)
