from mockpilot.faults import forget
from mockpilot.scenario import Stage, scenario, something_beyond


@scenario(
    exercises=["L-13", "B-08"],
    group="Losing the link",
    needs=["requests"],
    typical="30 s",
    bounded_by=["boot_never", "provoke_within", "reconnect_within", "resend_within"],
)
async def cms_forgets(cms: Stage) -> None:
    """The CMS restarts and has forgotten every charging request: its pushes show none.

    The presystem connects and boots again, and should send its full list again, since the first push shows that
    nothing of it is known.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("answer")  # the list is confirmed and shown by now
    cms.arm(forget("all"))
    await cms.drop("close", code=1012)
    cms.mark("restarted, and knows nothing")
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within"):
        await cms.wait_for("ProvideChargingRequests")
        await something_beyond(cms, frozenset())  # an empty list tells nothing
