from mockpilot.faults import delay, lose
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-03"],
    also=["L-05"],
    group="Requests",
    needs=["requests", "provoking"],
    typical="1 min",
    bounded_by=[
        "boot_never", "hold", *("provoke_within",) * 3, "resend_within", "provoke_within", "guard", "resend_within",
        "reconnect_within", "resend_within",
    ],
)
async def confirmation_late_after_change(cms: Stage) -> None:
    """While a charging request is there and confirmed, another one is created; the CMS takes the list that has it
    over and confirms it late. Meanwhile a third one is created, and the confirmation of the list that has that one
    never arrives; it is not taken over.

    The presystem takes the late confirmation for the older list alone, whether it sent the newer one before or
    waited: the newer one must come again, after a time-out or after a reconnect.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("answer")  # that list is confirmed by now, so the late confirmation is of the next one
    cms.arm(delay("confirmation", "ProvideChargingRequests", nth=1, by=cms.limits.confirm_within))
    await cms.provoke("create-request")
    with cms.patience("provoke_within"):
        await cms.wait_for("news")
    lost = cms.arm(lose("confirmation", "ProvideChargingRequests", applied=False, optional=True))
    await cms.provoke("create-request")
    with cms.patience("resend_within"):
        await cms.look_for("pong_received")  # the late confirmation was met
    with cms.patience("provoke_within"):
        await cms.wait_for("news")  # before it or after it
    await cms.hold("guard")
    cms.disarm(lost)
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
        cms.push()
        await cms.wait_for("answer")  # nor did the late confirmation upset it
    if waited.ran_out:  # no time-out of its own: a reconnect must bring the list
        if cms.is_connected:
            await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.look_for("answer")
        with cms.patience("resend_within"):
            await cms.wait_for("ProvideChargingRequests")
