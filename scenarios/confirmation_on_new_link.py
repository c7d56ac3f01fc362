from mockpilot.faults import drop
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-01", "B-08"],
    also=["L-03", "L-07"],
    group="Losing the link",
    needs=["requests"],
    typical="1 min",
    bounded_by=["boot_never", "provoke_within", "reconnect_within", "hold", "resend_within"],
)
async def confirmation_on_new_link(cms: Stage) -> None:
    """The CMS takes a charging-request list over, the link is lost before the confirmation leaves, and that
    confirmation comes on the new link.

    The presystem connects and boots again. It may count the confirmation or ignore it, and its list may come
    again or not; it goes on answering pushes.
    """
    dropped = cms.arm(drop("reset", action="ProvideChargingRequests", nth=1, when="before-answer"))
    await cms.reach("exchange")
    asked = await cms.obtain_list(dropped)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
    cms.confirm_here(asked)
    with cms.patience("resend_within"):
        await cms.wait_for("answer", count=2)
