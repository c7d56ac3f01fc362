from mockpilot.faults import ping
from mockpilot.scenario import Stage, scenario

LINKS = 2
FLOODS = 3
"""Who sends no pong is pinged again: with short limits, too, some of its pings then lie far apart."""


@scenario(
    exercises=["L-09"],
    also=["I-01"],
    group="Losing the link",
    typical="50 s",
    bounded_by=[
        "boot_never", *("confirm_within", *("guard", "pong_within") * FLOODS, "resend_within") * LINKS, "close_within",
        "reconnect_within",
    ],
)  # fmt: skip
async def ping_often(cms: Stage) -> None:
    """The CMS sends five WebSocket pings a second for a while, among its pushes; and the same on the next link.

    The presystem answers pings with pongs, one for several if it likes, the last ones too, and goes on answering
    pushes.
    """
    await cms.reach("exchange")
    await _ping(cms)
    await cms.drop("close", code=1012)
    cms.mark("closed")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    if cms.is_connected:
        await _ping(cms)


async def _ping(cms: Stage) -> None:
    for flood in range(FLOODS):
        if await _is_ponged(cms, lasts="confirm_within" if flood == 0 else ""):
            return
    with cms.patience("resend_within"):  # alive by its messages, however long one waits
        await cms.wait_for("answer", count=2)


async def _is_ponged(cms: Stage, lasts: str) -> bool:
    often = cms.arm(ping("flood", rate=5))
    if lasts:
        await cms.hold(lasts)
    cms.mark("the last pings")  # a pong from now on is for one of those that came lately
    await cms.hold("guard")
    cms.disarm(often)
    with cms.patience("pong_within") as waited:
        await cms.wait_for("pong_received")
    return not waited.ran_out
