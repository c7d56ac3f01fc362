from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08", "L-16"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_closed_politely(cms: Stage) -> None:
    """The CMS closes the link with a Close frame (1001, going away), as it does when it restarts.

    The presystem answers the Close, connects again by itself, boots again and waits for the first push before
    anything else.
    """
    await cms.reach("exchange")
    await cms.drop("close", code=1001)
    cms.mark("closed")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
