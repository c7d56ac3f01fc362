from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_reset(cms: Stage) -> None:
    """The connection is reset, as when the machine of the CMS has restarted.

    The presystem connects again by itself, boots again and waits for the first push before anything else.
    """
    await cms.reach("exchange")
    await cms.drop("reset")
    cms.mark("gone")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
