from mockpilot.faults import lose
from mockpilot.scenario import Stage, scenario

MANY = 120
"""More than a calm presystem sends in any case."""


@scenario(
    exercises=["L-10"],
    group="Requests",
    needs=["requests"],
    typical="10 min",
    bounded_by=["boot_never", "hold", "provoke_within", "provoke_within", "open_observe"],
)
async def confirmation_missing_for_long(cms: Stage) -> None:
    """The CMS takes a charging-request list, but no confirmation of any list arrives for ten minutes or so.

    The presystem may send its list again every now and then; it does not heap up lists that nobody answers.
    """
    cms.arm(lose("confirmation", "ProvideChargingRequests", applied=False))
    await cms.reach("exchange")
    await cms.obtain_list()
    with cms.patience("open_observe"):
        await cms.wait_for("ProvideChargingRequests", count=MANY)
