from mockpilot.faults import refuse
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-07"],
    also=["L-15"],
    group="Refusing",
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", "hold", *BACK_AGAIN_BOUNDS],
)
async def subprotocol_alien(cms: Stage) -> None:
    """The CMS closes the link and answers the next attempt with a subprotocol that nobody offered.

    The presystem must fail that connection: it sends no message on it. Once the CMS chooses what was offered,
    it connects as before.
    """
    await cms.reach("exchange")
    alien = cms.arm(refuse("alien-subprotocol"))
    await cms.drop("close", code=1012)
    cms.mark("an alien subprotocol from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("link")
        with cms.patience("hold"):
            await cms.wait_for("link_ended")
    cms.disarm(alien)
    if cms.is_connected:
        await cms.drop("reset")
    await back_again(cms)
