from mockpilot.scenario import POINT_GONE_BOUNDS, Stage, point_gone, scenario


@scenario(
    exercises=["I-10", "R-02"],
    group="Information",
    needs=["requests", "provoking"],
    typical="30 s",
    bounded_by=POINT_GONE_BOUNDS,
)
async def point_vanishes(cms: Stage) -> None:
    """A charging point is gone from the pushes of the CMS, for which the presystem has a request.

    The presystem takes each push as the whole depot. It may leave the old request as it is; but a request that it
    changes or makes from now on names a point that is still there.
    """
    await point_gone(cms, "vanish")
