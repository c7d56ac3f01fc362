from mockpilot.faults import damage
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-08"],
    group="Losing the link",
    typical="10 s",
    bounded_by=["boot_never", "reconnect_within", "reconnect_within"],
)
async def huge_push(cms: Stage) -> None:
    """One push is larger than some libraries take.

    The presystem may bear it, or end the link and come back.
    """
    await cms.reach("exchange")
    cms.mark("the next push is huge")
    cms.arm(damage("huge", "request", "ProvideChargingInformation", size=1_250_000, nth=1, times=1))
    with cms.patience("reconnect_within") as waited:
        await cms.wait_for("link")
    if waited.ran_out:
        await cms.drop("close", code=1012)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
