from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_end(cms: Stage) -> None:
    """The CMS ends the TCP connection without any Close frame, as when its process is killed.

    The presystem connects again by itself, boots again and waits for the first push before anything else.
    """
    await cms.reach("exchange")
    await cms.drop("tcp-end")
    cms.mark("gone")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
