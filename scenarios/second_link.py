from mockpilot.faults import slow
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-11"],
    group="Losing the link",
    needs=["requests", "provoking"],
    typical="2 min",
    bounded_by=[
        "boot_never", "provoke_within", "silence_within", "reconnect_within", "overlap_within", "hold",
        "provoke_within",
    ],
)
async def second_link(cms: Stage) -> None:
    """The CMS falls silent; once the presystem has opened a second link, the first one is heard again.

    The presystem uses one link at a time: it has closed the first one, or uses it no more.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    cms.hold_pushes()
    unheard = cms.arm(slow("no-read"))
    cms.mark("silent from now on")
    with cms.patience("silence_within"):
        await cms.wait_for("attempt")
    cms.release_pushes()
    cms.disarm(unheard)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    await cms.hold("overlap_within")
    await cms.hold()  # what comes from now on was sent late enough
    await cms.provoke("create-request")
    with cms.patience("provoke_within"):
        await cms.wait_for("news")
        await cms.wait_for("answer")
