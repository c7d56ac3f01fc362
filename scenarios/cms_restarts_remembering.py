from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    group="Losing the link",
    needs=["requests"],
    typical="20 s",
    bounded_by=["boot_never", "provoke_within", "reconnect_within", "hold"],
)
async def cms_restarts_remembering(cms: Stage) -> None:
    """The CMS restarts and remembers every charging request: its pushes show them as before.

    The presystem connects and boots again. It may send its list again, with the same request ids, or see from
    the pushes that nothing is missing.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("answer")  # the list is confirmed and shown by now
    await cms.drop("close", code=1012)
    cms.mark("restarted, and knows all")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    await cms.hold()
