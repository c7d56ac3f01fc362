from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-08"],
    group="Losing the link",
    typical="1 min",
    bounded_by=["boot_never", "silence_within", "reconnect_within", "reconnect_within"],
)
async def link_goes_silent(cms: Stage) -> None:
    """The CMS falls silent without ending the connection: nothing is sent any more, nothing is read, no end is
    seen.

    The presystem notices the missing pushes (or uses pings), gives the link up and connects again.
    """
    await cms.reach("exchange")
    await cms.drop("silence")
    cms.mark("silent from now on")
    with cms.patience("silence_within") as waited:
        await cms.wait_for("attempt")
    if waited.ran_out and cms.is_left:  # it noticed, and takes its time before it comes again
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("attempt")
    if not waited.ran_out:
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")
