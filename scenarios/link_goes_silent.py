from mockpilot.scenario import Stage, scenario

TIMES = 2
"""Who watches its first link alone is found out on the second."""


@scenario(
    exercises=["L-08"],
    group="Losing the link",
    typical="2 min",
    bounded_by=["boot_never", *("silence_within", "reconnect_within", "reconnect_within") * TIMES],
)
async def link_goes_silent(cms: Stage) -> None:
    """The CMS falls silent without ending the connection: nothing is sent any more, nothing is read, no end is
    seen. On the next link it falls silent once more.

    The presystem notices the missing pushes (or uses pings), gives the link up and connects again, both times.
    """
    await cms.reach("exchange")
    for _ in range(TIMES):
        await cms.drop("silence")
        cms.mark("silent from now on")
        if not await _comes_back(cms):
            break


async def _comes_back(cms: Stage) -> bool:
    with cms.patience("silence_within") as waited:
        await cms.wait_for("attempt")
    if waited.ran_out and cms.is_left:  # it noticed, and takes its time before it comes again
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("attempt")
    if not waited.ran_out:
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("answer")
    return not waited.ran_out
