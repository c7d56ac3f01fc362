from mockpilot.faults import drop
from mockpilot.scenario import Stage, list_on_new_link, scenario, something_beyond


@scenario(
    exercises=["L-01", "L-17"],
    group="Losing the link",
    needs=["requests", "provoking"],
    typical="1 min",
    bounded_by=[
        "boot_never", "provoke_within", "provoke_within", "reconnect_within", "resend_within", "reconnect_within",
        "resend_within",
    ],
)
async def link_reset_before_read(cms: Stage) -> None:
    """A charging request is created, and the connection is reset just as its list arrives: the CMS never reads
    it.

    The presystem connects again by itself, and its full current list comes again after the first push, with the
    new charging request.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("answer")  # the list is confirmed by now
    known = cms.request_ids
    cms.arm(drop("reset", action="ProvideChargingRequests", nth=1, when="before-read"))
    await cms.provoke("create-request")
    with cms.patience("provoke_within"):
        await cms.wait_for("news")
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
        await something_beyond(cms, known)
    if waited.ran_out:
        await list_on_new_link(cms, beyond=known)
