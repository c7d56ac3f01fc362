from mockpilot.scenario import Stage, back_again, scenario


@scenario(
    exercises=["L-01", "L-02", "L-15"],
    group="Refusing",
    typical="3 min",
    bounded_by=["boot_never", "reconnect_within", "reconnect_within", "spacing_observe", "spacing_observe"],
)
async def outage_503(cms: Stage) -> None:
    """The link is lost, and the CMS answers every attempt to come back with 503, three times at least; then it is
    there again.

    The presystem keeps trying, waits longer after each failure (or long from the start), and is back by itself
    once the CMS is.
    """
    await cms.reach("exchange")
    with cms.outage("reset", refusing=503):
        cms.mark("unavailable from now on")
        with cms.patience("reconnect_within"):
            await cms.wait_for("upgrade_requested", count=3)
            with cms.patience("spacing_observe"):  # long enough to tell a back-off from a tight loop
                await cms.wait_for("upgrade_requested", count=300)
    await back_again(cms)
