from mockpilot.scenario import Stage, list_on_new_link, scenario, taken_over


@scenario(
    exercises=["R-09"],
    also=["R-03"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="40 s",
    bounded_by=[
        "boot_never", "hold", "hold", *("provoke_within",) * 7, "close_within", "reconnect_within", "resend_within",
    ],
)
async def request_cancelled(cms: Stage) -> None:
    """The CMS does everything right while the product makes two charging requests and then cancels one; later it
    closes the link.

    The next list is without the cancelled request, or terminates it, and so are all that follow, also on the next
    link; the others are still there.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    for _ in range(2):
        await taken_over(cms, "create-request")
    await cms.wait_for("answer")
    await cms.provoke("cancel-request")
    with cms.patience("provoke_within") as waited:
        await cms.wait_for("news")
        await cms.hold()
        await cms.provoke("create-request")  # a list that was surely made after the cancelling
        await cms.wait_for("news")
    if waited.ran_out and cms.is_connected:  # a second chance: a reconnect
        await list_on_new_link(cms)
        return
    await cms.wait_for("answer")
    await cms.drop("close", code=1012)  # does what was cancelled come back with the link?
    cms.mark("closed")
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    await cms.hold()
