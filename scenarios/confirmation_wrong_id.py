from mockpilot.faults import answer
from mockpilot.scenario import Stage, list_on_new_link, scenario


@scenario(
    exercises=["L-06"],
    group="Requests",
    needs=["requests"],
    typical="30 s",
    bounded_by=["boot_never", "provoke_within", "resend_within", "reconnect_within", "resend_within"],
)
async def confirmation_wrong_id(cms: Stage) -> None:
    """The CMS does not take a charging-request list over, and confirms it under a message id that belongs to no
    request.

    The presystem does not count that as the confirmation of its list: the full current list comes again, after
    a time-out or after a reconnect.
    """
    wrong = cms.arm(answer("ProvideChargingRequests", "wrong-id", nth=1))
    await cms.reach("exchange")
    await cms.obtain_list(wrong)
    with cms.patience("resend_within") as waited:
        await cms.wait_for("ProvideChargingRequests")
    if waited.ran_out:  # no time-out of its own: a reconnect must bring the list
        await list_on_new_link(cms)
