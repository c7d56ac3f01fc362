from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["L-02", "L-15"],
    also=["L-01"],
    group="Refusing",
    typical="7 min",
    bounded_by=["boot_never", "reconnect_within", "spacing_observe", *BACK_AGAIN_BOUNDS],
)
async def outage_accept_and_drop(cms: Stage) -> None:
    """The link is lost, and every attempt to come back is accepted by TCP and dropped at once, as behind a load
    balancer without a server; then the CMS is there again.

    The presystem keeps trying, waits longer after each failure (or long from the start), and is back by itself
    once the CMS is.
    """
    await cms.reach("exchange")
    with cms.outage("reset", refusing="accept-and-drop"):
        cms.mark("nobody behind the port from now on")
        with cms.patience("reconnect_within"):
            await cms.wait_for("tcp_accepted", count=4)
            with cms.patience("spacing_observe"):  # long enough to tell a back-off from a tight loop
                await cms.wait_for("tcp_accepted", count=300)
    await back_again(cms)
