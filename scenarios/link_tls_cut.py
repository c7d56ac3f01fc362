from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    group="Losing the link",
    typical="15 s",
    bounded_by=["boot_never", "reconnect_within"],
)
async def link_tls_cut(cms: Stage) -> None:
    """The connection ends in the middle of a TLS record, as when a firewall gives it up.

    The presystem connects again by itself, boots again and waits for the first push before anything else.
    """
    await cms.reach("exchange")
    await cms.drop("tls-cut")
    cms.mark("gone")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
