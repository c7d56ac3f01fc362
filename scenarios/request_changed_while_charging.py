from mockpilot.scenario import Stage, list_on_new_link, scenario, taken_over


@scenario(
    exercises=["R-15"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="1 s",
    bounded_by=[
        "boot_never", "hold", *("provoke_within",) * 12, "close_within", "reconnect_within", "resend_within",
    ],
)
async def request_changed_while_charging(cms: Stage) -> None:
    """The CMS does everything right; the vehicle of a charging request arrives and charges, and then the product
    changes that request.

    The presystem sends the change, as it did before the vehicle came: a schedule may change until the vehicle leaves.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    await taken_over(cms, "change-request")  # the control: outside charging
    await cms.reach("charging")
    await cms.provoke("change-request")
    with cms.patience("provoke_within") as waited:
        await cms.wait_for("news")
    if waited.ran_out:  # a second chance: a reconnect
        await list_on_new_link(cms)
