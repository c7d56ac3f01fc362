from mockpilot.scenario import POINT_GONE_BOUNDS, Stage, point_gone, scenario


@scenario(
    exercises=["I-10"],
    group="Information",
    needs=["requests", "provoking"],
    typical="30 s",
    bounded_by=POINT_GONE_BOUNDS,
)
async def point_renamed(cms: Stage) -> None:
    """A charging point for which the presystem has a request gets another id.

    The presystem names the new id, or another point, in every request that it changes or makes from now on.
    """
    await point_gone(cms, "rename")
