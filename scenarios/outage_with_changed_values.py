from mockpilot.scenario import Stage, away_during, list_on_new_link, scenario, taken_over

CONTROLS = 3
"""Changes on a live link that show what one looks like: a command may set the same value each time, or two in turn."""


@scenario(
    exercises=["L-17"],
    also=["L-15"],
    group="Refusing",
    needs=["requests", "provoking"],
    typical="1 min",
    bounded_by=[
        "boot_never", "hold", *("provoke_within",) * (2 * CONTROLS + 3), "reconnect_within", "reconnect_within",
        "resend_within", "close_within", "reconnect_within", "resend_within",
    ],
)
async def outage_with_changed_values(cms: Stage) -> None:
    """A charging request is changed three times. Then the link is lost while nothing is open, and for a while every
    attempt to come back is dropped. Meanwhile the same request is changed once more; then the CMS is there again.

    The presystem comes back, boots, waits for the first push, and its list has the values that it changed to
    meanwhile: else the CMS charges for a plan that is out of date.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    for _ in range(CONTROLS):
        await taken_over(cms, "change-request")
    await cms.wait_for("answer")  # the list is confirmed by now, so nothing is open
    await away_during(cms, "change-request")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("news")
    if waited.ran_out:
        await list_on_new_link(cms, "news")
