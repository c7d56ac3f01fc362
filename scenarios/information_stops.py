from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-11"],
    group="Information",
    typical="1 min",
    bounded_by=["boot_never", "silence_within", "reconnect_within"],
    dialects=["chargepilot"],
)
async def information_stops(cms: Stage) -> None:
    """The CMS stops pushing, although the link is sound and pings are answered.

    The presystem notices that the promised pushes stay away, gives the link up and connects again.
    """
    await cms.reach("exchange")
    cms.hold_pushes()
    cms.mark("no push from now on")
    with cms.patience("silence_within") as waited:
        await cms.wait_for("attempt")
    cms.release_pushes()
    if not waited.ran_out:
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")
