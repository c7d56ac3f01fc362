from mockpilot.faults import refuse
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-08"],
    also=["L-15"],
    group="Refusing",
    needs=["subprotocol"],
    typical="2 min",
    bounded_by=["boot_never", *("reconnect_within",) * 2, "spacing_observe", *BACK_AGAIN_BOUNDS],
)
async def subprotocol_missing(cms: Stage) -> None:
    """The CMS closes the link and opens each following one without the subprotocol that was offered, only to
    close it at once; then it chooses as before.

    The presystem may boot, be thrown out, or refuse such a link by itself; but it does not hammer the CMS.
    """
    await cms.reach("exchange")
    # optional: one that offers none, although its profile doesn't say so, cannot miss one
    without = cms.arm(refuse("subprotocol", optional=True))
    await cms.drop("close", code=1012)
    cms.mark("no subprotocol from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("link")
    with cms.patience("reconnect_within"):  # a second one, or nothing is known of its pace
        await cms.wait_for("link")
    with cms.patience("spacing_observe"):
        await cms.wait_for("link", count=20)
    cms.disarm(without)
    await back_again(cms)
