from mockpilot.faults import refuse
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-10"],
    also=["L-02", "L-15"],
    group="Refusing",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", "hold", *BACK_AGAIN_BOUNDS],
)
async def redirect_elsewhere(cms: Stage) -> None:
    """The CMS closes the link and redirects the next attempt to another host, which has a good certificate of
    the same authority.

    The presystem may follow or not; its credentials must not go to that host, and it does not hammer. Once the
    redirect is gone, it connects as before.
    """
    await cms.reach("exchange")
    redirected = cms.arm(refuse("redirect"))
    await cms.drop("close", code=1012)
    cms.mark("redirected from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("upgrade_answered")
        with cms.patience("hold"):  # who follows does so at once, and so does who hammers
            await cms.wait_for("upgrade_requested", count=70)
    cms.disarm(redirected)
    await back_again(cms)
