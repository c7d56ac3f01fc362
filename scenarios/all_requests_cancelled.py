from mockpilot.scenario import Stage, list_on_new_link, scenario, taken_over


@scenario(
    exercises=["R-10"],
    also=["R-09"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="15 s",
    bounded_by=[
        "boot_never", "hold", *("provoke_within",) * 5, "close_within", "reconnect_within", "resend_within",
    ],
)
async def all_requests_cancelled(cms: Stage) -> None:
    """The CMS does everything right while the product cancels all its charging requests.

    The presystem takes them back: by a list that is there and empty, or by Terminate for each of them where the
    version knows it. Sending nothing, or a payload without the list, leaves the CMS with requests that nobody wants.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await taken_over(cms, "create-request")
    await cms.provoke("cancel-all-requests")
    with cms.patience("provoke_within") as waited:
        await cms.wait_for("news")
    if waited.ran_out and cms.is_connected:  # a second chance: a reconnect
        await list_on_new_link(cms)
    else:
        await cms.wait_for("answer")
