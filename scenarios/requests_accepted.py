from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["R-04", "R-06", "R-07"],
    also=["R-02", "R-08", "R-12", "R-14", "R-17", "R-19", "R-20", "R-21", "R-22", "R-23"],
    group="Requests",
    needs=["requests"],
    typical="15 s",
    bounded_by=["boot_never", "hold", "provoke_within", "provoke_within", "provoke_within"],
)
async def requests_accepted(cms: Stage) -> None:
    """The CMS does everything right and takes the charging-request lists over that come.

    Every list is valid, names each request once, and only charging points that a push has named; what it asks for can
    be meant so.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.provoke("create-request")
    with cms.patience("provoke_within"):  # one list is enough where nothing can be provoked
        await cms.wait_for("news")
    await cms.wait_for("answer")
