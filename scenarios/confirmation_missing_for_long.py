from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario

MANY = 120
"""More than a calm presystem sends in any case."""


@scenario(
    exercises=["L-10"],
    also=["L-03"],
    group="Requests",
    needs=["requests"],
    typical="10 min",
    bounded_by=[
        "boot_never", "hold", "provoke_within", "provoke_within", "open_observe", "reconnect_within", "resend_within",
    ],
)  # fmt: skip
async def confirmation_missing_for_long(cms: Stage) -> None:
    """The CMS takes a charging-request list, but no confirmation of any list arrives for as long as the limit
    open_observe says, 10 min unless it is changed. Then it closes the link and is well again.

    The presystem may send its list again every now and then; it does not heap up lists that nobody answers. However
    often it has tried, the list is not delivered: on the next link it comes again.
    """
    lost = cms.arm(lose("confirmation", "ProvideChargingRequests", applied=False))
    await cms.reach("exchange")
    await cms.obtain_list()
    with cms.patience("open_observe"):
        await cms.wait_for("ProvideChargingRequests", count=MANY)
    cms.disarm(lost)
    if not cms.is_connected:
        return
    await cms.drop("close", code=1012)
    cms.mark("closed, and well again")
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within"):
        await cms.wait_for("ProvideChargingRequests")
