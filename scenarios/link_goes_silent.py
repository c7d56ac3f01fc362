from mockpilot.scenario import Stage, left_the_silence, scenario

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
        if not await left_the_silence(cms):
            break
