from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-03"],
    also=["I-17", "R-05"],
    group="Requests",
    needs=["requests"],
    typical="30 s",
    bounded_by=["boot_never", "provoke_within", "resend_within", "reconnect_within", "resend_within"],
)
async def confirmation_missing(cms: Stage) -> None:
    """The CMS takes a charging-request list, but the confirmation never arrives, and the list is not taken over.

    The presystem must not count that list as delivered: it sends its full current list again, after a time-out
    or after a reconnect, with the same request ids.
    """
    # armed before the exchange, since many products send at once; not applied, or the next push would show the list
    lost = cms.arm(lose("confirmation", "ProvideChargingRequests", nth=1, applied=False))
    await cms.reach("exchange")
    await cms.obtain_list(lost)
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
    if waited.ran_out:  # no time-out of its own: a reconnect must bring the list
        await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.look_for("answer")
        with cms.patience("resend_within"):
            await cms.wait_for("ProvideChargingRequests")
