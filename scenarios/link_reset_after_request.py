from mockpilot.faults import drop
from mockpilot.scenario import Stage, list_on_new_link, scenario


@scenario(
    exercises=["L-01", "L-03", "L-04", "B-08"],
    also=["R-05"],
    group="Losing the link",
    needs=["requests"],
    typical="20 s",
    bounded_by=[
        "boot_never", "provoke_within", "reconnect_within", "hold", "resend_within",
        "resend_within", "reconnect_within", "resend_within",
    ],
)
async def link_reset_after_request(cms: Stage) -> None:
    """The CMS takes a charging-request list, and the connection is reset before the confirmation leaves. The list
    is lost.

    The presystem connects again by itself, boots, waits for the first push, and then sends its full current list
    again, with the same request ids.
    """
    dropped = cms.arm(drop("reset", action="ProvideChargingRequests", nth=1, when="before-answer"))
    await cms.reach("booted")  # its list may come before it answers the first push
    await cms.obtain_list(dropped)
    cms.hold_pushes()
    cms.mark("the first push after the reconnect comes late")
    with cms.patience("reconnect_within"):
        await cms.wait_for("accepted")
    await cms.hold()
    cms.release_pushes()
    with cms.patience("resend_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
    if waited.ran_out:
        await list_on_new_link(cms)
