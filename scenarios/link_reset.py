from mockpilot.scenario import Stage, scenario

LOSSES = 4
"""More than a product survives that counts its attempts and never begins to count anew."""


@scenario(
    exercises=["L-01", "B-08"],
    also=["E-03", "E-05"],
    group="Losing the link",
    typical="1 min",
    bounded_by=["boot_never", *("reconnect_within",) * LOSSES],
)
async def link_reset(cms: Stage) -> None:
    """The connection is reset, as when the machine of the CMS has restarted; and so are the next three, once the
    presystem has answered a push on each.

    The presystem connects again by itself every time, boots again and waits for the first push before anything else.
    """
    await cms.reach("exchange")
    for _ in range(LOSSES):
        await cms.drop("reset")
        cms.mark("gone")
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("answer")
        if waited.ran_out:
            break
