from mockpilot.scenario import Stage, away_during, list_on_new_link, scenario, taken_over


@scenario(
    exercises=["R-09"],
    also=["L-15"],
    group="Refusing",
    needs=["requests", "provoking"],
    typical="1 min",
    bounded_by=[
        "boot_never", "hold", *("provoke_within",) * 5, "reconnect_within", "reconnect_within", "resend_within",
        "close_within", "reconnect_within", "resend_within",
    ],
)
async def outage_with_cancelling(cms: Stage) -> None:
    """The link is lost while nothing is open, and for a while every attempt to come back is dropped. Meanwhile a
    charging request is cancelled; then the CMS is there again.

    The presystem comes back, boots, waits for the first push, and its list is without the cancelled request, or
    terminates it: else the CMS keeps a charging point for nobody.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    for _ in range(2):
        await taken_over(cms, "create-request")
    await cms.wait_for("answer")  # the list is confirmed by now, so nothing is open
    asked_for = cms.request_ids
    await away_during(cms, "cancel-request")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
        while asked_for <= cms.request_ids:  # the first list may still be of before
            await cms.wait_for("depot_changed")
    if waited.ran_out:
        await list_on_new_link(cms)
    else:
        await cms.hold()
