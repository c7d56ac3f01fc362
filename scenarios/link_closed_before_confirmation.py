from mockpilot.faults import drop
from mockpilot.scenario import Stage, list_on_new_link, scenario


@scenario(
    exercises=["L-01", "L-03", "L-16"],
    also=["L-07", "L-12"],
    group="Losing the link",
    needs=["requests"],
    typical="15 s",
    bounded_by=[
        "boot_never", "provoke_within", "reconnect_within", "resend_within", "reconnect_within", "resend_within",
    ],
)
async def link_closed_before_confirmation(cms: Stage) -> None:
    """The CMS closes the link politely in the very moment in which a charging-request list arrives. The list is
    neither confirmed nor taken over.

    The presystem answers the Close, connects again by itself, and its list comes again: a frame that was sent
    while the link was closing is not delivered.
    """
    dropped = cms.arm(drop("close", action="ProvideChargingRequests", nth=1, when="before-answer", code=1001))
    await cms.reach("exchange")
    await cms.obtain_list(dropped)
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
    if waited.ran_out:
        await list_on_new_link(cms)
