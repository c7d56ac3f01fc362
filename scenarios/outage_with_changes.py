from mockpilot.scenario import Stage, away_during, list_on_new_link, scenario, something_beyond, taken_over


@scenario(
    exercises=["L-14", "L-17"],
    also=["L-15", "R-03"],
    group="Refusing",
    needs=["requests", "provoking"],
    typical="1 min",
    bounded_by=[
        "boot_never", *("provoke_within",) * 3, "reconnect_within", "reconnect_within", "resend_within",
        "reconnect_within", "resend_within",
    ],
)
async def outage_with_changes(cms: Stage) -> None:
    """A charging request is created. Then the link is lost while nothing is open, and for a while every attempt to come
    back is dropped. Meanwhile another one is created, and one changed several times; then the CMS is there again.

    The presystem comes back, boots, waits for the first push, and sends its current list, with what was created
    meanwhile and before: one list, not a replay of every state that it missed.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await taken_over(cms, "create-request")  # does it still stand in the list beside what comes meanwhile?
    await cms.wait_for("answer")  # the list is confirmed by now, so nothing is open
    known = cms.request_ids
    await away_during(cms, "create-request", *("change-request",) * 3)
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
        await cms.hold()
        await something_beyond(cms, known)
    if waited.ran_out:
        await list_on_new_link(cms, beyond=known)
