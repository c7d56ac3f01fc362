from mockpilot.faults import drop
from mockpilot.scenario import Stage, list_on_new_link, scenario


@scenario(
    exercises=["L-01", "L-07"],
    also=["L-12"],
    group="Losing the link",
    needs=["requests", "provoking"],
    typical="30 s",
    bounded_by=[
        "boot_never", "provoke_within", "reconnect_within", "hold", "provoke_within", "reconnect_within",
        "resend_within",
    ],
)  # fmt: skip
async def link_lost_while_asking(cms: Stage) -> None:
    """The link ends before the CMS has answered a charging-request list, and that answer never comes. Once the
    presystem is back, a further charging request is created.

    The presystem connects again by itself and waits for nothing that belonged to the old link: its charging
    requests come as before.
    """
    dropped = cms.arm(drop("tcp-end", action="ProvideChargingRequests", nth=1, when="before-answer"))
    await cms.reach("exchange")
    await cms.obtain_list(dropped)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    await cms.hold()
    await cms.provoke("create-request")
    with cms.patience("provoke_within") as waited:
        await cms.wait_for("news")
    if waited.ran_out:
        await list_on_new_link(cms)
