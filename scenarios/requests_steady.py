from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["R-13"],
    also=["B-11"],
    group="Requests",
    needs=["requests"],
    typical="3.5 min",
    bounded_by=["boot_never", "hold", "provoke_within", "provoke_within", "steady_observe"],
)
async def requests_steady(cms: Stage) -> None:
    """The CMS does everything right, and nothing happens for a while.

    The presystem sends its list when something changed. Sending the same list with each push is useless but
    tolerated; a busy loop is not. Nor does it boot again and again.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    cms.mark("nothing happens from now on")
    with cms.patience("steady_observe"):
        await cms.wait_for("link_ended")  # whoever leaves has nothing more to show
