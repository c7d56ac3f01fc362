from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "L-02"],
    group="Losing the link",
    typical="20 s",
    bounded_by=["boot_never", "reconnect_within", "reconnect_within"],
)
async def accepted_and_dropped(cms: Stage) -> None:
    """The CMS takes every connection and drops it at once, for which some libraries try twice by themselves.

    The presystem keeps trying, waits longer after each failure, and is back once the CMS is.
    """
    await cms.reach("exchange")
    cms.mark("whoever comes is dropped from now on")
    with cms.outage("reset", refusing="accept-and-drop"), cms.patience("reconnect_within"):
        await cms.wait_for("tcp_accepted", count=40)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
