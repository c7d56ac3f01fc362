from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08", "L-16"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_closed_without_a_code(cms: Stage) -> None:
    """The CMS closes the link with a Close frame that holds no code.

    The presystem answers the Close, connects again by itself, and boots again.
    """
    await cms.reach("exchange")
    await cms.drop("close", code=None)
    cms.mark("closed")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
