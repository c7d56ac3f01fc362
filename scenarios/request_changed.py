from mockpilot.scenario import Stage, scenario, taken_over


@scenario(
    exercises=["R-03", "R-04", "R-05", "R-06"],
    also=["R-02", "R-12"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="15 s",
    bounded_by=[
        "boot_never", "provoke_within", "provoke_within",
        "provoke_within", "reconnect_within", "resend_within",
    ],
)
async def request_changed(cms: Stage) -> None:
    """The CMS does everything right while the product makes two charging requests and then changes one.

    Every list the presystem sends is complete: the requests that were not touched are still there, all with the
    ids they had before.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    for _ in range(2):  # the second list shows whether the first new request is still in it
        await taken_over(cms, "create-request")
    cms.mark("the requests are there; now one is changed")
    before = cms.request_ids
    await cms.provoke("change-request")
    await cms.wait_for("news")
    await cms.wait_for("answer")
    if before - cms.request_ids:  # one is gone: does it come back by itself after a reconnect?
        await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.look_for("answer")
        with cms.patience("resend_within"):
            await cms.wait_for("ProvideChargingRequests")
