from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["L-10"],
    group="Requests",
    needs=["requests"],
    typical="10 min",
    bounded_by=["boot_never", "provoke_within", *["resend_within"] * 11],
)
async def confirmation_missing_for_long(cms: Stage) -> None:
    """The CMS takes a charging-request list, but no confirmation of any list arrives for ten minutes.

    The presystem may send its list again every now and then; it does not heap up lists that nobody answers.
    """
    cms.arm(lose("confirmation", "ProvideChargingRequests", applied=False))
    await cms.reach("exchange")
    await cms.obtain_list()
    for _ in range(10):
        with cms.patience("resend_within"):
            await cms.wait_for("ProvideChargingRequests", count=12)  # more than a calm presystem sends
