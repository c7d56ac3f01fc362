from mockpilot.faults import answer
from mockpilot.scenario import Stage, list_on_new_link, scenario


@scenario(
    exercises=["X-01", "X-02", "X-05"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="2 min",
    bounded_by=[
        "boot_never", "provoke_within", "resend_within", "resend_within", "provoke_within", "reconnect_within",
        "resend_within",
    ],
)
async def request_refused(cms: Stage) -> None:
    """The CMS refuses every charging-request list with an error answer in its dialect's own form, for a minute;
    then it takes them.

    The presystem may send the same list again, a corrected one or none, but not in a tight loop; it goes on
    answering pushes, and a further charging request brings a list.
    """
    refused = cms.arm(answer("ProvideChargingRequests", "error"))
    await cms.reach("exchange")
    await cms.obtain_list()
    with cms.patience("resend_within"):
        await cms.wait_for("ProvideChargingRequests", count=12)  # faster than any calm presystem
    cms.disarm(refused)
    with cms.patience("resend_within") as deaf:
        await cms.wait_for("answer", count=2)
    await cms.provoke("create-request")
    with cms.patience("provoke_within") as silent:
        await cms.wait_for("news")
    if deaf.ran_out or silent.ran_out:
        await list_on_new_link(cms)
