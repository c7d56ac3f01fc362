from mockpilot.faults import delay
from mockpilot.scenario import Stage, answer_on_new_link, scenario


@scenario(
    exercises=["L-05"],
    group="Requests",
    needs=["requests"],
    typical="30 s",
    bounded_by=["boot_never", "provoke_within", "resend_within", "resend_within", "reconnect_within"],
)
async def confirmation_late(cms: Stage) -> None:
    """The CMS takes a charging-request list and confirms it long after a presystem could have given up waiting.

    The presystem survives the late confirmation, whatever it did meanwhile: it goes on answering pushes.
    """
    late = cms.arm(
        delay("confirmation", "ProvideChargingRequests", nth=1, by=cms.limits.confirm_within, applied=False)
    )
    await cms.reach("exchange")
    await cms.obtain_list()
    with cms.patience("resend_within"):
        await cms.wait_for("pong_received")  # the late confirmation was met
    with cms.patience("resend_within") as waited:
        await cms.wait_for("answer", count=2)
    if waited.ran_out and late.fired:
        await answer_on_new_link(cms)
