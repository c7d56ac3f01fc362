from mockpilot.faults import damage
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-08"],
    group="Losing the link",
    typical="10 s",
    bounded_by=["boot_never", "reconnect_within", "reconnect_within"],
)
async def push_in_bad_utf8(cms: Stage) -> None:
    """One push is no UTF-8, for which libraries end the link.

    The presystem may bear it, or end the link and come back.
    """
    await cms.reach("exchange")
    cms.mark("the next push is no UTF-8")
    cms.arm(damage("bad-utf8", "request", "ProvideChargingInformation", nth=1, times=1))
    with cms.patience("reconnect_within") as waited:
        await cms.wait_for("link")
    if waited.ran_out:
        await cms.drop("close", code=1012)
    with cms.patience("reconnect_within"):
        await cms.wait_for("answer")
